"""The node.k8s.io group: runtime classes."""

from __future__ import annotations

from collections.abc import Mapping

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.checks import Object, dns_label, immutable, label_map
from kubefake.resources.core.diffs import go_value
from kubefake.resources.core.quantities import round_list
from kubefake.resources.core.resource_validation import check_container_resources
from kubefake.resources.core.scheduling_validation import check_tolerations
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]


def _default(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    fixed = (obj.get("overhead") or {}).get("podFixed")
    if fixed:
        round_list(fixed)


def _check(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    handler = obj.get("handler", "")
    found = dns_label("handler", handler) if handler else [field.required("handler")]
    fixed = (obj.get("overhead") or {}).get("podFixed")
    if fixed:
        found += check_container_resources("overhead", {"limits": fixed}, ())
    scheduling = obj.get("scheduling")
    if scheduling is not None:
        found += label_map("scheduling.nodeSelector", scheduling.get("nodeSelector"))
        tolerations = scheduling.get("tolerations") or []
        found += check_tolerations("scheduling.tolerations", tolerations)
        seen: list[Object] = []
        for index, toleration in enumerate(tolerations):
            key = {name: value for name, value in toleration.items() if name != "tolerationSeconds"}
            if key in seen:
                shown = go_value("core/v1.Toleration", toleration)
                found.append(field.duplicate(f"scheduling.tolerations[{index}]", shown))
            seen.append(key)
    return found


def _check_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    return _check(obj, context) + immutable("handler", obj.get("handler"), old.get("handler"))


STRATEGIES: Mapping[str, Strategy] = {
    "runtimeclasses": BuiltinStrategy(
        "node.k8s.io", "runtimeclasses", default=_default, check=_check, check_update=_check_update
    )
}
