from __future__ import annotations

from typing import Any

from kubefake.pipeline.attributes import Attributes
from kubefake.pipeline.caller import Caller, UserInfo

ROLES = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings"
CLUSTER_BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
PODS = "GET /api/v1/namespaces/default/pods"
BOB = Caller(user=UserInfo("bob", ("system:authenticated",)))


def role(name: str, *rules: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": name}, "rules": list(rules)}


def binding(name: str, kind: str, to: str, *subjects: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": name}, "roleRef": {"kind": kind, "name": to}, "subjects": list(subjects)}


def rule(*verbs: str, resources: tuple[str, ...] = ("pods",), group: str = "", **more: Any) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs), **more}


def test_a_user_may_what_a_bound_role_says_from_the_next_request_on(client: Any) -> None:
    assert client(PODS, caller=BOB)[0] == 403

    client(f"POST {ROLES}", role("r", rule("list")))
    client(f"POST {BINDINGS}", binding("b", "Role", "r", {"kind": "User", "name": "bob"}))
    assert client(PODS, caller=BOB)[0] == 200
    assert client("GET /api/v1/namespaces/kube-system/pods", caller=BOB)[0] == 403

    client(f"DELETE {BINDINGS}/b")
    assert client(PODS, caller=BOB)[0] == 403


def test_a_changed_role_counts_at_once(client: Any) -> None:
    client(f"POST {ROLES}", role("r", rule("get")))
    client(f"POST {BINDINGS}", binding("b", "Role", "r", {"kind": "User", "name": "bob"}))
    assert client(PODS, caller=BOB)[0] == 403

    client(f"PUT {ROLES}/r", role("r", rule("list")))

    assert client(PODS, caller=BOB)[0] == 200


def test_a_binding_to_a_role_that_is_not_there_is_told_in_the_refusal(client: Any) -> None:
    client(f"POST {BINDINGS}", binding("b", "Role", "none", {"kind": "User", "name": "bob"}))
    client(f"POST {CLUSTER_BINDINGS}", binding("c", "ClusterRole", "gone", {"kind": "User", "name": "bob"}))

    _, status = client(PODS, caller=BOB)

    assert status["message"] == (
        'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default": '
        'RBAC: [clusterrole.rbac.authorization.k8s.io "gone" not found, '
        'role.rbac.authorization.k8s.io "none" not found]'
    )


def test_a_rule_about_all_of_a_subresource_is_about_nothing_else(client: Any) -> None:
    client(f"POST {ROLES}", role("r", rule("get", resources=("*/scale",), group="*")))
    client(f"POST {BINDINGS}", binding("b", "Role", "r", {"kind": "User", "name": "bob"}))
    path = "GET /apis/apps/v1/namespaces/default/deployments/none"

    assert client(f"{path}/scale", caller=BOB)[0] == 404
    assert client(path, caller=BOB)[0] == 403


def test_a_rule_with_names_allows_no_list_but_one_by_name(client: Any) -> None:
    client(f"POST {ROLES}", role("r", rule("list", "get", resourceNames=["one"])))
    client(f"POST {BINDINGS}", binding("b", "Role", "r", {"kind": "User", "name": "bob"}))

    assert client(PODS, caller=BOB)[0] == 403
    assert client(f"{PODS}?fieldSelector=metadata.name=one", caller=BOB)[0] == 200
    assert client(f"{PODS}/one", caller=BOB)[0] == 404


def test_a_decision_names_the_binding_that_allows(client: Any) -> None:
    client(f"POST {ROLES}", role("r", rule("list")))
    account = {"kind": "ServiceAccount", "name": "robot"}
    client(f"POST {BINDINGS}", binding("b", "Role", "r", account))
    user = UserInfo("system:serviceaccount:default:robot")

    decision = client.server.rbac.authorize(user, Attributes("list", resource="pods", namespace="default"))

    assert decision.reason == ('RBAC: allowed by RoleBinding "b/default" of Role "r" to ServiceAccount "robot/default"')


def test_everybody_who_is_somebody_may_discover_the_cluster(client: Any) -> None:
    assert client("GET /apis", caller=BOB)[0] == 200
    assert client("GET /apis", caller=Caller())[0] == 403
    assert client("GET /healthz", caller=Caller())[0] == 200


def test_a_fork_decides_by_its_own_roles(client: Any) -> None:
    fork = client.server.fork()
    client(f"POST {ROLES}", role("r", rule("list")))
    client(f"POST {BINDINGS}", binding("b", "Role", "r", {"kind": "User", "name": "bob"}))
    asked = Attributes("list", resource="pods", namespace="default")
    assert BOB.user is not None

    assert client.server.rbac.authorize(BOB.user, asked).allowed
    assert not fork.rbac.authorize(BOB.user, asked).allowed


def test_an_apply_that_creates_takes_the_right_to_create(client: Any) -> None:
    client(f"POST {ROLES}", role("r", rule("patch", resources=("configmaps",))))
    client(f"POST {BINDINGS}", binding("b", "Role", "r", {"kind": "User", "name": "bob"}))
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "new"}}
    line = "PATCH /api/v1/namespaces/default/configmaps/new?fieldManager=me"

    code, status = client(line, config, type="application/apply-patch+yaml", caller=BOB)

    assert code == 403
    assert 'User "bob" cannot create resource "configmaps"' in status["message"]
    assert client("POST /api/v1/namespaces/default/configmaps", config)[0] == 201
    assert client(line, config, type="application/apply-patch+yaml", caller=BOB)[0] == 200


def test_a_collection_is_not_deleted_under_the_name_that_a_selector_names(client: Any) -> None:
    client(f"POST {ROLES}", role("r", rule("deletecollection", resourceNames=["one"])))
    client(f"POST {BINDINGS}", binding("b", "Role", "r", {"kind": "User", "name": "bob"}))

    assert client("DELETE /api/v1/namespaces/default/pods?fieldSelector=metadata.name=one", caller=BOB)[0] == 403
