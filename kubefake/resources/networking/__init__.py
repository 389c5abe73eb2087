"""The networking.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.networking import defaults, validation
from kubefake.resources.networking.address_validation import address_name, check_address, check_address_update
from kubefake.resources.networking.range_validation import check_range, check_range_update
from kubefake.resources.strategy import Strategy

__all__ = ["STRATEGIES"]

_GROUP = "networking.k8s.io"

STRATEGIES: Mapping[str, Strategy] = {
    "ingressclasses": BuiltinStrategy(
        _GROUP,
        "ingressclasses",
        default=defaults.default_ingress_class,
        check=validation.check_ingress_class,
        check_update=validation.check_ingress_class_update,
    ),
    "ingresses": BuiltinStrategy(
        _GROUP,
        "ingresses",
        check=validation.check_ingress,
        check_update=validation.check_ingress_update,
        check_status=validation.check_ingress_status,
    ),
    "ipaddresses": BuiltinStrategy(
        _GROUP, "ipaddresses", name=address_name, check=check_address, check_update=check_address_update
    ),
    "networkpolicies": BuiltinStrategy(
        _GROUP, "networkpolicies", default=defaults.default_network_policy, check=validation.check_network_policy
    ),
    "servicecidrs": BuiltinStrategy(_GROUP, "servicecidrs", check=check_range, check_update=check_range_update),
}
