"""Configurations of webhooks: what is wrong with them is told in the server's words and order."""

from __future__ import annotations

from typing import Any

import pytest

HOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
MUTATING = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
RULE = {"apiGroups": ["x.example"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["things"]}


def hook(**changes: Any) -> dict[str, Any]:
    whole = {
        "name": "h.x.example",
        "clientConfig": {"service": {"namespace": "x", "name": "y"}},
        "rules": [RULE],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


def causes(client: Any, *hooks: dict[str, Any], at: str = HOOKS) -> list[str]:
    code, status = client(f"POST {at}", {"metadata": {"name": "h"}, "webhooks": list(hooks)})
    return [] if code == 201 else [f"{c['field']}: {c['message']}" for c in status["details"]["causes"]]


def test_a_whole_webhook_is_accepted(client: Any) -> None:
    assert causes(client, hook()) == []


def test_names_are_unique_and_qualified(client: Any) -> None:
    assert causes(client, hook(name="short"), hook(), hook()) == [
        'webhooks[0].name: Invalid value: "short": should be a domain with at least three segments separated by dots',
        'webhooks[2].name: Duplicate value: "h.x.example"',
    ]


@pytest.mark.parametrize("config", [None, {}, {"url": "https://a", "service": {"namespace": "x", "name": "y"}}])
def test_a_client_is_an_address_or_a_service(client: Any, config: Any) -> None:
    assert causes(client, hook(clientConfig=config)) == [
        "webhooks[0].clientConfig: Required value: exactly one of url or service is required"
    ]


def test_addresses_have_nothing_but_a_host_and_a_path(client: Any) -> None:
    path = "webhooks[0].clientConfig.url: Invalid value"
    assert causes(client, hook(clientConfig={"url": "https://u:p@a.example/x?y=z#f"})) == [
        f'{path}: "u:p": user information is not permitted in the URL',
        f'{path}: "f": fragments are not permitted in the URL',
        f'{path}: "y=z": query parameters are not permitted in the URL',
    ]


def test_the_path_of_a_service_has_no_empty_segment(client: Any) -> None:
    path = 'webhooks[0].clientConfig.service.path: Invalid value: "p//q"'
    assert causes(client, hook(clientConfig={"service": {"namespace": "x", "name": "y", "path": "p//q"}})) == [
        f"{path}: must start with a '/'",
        f"{path}: segment[0] may not be empty",
        f"{path}: segment[1] may not be empty",
    ]


def test_stars_stand_alone(client: Any) -> None:
    rule = {**RULE, "operations": ["*", "CREATE"], "resources": ["*/*", "a/*"]}
    path = "webhooks[0].rules[0]"
    assert causes(client, hook(rules=[rule])) == [
        f'{path}.operations: Invalid value: ["*","CREATE"]: if \'*\' is present, must not specify other operations',
        f"{path}.resources[1]: Invalid value: \"a/*\": if '*/*' is present, must not specify a/*",
        f'{path}.resources: Invalid value: ["*/*","a/*"]: if \'*/*\' is present, must not specify other resources',
    ]


def test_a_review_version_is_known(client: Any) -> None:
    assert causes(client, hook(admissionReviewVersions=["v3"])) == [
        'webhooks[0].admissionReviewVersions: Invalid value: ["v3"]: must include at least one of v1, v1beta1'
    ]


def test_only_mutating_webhooks_are_invoked_again(client: Any) -> None:
    assert causes(client, hook(reinvocationPolicy="Odd"), at=MUTATING) == [
        'webhooks[0].reinvocationPolicy: Unsupported value: "Odd": supported values: "IfNeeded", "Never"'
    ]
