from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest

from kubefake.pipeline.caller import Caller
from kubefake.realtime import SeededIds
from kubefake.server import ApiServer

from .conftest import Client, HandClock

ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts"
REVIEWS = "POST /apis/authentication.k8s.io/v1/tokenreviews"
ME = "POST /apis/authentication.k8s.io/v1/selfsubjectreviews"
ISSUER = "https://kubernetes.default.svc.cluster.local"
SECOND = 1_000_000_000


class HashSigner:
    """A key for tests: quick, and good for nothing else."""

    algorithm = "HS256"
    key_id = "test"

    def sign(self, data: bytes) -> bytes:
        return hmac.digest(b"key", data, hashlib.sha256)

    def verify(self, data: bytes, signature: bytes) -> bool:
        return self.sign(data) == signature

    def public_key(self) -> Mapping[str, str]:
        return {"kid": self.key_id, "kty": "oct"}


@pytest.fixture(scope="module")
def template() -> ApiServer:
    return ApiServer(clock=HandClock(), ids=SeededIds(1), signer=HashSigner())


@pytest.fixture
def client(template: ApiServer) -> Client:
    clock = HandClock()
    client = Client(template.fork(clock=clock, ids=SeededIds(2)), clock)
    client(f"POST {ACCOUNTS}", {"metadata": {"name": "robot"}})
    return client


def token_for(client: Any, **spec: Any) -> str:
    code, body = client(f"POST {ACCOUNTS}/robot/token", {"spec": spec})
    assert code == 201, body
    return str(body["status"]["token"])


def claims(token: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def review(client: Any, token: str, *audiences: str) -> Any:
    return client(REVIEWS, {"spec": {"token": token, "audiences": list(audiences)}})[1]["status"]


def bearer(token: str) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {token}")]


def test_a_token_says_whose_it_is_for_whom_and_how_long(client: Any) -> None:
    told = claims(token_for(client, audiences=["mine"], expirationSeconds=900))

    assert told["iss"] == ISSUER
    assert told["aud"] == ["mine"]
    assert told["sub"] == "system:serviceaccount:default:robot"
    assert told["exp"] - told["iat"] == 900
    assert told["kubernetes.io"]["serviceaccount"]["name"] == "robot"


def test_the_bearer_of_a_token_is_the_account(client: Any) -> None:
    token = token_for(client)

    _, body = client(ME, {}, headers=bearer(token), caller=Caller())

    user = body["status"]["userInfo"]
    assert user["username"] == "system:serviceaccount:default:robot"
    assert user["groups"] == ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"]
    assert user["extra"]["authentication.kubernetes.io/credential-id"] == [f"JTI={claims(token)['jti']}"]


def test_a_token_for_others_opens_nothing_here(client: Any) -> None:
    token = token_for(client, audiences=["mine"])

    assert client(ME, {}, headers=bearer(token), caller=Caller())[0] == 401
    assert review(client, token, "mine")["authenticated"]
    assert review(client, token)["error"] == (
        f'[invalid bearer token, token audiences ["mine"] is invalid for the target audiences ["{ISSUER}"]]'
    )


def test_a_token_ends_with_its_time_and_a_minute_of_leeway(client: Any) -> None:
    token = token_for(client, expirationSeconds=600)

    client.clock.now += 660 * SECOND
    assert review(client, token)["authenticated"]

    client.clock.now += SECOND
    assert review(client, token)["error"] == "[invalid bearer token, service account token has expired]"


def test_a_token_ends_with_its_account_even_if_another_takes_the_name(client: Any) -> None:
    token = token_for(client)

    client(f"DELETE {ACCOUNTS}/robot")
    assert review(client, token)["error"] == '[invalid bearer token, serviceaccounts "robot" not found]'

    client(f"POST {ACCOUNTS}", {"metadata": {"name": "robot"}})
    assert "does not match claim" in review(client, token)["error"]


def test_a_token_ends_with_the_pod_it_is_bound_to_and_names_its_node(client: Any) -> None:
    spec = {"serviceAccountName": "robot", "nodeName": "n1", "containers": [{"name": "c", "image": "i"}]}
    client("POST /api/v1/namespaces/default/pods", {"metadata": {"name": "p"}, "spec": spec})
    token = token_for(client, boundObjectRef={"apiVersion": "v1", "kind": "Pod", "name": "p"})

    extra = review(client, token)["user"]["extra"]
    assert extra["authentication.kubernetes.io/pod-name"] == ["p"]
    assert extra["authentication.kubernetes.io/node-name"] == ["n1"]

    client("DELETE /api/v1/namespaces/default/pods/p?gracePeriodSeconds=0")
    assert review(client, token)["error"] == "[invalid bearer token, service account token has been invalidated]"


def test_a_token_that_asks_to_be_warned_of_lives_for_a_year(client: Any) -> None:
    spec = {"serviceAccountName": "robot", "containers": [{"name": "c", "image": "i"}]}
    client("POST /api/v1/namespaces/default/pods", {"metadata": {"name": "p"}, "spec": spec})
    ref = {"apiVersion": "v1", "kind": "Pod", "name": "p"}

    told = claims(token_for(client, boundObjectRef=ref, expirationSeconds=3607))

    assert told["exp"] - told["iat"] == 365 * 24 * 3600
    assert told["kubernetes.io"]["warnafter"] - told["iat"] == 3607


@pytest.mark.parametrize("change", [lambda t: t + "x", lambda t: t[:-4] + "AAAA", lambda t: t.replace(".", ".e30", 1)])
def test_a_token_that_was_tampered_with_is_nobodys(client: Any, change: Any) -> None:
    assert client(ME, {}, headers=bearer(change(token_for(client))), caller=Caller())[0] == 401


def test_the_key_is_published(client: Any) -> None:
    accept = [("accept", "application/jwk-set+json")]

    assert client("GET /openid/v1/jwks", headers=accept)[1] == {"keys": [{"kid": "test", "kty": "oct"}]}


def test_the_same_seed_gives_the_same_token(template: ApiServer) -> None:
    def one() -> str:
        clock = HandClock()
        client = Client(template.fork(clock=clock, ids=SeededIds(7)), clock)
        client(f"POST {ACCOUNTS}", {"metadata": {"name": "robot"}})
        return token_for(client)

    assert one() == one()


def test_a_cluster_without_a_key_says_what_it_lacks() -> None:
    clock = HandClock()
    client = Client(ApiServer(clock=clock, ids=SeededIds(1)), clock)
    client(f"POST {ACCOUNTS}", {"metadata": {"name": "robot"}})

    code, status = client(f"POST {ACCOUNTS}/robot/token", {})

    assert (code, status["reason"]) == (501, "NotImplemented")
    assert "kubefake[tls]" in status["message"]
