"""What is wrong with configurations of admission webhooks.

Follows pkg/apis/admissionregistration/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.admissionregistration.clients import check_client
from kubefake.resources.admissionregistration.matching import (
    FAILURE_POLICIES,
    MATCH_POLICIES,
    check_conditions,
    check_rule,
)
from kubefake.resources.checks import Object, label_selector, named, one_of
from kubefake.resources.strategy import Context

__all__ = ["check_mutating", "check_validating"]

_SIDE_EFFECTS = ("None", "NoneOnDryRun")
_REVIEW_VERSIONS = ("v1", "v1beta1")
_LONGEST_WAIT = 30


def check_validating(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A configuration of validating webhooks."""
    return _webhooks(obj.get("webhooks") or (), reinvoked=False)


def check_mutating(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A configuration of mutating webhooks."""
    return _webhooks(obj.get("webhooks") or (), reinvoked=True)


def _webhooks(webhooks: Sequence[Object], *, reinvoked: bool) -> list[FieldError]:
    found: list[FieldError] = []
    seen: set[str] = set()
    for index, webhook in enumerate(webhooks):
        path, name = f"webhooks[{index}]", webhook.get("name", "")
        found += _webhook(path, webhook, reinvoked=reinvoked)
        found += _review_versions(f"{path}.admissionReviewVersions", webhook.get("admissionReviewVersions") or [])
        if name in seen:
            found.append(field.duplicate(f"{path}.name", name))
        elif name:
            seen.add(name)
    return found


def _webhook(path: str, webhook: Object, *, reinvoked: bool) -> list[FieldError]:
    found = _name(f"{path}.name", webhook.get("name", ""))
    for index, rule in enumerate(webhook.get("rules") or ()):
        found += check_rule(f"{path}.rules[{index}]", rule)
    found += one_of(f"{path}.failurePolicy", webhook.get("failurePolicy"), FAILURE_POLICIES)
    found += one_of(f"{path}.matchPolicy", webhook.get("matchPolicy"), MATCH_POLICIES)
    effects = webhook.get("sideEffects")
    if effects is None:
        found.append(field.required(f"{path}.sideEffects", f"must specify one of {', '.join(_SIDE_EFFECTS)}"))
    else:
        found += one_of(f"{path}.sideEffects", effects, _SIDE_EFFECTS)
    seconds = webhook.get("timeoutSeconds", 10)
    if not 1 <= seconds <= _LONGEST_WAIT:
        text = f"the timeout value must be between 1 and {_LONGEST_WAIT} seconds"
        found.append(field.invalid(f"{path}.timeoutSeconds", seconds, text))
    for key in ("namespaceSelector", "objectSelector"):
        found += label_selector(f"{path}.{key}", webhook.get(key))
    if reinvoked:
        found += one_of(f"{path}.reinvocationPolicy", webhook.get("reinvocationPolicy"), ("IfNeeded", "Never"))
    found += check_client(f"{path}.clientConfig", webhook.get("clientConfig"))
    return found + check_conditions(f"{path}.matchConditions", webhook.get("matchConditions"))


def _name(path: str, name: str) -> list[FieldError]:
    """A fully qualified name."""
    if not name:
        return [field.required(path)]
    texts = validation.is_dns1123_subdomain(name)
    if texts:
        return [field.invalid(path, name, ",".join(texts))]
    if name.count(".") < 2:
        return [field.invalid(path, name, "should be a domain with at least three segments separated by dots")]
    return []


def _review_versions(path: str, versions: Sequence[str]) -> list[FieldError]:
    known = ", ".join(_REVIEW_VERSIONS)
    if not versions:
        return [field.required(path, f"must specify one of {known}")]
    found: list[FieldError] = []
    for index, version in enumerate(versions):
        if version in versions[:index]:
            found.append(field.invalid(f"{path}[{index}]", version, "duplicate version"))
        else:
            found += named(f"{path}[{index}]", version, validation.is_dns1035_label)
    if not any(version in _REVIEW_VERSIONS for version in versions):
        found.append(field.invalid(path, versions, f"must include at least one of {known}"))
    return found
