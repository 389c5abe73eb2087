"""What is wrong with limit ranges, quotas and endpoints.

Follows pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import (
    Object,
    dns_label,
    dns_subdomain,
    ip_for_legacy_field,
    label_name,
    named,
    one_of,
)
from kubefake.resources.core.quantities import quantity
from kubefake.resources.core.resource_validation import (
    check_quantity,
    container_resource_name,
    overcommits,
    resource_name,
)
from kubefake.resources.core.service_validation import special_address
from kubefake.resources.strategy import Context

__all__ = ["check_endpoints", "check_limit_range", "check_quota", "check_quota_status", "check_quota_update"]

_TYPES = frozenset({"Pod", "Container", "PersistentVolumeClaim"})
_SCOPES = frozenset(
    {
        "Terminating",
        "NotTerminating",
        "BestEffort",
        "NotBestEffort",
        "PriorityClass",
        "CrossNamespacePodAffinity",
        "VolumeAttributesClass",
    }
)
_POD_RESOURCES = frozenset({"pods", "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"})
_QUOTA = _POD_RESOURCES | {
    "ephemeral-storage",
    "requests.storage",
    "requests.ephemeral-storage",
    "limits.ephemeral-storage",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "persistentvolumeclaims",
    "configmaps",
    "services.nodeports",
    "services.loadbalancers",
}


def check_limit_range(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A range of limits."""
    found: list[FieldError] = []
    seen: set[str] = set()
    for index, item in enumerate(obj["spec"].get("limits") or ()):
        path, kind = f"spec.limits[{index}]", item.get("type", "")
        wrong = named(f"{path}.type", kind, validation.is_label_key)
        found += wrong
        if not wrong and "/" not in kind and kind not in _TYPES:
            text = "must be a standard limit type or fully qualified"
            found.append(field.invalid(f"{path}.type", kind, text))
        if kind in seen:
            found.append(field.duplicate(f"{path}.type", kind))
        seen.add(kind)
        _limit(found, path, item, kind)
    return found


