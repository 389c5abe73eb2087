"""The storage.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.checks import Object
from kubefake.resources.core.pod_warnings import deprecated_label
from kubefake.resources.storage import attachment_validation, defaults, driver_validation, validation
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]

_GROUP = "storage.k8s.io"


def _count_driver(obj: JSONObject, old: Mapping[str, Any], context: Context) -> None:  # noqa: ARG001
    """Drivers are not counted from one: the first change is the first generation."""
    if obj["spec"] != old["spec"]:
        obj["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1


def _warn_class(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Of labels of nodes that have newer names."""
    return [
        f"allowedTopologies[{index}].matchLabelExpressions[{number}].key: {text}"
        for index, term in enumerate(obj.get("allowedTopologies") or ())
        for number, expression in enumerate(term.get("matchLabelExpressions") or ())
        if (text := deprecated_label(expression.get("key", "")))
    ]


STRATEGIES: Mapping[str, Strategy] = {
    "csidrivers": BuiltinStrategy(
        _GROUP,
        "csidrivers",
        default=defaults.default_driver,
        check=driver_validation.check_driver,
        check_update=driver_validation.check_driver_update,
        on_update=_count_driver,
    ),
    "csinodes": BuiltinStrategy(
        _GROUP,
        "csinodes",
        check=driver_validation.check_node,
        check_update=driver_validation.check_node_update,
    ),
    "csistoragecapacities": BuiltinStrategy(
        _GROUP,
        "csistoragecapacities",
        check=driver_validation.check_capacity,
        check_update=driver_validation.check_capacity_update,
    ),
    "storageclasses": BuiltinStrategy(
        _GROUP,
        "storageclasses",
        default=defaults.default_class,
        check=validation.check_class,
        check_update=validation.check_class_update,
        warn=_warn_class,
    ),
    "volumeattachments": BuiltinStrategy(
        _GROUP,
        "volumeattachments",
        check=attachment_validation.check_attachment,
        check_update=attachment_validation.check_attachment_update,
        check_status=attachment_validation.check_attachment_update,
    ),
    "volumeattributesclasses": BuiltinStrategy(
        _GROUP,
        "volumeattributesclasses",
        check=attachment_validation.check_attributes_class,
        check_update=attachment_validation.check_attributes_class_update,
    ),
}
