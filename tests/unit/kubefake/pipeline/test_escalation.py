from __future__ import annotations

from typing import Any

import pytest

from kubefake.pipeline.caller import Caller, UserInfo
from kubefake.pipeline.rules import Rule, describe, missing_from

RBAC = "/apis/rbac.authorization.k8s.io/v1"
ROLES = f"{RBAC}/namespaces/default/roles"
BINDINGS = f"{RBAC}/namespaces/default/rolebindings"
EVE = Caller(user=UserInfo("eve", ("system:authenticated",)))
PODS = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}


@pytest.fixture
def client(client: Any) -> Any:
    """Eve may write roles and bindings everywhere, and get pods in the default namespace."""
    writes = {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["*"], "verbs": ["create", "update", "patch"]}
    client(f"POST {RBAC}/clusterroles", {"metadata": {"name": "eve"}, "rules": [writes, PODS]})
    subjects = [{"kind": "User", "name": "eve"}]
    ref = {"kind": "ClusterRole", "name": "eve"}
    client(f"POST {RBAC}/clusterrolebindings", {"metadata": {"name": "eve"}, "roleRef": ref, "subjects": subjects})
    return client


def test_one_may_grant_what_one_holds_and_nothing_more(client: Any) -> None:
    assert client(f"POST {ROLES}", {"metadata": {"name": "small"}, "rules": [PODS]}, caller=EVE)[0] == 201

    code, status = client(f"POST {ROLES}", {"metadata": {"name": "large"}, "rules": [PODS, SECRETS]}, caller=EVE)

    assert code == 403
    assert status["message"] == (
        'roles.rbac.authorization.k8s.io "large" is forbidden: user "eve" (groups=["system:authenticated"]) is '
        "attempting to grant RBAC permissions not currently held:\n"
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}'
    )


def test_a_role_that_is_larger_than_its_writer_may_still_lose_its_finalizers(client: Any) -> None:
    role = {"metadata": {"name": "large", "finalizers": ["a.io/b"]}, "rules": [SECRETS]}
    client(f"POST {ROLES}", role)
    merge = "application/merge-patch+json"
    line = f"PATCH {ROLES}/large"

    assert client(line, {"metadata": {"labels": {"a": "b"}}}, type=merge, caller=EVE)[0] == 403
    assert client(line, {"metadata": {"finalizers": None}}, type=merge, caller=EVE)[0] == 200


def test_one_may_bind_a_role_one_holds_or_may_bind(client: Any) -> None:
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    grab = {"metadata": {"name": "grab"}, "roleRef": ref}
    assert client(f"POST {BINDINGS}", grab, caller=EVE)[0] == 403
    bind = {"apiGroups": ["*"], "resources": ["clusterroles"], "resourceNames": ["cluster-admin"], "verbs": ["bind"]}
    client(f"POST {RBAC}/clusterroles", {"metadata": {"name": "binder"}, "rules": [bind]})
    subjects = [{"kind": "User", "name": "eve"}]
    body = {"metadata": {"name": "b"}, "roleRef": {"kind": "ClusterRole", "name": "binder"}, "subjects": subjects}
    client(f"POST {RBAC}/clusterrolebindings", body)

    assert client(f"POST {BINDINGS}", grab, caller=EVE)[0] == 201


def test_a_role_that_is_not_there_cannot_be_bound_by_who_must_hold_it(client: Any) -> None:
    body = {"metadata": {"name": "b"}, "roleRef": {"kind": "Role", "name": "none"}}

    code, status = client(f"POST {BINDINGS}", body, caller=EVE)

    assert (code, status["message"]) == (404, 'rolebindings.rbac.authorization.k8s.io "none" not found')
    assert client(f"POST {BINDINGS}", body)[0] == 201


def test_only_administrators_gather_roles(client: Any) -> None:
    gather = {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}
    body = {"metadata": {"name": "all"}, "aggregationRule": gather, "rules": []}

    code, status = client(f"POST {RBAC}/clusterroles", body, caller=EVE)

    assert code == 403
    assert status["message"].endswith("must have cluster-admin privileges to use the aggregationRule")


def test_what_is_missing_is_told_resource_by_resource_with_its_verbs_together() -> None:
    wanted = [Rule(("get", "list"), ("", "apps"), ("pods",)), Rule(("get",), urls=("/x",))]

    missing = missing_from([Rule(("get",), ("apps",), ("pods",))], wanted)

    assert describe(missing) == [
        '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}',
        '{APIGroups:["apps"], Resources:["pods"], Verbs:["list"]}',
        '{NonResourceURLs:["/x"], Verbs:["get"]}',
    ]
