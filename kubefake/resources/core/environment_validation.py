"""What is wrong with environment variables and where they come from.

Follows pkg/apis/core/validation/validation.go (ValidateEnv, ValidateEnvFrom and what they use).
"""

from __future__ import annotations

from collections.abc import Collection

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object, dns_label, dns_subdomain, label_name, named, path_without_backsteps
from kubefake.resources.core.quantities import quantity

__all__ = ["check_env", "check_env_from", "check_field_ref", "check_resource_ref"]

_FIELDS = frozenset(
    {
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    }
)
_CONVERTIBLE = _FIELDS | {
    "metadata.annotations",
    "metadata.labels",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.hostNetwork",
    "status.phase",
}
_RESOURCES = frozenset(
    f"{kind}.{name}" for kind in ("limits", "requests") for name in ("cpu", "memory", "ephemeral-storage")
)
_HUGE = ("requests.hugepages-", "limits.hugepages-")
_UNITS = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")


def check_env(path: str, variables: list[Object]) -> list[FieldError]:
    """The variables of a container."""
    found: list[FieldError] = []
    for index, variable in enumerate(variables):
        here, name = f"{path}[{index}]", variable.get("name", "")
        if name:
            found += named(f"{here}.name", name, validation.is_relaxed_env_var_name)
        else:
            found.append(field.required(f"{here}.name"))
        source = variable.get("valueFrom")
        if source is not None:
            _source(found, f"{here}.valueFrom", source, variable.get("value", ""))
    return found


def _source(found: list[FieldError], path: str, source: Object, value: str) -> None:
    count = 0
    if source.get("fieldRef") is not None:
        count += 1
        found += check_field_ref(f"{path}.fieldRef", source["fieldRef"], _FIELDS)
    if source.get("resourceFieldRef") is not None:
        count += 1
        found += check_resource_ref(f"{path}.resourceFieldRef", source["resourceFieldRef"], volume=False)
    for key in ("configMapKeyRef", "secretKeyRef"):
        if source.get(key) is not None:
            count += 1
            _key_ref(found, f"{path}.{key}", source[key])
    if source.get("fileKeyRef") is not None:
        count += 1
        _file_ref(found, f"{path}.fileKeyRef", source["fileKeyRef"])
    if not count:
        text = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        found.append(field.invalid(path, "", text))
    elif value:
        found.append(field.invalid(path, "", "may not be specified when `value` is not empty"))
    elif count > 1:
        found.append(field.invalid(path, "", "may not have more than one field specified at a time"))


def check_field_ref(path: str, reference: Object, known: Collection[str]) -> list[FieldError]:
    """A field of the pod itself (validateObjectFieldSelector)."""
    version, wanted = reference.get("apiVersion", ""), reference.get("fieldPath", "")
    for key, value in (("apiVersion", version), ("fieldPath", wanted)):
        if not value:
            return [field.required(f"{path}.{key}")]
    base, subscript = wanted, ""
    subscripted = wanted.endswith("']") and wanted.find("['") > 0
    if subscripted:
        base, _, subscript = wanted[:-2].partition("['")
    problem = ""
    if version != "v1":
        problem = f"unsupported pod version: {version}"
    elif subscripted and base not in ("metadata.annotations", "metadata.labels"):
        problem = f"field label does not support subscript: {wanted}"
    elif not subscripted and base not in _CONVERTIBLE and base != "spec.host":
        problem = f"field label not supported: {wanted}"
    if problem:
        return [field.invalid(f"{path}.fieldPath", wanted, f"error converting fieldPath: {problem}")]
    if subscripted:
        return label_name(path, subscript.lower() if base == "metadata.annotations" else subscript)
    base = "spec.nodeName" if base == "spec.host" else base
    return [] if base in known else [field.not_supported(f"{path}.fieldPath", base, sorted(known))]


def check_resource_ref(path: str, reference: Object, *, volume: bool) -> list[FieldError]:
    """A resource of a container (validateContainerResourceFieldSelector)."""
    found: list[FieldError] = []
    resource = reference.get("resource", "")
    if volume and not reference.get("containerName"):
        found.append(field.required(f"{path}.containerName"))
    elif not resource:
        found.append(field.required(f"{path}.resource"))
    elif resource not in _RESOURCES and not resource.startswith(_HUGE):
        found.append(field.not_supported(f"{path}.resource", resource, sorted(_RESOURCES)))
    divisor = reference.get("divisor") or "0"
    if quantity(divisor).is_zero:
        return found
    kind = resource.partition(".")[2]
    what = "hugepages" if resource.startswith(_HUGE) else "local ephemeral storage"
    if kind == "cpu":
        if divisor not in ("1m", "1"):
            text = "only divisor's values 1m and 1 are supported with the cpu resource"
            found.append(field.invalid(f"{path}.divisor", resource, text))
    elif (resource in _RESOURCES or resource.startswith(_HUGE)) and divisor not in _UNITS:
        what = "memory" if kind == "memory" else what
        text = f"only divisor's values {', '.join(_UNITS)} are supported with the {what} resource"
        found.append(field.invalid(f"{path}.divisor", resource, text))
    return found


def _key_ref(found: list[FieldError], path: str, reference: Object) -> None:
    found += dns_subdomain(f"{path}.name", reference.get("name", ""))
    key = reference.get("key", "")
    if key:
        found += named(f"{path}.key", key, validation.is_config_map_key)
    else:
        found.append(field.required(f"{path}.key"))


def _file_ref(found: list[FieldError], path: str, reference: Object) -> None:
    key, volume, file = (reference.get(name, "") for name in ("key", "volumeName", "path"))
    found += named(f"{path}.key", key, validation.is_relaxed_env_var_name) if key else [field.required(f"{path}.key")]
    found += dns_label(f"{path}.volumeName", volume) if volume else [field.required(f"{path}.volumeName")]
    found += path_without_backsteps(f"{path}.path", file) if file else [field.required(f"{path}.path")]


def check_env_from(path: str, sources: list[Object]) -> list[FieldError]:
    """Whole config maps and secrets as variables."""
    found: list[FieldError] = []
    for index, source in enumerate(sources):
        here, prefix = f"{path}[{index}]", source.get("prefix")
        if prefix:
            found += named(f"{here}.prefix", prefix, validation.is_relaxed_env_var_name)
        count = 0
        for key in ("configMapRef", "secretRef"):
            reference = source.get(key)
            if reference is not None:
                count += 1
                name = reference.get("name", "")
                if name:
                    found += dns_subdomain(f"{here}.{key}.name", name)
                else:
                    found.append(field.required(f"{here}.{key}.name"))
        if not count:
            found.append(field.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
        elif count > 1:
            found.append(field.invalid(path, "", "may not have more than one field specified at a time"))
    return found
