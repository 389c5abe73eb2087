from __future__ import annotations

from typing import Any

import pytest

from kubeclient.apimachinery.errors import BadRequest
from kubefake.pipeline.caller import Caller, UserInfo
from kubefake.pipeline.impersonate import wanted_user

RBAC = "/apis/rbac.authorization.k8s.io/v1"
ME = "POST /apis/authentication.k8s.io/v1/selfsubjectreviews"
PODS = "GET /api/v1/namespaces/default/pods"
BOB = Caller(user=UserInfo("bob", ("system:authenticated",)))


def who(client: Any, *headers: tuple[str, str], **more: Any) -> Any:
    code, body = client(ME, {}, headers=headers, **more)
    return body["status"]["userInfo"] if code == 201 else body["message"]


def grant(client: Any, *rules: dict[str, Any]) -> None:
    client(f"POST {RBAC}/clusterroles", {"metadata": {"name": "bob"}, "rules": list(rules)})
    ref = {"kind": "ClusterRole", "name": "bob"}
    subjects = [{"kind": "User", "name": "bob"}]
    client(f"POST {RBAC}/clusterrolebindings", {"metadata": {"name": "bob"}, "roleRef": ref, "subjects": subjects})


def test_an_administrator_may_be_anybody_with_any_group_uid_and_extra(client: Any) -> None:
    headers = [
        ("impersonate-user", "alice"),
        ("impersonate-group", "devs"),
        ("impersonate-uid", "u"),
        ("impersonate-extra-Example.com%2fKey", "v"),
    ]

    assert who(client, *headers) == {
        "username": "alice",
        "uid": "u",
        "groups": ["devs", "system:authenticated"],
        "extra": {"example.com/key": ["v"]},
    }


def test_service_accounts_and_nodes_come_with_their_groups(client: Any) -> None:
    account = who(client, ("impersonate-user", "system:serviceaccount:ns:robot"))
    node = who(client, ("impersonate-user", "system:node:n1"))

    assert account["groups"] == ["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"]
    assert node["groups"] == ["system:nodes", "system:authenticated"]


def test_who_may_not_impersonate_is_refused_in_the_words_of_the_first_mode_that_applies(client: Any) -> None:
    _, status = client(PODS, headers=[("impersonate-user", "alice")], caller=BOB)

    assert status["message"] == (
        'pods is forbidden: User "bob" cannot impersonate-on:user-info:list resource "pods" in API group "" '
        'in the namespace "default"'
    )


def test_the_mode_that_served_last_is_asked_first_and_words_the_refusal(client: Any) -> None:
    grant(client, {"apiGroups": [""], "resources": ["users"], "resourceNames": ["alice"], "verbs": ["impersonate"]})

    assert who(client, ("impersonate-user", "alice"), caller=BOB)["username"] == "alice"
    assert who(client, ("impersonate-user", "carol"), caller=BOB) == (
        'users "carol" is forbidden: User "bob" cannot impersonate resource "users" in API group "" '
        "at the cluster scope"
    )


def test_a_constrained_right_is_for_the_verbs_and_resources_it_names(client: Any) -> None:
    grant(
        client,
        {"apiGroups": ["authentication.k8s.io"], "resources": ["users"], "verbs": ["impersonate:user-info"]},
        {
            "apiGroups": ["authentication.k8s.io"],
            "resources": ["selfsubjectreviews"],
            "verbs": ["impersonate-on:user-info:create"],
        },
    )

    assert who(client, ("impersonate-user", "alice"), caller=BOB)["username"] == "alice"
    assert client(PODS, headers=[("impersonate-user", "alice")], caller=BOB)[1]["message"].startswith(
        'pods is forbidden: User "bob" cannot impersonate-on:user-info:list'
    )


def test_a_constrained_right_never_reaches_administrators(client: Any) -> None:
    every = {"apiGroups": ["authentication.k8s.io"], "resources": ["*"]}
    grant(client, {**every, "verbs": ["impersonate:user-info", "impersonate-on:user-info:create"]})
    headers = [("impersonate-user", "alice"), ("impersonate-group", "system:masters")]

    message = who(client, *headers, caller=BOB)

    assert message.endswith("impersonating the system:masters group is not allowed")


def test_groups_without_a_user_are_a_bad_request_that_prints_them() -> None:
    headers = [("impersonate-group", "a"), ("impersonate-extra-b", "x"), ("impersonate-extra-b", "y")]

    with pytest.raises(BadRequest) as raised:
        wanted_user(headers)

    assert str(raised.value) == (
        'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"a"}, '
        'Extra:map[string][]string{"b":[]string{"x", "y"}}} without impersonating a user name'
    )


def test_headers_without_a_value_impersonate_nobody() -> None:
    assert wanted_user([("impersonate-user", ""), ("impersonate-uid", ""), ("accept", "*/*")]) is None
