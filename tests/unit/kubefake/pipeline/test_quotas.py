"""ResourceQuotas: what fits is counted, what does not is refused."""

from __future__ import annotations

from typing import Any

NAMESPACE = "/api/v1/namespaces/default"
QUOTAS = f"{NAMESPACE}/resourcequotas"
MERGE = "application/merge-patch+json"


def quota(client: Any, hard: dict[str, str], used: dict[str, str] | None = None, **spec: Any) -> None:
    client(f"POST {QUOTAS}", {"metadata": {"name": "q"}, "spec": {"hard": hard, **spec}})
    status = {"hard": hard, "used": dict.fromkeys(hard, "0") if used is None else used}
    client(f"PATCH {QUOTAS}/q/status", {"status": status}, type=MERGE)


def used(client: Any) -> dict[str, str]:
    _, found = client(f"GET {QUOTAS}/q")
    result: dict[str, str] = found["status"]["used"]
    return result


def create(client: Any, plural: str, name: str = "a", *, query: str = "", **body: Any) -> tuple[int, Any]:
    result: tuple[int, Any] = client(f"POST {NAMESPACE}/{plural}{query}", {"metadata": {"name": name}, **body})
    return result


def pod(**resources: Any) -> dict[str, Any]:
    return {"containers": [{"name": "c", "image": "x", "resources": resources}]}


def test_what_fits_is_counted_and_what_does_not_is_refused(client: Any) -> None:
    quota(client, {"configmaps": "1"})

    assert create(client, "configmaps")[0] == 201
    assert used(client) == {"configmaps": "1"}
    code, status = create(client, "configmaps", "b")

    assert code == 403
    assert status["message"] == (
        'configmaps "b" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: '
        "configmaps=1"
    )


def test_dry_runs_count_nothing(client: Any) -> None:
    quota(client, {"configmaps": "1"})

    assert create(client, "configmaps", query="?dryRun=All")[0] == 201
    assert used(client) == {"configmaps": "0"}


def test_a_quota_whose_usage_is_unknown_refuses(client: Any) -> None:
    quota(client, {"pods": "1"}, {})

    assert create(client, "pods", spec=pod())[1]["message"] == (
        'pods "a" is forbidden: status unknown for quota: q, resources: pods'
    )


def test_containers_say_what_is_counted(client: Any) -> None:
    quota(client, {"requests.cpu": "1", "limits.memory": "1Gi"})

    assert create(client, "pods", spec=pod())[1]["message"] == (
        'pods "a" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c'
    )
    given = pod(requests={"cpu": "600m"}, limits={"memory": "256Mi"})
    assert create(client, "pods", spec=given)[0] == 201
    assert used(client) == {"limits.memory": "256Mi", "requests.cpu": "600m"}


def test_the_counter_owns_what_it_counts(client: Any) -> None:
    quota(client, {"configmaps": "1"})
    create(client, "configmaps")

    _, found = client(f"GET {QUOTAS}/q")

    owners = {entry["manager"]: entry for entry in found["metadata"]["managedFields"]}
    assert owners["kube-apiserver"]["subresource"] == "status"
    assert owners["kube-apiserver"]["fieldsV1"] == {"f:status": {"f:used": {"f:configmaps": {}}}}


def test_scopes_choose_pods(client: Any) -> None:
    quota(client, {"pods": "0"}, scopes=["BestEffort"])

    assert create(client, "pods", spec=pod(requests={"cpu": "1"}))[0] == 201
    assert create(client, "pods", "b", spec=pod())[0] == 403


def test_every_kind_can_be_counted_by_name(client: Any) -> None:
    quota(client, {"count/secrets": "0", "services.nodeports": "0"})

    assert create(client, "secrets")[0] == 403
    assert create(client, "services", spec={"type": "NodePort", "ports": [{"port": 1}]})[0] == 403
    assert create(client, "services", spec={"ports": [{"port": 1}]})[0] == 201
