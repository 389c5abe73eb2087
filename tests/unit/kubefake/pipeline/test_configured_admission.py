"""Webhooks and policies, which this server does not carry out, never pass a request in silence."""

from __future__ import annotations

import pytest

from kubeclient.transport.protocol import header

CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"


DEPLOYMENT = {
    "metadata": {"name": "a", "labels": {"app": "x"}},
    "spec": {
        "selector": {"matchLabels": {"app": "x"}},
        "template": {
            "metadata": {"labels": {"app": "x"}},
            "spec": {"containers": [{"name": "c", "image": "i:1"}]},
        },
    },
}


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


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"resources": ["deployments"]}, False),
        ({"resources": ["deployments/scale"]}, True),
        ({"resources": ["*/scale"]}, True),
        ({"resources": ["*/*"]}, True),
        ({"resources": ["*"]}, False),
        ({"resources": ["deployments/status"]}, False),
        ({"resources": ["deployments/scale"], "operations": ["CREATE"]}, False),
    ],
)
def test_a_change_of_scale_is_an_update_of_that_subresource(client, fields, refused):
    deployments = "/apis/apps/v1/namespaces/default/deployments"
    client(f"POST {deployments}", DEPLOYMENT)
    rule = {"operations": ["UPDATE"], "apiGroups": ["apps"], "apiVersions": ["v1"]} | fields
    client(f"POST {CONFIGURATIONS}", hook(rules=[rule]))

    code, _ = client(f"PATCH {deployments}/a/scale", {"spec": {"replicas": 2}}, type="application/merge-patch+json")

    assert code == (501 if refused else 200)


def test_a_scale_has_no_labels_to_be_selected_by(client):
    deployments = "/apis/apps/v1/namespaces/default/deployments"
    client(f"POST {deployments}", DEPLOYMENT)
    rule = {"operations": ["*"], "apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments/scale"]}
    client(f"POST {CONFIGURATIONS}", hook(rules=[rule], objectSelector={"matchLabels": {"app": "x"}}))

    code, _ = client(f"PATCH {deployments}/a/scale", {"spec": {"replicas": 2}}, type="application/merge-patch+json")

    assert code == 200
