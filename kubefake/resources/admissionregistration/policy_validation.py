"""What is wrong with admission policies and their bindings, short of what compiling their expressions would tell.

Follows pkg/apis/admissionregistration/validation/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gvk import GroupVersion
from kubefake.resources.admissionregistration.matching import (
    FAILURE_POLICIES,
    check_conditions,
    check_match_resources,
)
from kubefake.resources.checks import Object, dns_subdomain, label_selector, named, one_of
from kubefake.resources.strategy import Context

__all__ = ["check_mutating_binding", "check_mutating_policy", "check_validating_binding", "check_validating_policy"]

_IDENTIFIER = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*", re.ASCII)
_RESERVED = frozenset(
    [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
_REASONS = frozenset({"Forbidden", "Invalid", "RequestEntityTooLarge"})
_NAMED_REASONS = sorted(_REASONS)
_ACTIONS = frozenset({"Audit", "Deny", "Warn"})
_NOT_FOUND = ("Deny", "Allow")
_NEITHER = "validations or auditAnnotations must contain at least one item"
_MOST_ANNOTATIONS = 20
_LONGEST_VALUE = 5 * 1024
_PATCHES = {"ApplyConfiguration": "applyConfiguration", "JSONPatch": "jsonPatch"}


def check_validating_policy(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A validating policy."""
    spec: Object = obj.get("spec") or {}
    found = _head(spec)
    validations, annotations = spec.get("validations") or (), spec.get("auditAnnotations") or ()
    if not validations and not annotations:
        found.append(field.required("spec.validations", _NEITHER))
        found.append(field.required("spec.auditAnnotations", _NEITHER))
        return found
    for index, part in enumerate(validations):
        found += _validation(f"spec.validations[{index}]", part)
    return found + _annotations(obj["metadata"].get("name", ""), annotations)


