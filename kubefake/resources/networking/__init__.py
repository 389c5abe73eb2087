"""The networking.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.address_warnings import warn_of_range
from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.checks import Object
from kubefake.resources.networking import defaults, validation
from kubefake.resources.networking.address_validation import address_name, check_address, check_address_update
from kubefake.resources.networking.range_validation import check_range, check_range_update
from kubefake.resources.strategy import Context, Strategy

__all__ = ["STRATEGIES"]

_GROUP = "networking.k8s.io"

_CLASS = "kubernetes.io/ingress.class"


def _warn_ingress(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """When an ingress is new and names its class as of old only."""
    named = (obj.get("spec") or {}).get("ingressClassName") is not None
    if old is not None or named or _CLASS not in (obj["metadata"].get("annotations") or {}):
        return []
    return [f"annotation \"{_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"]


def _warn_policy(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Of odd ranges."""
    found: list[str] = []
    spec = obj.get("spec") or {}
    for rules, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(rules) or ()):
            for number, peer in enumerate(rule.get(peers) or ()):
                block = peer.get("ipBlock")
                if block is not None:
                    path = f"spec.{rules}[{index}].{peers}[{number}].ipBlock"
                    found += warn_of_range(f"{path}.cidr", block.get("cidr", ""))
                    for place, cidr in enumerate(block.get("except") or ()):
                        found += warn_of_range(f"{path}.except[{place}]", cidr)
    return found


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
        default=defaults.default_ingress,
        check=validation.check_ingress,
        check_update=validation.check_ingress_update,
        check_status=validation.check_ingress_status,
        warn=_warn_ingress,
    ),
    "ipaddresses": BuiltinStrategy(
        _GROUP, "ipaddresses", name=address_name, check=check_address, check_update=check_address_update
    ),
    "networkpolicies": BuiltinStrategy(
        _GROUP,
        "networkpolicies",
        default=defaults.default_network_policy,
        check=validation.check_network_policy,
        warn=_warn_policy,
    ),
    "servicecidrs": BuiltinStrategy(_GROUP, "servicecidrs", check=check_range, check_update=check_range_update),
}
