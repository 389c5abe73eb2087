"""What is wrong with device classes, resource claims and templates of claims.

Follows pkg/apis/resource/validation/validation.go. Expressions of selectors are kept as they are given: nothing here reads CEL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import IMMUTABLE, Object, dns_label, dns_subdomain, label_name, named, one_of
from kubefake.resources.core.diffs import go_value
from kubefake.resources.strategy import Context

__all__ = [
    "EFFECTS",
    "check_claim",
    "check_claim_update",
    "check_class",
    "check_config",
    "check_driver_name",
    "check_identifier",
    "check_requests",
    "check_template",
    "check_template_update",
    "few",
    "reference",
    "references",
    "request_names",
]

_MOST = 32
_MOST_ALTERNATIVES = 8
_LONGEST_PARAMETERS = 10 * 1024
_LONGEST_DRIVER, _LONGEST_IDENTIFIER = 63, 32
_ADMIN = "resource.kubernetes.io/admin-access"
_NO_REQUEST = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
EFFECTS = ("NoExecute", "NoSchedule", "None")


def few(path: str, items: Sequence[Any], most: int, check: Callable[[str, Any], list[FieldError]]) -> list[FieldError]:
    """Items, each checked, unless there are too many."""
    if len(items) > most:
        return [field.too_many(path, len(items), most)]
    return [error for index, item in enumerate(items) for error in check(f"{path}[{index}]", item)]


def check_class(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A class of devices."""
    spec = obj.get("spec") or {}
    found = few("spec.selectors", spec.get("selectors") or [], _MOST, _selector)
    found += few("spec.config", spec.get("config") or [], _MOST, check_config)
    name = spec.get("extendedResourceName")
    if name is not None and not _is_extended_resource(name):
        found.append(field.invalid("spec.extendedResourceName", name, "must be a valid extended resource name"))
    return found


def _is_extended_resource(name: str) -> bool:
    if "/" not in name or "kubernetes.io/" in name or name.startswith("requests."):
        return False
    return not validation.is_label_key(f"requests.{name}")


def _selector(path: str, selector: Object) -> list[FieldError]:
    return [field.required(f"{path}.cel")] if selector.get("cel") is None else []


def check_driver_name(path: str, name: str) -> list[FieldError]:
    """The name of a driver: a domain, in whatever case."""
    if not name:
        return [field.required(path)]
    found = [field.too_long(path, _LONGEST_DRIVER)] if len(name) > _LONGEST_DRIVER else []
    return found + [field.invalid(path, name, text) for text in validation.is_dns1123_subdomain(name.lower())]


def check_config(path: str, config: Object) -> list[FieldError]:
    """What a driver is told."""
    opaque, here = config.get("opaque"), f"{path}.opaque"
    if opaque is None:
        return [field.required(here)]
    found = check_driver_name(f"{here}.driver", opaque.get("driver", ""))
    parameters = opaque.get("parameters")
    if parameters is None:
        found.append(field.required(f"{here}.parameters"))
    elif len(msgspec.json.encode(parameters)) > _LONGEST_PARAMETERS:
        found.append(field.too_long(f"{here}.parameters", _LONGEST_PARAMETERS))
    elif not isinstance(parameters, dict):
        found.append(field.invalid(f"{here}.parameters", "<value omitted>", "must be a valid JSON object"))
    return found


def check_claim(obj: Object, context: Context) -> list[FieldError]:
    """A new claim."""
    spec = obj.get("spec") or {}
    return _administration(obj, spec, "spec", context) + _spec("spec", spec)


def _administration(obj: Object, spec: Object, path: str, context: Context) -> list[FieldError]:
    """Who administers devices does so in a namespace that is meant for it."""
    found: list[FieldError] = []
    for index, request in enumerate((spec.get("devices") or {}).get("requests") or ()):
        if not (request.get("exactly") or {}).get("adminAccess"):
            continue
        namespace = context.lookup.get("", "namespaces", "", obj["metadata"].get("namespace", "")) or {}
        if ((namespace.get("metadata") or {}).get("labels") or {}).get(_ADMIN) != "true":
            text = f"admin access to devices requires the `{_ADMIN}: true` label on the containing namespace"
            found.append(field.forbidden(f"{path}.devices.requests[{index}].adminAccess", text))
    return found


def _spec(path: str, spec: Object) -> list[FieldError]:
    devices, here = spec.get("devices") or {}, f"{path}.devices"
    requests = devices.get("requests") or []
    names = request_names(requests)
    found = check_requests(f"{here}.requests", requests)
    found += few(f"{here}.constraints", devices.get("constraints") or [], _MOST, _constraint(names))

    def config(place: str, given: Object) -> list[FieldError]:
        return references(f"{place}.requests", given.get("requests") or [], names) + check_config(place, given)

    return found + few(f"{here}.config", devices.get("config") or [], _MOST, config)


def request_names(requests: Sequence[Object]) -> frozenset[str]:
    """What constraints and configuration may refer to: requests, and alternatives of requests."""
    names = [request.get("name", "") for request in requests]
    names += [
        f"{request.get('name', '')}/{alternative.get('name', '')}"
        for request in requests
        for alternative in request.get("firstAvailable") or ()
    ]
    return frozenset(names)


def check_requests(path: str, requests: Sequence[Object]) -> list[FieldError]:
    """Requests of a claim, no two of one name."""
    return few(path, requests, _MOST, _unique(_request))


