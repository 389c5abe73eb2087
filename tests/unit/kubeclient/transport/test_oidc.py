"""The legacy provider oidc: tokens that are good, tokens that are fetched, and what becomes of them."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from kubeclient._async.connect import connect as async_connect
from kubeclient._sync.connect import connect
from kubeclient.clientcmd import LoadingRules, deferred_client_config, load_from_file
from kubeclient.machines.exec_credential import CredentialError
from kubeclient.machines.oidc import expiry_seconds, read_discovery, read_tokens
from kubeclient.rest import AuthProviderConfig, Config
from kubeclient.transport.oidc import OIDCProvider, oidc_provider
from kubeclient.transport.protocol import Request, Response, TransportError, header
from kubeclient.transport.providers import Provided
from tests.twins.support import AsyncScript, Script

SECOND = 10**9
BASE = {"idp-issuer-url": "https://issuer/", "client-id": "me", "client-secret": "hidden secret", "refresh-token": "r1"}


def token(exp: Any, **claims: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part({'exp': exp, **claims})}.signature"


class Issuer:
    """Answers as the test says, and writes down what it was asked."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, Request]]()

    def __call__(self, url: str, request: Request) -> Response:
        self.asked.append((url, request))
        if url.endswith("openid-configuration"):
            return Response(200, [], b'{"token_endpoint":"https://issuer/token"}')
        status, answer = self.answers.pop(0)
        return Response(status, [], answer if isinstance(answer, bytes) else json.dumps(answer).encode())


class Saved:
    def __init__(self) -> None:
        self.all: list[Mapping[str, str]] = []

    def __call__(self, config: Mapping[str, str]) -> None:
        self.all.append(config)


def _provider(issuer: Issuer, now: list[int], saved: Any = None, **config: str) -> OIDCProvider:
    return OIDCProvider({**BASE, **config}, persist=saved or Saved(), time_ns=lambda: now[0], fetch=issuer)


@pytest.mark.parity("AUP-01")
@pytest.mark.parametrize("missing", ["idp-issuer-url", "client-id"])
def test_an_issuer_and_a_client_have_to_be_named(missing: str) -> None:
    config = {key: value for key, value in BASE.items() if key != missing}

    with pytest.raises(CredentialError, match=f"^Must provide {missing}$"):
        OIDCProvider(config, persist=Saved(), time_ns=lambda: 0)


