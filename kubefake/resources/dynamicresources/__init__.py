"""The resource.k8s.io group: dynamic resource allocation."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.builtin import BuiltinStrategy, long_name, nested, prefixed
from kubefake.resources.dynamicresources import slice_validation, validation
from kubefake.resources.dynamicresources.status_validation import check_status
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]

_GROUP = "resource.k8s.io"


def _count(request: JSONObject) -> None:
    if not request.get("allocationMode"):
        request["allocationMode"] = "ExactCount"
    if request["allocationMode"] == "ExactCount" and not request.get("count"):
        request["count"] = 1


def _default_spec(spec: JSONObject) -> None:
    for request in (spec.get("devices") or {}).get("requests") or ():
        if request.get("exactly") is not None:
            _count(request["exactly"])
        for alternative in request.get("firstAvailable") or ():
            _count(alternative)


def _default_claim(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    _default_spec(obj["spec"])


def _default_template(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    _default_spec(obj["spec"].get("spec") or {})


def _date_taints(obj: JSONObject, context: Context) -> None:
    """Taints of devices say since when."""
    for device in (obj.get("spec") or {}).get("devices") or ():
        for taint in device.get("taints") or ():
            if not taint.get("timeAdded"):
                taint["timeAdded"] = context.now


STRATEGIES: Mapping[str, Strategy] = {
    "deviceclasses": BuiltinStrategy(_GROUP, "deviceclasses", check=validation.check_class, name=prefixed(long_name)),
    "resourceclaims": BuiltinStrategy(
        _GROUP,
        "resourceclaims",
        default=_default_claim,
        check=validation.check_claim,
        check_update=validation.check_claim_update,
        check_status=check_status,
    ),
    "resourceclaimtemplates": BuiltinStrategy(
        _GROUP,
        "resourceclaimtemplates",
        default=_default_template,
        check=validation.check_template,
        check_update=validation.check_template_update,
    ),
    "resourceslices": BuiltinStrategy(
        _GROUP,
        "resourceslices",
        check=slice_validation.check_slice,
        on_create=_date_taints,
        on_update=lambda obj, _, context: _date_taints(obj, context),
        check_update=slice_validation.check_slice_update,
        warn=slice_validation.warn_slice,
        fields={"spec.nodeName": nested("spec", "nodeName"), "spec.driver": nested("spec", "driver")},
        unknown_field="field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: {}",
    ),
}
