"""What is wrong with how webhooks and policies choose requests: rules, selectors and conditions.

Conditions are CEL; that they are there is checked, that they compile is not. Follows
pkg/apis/admissionregistration/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object, label_selector, named, one_of

__all__ = ["FAILURE_POLICIES", "MATCH_POLICIES", "check_conditions", "check_match_resources", "check_rule"]

FAILURE_POLICIES = frozenset({"Fail", "Ignore"})
MATCH_POLICIES = frozenset({"Equivalent", "Exact"})
_OPERATIONS = frozenset({"*", "CONNECT", "CREATE", "DELETE", "UPDATE"})
_SCOPES = frozenset({"*", "Cluster", "Namespaced"})
_MOST_CONDITIONS = 64


def check_rule(path: str, rule: Object) -> list[FieldError]:
    """Operations, and the resources that they are done to."""
    operations = rule.get("operations") or []
    found = _list(f"{path}.operations", operations, "operations")
    for index, operation in enumerate(operations):
        found += one_of(f"{path}.operations[{index}]", operation, _OPERATIONS)
    found += _list(f"{path}.apiGroups", rule.get("apiGroups") or [], "API groups")
    versions = rule.get("apiVersions") or []
    found += _list(f"{path}.apiVersions", versions, "API versions")
    found += [field.required(f"{path}.apiVersions[{index}]") for index, text in enumerate(versions) if not text]
    found += _resources(f"{path}.resources", rule.get("resources") or [])
    if rule.get("scope") is not None:
        found += one_of(f"{path}.scope", rule["scope"], _SCOPES)
    return found


def _list(path: str, values: Sequence[str], what: str) -> list[FieldError]:
    if not values:
        return [field.required(path)]
    if len(values) > 1 and "*" in values:
        return [field.invalid(path, values, f"if '*' is present, must not specify other {what}")]
    return []


def _resources(path: str, values: Sequence[str]) -> list[FieldError]:
    if not values:
        return [field.required(path)]
    found: list[FieldError] = []
    whole: set[str] = set()
    everywhere: set[str] = set()
    plain = False
    for index, value in enumerate(values):
        here = f"{path}[{index}]"
        if not value:
            found.append(field.required(here))
            continue
        resource, slash, subresource = value.partition("/")
        if not slash:
            plain = value != "*"
            continue
        if resource in whole:
            found.append(field.invalid(here, value, f"if '{resource}/*' is present, must not specify {value}"))
        if subresource in everywhere:
            found.append(field.invalid(here, value, f"if '*/{subresource}' is present, must not specify {value}"))
        if subresource == "*":
            whole.add(resource)
        if resource == "*":
            everywhere.add(subresource)
    if len(values) > 1 and "*/*" in values:
        found.append(field.invalid(path, values, "if '*/*' is present, must not specify other resources"))
    if "*" in values and plain:
        text = "if '*' is present, must not specify other resources without subresources"
        found.append(field.invalid(path, values, text))
    return found


def check_conditions(path: str, conditions: Sequence[Object] | None) -> list[FieldError]:
    """Match conditions: each has an expression and a name of its own."""
    found: list[FieldError] = []
    given: Sequence[Object] = conditions or ()
    if len(given) > _MOST_CONDITIONS:
        found.append(field.too_many(path, len(given), _MOST_CONDITIONS))
    seen: set[str] = set()
    for index, condition in enumerate(given):
        here, name = f"{path}[{index}]", condition.get("name", "")
        if not condition.get("expression", "").strip():
            found.append(field.required(f"{here}.expression"))
        found += named(f"{here}.name", name, validation.is_label_key) if name else [field.required(f"{here}.name")]
        if name in seen:
            found.append(field.duplicate(f"{here}.name", name))
        elif name:
            seen.add(name)
    return found


def check_match_resources(path: str, resources: Object) -> list[FieldError]:
    """The resources that a policy is about, or that a binding narrows it to."""
    found = one_of(f"{path}.matchPolicy", resources.get("matchPolicy"), MATCH_POLICIES)
    for key in ("namespaceSelector", "objectSelector"):
        found += label_selector(f"{path}.{key}", resources.get(key))
    for key in ("resourceRules", "excludeResourceRules"):
        rules: Sequence[Any] = resources.get(key) or ()
        for index, rule in enumerate(rules):
            found += _resource_names(f"{path}.{key}[{index}].resourceNames", rule.get("resourceNames") or ())
            found += check_rule(f"{path}.{key}[{index}]", rule)
    return found


def _resource_names(path: str, names: Sequence[str]) -> list[FieldError]:
    found: list[FieldError] = []
    for index, name in enumerate(names):
        texts = validation.is_path_segment_name(name)
        if texts:
            found.append(field.invalid(f"{path}[{index}]", name, ",".join(texts)))
        if name in names[:index]:
            found.append(field.duplicate(f"{path}[{index}]", name))
    return found
