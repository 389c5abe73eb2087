"""The certificates.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.builtin import BuiltinStrategy, nested
from kubefake.resources.certificates.validation import check_request, check_request_update
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]

Object = Mapping[str, Any]
_WHO = ("username", "uid", "groups", "extra")


def _create(obj: JSONObject, context: Context) -> None:
    """Who asks is told by the server, and nothing is decided yet."""
    spec = obj["spec"]
    for key in _WHO:
        spec.pop(key, None)
    spec["username"] = context.user
    if context.uid:
        spec["uid"] = context.uid
    if context.groups:
        spec["groups"] = list(context.groups)
    if context.extra:
        spec["extra"] = {key: list(values) for key, values in sorted(context.extra.items())}
    obj["status"] = {}


def _update(obj: JSONObject, old: Object, context: Context) -> None:
    if context.subresource == "approval":
        conditions = (obj.get("status") or {}).get("conditions")
        obj["status"] = {key: value for key, value in (old.get("status") or {}).items() if key != "conditions"}
        if conditions:
            obj["status"]["conditions"] = conditions
        _stamp(obj, old, context)
    else:
        obj["status"] = old.get("status", {})
    obj["spec"] = old["spec"]


def _update_status(obj: JSONObject, old: Object, context: Context) -> None:
    status = obj.setdefault("status", {})
    kept = list(status.get("conditions") or ())
    for condition in (old.get("status") or {}).get("conditions") or ():
        if condition.get("type") in ("Approved", "Denied") and not any(
            c.get("type") == condition["type"] for c in kept
        ):
            kept.append(condition)
    if kept:
        status["conditions"] = kept
    _stamp(obj, old, context)


def _stamp(obj: JSONObject, old: Object, context: Context) -> None:
    """When conditions came, and when they last changed."""
    before = {c.get("type"): c for c in (old.get("status") or {}).get("conditions") or ()}
    for condition in (obj.get("status") or {}).get("conditions") or ():
        if not condition.get("lastUpdateTime"):
            condition["lastUpdateTime"] = context.now
        if not condition.get("lastTransitionTime"):
            known = before.get(condition.get("type"))
            same = known is not None and known.get("status") == condition.get("status")
            when = known.get("lastTransitionTime") if known is not None and same else None
            condition["lastTransitionTime"] = when or context.now


class RequestStrategy(BuiltinStrategy):
    """Signing requests: what of their status may be written hangs on the subresource, so they see to it themselves."""

    def __init__(self, group: str, plural: str, **functions: Any) -> None:
        super().__init__(group, plural, **functions)
        self.resets_status = False
        self.resets = {"": (("f:spec",), ("f:status",)), "approval": (("f:spec",), ("f:status", "f:certificate"))}


STRATEGIES: Mapping[str, Strategy] = {
    "certificatesigningrequests": RequestStrategy(
        "certificates.k8s.io",
        "certificatesigningrequests",
        check=check_request,
        check_update=check_request_update,
        check_status=check_request_update,
        status_resets=(("f:spec",), ("f:status", "f:conditions")),
        on_create=_create,
        on_update=_update,
        on_status=_update_status,
        fields={"spec.signerName": nested("spec", "signerName")},
    )
}
