"""What is wrong with the annotation of nodes that names the pods they would rather not run.

Follows pkg/apis/core/validation/validation.go (ValidateAvoidPodsInNodeAnnotations) and encoding/json, which reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.schema.jsonread import parse

__all__ = ["check_avoided"]

_ANNOTATION = "scheduler.alpha.kubernetes.io/preferAvoidPods"
_PATH = "metadata.annotations"


def check_avoided(annotations: Mapping[str, str]) -> list[FieldError]:
    """What is wrong with it; nothing when it is not there or empty."""
    text = annotations.get(_ANNOTATION, "")
    if not text:
        return []
    try:
        entries = _entries(parse(text.encode()))
    except ValueError as exc:  # what is no JSON, and what does not fit
        return [field.invalid(f"{_PATH}.AvoidPods", _ANNOTATION, str(exc))]
    found: list[FieldError] = []
    for index, controller in enumerate(entries):
        path = f"{_PATH}.{_ANNOTATION}[{index}].PodSignature"
        if controller is None:
            found.append(field.required(path))
        elif controller.get("controller") is not True:
            text = "must point to a controller"
            found.append(field.invalid(f"{path}.PodController.Controller", False, text))
    return found


def _entries(value: Any) -> list[Mapping[str, Any] | None]:
    """The controller that each entry names, if any."""
    value = _fits(value, dict, "Go value", "v1.AvoidPods") or {}
    listed = _fits(
        value.get("preferAvoidPods"), list, "Go struct field AvoidPods.preferAvoidPods", "[]v1.PreferAvoidPodsEntry"
    )
    found: list[Mapping[str, Any] | None] = []
    for entry in listed or ():
        where = "Go struct field AvoidPods.preferAvoidPods"
        signature = (_fits(entry, dict, where, "v1.PreferAvoidPodsEntry") or {}).get("podSignature")
        where = "Go struct field PreferAvoidPodsEntry.preferAvoidPods.podSignature"
        controller = (_fits(signature, dict, where, "v1.PodSignature") or {}).get("podController")
        where = "Go struct field PodSignature.preferAvoidPods.podSignature.podController"
        found.append(_fits(controller, dict, where, "v1.OwnerReference"))
    return found


def _fits(value: Any, wanted: type, where: str, kind: str) -> Any:
    """The value, if it is null or of that type. Raises ValueError with Go's text otherwise."""
    if value is None or isinstance(value, wanted):
        return value
    names = ((bool, "bool"), (str, "string"), (list, "array"), (dict, "object"))
    found = next((name for one, name in names if isinstance(value, one)), "number")
    raise ValueError(f"json: cannot unmarshal {found} into {where} of type {kind}")
