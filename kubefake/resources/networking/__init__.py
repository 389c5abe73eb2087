"""The networking.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.networking import defaults
from kubefake.resources.strategy import Strategy

__all__ = ["STRATEGIES"]

_GROUP = "networking.k8s.io"

STRATEGIES: Mapping[str, Strategy] = {
    "ingressclasses": BuiltinStrategy(_GROUP, "ingressclasses", default=defaults.default_ingress_class),
    "ingresses": BuiltinStrategy(_GROUP, "ingresses"),
    "networkpolicies": BuiltinStrategy(_GROUP, "networkpolicies", default=defaults.default_network_policy),
}
