from __future__ import annotations

from typing import Any

import pytest

from kubefake.pipeline.caller import Caller, UserInfo

SCALER = Caller(client="scaler", user=UserInfo("system:serviceaccount:default:scaler", ("system:authenticated",)))
NAMESPACE = "/api/v1/namespaces/default"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"


@pytest.fixture
def log(client: Any) -> Any:
    client.server.access.enabled = True
    return client.server.access


def test_nothing_is_recorded_until_it_is_asked_for(client: Any) -> None:
    client(f"GET {NAMESPACE}/pods", caller=SCALER)

    assert client.server.access.names() == []


def test_the_role_of_a_client_allows_what_it_asked_for_and_no_more(client: Any, log: Any) -> None:
    for line in (
        f"GET {NAMESPACE}/pods",
        f"GET {NAMESPACE}/pods/x",
        f"GET {NAMESPACE}/configmaps/y",
        f"GET {NAMESPACE}/configmaps",
        f"PATCH {DEPLOYMENTS}/web/scale",
        f"GET {DEPLOYMENTS}/web",
        "GET /apis",
    ):
        client(line, caller=SCALER)

    assert log.role_for("scaler") == {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "scaler", "namespace": "default"},
        "rules": [
            {"apiGroups": [""], "resources": ["configmaps", "pods"], "verbs": ["get", "list"]},
            {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]},
            {"apiGroups": ["apps"], "resources": ["deployments/scale"], "verbs": ["patch"]},
        ],
    }


def test_what_is_used_over_the_cluster_takes_a_cluster_role(client: Any, log: Any) -> None:
    client(f"GET {NAMESPACE}/pods", caller=SCALER)
    client("GET /api/v1/nodes", caller=SCALER)
    client("GET /metrics", caller=SCALER)

    role = log.role_for("system:serviceaccount:default:scaler", name="scaler", paths=True)

    assert (role["kind"], role["metadata"]) == ("ClusterRole", {"name": "scaler"})
    assert role["rules"][-1] == {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}


def test_a_client_with_the_role_of_its_report_may_do_all_of_it_again(client: Any, log: Any) -> None:
    lines = [f"GET {NAMESPACE}/pods", f"GET {NAMESPACE}/secrets/none", f"DELETE {DEPLOYMENTS}/none"]
    assert {client(line, caller=SCALER)[0] for line in lines} == {403}
    rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default"
    client(f"POST {rbac}/roles", log.role_for("scaler"))
    ref, subject = {"kind": "Role", "name": "scaler"}, {"kind": "ServiceAccount", "name": "scaler"}
    client(f"POST {rbac}/rolebindings", {"metadata": {"name": "scaler"}, "roleRef": ref, "subjects": [subject]})

    assert [client(line, caller=SCALER)[0] for line in lines] == [200, 404, 404]


def test_a_watch_and_an_impersonated_user_are_recorded_as_what_they_are(client: Any, log: Any) -> None:
    client(f"GET {NAMESPACE}/pods", headers=[("impersonate-user", "alice")])
    client.watch(f"{NAMESPACE}/pods?watch=true").close()

    assert log.role_for("alice")["rules"][0]["verbs"] == ["list"]
    assert log.role_for("admin")["rules"][0]["verbs"] == ["watch"]
    log.clear()
    assert log.names() == []
