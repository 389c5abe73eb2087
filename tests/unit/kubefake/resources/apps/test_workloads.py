"""Deployments and stateful sets: defaults, selectors, and what moves their generation."""

from __future__ import annotations

from typing import Any

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
STATEFUL_SETS = "/apis/apps/v1/namespaces/default/statefulsets"
MERGE = "application/merge-patch+json"


def workload(**spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}}
    return {"metadata": {"name": "w"}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template, **spec}}


def test_a_deployment_rolls_a_quarter_at_a_time(client: Any) -> None:
    _, made = client(f"POST {DEPLOYMENTS}", workload())

    rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
    assert made["spec"]["strategy"] == {"type": "RollingUpdate", "rollingUpdate": rolling}
    assert made["spec"]["replicas"] == 1


def test_a_selector_must_select_the_template(client: Any) -> None:
    code, status = client(f"POST {DEPLOYMENTS}", workload(selector={"matchLabels": {"a": "x"}}))

    assert code == 422
    assert status["details"]["causes"][0]["message"] == (
        'Invalid value: {"a":"b"}: `selector` does not match template `labels`'
    )


def test_annotations_of_deployments_move_the_generation(client: Any) -> None:
    client(f"POST {DEPLOYMENTS}", workload())

    _, labelled = client(f"PATCH {DEPLOYMENTS}/w", {"metadata": {"labels": {"x": "y"}}}, type=MERGE)
    _, annotated = client(f"PATCH {DEPLOYMENTS}/w", {"metadata": {"annotations": {"x": "y"}}}, type=MERGE)

    assert (labelled["metadata"]["generation"], annotated["metadata"]["generation"]) == (1, 2)


def test_the_service_of_a_stateful_set_is_for_ever(client: Any) -> None:
    client(f"POST {STATEFUL_SETS}", workload(serviceName="s"))

    code, status = client(f"PATCH {STATEFUL_SETS}/w", {"spec": {"serviceName": "t"}}, type=MERGE)

    assert code == 422
    assert status["details"]["causes"][0]["message"].startswith(
        "Forbidden: updates to statefulset spec for fields other"
    )
