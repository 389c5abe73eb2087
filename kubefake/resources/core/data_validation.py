"""What is wrong with config maps, secrets and replication controllers.

Follows pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import METADATA, Object, at_least_zero, immutable, named
from kubefake.resources.core.pod_validation import check_template
from kubefake.resources.strategy import Context
from kubefake.schema.jsonread import JSONSyntaxError, parse

__all__ = [
    "check_config_map",
    "check_config_map_update",
    "check_controller",
    "check_controller_status",
    "check_pod_template",
    "check_secret",
    "check_secret_update",
]

_MAX_SIZE = 1024 * 1024
_FROZEN = "field is immutable when `immutable` is set"
_ACCOUNT = "kubernetes.io/service-account.name"


def _size(value: str) -> int:
    return len(value) * 3 // 4 - value.count("=", -2)


def check_config_map(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A config map."""
    found: list[FieldError] = []
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    for key in data:
        found += named(f"data[{key}]", key, validation.is_config_map_key)
        if key in binary:
            found.append(field.invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
    for key in binary:
        found += named(f"binaryData[{key}]", key, validation.is_config_map_key)
    size = sum(len(value) if value.isascii() else len(value.encode()) for value in data.values())
    if size + sum(map(_size, binary.values())) > _MAX_SIZE:
        found.append(field.too_long("[]", _MAX_SIZE))
    return found


def _unfrozen(obj: Object, old: Object, *keys: str) -> list[FieldError]:
    if not old.get("immutable"):
        return []
    found = [] if obj.get("immutable") else [field.forbidden("immutable", _FROZEN)]
    return found + [field.forbidden(key, _FROZEN) for key in keys if (obj.get(key) or {}) != (old.get(key) or {})]


def check_config_map_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a config map."""
    return [*_unfrozen(obj, old, "data", "binaryData"), METADATA, *check_config_map(obj, context)]


def check_secret(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A secret: its type says what it must hold."""
    data: Mapping[str, str] = obj.get("data") or {}
    found: list[FieldError] = []
    for key in data:
        found += named(f"data[{key}]", key, validation.is_config_map_key)
    if sum(map(_size, data.values())) > _MAX_SIZE:
        found.append(field.too_long("data", _MAX_SIZE))
    kind = obj.get("type", "")
    if kind == "kubernetes.io/service-account-token":
        if not (obj["metadata"].get("annotations") or {}).get(_ACCOUNT):
            found.append(field.required(f"metadata.annotations[{_ACCOUNT}]"))
    elif kind in _DOCKER:
        _docker(found, data, _DOCKER[kind])
    elif kind == "kubernetes.io/basic-auth":
        if "username" not in data and "password" not in data:
            found += [field.required("data[username]"), field.required("data[password]")]
    elif kind == "kubernetes.io/ssh-auth":
        if not data.get("ssh-privatekey"):
            found.append(field.required("data[ssh-privatekey]"))
    elif kind == "kubernetes.io/tls":
        found += [field.required(f"data[{key}]") for key in ("tls.crt", "tls.key") if key not in data]
    return found


_DOCKER = {"kubernetes.io/dockercfg": ".dockercfg", "kubernetes.io/dockerconfigjson": ".dockerconfigjson"}


def _docker(found: list[FieldError], data: Mapping[str, str], key: str) -> None:
    if key not in data:
        found.append(field.required(f"data[{key}]"))
        return
    try:
        value = parse(base64.b64decode(data[key]))
        problem = "" if value is None or isinstance(value, dict) else _no_object(value)
    except JSONSyntaxError as exc:
        problem = str(exc)
    if problem:
        found.append(field.invalid(f"data[{key}]", "<secret contents redacted>", problem))


def _no_object(value: object) -> str:
    kinds = {bool: "bool", str: "string", list: "array"}
    return f"json: cannot unmarshal {kinds.get(type(value), 'number')} into Go value of type map[string]interface {{}}"


def check_secret_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a secret: not of its type."""
    found = immutable("type", obj.get("type"), old.get("type"))
    return [*found, *_unfrozen(obj, old, "data"), METADATA, *check_secret(obj, context)]


def check_controller(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A replication controller."""
    spec = obj["spec"]
    found = at_least_zero("spec.minReadySeconds", spec.get("minReadySeconds", 0))
    selector, template = spec.get("selector") or {}, spec.get("template")
    if not selector:
        found.append(field.required("spec.selector"))
    found += at_least_zero("spec.replicas", spec.get("replicas"))
    if template is None:
        found.append(field.required("spec.template"))
        return found
    own = (template.get("metadata") or {}).get("labels")
    if any((own or {}).get(key) != value for key, value in selector.items()):
        text = "`selector` does not match template `labels`"
        found.append(field.invalid("spec.template.metadata.labels", own, text))
    found += check_template("spec.template", template)
    pod = template.get("spec") or {}
    path = "spec.template.spec"
    if pod.get("restartPolicy") != "Always":
        found.append(field.not_supported(f"{path}.restartPolicy", pod.get("restartPolicy", ""), ["Always"]))
    if pod.get("activeDeadlineSeconds") is not None:
        text = "activeDeadlineSeconds in ReplicationController is not Supported"
        found.append(field.forbidden(f"{path}.activeDeadlineSeconds", text))
    return found


def check_pod_template(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A template that stands alone."""
    return check_template("template", obj.get("template") or {})


def check_controller_status(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a controller's status."""
    status = obj.get("status") or {}
    parts = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
    found: list[FieldError] = []
    for key in ("replicas", *parts, "observedGeneration"):
        found += at_least_zero(f"status.{key}", status.get(key))
    for key in parts:
        if status.get(key, 0) > status.get("replicas", 0):
            found.append(field.invalid(f"status.{key}", status[key], "cannot be greater than status.replicas"))
    if status.get("availableReplicas", 0) > status.get("readyReplicas", 0):
        text = "cannot be greater than readyReplicas"
        found.append(field.invalid("status.availableReplicas", status.get("availableReplicas", 0), text))
    return found