def _unique(check: Callable[[str, Object], list[FieldError]]) -> Callable[[str, Object], list[FieldError]]:
    seen: set[str] = set()

    def once(path: str, item: Object) -> list[FieldError]:
        found, name = check(path, item), item.get("name", "")
        if name in seen:
            found.append(field.duplicate(path, name))
        seen.add(name)
        return found

    return once


def _request(path: str, request: Object) -> list[FieldError]:
    found = dns_label(f"{path}.name", request.get("name", ""))
    exactly, alternatives = request.get("exactly"), request.get("firstAvailable") or []
    text = "exactly one of `exactly` or `firstAvailable` is required"
    if exactly is not None and alternatives:
        found.append(field.invalid(path, None, f"{text}, but multiple fields are set"))
    elif exactly is not None:
        found += _wanted(f"{path}.exactly", exactly)
    elif alternatives:
        found += few(f"{path}.firstAvailable", alternatives, _MOST_ALTERNATIVES, _unique(_alternative))
    else:
        found.append(field.required(path, text))
    return found


def _alternative(path: str, request: Object) -> list[FieldError]:
    return dns_label(f"{path}.name", request.get("name", "")) + _wanted(path, request)


def _wanted(path: str, request: Object) -> list[FieldError]:
    name, here = request.get("deviceClassName", ""), f"{path}.deviceClassName"
    found = dns_subdomain(here, name) if name else [field.required(here)]
    found += few(f"{path}.selectors", request.get("selectors") or [], _MOST, _selector)
    mode, count = request.get("allocationMode", ""), request.get("count", 0)
    if mode == "All" and count:
        text = "must not be specified when allocationMode is 'All'"
        found.append(field.invalid(f"{path}.count", count, text))
    elif mode == "ExactCount" and count <= 0:
        found.append(field.invalid(f"{path}.count", count, "must be greater than zero"))
    elif mode not in ("All", "ExactCount"):
        found.append(field.not_supported(f"{path}.allocationMode", mode, ["All", "ExactCount"]))
    for index, toleration in enumerate(request.get("tolerations") or ()):
        found += _toleration(f"{path}.tolerations[{index}]", toleration)
    return found


def _toleration(path: str, toleration: Object) -> list[FieldError]:
    key, value, operator = (toleration.get(name, "") for name in ("key", "value", "operator"))
    found = label_name(f"{path}.key", key) if key else []
    if operator == "Exists":
        if value:
            found.append(field.invalid(f"{path}.value", value, "must be empty for operator `Exists`"))
    elif operator == "Equal":
        found += named(f"{path}.value", value, validation.is_valid_label_value)
    else:
        found += one_of(f"{path}.operator", operator, ("Equal", "Exists"), required=True)
    effect = toleration.get("effect", "")
    return found + one_of(f"{path}.effect", effect, EFFECTS) if effect else found


def references(path: str, names: Sequence[str], known: frozenset[str]) -> list[FieldError]:
    """The requests that something is about, each once."""
    found: list[FieldError] = []
    if len(names) > _MOST:
        return [field.too_many(path, len(names), _MOST)]
    for index, name in enumerate(names):
        found += reference(f"{path}[{index}]", name, known)
        if name in names[:index]:
            found.append(field.duplicate(f"{path}[{index}]", name))
    return found


def reference(path: str, name: str, known: frozenset[str]) -> list[FieldError]:
    """The name of a request, or of one of its alternatives."""
    parts = name.split("/") if name.count("/") <= 1 else ()
    found = [error for part in parts for error in dns_label(path, part)]
    if name not in known:
        found.append(field.invalid(path, name, _NO_REQUEST))
    return found


def _constraint(names: frozenset[str]) -> Callable[[str, Object], list[FieldError]]:
    def check(path: str, constraint: Object) -> list[FieldError]:
        found = references(f"{path}.requests", constraint.get("requests") or [], names)
        for key in ("matchAttribute", "distinctAttribute"):
            if constraint.get(key) is not None:
                return found + _attribute(f"{path}.{key}", constraint[key])
        text = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
        return [*found, field.required(path, text)]

    return check


def _attribute(path: str, name: str) -> list[FieldError]:
    """The name of an attribute with the domain that it is of."""
    domain, slash, rest = name.partition("/")
    if not slash:
        text = "a fully qualified name must be a domain and a name separated by a slash"
        return [*check_identifier(path, name), field.invalid(path, name, text)]
    found = check_driver_name(path, domain) if domain else [field.invalid(path, "", "the domain must not be empty")]
    return found + (check_identifier(path, rest) if rest else [field.invalid(path, "", "the name must not be empty")])


def check_identifier(path: str, name: str) -> list[FieldError]:
    """A name as in the language C."""
    found = [field.too_long(path, _LONGEST_IDENTIFIER)] if len(name) > _LONGEST_IDENTIFIER else []
    return found + named(path, name, validation.is_c_identifier)


def check_claim_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a claim: of its metadata only."""
    return _settled("resource/v1.ResourceClaimSpec", obj, old)


def _settled(kind: str, obj: Object, old: Object) -> list[FieldError]:
    if obj.get("spec") == old.get("spec"):
        return []
    return [field.invalid("spec", go_value(kind, obj.get("spec")), IMMUTABLE)]


def check_template(obj: Object, context: Context) -> list[FieldError]:
    """What claims are made from."""
    spec = obj.get("spec") or {}
    claim = spec.get("spec") or {}
    return _administration(obj, claim, "spec.spec", context) + _spec("spec.spec", claim)


def check_template_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a template: of its own metadata only."""
    return _settled("resource/v1.ResourceClaimTemplateSpec", obj, old)