@pytest.mark.parity("AUP-01")
def test_authorities_of_an_issuer_are_base64_and_scopes_are_ignored(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(CredentialError, match="idp-certificate-authority-data is not base64"):
        OIDCProvider({**BASE, "idp-certificate-authority-data": "%"}, persist=Saved(), time_ns=lambda: 0)
    with caplog.at_level("INFO", "kubeclient.credentials"):
        _provider(Issuer(), [0], **{"extra-scopes": "groups"})
    assert "extra-scopes" in caplog.text


@pytest.mark.parity("AUP-02")
def test_a_token_is_used_until_ten_seconds_before_its_end() -> None:
    now, issuer = [0], Issuer((200, {"id_token": token(1000)}))
    known = token(100)
    provider = _provider(issuer, now, **{"id-token": known})

    now[0] = 89 * SECOND
    assert provider.credential().token == known
    assert provider.valid() is not None
    assert issuer.asked == []
    now[0] = 90 * SECOND
    assert provider.valid() is None
    assert provider.credential().token == token(1000)
    assert [url for url, _ in issuer.asked] == [
        "https://issuer/.well-known/openid-configuration",
        "https://issuer/token",
    ]


@pytest.mark.parity("AUP-02")
def test_a_refresh_names_the_client_and_saves_what_it_got() -> None:
    saved = Saved()
    issuer = Issuer((200, {"id_token": token(50), "refresh_token": "r2"}), (200, {"id_token": token(99)}))
    now = [0]
    provider = _provider(issuer, now, saved)
    provider.credential()
    now[0] = 45 * SECOND
    provider.credential()

    _, first = issuer.asked[1]
    _, second = issuer.asked[3]
    assert parse_qs((first.body or b"").decode()) == {"grant_type": ["refresh_token"], "refresh_token": ["r1"]}
    assert parse_qs((second.body or b"").decode())["refresh_token"] == ["r2"]
    assert header(first.headers, "authorization") == "Basic " + base64.b64encode(b"me:hidden%20secret").decode()
    assert saved.all == [
        {**BASE, "id-token": token(50), "refresh-token": "r2"},
        {**BASE, "id-token": token(99), "refresh-token": "r2"},
    ]


@pytest.mark.parity("AUP-02")
def test_an_issuer_that_takes_no_header_gets_the_client_in_the_body() -> None:
    issuer = Issuer((401, {"error": "invalid_client"}), (200, {"id_token": token(50)}))

    assert _provider(issuer, [0]).credential().token == token(50)
    fields = parse_qs((issuer.asked[2][1].body or b"").decode())
    assert (fields["client_id"], fields["client_secret"]) == (["me"], ["hidden secret"])


@pytest.mark.parity("AUP-02")
def test_without_a_refresh_token_there_is_no_token() -> None:
    provider = _provider(Issuer(), [0], **{"refresh-token": ""})

    with pytest.raises(TransportError, match="No valid id-token, and cannot refresh without refresh-token"):
        provider.credential()


@pytest.mark.parity("AUP-02")
@pytest.mark.parametrize(
    ("status", "answer", "message"),
    [
        (400, {"error": "invalid_grant", "error_description": "revoked"}, "status 400: invalid_grant: revoked"),
        (500, b"<html>hidden</html>", "the issuer answered with status 500$"),
        (200, b"<html>", "the issuer's answer cannot be read"),
        (200, [], "it is not an object"),
        (200, {"access_token": "a"}, 'did not contain an id_token, either the scope "openid"'),
        (200, {"id_token": "rubbish-hidden"}, "the id-token is not a valid JWT"),
    ],
)
def test_an_issuer_that_gives_nothing_is_one_clear_error(status: int, answer: Any, message: str) -> None:
    issuer = Issuer((status, answer), (status, answer))

    with pytest.raises(TransportError, match=f"^getting credentials: .*{message}") as failed:
        _provider(issuer, [0]).credential()
    assert "hidden" not in str(failed.value)


@pytest.mark.parity("AUP-02")
def test_an_issuer_that_says_nothing_of_itself_is_named() -> None:
    where = "https://issuer/.well-known/openid-configuration"
    for status, body, message in (
        (404, b"x" * 200, f'oidc: failed to query metadata endpoint {where}: status 404: "{"x" * 80}..."'),
        (200, b"<html>", f"oidc: failed to decode provider discovery object of {where}"),
        (200, b"{}", f"oidc: discovery object of {where} doesn't contain a token_endpoint"),
    ):
        with pytest.raises(CredentialError) as failed:
            read_discovery("https://issuer", status, body)
        assert message in str(failed.value)


@pytest.mark.parity("AUP-02")
def test_tokens_that_cannot_be_saved_are_not_used() -> None:
    def full(config: Mapping[str, str]) -> None:
        raise OSError("disk full")

    provider = _provider(Issuer((200, {"id_token": token(50)})), [0], full)

    with pytest.raises(TransportError, match="could not persist new tokens: disk full"):
        provider.credential()
    assert provider.valid() is None


@pytest.mark.parity("AUP-02")
@pytest.mark.parametrize(("exp", "seconds"), [(1500000000, 1.5e9), (1.5e9, 1.5e9), ("1500000000", 1.5e9)])
def test_an_end_is_a_number_in_any_form(exp: Any, seconds: float) -> None:
    assert expiry_seconds(token(exp)) == seconds


@pytest.mark.parity("AUP-02")
@pytest.mark.parametrize("bad", ["a", "a.b", "a.b.c", "a.!!!.c", token("soon"), token(None), token(float("inf"))])
def test_what_is_no_token_is_refused_without_showing_it(bad: str) -> None:
    with pytest.raises(CredentialError, match=r"^oidc: the id-token") as failed:
        expiry_seconds(bad)
    assert bad not in str(failed.value) or len(bad) == 1


def test_a_refresh_token_that_is_not_given_again_stays() -> None:
    assert read_tokens(200, json.dumps({"id_token": token(1)}).encode()).refresh_token == ""


@pytest.mark.parity("AUP-03")
def test_clients_of_one_cluster_issuer_and_client_id_share_a_provider() -> None:
    def provided(address: str, **more: str) -> Provided:
        return Provided(address, {**BASE, **more}, Saved(), lambda: 0)

    one, two = oidc_provider(provided("https://a")), oidc_provider(provided("https://a", **{"id-token": "x"}))
    others = [
        oidc_provider(provided("https://b")),
        oidc_provider(provided("https://a", **{"client-id": "you"})),
        oidc_provider(provided("https://a", **{"idp-issuer-url": "https://other"})),
    ]

    assert one is two
    assert all(one is not other for other in others)
    with pytest.raises(NotImplementedError, match="not yet implemented"):
        one.login()


KUBECONFIG = """
clusters: [{name: c, cluster: {server: "https://cluster-of-this-test"}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
users:
- name: u
  user:
    auth-provider:
      name: oidc
      config: {idp-issuer-url: "%s", client-id: me, refresh-token: r1}
"""


@pytest.mark.parity("AUP-02", "AUP-01", "PAIN-34")
def test_a_kubeconfig_leads_to_an_issuer_whose_tokens_are_saved_in_it(tmp_path: Path) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({"token_endpoint": f"http://127.0.0.1:{self.server.server_port}/token?a=b"})  # type: ignore[attr-defined]

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self._answer({"id_token": token(4102444800), "refresh_token": "r2"})

        def _answer(self, document: Any) -> None:
            asked.append(f"{self.command} {self.path}")
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return None

    file = tmp_path / "config"
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        file.write_text(KUBECONFIG % f"http://127.0.0.1:{server.server_port}")
        config = deferred_client_config(LoadingRules(explicit_path=str(file)), environ={}).config
        config.transport = Script(Response(200), Response(200))
        client = connect(config, clock=_Clock())
        client.round_trip(Request("GET", "/"))
        client.round_trip(Request("GET", "/"))
        server.shutdown()
        thread.join()

    sent = [header(one.headers, "authorization") for one in config.transport.requests]
    assert sent == [f"Bearer {token(4102444800)}"] * 2
    assert asked == ["GET /.well-known/openid-configuration", "POST /token?a=b"]
    settings = load_from_file(file).users["u"].auth_provider_config
    assert (settings["id-token"], settings["refresh-token"]) == (token(4102444800), "r2")


class _Clock:
    def monotonic_ns(self) -> int:
        return 0

    def time_ns(self) -> int:
        return 1_700_000_000 * SECOND


@pytest.mark.parity("PAIN-34")
def test_the_loop_goes_on_while_a_token_is_fetched() -> None:
    loop_ran = threading.Event()

    class Slow:
        def valid(self) -> None:
            return None

        def credential(self) -> Any:
            from kubeclient.machines.exec_credential import Credential

            assert loop_ran.wait(5), "the loop waits for the provider"
            return Credential("t")

        def refused(self, used: Any) -> None:
            raise AssertionError

    from kubeclient.rest import register_auth_provider

    register_auth_provider("slow", lambda provided: Slow())
    script = AsyncScript(Response(200))
    config = Config("http://s", transport=script, auth_provider=AuthProviderConfig("slow"))

    async def run() -> None:
        asyncio.get_running_loop().call_soon(loop_ran.set)
        await async_connect(config, clock=_Clock()).round_trip(Request("GET", "/"))

    asyncio.run(run())

    assert header(script.requests[0].headers, "authorization") == "Bearer t"