def check_mutating_policy(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A mutating policy."""
    spec: Object = obj.get("spec") or {}
    found = _head(spec)
    mutations: Sequence[Object] = spec.get("mutations") or ()
    if not mutations:
        found.append(field.required("spec.mutations", "mutations must contain at least one item"))
    for index, mutation in enumerate(mutations):
        found += _mutation(f"spec.mutations[{index}]", mutation)
    policy = spec.get("reinvocationPolicy")
    return found + one_of("spec.reinvocationPolicy", policy or "", ("IfNeeded", "Never"), required=True)


def _head(spec: Object) -> list[FieldError]:
    """What both kinds of policies have."""
    found = one_of("spec.failurePolicy", spec.get("failurePolicy"), FAILURE_POLICIES)
    kind, constraints = spec.get("paramKind"), spec.get("matchConstraints")
    if kind is not None:
        found += _param_kind("spec.paramKind", kind)
    if constraints is None:
        found.append(field.required("spec.matchConstraints"))
    else:
        found += check_match_resources("spec.matchConstraints", constraints)
        if not constraints.get("resourceRules"):
            found.append(field.required("spec.matchConstraints.resourceRules"))
    found += check_conditions("spec.matchConditions", spec.get("matchConditions"))
    for index, variable in enumerate(spec.get("variables") or ()):
        found += _variable(f"spec.variables[{index}]", variable)
    return found


def _param_kind(path: str, kind: Object) -> list[FieldError]:
    text, name = kind.get("apiVersion", ""), kind.get("kind", "")
    found = _api_version(f"{path}.apiVersion", text) if text else [field.required(f"{path}.apiVersion")]
    if not name:
        return [*found, field.required(f"{path}.kind")]
    texts = validation.is_dns1035_label(name.lower())
    if texts:
        detail = f"may have mixed case, but should otherwise match: {','.join(texts)}"
        found.append(field.invalid(f"{path}.kind", name, detail))
    return found


def _api_version(path: str, text: str) -> list[FieldError]:
    try:
        version = GroupVersion.parse(text)
    except ValueError as error:
        return [field.invalid(path, text, str(error))]
    found: list[FieldError] = []
    texts = validation.is_dns1123_subdomain(version.group) if version.group else []
    if texts:
        found.append(field.invalid(path, version.group, ",".join(texts)))
    if not version.version:
        return [*found, field.invalid(path, text, "version must be specified")]
    texts = validation.is_dns1035_label(version.version)
    return [*found, field.invalid(path, version.version, ",".join(texts))] if texts else found


def _variable(path: str, variable: Object) -> list[FieldError]:
    name = variable.get("name", "")
    found: list[FieldError] = []
    if not name.strip():
        found.append(field.required(f"{path}.name", "name is not specified"))
    elif not _IDENTIFIER.fullmatch(name) or name in _RESERVED:
        found.append(field.invalid(f"{path}.name", name, "must be a valid CEL identifier"))
    if not variable.get("expression", "").strip():
        found.append(field.required(f"{path}.expression", "expression is not specified"))
    return found


def _validation(path: str, part: Object) -> list[FieldError]:
    found: list[FieldError] = []
    if not part.get("expression", "").strip():
        found.append(field.required(f"{path}.expression", "expression is not specified"))
    expression, message = part.get("messageExpression", ""), part.get("message", "")
    if expression and not expression.strip():
        found.append(field.invalid(f"{path}.messageExpression", expression, "must be non-empty if specified"))
    if message and not message.strip():
        found.append(field.invalid(f"{path}.message", message, "must be non-empty if specified"))
    elif any(mark in message.strip() for mark in "\r\n"):
        found.append(field.invalid(f"{path}.message", message, "must not contain line breaks"))
    reason = part.get("reason")
    if reason is not None and reason not in _REASONS:
        found.append(field.not_supported(f"{path}.reason", reason, _NAMED_REASONS))
    return found


def _annotations(policy: str, annotations: Sequence[Object]) -> list[FieldError]:
    found: list[FieldError] = []
    if len(annotations) > _MOST_ANNOTATIONS:
        text = f"must not have more than {_MOST_ANNOTATIONS} auditAnnotations"
        found.append(field.invalid("spec.auditAnnotations", list(annotations), text))
    seen: set[str] = set()
    for index, annotation in enumerate(annotations):
        path, key = f"spec.auditAnnotations[{index}]", annotation.get("key", "")
        found += named(f"{path}.key", f"{policy}/{key}" if policy else key, validation.is_label_key)
        value = annotation.get("valueExpression", "")
        if not value.strip():
            found.append(field.required(f"{path}.valueExpression", "valueExpression is not specified"))
        elif len(value.encode()) > _LONGEST_VALUE:
            found.append(field.too_long(f"{path}.valueExpression", _LONGEST_VALUE))
        if key in seen:
            found.append(field.duplicate(f"{path}.key", key))
        seen.add(key)
    return found


def _mutation(path: str, mutation: Object) -> list[FieldError]:
    kind = mutation.get("patchType", "")
    found = one_of(f"{path}.patchType", kind, _PATCHES, required=True)
    if found:
        return found
    wanted = _PATCHES[kind]
    part = mutation.get(wanted)
    if part is None:
        found.append(field.required(f"{path}.{wanted}", f"must be specified when patchType is {kind}"))
    elif not part.get("expression", "").strip():
        found.append(field.required(f"{path}.{wanted}.expression"))
    for other in _PATCHES.values():
        if other != wanted and mutation.get(other) is not None:
            text = f"must not be specified when patchType is {kind}"
            found.append(field.invalid(f"{path}.{other}", f"{{{other}}}", text))
    return found


def check_validating_binding(obj: Object, context: Context) -> list[FieldError]:
    """A binding of a validating policy."""
    found = check_mutating_binding(obj, context)
    actions: Sequence[str] = (obj.get("spec") or {}).get("validationActions") or ()
    path = "spec.validationActions"
    if not actions:
        return [*found, field.required(path, "at least one validation action is required")]
    for index, action in enumerate(actions):
        found += one_of(f"{path}[{index}]", action, _ACTIONS)
        if action in actions[:index]:
            found.append(field.duplicate(f"{path}[{index}]", action))
    if "Deny" in actions and "Warn" in actions:
        text = (
            "must not contain both Deny and Warn (repeating the same validation failure information in the API "
            "response and headers serves no purpose)"
        )
        found.append(field.invalid(path, list(actions), text))
    return found


def check_mutating_binding(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A binding of a mutating policy."""
    spec: Object = obj.get("spec") or {}
    policy = spec.get("policyName", "")
    found = dns_subdomain("spec.policyName", policy) if policy else [field.required("spec.policyName")]
    if spec.get("paramRef") is not None:
        found += _param_ref("spec.paramRef", spec["paramRef"])
    if spec.get("matchResources") is not None:
        found += check_match_resources("spec.matchResources", spec["matchResources"])
    return found


def _param_ref(path: str, reference: Object) -> list[FieldError]:
    name, selector = reference.get("name", ""), reference.get("selector")
    found: list[FieldError] = []
    exclusive = "name and selector are mutually exclusive"
    if name:
        found += named(f"{path}.name", name, validation.is_path_segment_name)
        if selector is not None:
            found.append(field.forbidden(f"{path}.name", exclusive))
    if selector is not None:
        found += label_selector(f"{path}.selector", selector)
        if name:
            found.append(field.forbidden(f"{path}.selector", exclusive))
    if not name and selector is None:
        found.append(field.required(path, "one of name or selector must be specified"))
    action = reference.get("parameterNotFoundAction") or ""
    if not action:
        found.append(field.required(f"{path}.parameterNotFoundAction"))
    elif action not in _NOT_FOUND:
        found.append(field.not_supported(f"{path}.parameterNotFoundAction", action, _NOT_FOUND))
    return found
