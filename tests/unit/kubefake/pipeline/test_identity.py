from __future__ import annotations

from typing import Any

from kubefake.pipeline.caller import Caller

PODS = "GET /api/v1/namespaces/default/pods"


def test_a_known_token_is_its_owner_and_an_unknown_one_is_nobody(client: Any) -> None:
    assert client(PODS, caller=Caller(), headers=[("authorization", "Bearer admin-token")])[0] == 200
    assert client(PODS, caller=Caller(), headers=[("authorization", "Bearer nonsense")])[0] == 401


def test_a_request_without_credentials_is_anonymous_and_may_nothing(client: Any) -> None:
    code, status = client(PODS, caller=Caller())

    assert code == 403
    assert status["message"] == (
        'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" '
        'in the namespace "default"'
    )


def test_an_administrator_may_act_as_somebody_who_may_less(client: Any) -> None:
    assert client(PODS, headers=[("impersonate-user", "alice")])[0] == 403
