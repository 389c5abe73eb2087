"""The forms of a scale as one: autoscaling/v1, whose selector is text; older ones have a map beside the text.

Ported from client-go scale/scheme.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.api.autoscaling_v1 import Scale
from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersion

__all__ = ["read_scale", "write_scale"]

_CURRENT = GroupVersion("autoscaling", "v1")
_OLD = (GroupVersion("extensions", "v1beta1"), GroupVersion("apps", "v1beta1"), GroupVersion("apps", "v1beta2"))


def read_scale(content: Mapping[str, Any]) -> Scale:
    """A scale of any form as autoscaling/v1. Raises ValueError for a form that is not known."""
    form = GroupVersion.parse(str(content.get("apiVersion", "")))
    if form != _CURRENT and form not in _OLD:
        raise ValueError(f'no kind "{content.get("kind")}" is registered as a scale for version "{form}"')
    status = dict(content.get("status") or {})
    if form in _OLD:
        selector = status.get("selector") or {}
        text = status.pop("targetSelector", "") or ",".join(f"{key}={selector[key]}" for key in sorted(selector))
        status["selector"] = text
    whole = {**content, "apiVersion": str(_CURRENT), "kind": "Scale", "status": status}
    return json.decoder(Scale).decode(json.encode(whole))


def write_scale(scale: Scale, form: GroupVersion) -> dict[str, Any]:
    """An autoscaling/v1 scale in another form. Raises ValueError for a form that is not known."""
    content: dict[str, Any] = json.decoder(dict[str, Any]).decode(json.encode(scale))
    if form == _CURRENT:
        return content
    if form not in _OLD:
        raise ValueError(f'no kind "Scale" is registered as a scale for version "{form}"')
    status = dict(content.get("status") or {})
    text = status.pop("selector", "")
    if text:
        status["targetSelector"] = text
        pairs = [part.split("=", 1) for part in text.split(",")]
        if all(len(pair) == 2 for pair in pairs):
            status["selector"] = {key: value.lstrip("=") for key, value in pairs}
    return {**content, "apiVersion": str(form), "status": status}
