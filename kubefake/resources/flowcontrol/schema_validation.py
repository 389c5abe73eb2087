"""What is wrong with flow schemas.

Follows pkg/apis/flowcontrol/validation/validation.go (ValidateFlowSchema).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object, dns_label, dns_subdomain, named
from kubefake.resources.core.diffs import go_value
from kubefake.resources.strategy import Context

__all__ = ["check_schema"]

_LOWEST, _EXEMPT = 10_000, "exempt"
_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"]
_METHODS = ["ByNamespace", "ByUser"]
_EVERYTHING = {
    "resourceRules": [
        {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "clusterScope": True, "namespaces": ["*"]}
    ],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
}


def _groups(*names: str) -> list[Object]:
    return [{"kind": "Group", "group": {"name": name}} for name in names]


_FIXED: Mapping[str, Object] = {
    _EXEMPT: {
        "priorityLevelConfiguration": {"name": _EXEMPT},
        "matchingPrecedence": 1,
        "rules": [{"subjects": _groups("system:masters"), **_EVERYTHING}],
    },
    "catch-all": {
        "priorityLevelConfiguration": {"name": "catch-all"},
        "matchingPrecedence": _LOWEST,
        "distinguisherMethod": {"type": "ByUser"},
        "rules": [{"subjects": _groups("system:unauthenticated", "system:authenticated"), **_EVERYTHING}],
    },
}
"""The schemas that nobody may change."""


def check_schema(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A flow schema."""
    name, spec = obj["metadata"].get("name", ""), obj.get("spec") or {}
    found: list[FieldError] = []
    precedence, method = spec.get("matchingPrecedence", 0), spec.get("distinguisherMethod")
    if precedence <= 0:
        found.append(field.invalid("spec.matchingPrecedence", precedence, "must be a positive value"))
    if precedence > _LOWEST:
        text = f"must not be greater than {_LOWEST}"
        found.append(field.invalid("spec.matchingPrecedence", precedence, text))
    if precedence == 1 and name != _EXEMPT:
        text = "only the schema named 'exempt' may have matchingPrecedence 1"
        found.append(field.invalid("spec.matchingPrecedence", precedence, text))
    if method is not None and method.get("type") not in _METHODS:
        shown = go_value("flowcontrol/v1.FlowDistinguisherMethod", method)
        found.append(field.not_supported("spec.distinguisherMethod.type", shown, _METHODS))
    level, path = (spec.get("priorityLevelConfiguration") or {}).get("name", ""), "spec.priorityLevelConfiguration.name"
    found += dns_subdomain(path, level) if level else [field.required(path, "must reference a priority level")]
    for index, rule in enumerate(spec.get("rules") or ()):
        found += _rule(f"spec.rules[{index}]", rule)
    fixed = _FIXED.get(name)
    if fixed is not None and spec != fixed:
        shown = go_value("flowcontrol/v1.FlowSchemaSpec", spec)
        found.append(field.invalid("spec", shown, f"spec of '{name}' must equal the fixed value"))
    return found


def _rule(path: str, rule: Object) -> list[FieldError]:
    subjects, resources, others = (rule.get(key) or [] for key in ("subjects", "resourceRules", "nonResourceRules"))
    found = [] if subjects else [field.required(f"{path}.subjects", "subjects must contain at least one value")]
    for index, subject in enumerate(subjects):
        found += _subject(f"{path}.subjects[{index}]", subject)
    if not resources and not others:
        text = "at least one of resourceRules and nonResourceRules has to be non-empty"
        found.append(field.required(path, text))
    for index, one in enumerate(resources):
        found += _resources(f"{path}.resourceRules[{index}]", one)
    for index, one in enumerate(others):
        found += _others(f"{path}.nonResourceRules[{index}]", one)
    return found


_SUBJECTS = {"ServiceAccount": "serviceAccount", "User": "user", "Group": "group"}


