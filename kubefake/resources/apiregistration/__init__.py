"""The apiregistration.k8s.io group: who serves which version of which group.

Follows k8s.io/kube-aggregator/pkg/{apis/apiregistration/validation,registry/apiservice}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.builtin import BuiltinStrategy, path_name
from kubefake.resources.checks import Object
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]

_HIGHEST_GROUP, _HIGHEST_VERSION = 20_000, 1_000


def _default(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    service = (obj.get("spec") or {}).get("service")
    if service is not None and service.get("port") is None:
        service["port"] = 443


def _create(obj: JSONObject, context: Context) -> None:
    """What the server itself serves is available at once."""
    obj["status"] = {}
    if (obj.get("spec") or {}).get("service") is None:
        condition: dict[str, Any] = {
            "type": "Available",
            "status": "True",
            "lastTransitionTime": context.now,
            "reason": "Local",
            "message": "Local APIServices are always available",
        }
        obj["status"] = {"conditions": [condition]}


def _check(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    spec: Object = obj.get("spec") or {}
    name, group, version = obj["metadata"].get("name", ""), spec.get("group", ""), spec.get("version", "")
    found: list[FieldError] = []
    wanted = f"{version}.{group}"
    if name != wanted:
        text = f'must be `spec.version+"."+spec.group`: "{wanted}"'
        found.append(field.invalid("metadata.name", name, text))
    if group:
        texts = validation.is_dns1123_subdomain(group)
        found += [field.invalid("spec.group", group, ",".join(texts))] if texts else []
    elif version != "v1":
        found.append(field.required("spec.group", "only v1 may have an empty group and it better be legacy kube"))
    texts = validation.is_dns1035_label(version)
    found += [field.invalid("spec.version", version, ",".join(texts))] if texts else []
    for key, highest in (("groupPriorityMinimum", _HIGHEST_GROUP), ("versionPriority", _HIGHEST_VERSION)):
        priority = spec.get(key, 0)
        if not 0 < priority <= highest:
            found.append(field.invalid(f"spec.{key}", priority, f"must be positive and less than {highest}"))
    return found + _check_reach(spec)


def _check_reach(spec: Object) -> list[FieldError]:
    """The service, and how it is trusted."""
    found: list[FieldError] = []
    service, skips, bundle = spec.get("service"), spec.get("insecureSkipTLSVerify"), spec.get("caBundle")
    if service is None:
        if bundle:
            size = f"{len(bundle) * 3 // 4 - bundle.count('=')} bytes"
            found.append(field.invalid("spec.caBundle", size, "local APIServices may not have a caBundle"))
        if skips:
            text = "local APIServices may not have insecureSkipTLSVerify"
            found.append(field.invalid("spec.insecureSkipTLSVerify", True, text))
    else:
        found += [field.required(f"spec.service.{key}") for key in ("namespace", "name") if not service.get(key)]
        port = service.get("port", 443)
        found += [
            field.invalid("spec.service.port", port, f"port is not valid: {text}")
            for text in validation.is_valid_port_num(port)
        ]
        if skips and bundle:
            text = "may not be true if caBundle is present"
            found.append(field.invalid("spec.insecureSkipTLSVerify", True, text))
    return found


STRATEGIES: Mapping[str, Strategy] = {
    "apiservices": BuiltinStrategy(
        "apiregistration.k8s.io", "apiservices", default=_default, on_create=_create, check=_check, name=path_name
    )
}
