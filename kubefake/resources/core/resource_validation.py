"""What is wrong with requests and limits of resources.

Follows pkg/apis/core/validation/validation.go and pkg/apis/core/helper.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import NEGATIVE, Object, dns_label, named
from kubefake.resources.core.quantities import pod_limits, pod_requests, quantity

__all__ = [
    "check_container_resources",
    "check_pod_resources",
    "check_quantity",
    "container_resource_name",
    "is_extended",
    "is_integer_resource",
    "overcommits",
    "resource_name",
]

_CONTAINER = frozenset({"cpu", "memory", "ephemeral-storage"})
_COUNTED = frozenset(
    {
        "pods",
        "resourcequotas",
        "services",
        "replicationcontrollers",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
        "services.nodeports",
        "services.loadbalancers",
    }
)
STANDARD = (
    _CONTAINER
    | _COUNTED
    | {"storage", "requests.storage"}
    | {f"{kind}.{name}" for kind in ("requests", "limits") for name in _CONTAINER}
)
_HUGE = "hugepages-"
_COMPUTE = frozenset({"cpu", "memory"})
_NATIVE = "kubernetes.io/"

NameCheck = Callable[[str, str], list[FieldError]]


def _native(name: str) -> bool:
    return "/" not in name or _NATIVE in name


def is_extended(name: str) -> bool:
    """Whether a device plugin's resource."""
    if _native(name) or name.startswith("requests."):
        return False
    return not validation.is_label_key(f"requests.{name}")


def is_integer_resource(name: str) -> bool:
    """Whether it comes in whole numbers."""
    return name in _COUNTED or is_extended(name)


def overcommits(name: str) -> bool:
    """Whether more of it may be promised than there is (IsOvercommitAllowed)."""
    return _native(name) and not name.startswith(_HUGE)


def resource_name(path: str, name: str) -> list[FieldError]:
    """The name of any resource (validateResourceName)."""
    found = named(path, name, validation.is_label_key)
    if not found and "/" not in name and name not in STANDARD and not name.startswith((_HUGE, f"requests.{_HUGE}")):
        found.append(field.invalid(path, name, "must be a standard resource type or fully qualified"))
    return found


def container_resource_name(path: str, name: str) -> list[FieldError]:
    """The name of a resource that containers can ask for."""
    found = resource_name(path, name)
    if "/" not in name:
        if name not in _CONTAINER and not name.startswith(_HUGE):
            found.append(field.invalid(path, name, "must be a standard resource for containers"))
    elif not _native(name) and not is_extended(name):
        found.append(field.invalid(path, name, "doesn't follow extended resource name standard"))
    return found


def _pod_name(path: str, name: str) -> list[FieldError]:
    found = resource_name(path, name)
    if not found and name not in _COMPUTE and not name.startswith(_HUGE):
        found.append(field.not_supported(path, name, ["cpu", "hugepages-", "memory"]))
    return found


def check_quantity(path: str, name: str, text: str) -> list[FieldError]:
    """An amount of a resource (ValidateResourceQuantityValue)."""
    value = quantity(text)
    found = [field.invalid(path, text, NEGATIVE)] if value.sign < 0 else []
    if is_integer_resource(name) and value.milli_value() % 1000:
        found.append(field.invalid(path, text, "must be an integer"))
    return found


def _huge(path: str, name: str, text: str) -> list[FieldError]:
    try:
        size = quantity(name.removeprefix(_HUGE)).value()
    except ValueError:
        size = 0
    if size > 0 and quantity(text).value() % size == 0:
        return []
    return [field.invalid(path, text, f"{text} is not positive integer multiple of {name}")]


def check_container_resources(path: str, resources: Object, claims: Collection[str]) -> list[FieldError]:
    """What a container requests and is limited to."""
    return _requirements(path, resources, claims, container_resource_name) if resources else []


@functools.lru_cache(4096)
def _in_order(name_check: NameCheck, name: str, text: str) -> bool:
    """Whether nothing is wrong with an amount of a resource by itself."""
    return not (
        name_check("", name) or check_quantity("", name, text) or (name.startswith(_HUGE) and _huge("", name, text))
    )


