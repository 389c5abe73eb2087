"""The discovery.k8s.io group: endpoint slices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.address_warnings import warn_of_address
from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.endpointslices.validation import check_slice, check_slice_update
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]

Object = Mapping[str, Any]

_MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
_CONTROLLERS = ("endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io")


class EndpointSliceStrategy(BuiltinStrategy):
    """Slices: a change of labels is a change of what they say; whoever says that there are no endpoints owns that."""

    def generation_matters(self, obj: Object, old: Object) -> bool:
        if (obj["metadata"].get("labels") or {}) != (old["metadata"].get("labels") or {}):
            return True
        return super().generation_matters(obj, old)


def _default(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    for port in obj.get("ports") or ():
        if port.get("name") is None:
            port["name"] = ""
        port.setdefault("protocol", "TCP")


def _warn(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Of a kind of addresses that is going away, and of odd ones that nobody's controller wrote."""
    found = []
    if old is None and obj.get("addressType") == "FQDN":
        found.append("spec.addressType: FQDN endpoints are deprecated")
    if (obj["metadata"].get("labels") or {}).get(_MANAGED_BY) in _CONTROLLERS:
        return found
    for index, endpoint in enumerate(obj.get("endpoints") or ()):
        for number, address in enumerate(endpoint.get("addresses") or ()):
            found += warn_of_address(f"endpoints[{index}].addresses[{number}]", address)
    return found


STRATEGIES: Mapping[str, Strategy] = {
    "endpointslices": EndpointSliceStrategy(
        "discovery.k8s.io",
        "endpointslices",
        default=_default,
        check=check_slice,
        check_update=check_slice_update,
        warn=_warn,
    )
}