def _subject(path: str, subject: Object) -> list[FieldError]:
    kind = subject.get("kind", "")
    if kind not in _SUBJECTS:
        return [field.not_supported(f"{path}.kind", kind, sorted(_SUBJECTS))]
    key = _SUBJECTS[kind]
    found: list[FieldError] = []
    given = subject.get(key)
    if given is None:
        found.append(field.required(f"{path}.{key}", f"{key} is required when subject kind is '{kind}'"))
    elif kind == "ServiceAccount":
        found += _account(f"{path}.{key}", given)
    elif not given.get("name"):
        found.append(field.required(f"{path}.{key}.name"))
    for other, name in _SUBJECTS.items():
        if other != kind and subject.get(name) is not None:
            found.append(field.forbidden(f"{path}.{name}", f"{name} is forbidden when subject kind is not '{other}'"))
    return found


def _account(path: str, account: Object) -> list[FieldError]:
    name, namespace = account.get("name", ""), account.get("namespace", "")
    found: list[FieldError] = []
    if not name:
        found.append(field.required(f"{path}.name"))
    elif name != "*":
        found += named(f"{path}.name", name, validation.is_dns1123_subdomain)
    if not namespace:
        found.append(field.required(f"{path}.namespace", "must specify namespace for service account"))
        return found
    return found + dns_label(f"{path}.namespace", namespace)


def _wild(path: str, values: Sequence[str], none: str, what: str) -> list[FieldError]:
    if not values:
        return [field.required(path, none)]
    if len(values) > 1 and "*" in values:
        return [field.invalid(path, values, f"if '*' is present, must not specify other {what}")]
    return []


def _verbs(path: str, verbs: Sequence[str]) -> list[FieldError]:
    found = _wild(path, verbs, "verbs must contain at least one value", "verbs")
    if not found and verbs[0] != "*" and not set(verbs) <= set(_VERBS):
        found.append(field.not_supported(path, verbs, _VERBS))
    return found


def _resources(path: str, rule: Object) -> list[FieldError]:
    groups, resources, namespaces = (rule.get(key) or [] for key in ("apiGroups", "resources", "namespaces"))
    found = _verbs(f"{path}.verbs", rule.get("verbs") or [])
    found += _wild(f"{path}.apiGroups", groups, "resource rules must supply at least one api group", "api groups")
    found += _wild(f"{path}.resources", resources, "resource rules must supply at least one resource", "resources")
    here = f"{path}.namespaces"
    if not namespaces and not rule.get("clusterScope"):
        text = "resource rules that are not cluster scoped must supply at least one namespace"
        found.append(field.required(here, text))
    elif len(namespaces) > 1 and "*" in namespaces:
        found.append(field.invalid(here, namespaces, "if '*' is present, must not specify other namespaces"))
    else:
        for index, namespace in enumerate(namespaces):
            texts = [] if namespace == "*" else validation.is_dns1123_label(namespace)
            text = "each member of this list must be '*' or a DNS-1123 label; "
            found += [field.invalid(f"{here}[{index}]", namespace, text + one) for one in texts]
    return found


_PATH_RULES: tuple[tuple[Callable[[str], Any], str], ...] = (
    (lambda path: not path, "must not be empty"),
    (lambda path: not path.startswith("/"), "must start with slash"),
    (lambda path: " " in path, "must not contain white-space"),
    (lambda path: "//" in path, "must not contain double slash"),
    (lambda path: "*" in path[:-1], "wildcard can only do suffix matching"),
    (lambda path: path.endswith("*") and not path.endswith("/*"), "wildcard can only do suffix matching"),
)


def _others(path: str, rule: Object) -> list[FieldError]:
    urls, here = rule.get("nonResourceURLs") or [], f"{path}.nonResourceURLs"
    found = _verbs(f"{path}.verbs", rule.get("verbs") or [])
    wrong = _wild(here, urls, "nonResourceURLs must contain at least one value", "non-resource URLs")
    if wrong or urls == ["*"]:
        return found + wrong
    for index, url in enumerate(urls):
        text = next((text for breaks, text in _PATH_RULES if breaks(url)), "")
        if text:
            found.append(field.invalid(f"{here}[{index}]", url, text))
    return found
