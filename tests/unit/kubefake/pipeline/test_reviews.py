from __future__ import annotations

from typing import Any

from kubefake.pipeline.attributes import Decision, Question
from kubefake.pipeline.caller import Caller, UserInfo
from kubefake.realtime import SeededIds
from kubefake.server import ApiServer

from .conftest import Client, HandClock

AUTHORIZATION = "/apis/authorization.k8s.io/v1"
AUTHENTICATION = "/apis/authentication.k8s.io/v1"
BOB = Caller(user=UserInfo("bob", ("system:authenticated",)))


def test_an_access_review_tells_whether_and_why(client: Any) -> None:
    spec = {"user": "a", "groups": ["system:authenticated"], "nonResourceAttributes": {"path": "/api", "verb": "get"}}

    code, body = client(f"POST {AUTHORIZATION}/subjectaccessreviews", {"spec": spec})

    assert code == 201
    assert body["status"] == {
        "allowed": True,
        "reason": 'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" '
        'to Group "system:authenticated"',
    }


def test_reviews_are_not_stored(client: Any) -> None:
    before = client.server.store.revision

    client(f"POST {AUTHORIZATION}/selfsubjectaccessreviews", {"spec": {"resourceAttributes": {"verb": "get"}}})

    assert client.server.store.revision == before


def test_a_review_of_oneself_is_for_everybody_and_of_others_is_not(client: Any) -> None:
    spec = {"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "default"}}

    code, body = client(f"POST {AUTHORIZATION}/selfsubjectaccessreviews", {"spec": spec}, caller=BOB)

    assert (code, body["status"]) == (201, {"allowed": False})
    assert client(f"POST {AUTHORIZATION}/subjectaccessreviews", {"spec": {**spec, "user": "x"}}, caller=BOB)[0] == 403


def test_a_local_review_stays_in_its_namespace(client: Any) -> None:
    spec = {"user": "a", "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "other"}}

    code, status = client(f"POST {AUTHORIZATION}/namespaces/default/localsubjectaccessreviews", {"spec": spec})

    assert code == 422
    assert status["details"]["causes"][0]["field"] == "spec.resourceAttributes.namespace"


def test_rules_are_told_of_a_namespace_only(client: Any) -> None:
    line = f"POST {AUTHORIZATION}/selfsubjectrulesreviews"

    assert client(line, {}, caller=BOB)[1]["message"] == "no namespace on request"
    status = client(line, {"spec": {"namespace": "default"}}, caller=BOB)[1]["status"]
    assert {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]} in status[
        "resourceRules"
    ]
    assert status["incomplete"] is False


def test_a_selector_that_is_not_understood_does_not_count_and_is_told(client: Any) -> None:
    asked = {"verb": "list", "resource": "pods", "labelSelector": {"rawSelector": "a in ("}}

    _, body = client(f"POST {AUTHORIZATION}/subjectaccessreviews", {"spec": {"user": "a", "resourceAttributes": asked}})

    assert body["status"]["evaluationError"] == "spec.resourceAttributes.labelSelector ignored due to parse error"


def test_a_token_review_tells_whose_a_fixed_token_is(client: Any) -> None:
    _, body = client(f"POST {AUTHENTICATION}/tokenreviews", {"spec": {"token": "admin-token"}})

    assert body["status"]["authenticated"] is True
    assert body["status"]["user"]["username"] == "admin"


def test_an_authoriser_of_ones_own_decides_on_requests_and_in_reviews() -> None:
    class Readers:
        def authorize(self, user: UserInfo, asked: Question) -> Decision:
            good = asked.verb in ("get", "create")
            return Decision(good, "read it if you like" if good else "do not write")

    clock = HandClock()
    client = Client(ApiServer(clock=clock, ids=SeededIds(1), authorizer=Readers()), clock)

    assert client("GET /api/v1/namespaces/default", caller=BOB)[0] == 200
    assert client("DELETE /api/v1/namespaces/default", caller=BOB)[1]["message"].endswith(": do not write")
    rules = client(f"POST {AUTHORIZATION}/selfsubjectrulesreviews", {"spec": {"namespace": "x"}}, caller=BOB)[1]
    assert rules["status"]["incomplete"] is True
