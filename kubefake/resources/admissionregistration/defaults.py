"""What decoding fills into webhook configurations and admission policies.

Follows pkg/apis/admissionregistration/v1/defaults.go.
"""

from __future__ import annotations

from kubefake.resources.strategy import JSONObject

__all__ = ["default_binding", "default_mutating", "default_policy", "default_validating"]


def _webhooks(obj: JSONObject) -> list[JSONObject]:
    webhooks = obj.get("webhooks") or []
    for webhook in webhooks:
        service = (webhook.get("clientConfig") or {}).get("service")
        if service is not None:
            service.setdefault("port", 443)
        _rules(webhook.get("rules"))
        webhook.setdefault("failurePolicy", "Fail")
        _matching(webhook)
        webhook.setdefault("timeoutSeconds", 10)
    return webhooks


def _rules(rules: list[JSONObject] | None) -> None:
    for rule in rules or ():
        rule.setdefault("scope", "*")


def _matching(part: JSONObject) -> None:
    part.setdefault("matchPolicy", "Equivalent")
    part.setdefault("namespaceSelector", {})
    part.setdefault("objectSelector", {})


def _match_resources(resources: JSONObject | None) -> None:
    if resources is not None:
        _matching(resources)
        _rules(resources.get("resourceRules"))
        _rules(resources.get("excludeResourceRules"))


def default_validating(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """A configuration of validating webhooks."""
    _webhooks(obj)


def default_mutating(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """A configuration of mutating webhooks."""
    for webhook in _webhooks(obj):
        webhook.setdefault("reinvocationPolicy", "Never")


def default_policy(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """A policy of either kind."""
    spec = obj.setdefault("spec", {})
    _match_resources(spec.get("matchConstraints"))
    spec.setdefault("failurePolicy", "Fail")


def default_binding(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """A binding of a policy of either kind."""
    _match_resources((obj.get("spec") or {}).get("matchResources"))
