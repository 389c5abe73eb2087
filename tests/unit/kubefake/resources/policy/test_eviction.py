"""Evictions: budgets decide for pods that run."""

from __future__ import annotations

from typing import Any

PODS = "/api/v1/namespaces/default/pods"
BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
MERGE = "application/merge-patch+json"


def running(client: Any, pod: Any) -> None:
    body = pod()
    body["metadata"]["labels"] = {"a": "b"}
    client(f"POST {PODS}", body)
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    client(f"PATCH {PODS}/p/status", {"status": ready}, type=MERGE)


def budget(client: Any, allowed: int) -> None:
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}
    client(f"POST {BUDGETS}", {"metadata": {"name": "b"}, "spec": spec})
    status = {"observedGeneration": 1, "disruptionsAllowed": allowed, "currentHealthy": 1, "desiredHealthy": 1}
    client(f"PATCH {BUDGETS}/b/status", {"status": {**status, "expectedPods": 1}}, type=MERGE)


def test_a_budget_without_disruptions_left_refuses(client: Any, pod: Any) -> None:
    running(client, pod)
    budget(client, 0)

    code, status = client(f"POST {PODS}/p/eviction", {"metadata": {"name": "p"}})

    assert code == 429
    assert status["message"] == "Cannot evict pod as it would violate the pod's disruption budget."
    assert (
        status["details"]["causes"][0]["message"] == "The disruption budget b needs 1 healthy pods and has 1 currently"
    )


def test_an_eviction_uses_up_a_disruption(client: Any, pod: Any) -> None:
    running(client, pod)
    budget(client, 1)

    code, _ = client(f"POST {PODS}/p/eviction", {"metadata": {"name": "p"}})
    _, left = client(f"GET {BUDGETS}/b")

    assert code == 201
    assert client(f"GET {PODS}/p")[0] == 404
    assert left["status"]["disruptionsAllowed"] == 0
    assert list(left["status"]["disruptedPods"]) == ["p"]