def _limit(found: list[FieldError], path: str, item: Object, kind: str) -> None:
    check = container_resource_name if kind in ("Pod", "Container") else resource_name
    for key in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio"):
        values = item.get(key) or {}
        if key == "maxLimitRequestRatio" and kind == "PersistentVolumeClaim":
            limited = {*(item.get("min") or ()), *(item.get("max") or ())}
            if "storage" not in limited:
                text = "either minimum or maximum storage value is required, but neither was provided"
                found.append(field.required(f"{path}.limits", text))
        if key in ("default", "defaultRequest") and kind == "Pod":
            if values:
                found.append(field.forbidden(f"{path}.{key}", "may not be specified when `type` is 'Pod'"))
            continue
        for name in values:
            found += check(f"{path}.{key}[{name}]", name)
    names = {n for k in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio") for n in item.get(k) or ()}
    for name in sorted(names):
        found += _compared(path, item, name, pod=kind == "Pod")


def _compared(path: str, item: Object, name: str, *, pod: bool) -> Iterator[FieldError]:
    low, high = ((item.get(key) or {}).get(name) for key in ("min", "max"))
    default, request = (None if pod else (item.get(key) or {}).get(name) for key in ("default", "defaultRequest"))
    words = {"min": low, "max": high, "default": default, "default request": request}
    for first, second, key, shown in (
        ("min", "max", "min", low),
        ("min", "default request", "defaultRequest", request),
        ("default request", "max", "defaultRequest", request),
        ("default request", "default", "defaultRequest", request),
        ("min", "default", "default", low),
        ("default", "max", "default", high),
    ):
        one, other = words[first], words[second]
        if one is not None and other is not None and quantity(one) > quantity(other):
            name_of = "default limit" if (first, second) == ("default request", "default") else second
            text = f"{first} value {one} is greater than {name_of} value {other}"
            yield field.invalid(f"{path}.{key}[{name}]", shown, text)
    yield from _ratio(
        f"{path}.maxLimitRequestRatio[{name}]", (item.get("maxLimitRequestRatio") or {}).get(name), low, high
    )
    if default is None or request is None or quantity(default) == quantity(request) or overcommits(name):
        return
    text = f"default value {default} must equal to defaultRequest value {request} in {name}"
    yield field.invalid(f"{path}.defaultRequest[{name}]", request, text)


def _ratio(here: str, ratio: str | None, low: str | None, high: str | None) -> Iterator[FieldError]:
    if ratio is None:
        return
    if quantity(ratio) < quantity("1"):
        yield field.invalid(here, ratio, f"ratio {ratio} is less than 1")
    if low is not None and high is not None and quantity(low).sign:
        most = float(quantity(high).as_fraction() / quantity(low).as_fraction())
        if float(quantity(ratio)) > most:
            yield field.invalid(here, ratio, f"ratio {ratio} is greater than max/min = {most:.6f}")


def _quota_list(found: list[FieldError], path: str, resources: Object | None) -> None:
    for name, text in (resources or {}).items():
        here = f"{path}[{name}]"
        wrong = resource_name(here, name)
        if "/" not in name and name not in _QUOTA and not name.startswith(("hugepages-", "requests.hugepages-")):
            wrong.append(field.invalid(here, name, "must be a standard resource for quota"))
        found += wrong + check_quantity(here, name, text)


def check_quota(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A quota."""
    spec = obj.get("spec") or {}
    found: list[FieldError] = []
    _quota_list(found, "spec.hard", spec.get("hard"))
    scopes, hard = spec.get("scopes") or [], sorted(spec.get("hard") or ())
    for scope in scopes:
        if scope not in _SCOPES:
            found.append(field.invalid("spec.scopes", scopes, "unsupported scope"))
        text = "unsupported scope applied to resource"
        found += [field.invalid("spec.scopes", scopes, text) for name in hard if not _fits(scope, name)]
    found += _conflicts(set(scopes), scopes)
    selector = spec.get("scopeSelector")
    if selector is not None:
        _selector(found, spec, selector, hard)
    return found


def _conflicts(named_scopes: set[str], scopes: list[str]) -> list[FieldError]:
    pairs = ({"BestEffort", "NotBestEffort"}, {"Terminating", "NotTerminating"})
    return [
        field.invalid("spec.scopes", scopes or None, "conflicting scopes") for pair in pairs if pair <= named_scopes
    ]


def _fits(scope: str, name: str) -> bool:
    if name not in _QUOTA:
        return True
    if scope == "BestEffort":
        return name == "pods"
    if scope == "VolumeAttributesClass":
        return name in ("persistentvolumeclaims", "requests.storage")
    return name in _POD_RESOURCES or name.endswith("ephemeral-storage") if scope in _SCOPES else True


_MUST_EXIST = (
    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
    "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
)


def _selector(found: list[FieldError], spec: Object, selector: Object, hard: list[str]) -> None:
    path = "spec.scopeSelector.matchExpressions"
    names: set[str] = set()
    for requirement in selector.get("matchExpressions") or ():
        scope, operator, values = (requirement.get(key) for key in ("scopeName", "operator", "values"))
        if scope not in _SCOPES:
            found.append(field.invalid(f"{path}.scopeName", scope, "unsupported scope"))
        shown = {
            "MatchExpressions": [
                {"ScopeName": r.get("scopeName", ""), "Operator": r.get("operator", ""), "Values": r.get("values")}
                for r in selector.get("matchExpressions") or ()
            ]
        }
        text = "unsupported scope applied to resource"
        found += [field.invalid(path, shown, text) for name in hard if not _fits(scope or "", name)]
        exists = _SCOPES - {"PriorityClass", "VolumeAttributesClass"}
        if scope in exists and operator != "Exists":
            found.append(field.invalid(f"{path}.operator", operator, _MUST_EXIST))
        if operator in ("In", "NotIn"):
            if not values:
                text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
                found.append(field.required(f"{path}.values", text))
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
                found.append(field.invalid(f"{path}.values", values, text))
        else:
            found.append(field.invalid(f"{path}.operator", operator, "not a valid selector operator"))
        names.add(scope or "")
    found += _conflicts(names, spec.get("scopes") or [])


def check_quota_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a quota: not of its scopes."""
    found = check_quota(obj, context)
    new, before = ((one.get("spec") or {}).get("scopes") or [] for one in (obj, old))
    if set(new) != set(before):
        found.append(field.invalid("spec.scopes", new or None, "field is immutable"))
    return found


def check_quota_status(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a quota's status."""
    found: list[FieldError] = []
    for key in ("hard", "used"):
        _quota_list(found, f"status.{key}", (obj.get("status") or {}).get(key))
    return found


def check_endpoints(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """Endpoints."""
    found: list[FieldError] = []
    for index, subset in enumerate(obj.get("subsets") or ()):
        path = f"subsets[{index}]"
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            found.append(field.required(path, "must specify `addresses` or `notReadyAddresses`"))
        for key in ("addresses", "notReadyAddresses"):
            for number, address in enumerate(subset.get(key) or ()):
                _address(found, f"{path}.{key}[{number}]", address)
        ports = subset.get("ports") or ()
        for number, port in enumerate(ports):
            _endpoint_port(found, f"{path}.ports[{number}]", port, many=len(ports) > 1)
    return found


def _address(found: list[FieldError], path: str, address: Object) -> None:
    ip = address.get("ip", "")
    wrong = ip_for_legacy_field(f"{path}.ip", ip)
    found += wrong
    if address.get("hostname"):
        found += dns_label(f"{path}.hostname", address["hostname"])
    if address.get("nodeName") is not None:
        found += dns_subdomain(f"{path}.nodeName", address["nodeName"])
    if wrong and "valid IP" in wrong[0].detail:
        found.append(field.invalid(f"{path}.ip", ip, "must be a valid IP address"))
    else:
        found += special_address(f"{path}.ip", ip)


def _endpoint_port(found: list[FieldError], path: str, port: Object, *, many: bool) -> None:
    if port.get("name"):
        found += dns_label(f"{path}.name", port["name"])
    elif many:
        found.append(field.required(f"{path}.name"))
    number = port.get("port", 0)
    found += [field.invalid(f"{path}.port", number, text) for text in validation.is_valid_port_num(number)]
    found += one_of(f"{path}.protocol", port.get("protocol", ""), ("SCTP", "TCP", "UDP"), required=True)
    if port.get("appProtocol") is not None:
        found += label_name(f"{path}.appProtocol", port["appProtocol"])
