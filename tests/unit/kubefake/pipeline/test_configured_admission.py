"""Webhooks and policies, which this server does not carry out, never pass a request in silence."""

from __future__ import annotations

import pytest

from kubeclient.transport.protocol import header

CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"


def hook(**fields):
    rule = {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"]}
    return {
        "metadata": {"name": "w"},
        "webhooks": [
            {
                "name": "w.example.com",
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
                "clientConfig": {"url": "https://example.com/"},
                "rules": [rule],
            }
            | fields
        ],
    }


def test_a_request_that_a_webhook_would_decide_is_refused_by_name(client):
    client(f"POST {CONFIGURATIONS}", hook())

    code, status = client(f"POST {CONFIGMAPS}", {"metadata": {"name": "a"}})

    assert code == 501
    assert "validatingwebhookconfigurations/w (w.example.com)" in status["message"]


def test_a_webhook_whose_failure_is_ignored_is_warned_of(client):
    client(f"POST {CONFIGURATIONS}", hook(failurePolicy="Ignore"))

    answer = client.raw(f"POST {CONFIGMAPS}", {"metadata": {"name": "a"}})

    assert answer.status == 201
    assert "w.example.com" in header(answer.headers, "warning")


@pytest.mark.parametrize(
    "fields",
    [
        {"objectSelector": {"matchLabels": {"a": "b"}}},
        {"namespaceSelector": {"matchLabels": {"a": "b"}}},
        {"rules": [{"operations": ["DELETE"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"]}]},
        {"rules": [{"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/status"]}]},
        {
            "rules": [
                {"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"], "scope": "Cluster"}
            ]
        },
    ],
)
def test_a_request_that_no_rule_or_selector_matches_passes(client, fields):
    client(f"POST {CONFIGURATIONS}", hook(**fields))

    answer = client.raw(f"POST {CONFIGMAPS}", {"metadata": {"name": "a"}})

    assert answer.status == 201
    assert header(answer.headers, "warning") is None


def test_configurations_themselves_can_always_be_mended(client):
    anything = {"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"]}
    client(f"POST {CONFIGURATIONS}", hook(rules=[anything]))

    assert client(f"DELETE {CONFIGURATIONS}/w")[0] == 200