def _requirements(path: str, resources: Object, claims: Collection[str], name_check: NameCheck) -> list[FieldError]:
    found: list[FieldError] = []
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for name, text in limits.items():
        if _in_order(name_check, name, text):
            continue
        here = f"{path}.limits[{name}]"
        found += name_check(here, name) + check_quantity(here, name, text)
        if name.startswith(_HUGE):
            found += _huge(here, name, text)
    for name, text in requests.items():
        if limits.get(name) == text and _in_order(name_check, name, text):
            continue
        here = f"{path}.requests[{name}]"
        found += name_check(here, name) + check_quantity(here, name, text)
        limit = limits.get(name)
        if limit is not None:
            order = quantity(text).cmp(quantity(limit))
            if order and not overcommits(name):
                found.append(field.invalid(f"{path}.requests", text, f"must be equal to {name} limit of {limit}"))
            elif order > 0:
                words = f"must be less than or equal to {name} limit of {limit}"
                found.append(field.invalid(f"{path}.requests", text, words))
        elif not overcommits(name):
            found.append(field.required(f"{path}.limits", "Limit must be set for non overcommitable resources"))
        if name.startswith(_HUGE):
            found += _huge(here, name, text)
    names = limits.keys() | requests.keys()
    if not names & _COMPUTE and any(name.startswith(_HUGE) for name in names):
        found.append(field.forbidden(path, "HugePages require cpu or memory"))
    if resources.get("claims"):
        found += _claims(f"{path}.claims", resources["claims"], claims)
    return found


def _claims(path: str, wanted: list[Object], known: Collection[str]) -> list[FieldError]:
    found: list[FieldError] = []
    names: set[str] = set()
    for index, claim in enumerate(wanted):
        here, name = f"{path}[{index}]", claim.get("name", "")
        if not name:
            found.append(field.required(here))
            continue
        if name in names:
            found.append(field.duplicate(here, name))
        else:
            key, request = name, claim.get("request", "")
            if request:
                found += dns_label(f"{here}.request", request)
                key = f"{name}/{request}"
            if key in names:
                found.append(field.duplicate(here, key))
            elif not request:
                found += [field.duplicate(here, name) for other in sorted(names) if other.startswith(f"{name}/")]
            names.add(key)
        if name not in known:
            text = "must be one of the names in pod.spec.resourceClaims"
            text += f": {', '.join(sorted(known))}" if known else " which is empty"
            found.append(FieldError(field.NOT_FOUND, here, name, text))
    return found


def check_pod_resources(path: str, spec: Object, claims: Collection[str]) -> list[FieldError]:
    """What a pod as a whole requests and is limited to, against what its containers do."""
    resources = spec.get("resources")
    if resources is None:
        return []
    if (spec.get("os") or {}).get("name") == "windows":
        return [field.forbidden(path, "may not be set for a windows pod")]
    found: list[FieldError] = []
    if resources.get("claims"):
        found.append(field.forbidden(f"{path}.claims", "claims may not be set for Resources at pod-level"))
    found += _requirements(path, resources, claims, _pod_name)
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for name, total in pod_requests(spec, pod_level=False, overhead=False).items():
        if name in requests and total > quantity(requests[name]):
            text = f"must be greater than or equal to aggregate container requests of {total}"
            found.append(field.invalid(f"{path}.requests[{name}]", requests[name], text))
    for name, total in pod_limits(spec, pod_level=False, overhead=False).items():
        if name.startswith(_HUGE) and name in limits and total > quantity(limits[name]):
            text = f"must be greater than or equal to aggregate container limits of {total}"
            found.append(field.invalid(f"{path}.limits[{name}]", limits[name], text))
    for index, container in enumerate(spec.get("containers") or ()):
        for name, text in (container.get("resources", {}).get("limits") or {}).items():
            if name in limits and quantity(text) > quantity(limits[name]):
                words = f"must be less than or equal to pod limits of {limits[name]}"
                found.append(field.invalid(f"{path}.containers[{index}][{name}].limits", text, words))
    return found
