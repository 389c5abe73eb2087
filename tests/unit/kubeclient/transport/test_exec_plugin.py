"""Credential plugins: real programs that a kubeconfig names, what they are told, how long their answers are good."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import stat
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kubeclient._async.connect import connect as async_connect
from kubeclient._sync.connect import connect
from kubeclient.clientcmd import ExecConfig, client_config, parse
from kubeclient.machines.exec_credential import (
    CredentialError,
    PluginCall,
    PluginPolicy,
    install_help,
    read_credential,
    wants_terminal,
)
from kubeclient.rest import Config
from kubeclient.transport._async.renewing import AsyncRenewing
from kubeclient.transport._sync.renewing import Renewing
from kubeclient.transport.exec_plugin import ExecAuthenticator, shared_authenticator
from kubeclient.transport.protocol import Request, Response, TransportError
from kubeclient.transport.tls import TLSOptions

V1 = "client.authentication.k8s.io/v1"
BETA = "client.authentication.k8s.io/v1beta1"

PLUGIN = """#!{python}
import json, os, sys
from pathlib import Path
folder = Path(__file__).parent
calls = folder / "calls"
calls.open("a").write(os.environ["KUBERNETES_EXEC_INFO"] + "\\n")
(folder / "seen").write_text(json.dumps([sys.argv[1:], os.environ.get("GREETING", ""), sys.stdin.read()]))
sys.stdout.write((folder / "answer").read_text())
sys.exit(int((folder / "code").read_text() or 0))
"""


class Plugin:
    """A program that prints what the test puts into a file, and writes down what it was told."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "plugin"
        self.path.write_text(PLUGIN.format(python=sys.executable))
        self.path.chmod(self.path.stat().st_mode | stat.S_IXUSR)
        (folder / "code").touch()
        self.gives(token="one")

    def gives(self, version: str = V1, **status: str) -> None:
        self.prints(json.dumps({"kind": "ExecCredential", "apiVersion": version, "status": status}))

    def prints(self, text: str) -> None:
        (self.folder / "answer").write_text(text)

    @property
    def infos(self) -> list[dict[str, Any]]:
        calls = self.folder / "calls"
        return [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []

    @property
    def seen(self) -> Any:
        return json.loads((self.folder / "seen").read_text())

    def call(self, **more: Any) -> PluginCall:
        return PluginCall(str(self.path), **more)


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def time_ns(self) -> int:
        return self.now

    def monotonic_ns(self) -> int:
        return self.now


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


def _authenticator(call: PluginCall, clock: Clock | None = None, **more: Any) -> ExecAuthenticator:
    more.setdefault("has_terminal", lambda: False)
    return ExecAuthenticator(call, time_ns=(clock or Clock()).time_ns, **more)


@pytest.fixture
def server() -> Iterator[tuple[str, list[str], list[int]]]:
    """Says which Authorization headers came in; answers with the statuses that the test puts into a list, else 200."""
    seen: list[str] = []
    statuses: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization", ""))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{running.server_address[1]}", seen, statuses
    running.shutdown()
    thread.join()
    running.server_close()


def _config(host: str, plugin: Plugin, **more: Any) -> Config:
    return Config(host=host, exec_provider=ExecConfig(str(plugin.path), api_version=V1), **more)


@pytest.mark.parity("EXE-01")
@pytest.mark.parametrize("version", [V1, BETA])
def test_two_versions_are_spoken(plugin: Plugin, version: str) -> None:
    plugin.gives(version, token="one")

    assert _authenticator(plugin.call(api_version=version)).credential().token == "one"
    assert plugin.infos[0]["apiVersion"] == version


@pytest.mark.parity("EXE-01")
def test_the_oldest_version_is_refused() -> None:
    with pytest.raises(CredentialError, match="exec plugin: invalid apiVersion"):
        PluginCall("get", api_version="client.authentication.k8s.io/v1alpha1")


@pytest.mark.parity("EXE-02")
def test_a_plugin_gets_arguments_variables_and_what_it_is_asked(plugin: Plugin) -> None:
    call = plugin.call(args=("a", "b"), env=(("GREETING", "hello"),), cluster='{"server":"https://s"}')

    _authenticator(call).credential()

    assert plugin.seen == [["a", "b"], "hello", ""]
    assert plugin.infos == [
        {"kind": "ExecCredential", "apiVersion": V1, "spec": {"interactive": False, "cluster": {"server": "https://s"}}}
    ]


@pytest.mark.parity("EXE-03")
@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("", "decoding stdout"),
        ("{}", "not an ExecCredential"),
        (
            json.dumps({"kind": "ExecCredential", "apiVersion": BETA}),
            f"exec plugin is configured to use API version {V1}, plugin returned version {BETA}",
        ),
    ],
)
def test_what_is_printed_has_to_be_a_credential_of_that_version(plugin: Plugin, output: str, message: str) -> None:
    plugin.prints(output)

    with pytest.raises(TransportError, match=f"^getting credentials: .*{message}"):
        _authenticator(plugin.call()).credential()


@pytest.mark.parity("EXE-04")
@pytest.mark.parametrize(
    ("status", "message"),
    [
        (None, "exec plugin didn't return a status field"),
        ({}, "exec plugin didn't return a token or cert/key pair"),
        ({"clientCertificateData": "c"}, "exec plugin returned only certificate or key, not both"),
    ],
)
def test_a_credential_is_a_token_or_a_certificate_with_its_key(status: Any, message: str) -> None:
    document = {"kind": "ExecCredential", "apiVersion": V1, "status": status}

    with pytest.raises(CredentialError, match=message):
        read_credential(json.dumps(document).encode(), V1)


@pytest.mark.parity("EXE-05")
def test_a_credential_is_kept_until_it_expires(plugin: Plugin) -> None:
    clock = Clock()
    plugin.gives(token="one", expirationTimestamp="1970-01-01T00:01:00Z")
    authenticator = _authenticator(plugin.call(), clock)

    clock.now = 59 * 10**9
    assert [authenticator.credential().token for _ in range(3)] == ["one"] * 3
    assert len(plugin.infos) == 1
    plugin.gives(token="two")
    clock.now = 60 * 10**9
    assert authenticator.credential().token == "two"
    clock.now = 10**18
    assert authenticator.credential().token == "two"
    assert len(plugin.infos) == 2


@pytest.mark.parity("EXE-06")
def test_a_credential_that_the_server_refuses_is_asked_for_again_by_the_next_request(
    plugin: Plugin, server: tuple[str, list[str], list[int]]
) -> None:
    host, seen, statuses = server
    transport = connect(_config(host, plugin), clock=Clock())
    statuses.append(401)

    assert transport.round_trip(Request("GET", "/")).status == 401
    plugin.gives(token="two")
    assert transport.round_trip(Request("GET", "/")).status == 200
    transport.close()

    assert seen == ["Bearer one", "Bearer two"]


@pytest.mark.parity("EXE-06")
def test_only_the_credential_in_use_is_given_up(plugin: Plugin) -> None:
    authenticator = _authenticator(plugin.call())
    old = authenticator.credential()
    authenticator.refused(old)
    new = authenticator.credential()

    authenticator.refused(old)

    assert authenticator.valid() is new


def test_the_other_colour_runs_the_plugin_beside_the_loop(
    plugin: Plugin, server: tuple[str, list[str], list[int]]
) -> None:
    host, seen, _ = server

    async def run() -> None:
        transport = async_connect(_config(host, plugin), clock=Clock())
        for _ in range(2):
            await transport.round_trip(Request("GET", "/"))
        await transport.aclose()

    asyncio.run(run())

    assert (seen, len(plugin.infos)) == (["Bearer one"] * 2, 1)


class Recording:
    """A transport that knows what it was made for."""

    def __init__(self, options: TLSOptions) -> None:
        self.options, self.closed = options, False

    def round_trip(self, request: Request) -> Response:
        return Response(200, [], self.options.cert_data)

    def open_stream(self, request: Request) -> Any:
        raise NotImplementedError("not needed by these tests")

    def close(self) -> None:
        self.closed = True


class AsyncRecording(Recording):
    async def round_trip(self, request: Request) -> Response:  # type: ignore[override]
        return Response(200, [], self.options.cert_data)

    async def aclose(self) -> None:
        self.closed = True


@pytest.mark.parity("EXE-07", "ROT-01")
def test_a_new_certificate_closes_the_connections_of_the_old_one(plugin: Plugin) -> None:
    made: list[Recording] = []

    def make(options: TLSOptions) -> Recording:
        made.append(Recording(options))
        return made[-1]

    authenticator = _authenticator(plugin.call())
    transport = Renewing(make, TLSOptions, authenticator)
    plugin.gives(clientCertificateData="c1", clientKeyData="k1")
    assert transport.round_trip(Request("GET", "/")).body == b"c1"
    plugin.gives(clientCertificateData="c2", clientKeyData="k2")
    authenticator.refused(authenticator.credential())
    assert transport.round_trip(Request("GET", "/")).body == b"c2"

    assert [one.closed for one in made] == [True, True, False]
    transport.close()
    assert made[-1].closed


@pytest.mark.parity("EXE-07")
def test_a_new_certificate_closes_the_connections_of_the_old_one_on_a_loop_too(plugin: Plugin) -> None:
    made: list[AsyncRecording] = []

    def make(options: TLSOptions) -> Any:
        made.append(AsyncRecording(options))
        return made[-1]

    plugin.gives(clientCertificateData="c1", clientKeyData="k1")
    transport = AsyncRenewing(make, TLSOptions, _authenticator(plugin.call()))

    assert asyncio.run(transport.round_trip(Request("GET", "/"))).body == b"c1"
    assert [one.closed for one in made] == [True, False]


def test_a_certificate_that_is_none_is_an_error_of_the_request(plugin: Plugin) -> None:
    plugin.gives(clientCertificateData="no certificate", clientKeyData="no key")
    config = Config(host="https://127.0.0.1:1", exec_provider=ExecConfig(str(plugin.path), api_version=V1))
    transport = connect(config, clock=Clock())

    with pytest.raises(TransportError, match="the certificates of now cannot be used"):
        transport.round_trip(Request("GET", "/"))
    transport.close()


@pytest.mark.parity("EXE-08")
def test_clients_of_the_same_plugin_share_what_it_gives(plugin: Plugin) -> None:
    clock = Clock()
    one, two, other = (
        shared_authenticator(plugin.call(args=args), time_ns=clock.time_ns) for args in (("a",), ("a",), ("b",))
    )

    assert one is two
    assert one is not other


@pytest.mark.parity("EXE-08")
def test_any_difference_makes_another_plugin() -> None:
    call = PluginCall("get", ("a",), (("A", "b"),), V1, "hint", "Never", '{"server":"https://s"}')
    changes: list[dict[str, Any]] = [
        {"command": "other"},
        {"args": ("a", "b")},
        {"args": ()},
        {"env": (("A", "c"),)},
        {"env": ()},
        {"api_version": BETA},
        {"install_hint": ""},
        {"interactive_mode": "Always"},
        {"cluster": '{"server":"https://t"}'},
        {"cluster": ""},
    ]
    others = [dataclasses.replace(call, **change) for change in changes]

    assert dataclasses.replace(call) == call
    assert len({call, *others}) == 1 + len(changes)


@pytest.mark.parity("EXE-09")
def test_a_request_or_a_config_with_credentials_needs_no_plugin(
    plugin: Plugin, server: tuple[str, list[str], list[int]]
) -> None:
    host, seen, _ = server
    transport = connect(_config(host, plugin), clock=Clock())
    transport.round_trip(Request("GET", "/", headers=[("authorization", "mine")]))
    transport.close()
    transport = connect(_config(host, plugin, bearer_token="t"), clock=Clock())
    transport.round_trip(Request("GET", "/"))
    transport.close()

    assert (seen, plugin.infos) == (["mine", "Bearer t"], [])


@pytest.mark.parity("EXE-10")
def test_a_plugin_reads_the_terminal_if_it_may_and_there_is_one() -> None:
    assert not wants_terminal("Never", terminal=True)
    assert wants_terminal("IfAvailable", terminal=True)
    assert not wants_terminal("IfAvailable", terminal=True, unavailable=True)
    assert not wants_terminal("IfAvailable", terminal=False)
    assert wants_terminal("Always", terminal=True)
    with pytest.raises(CredentialError, match="standard input is not a terminal"):
        wants_terminal("Always", terminal=False)
    with pytest.raises(CredentialError, match="standard input is unavailable: used by apply"):
        wants_terminal("Always", terminal=True, unavailable=True, message="used by apply")


@pytest.mark.parity("EXE-10")
def test_a_plugin_is_told_whether_it_can_ask(plugin: Plugin) -> None:
    ran: list[bool] = []

    def run(command: Any, environ: Any, *, terminal: bool) -> tuple[int, bytes]:
        ran.append(terminal)
        assert json.loads(environ["KUBERNETES_EXEC_INFO"])["spec"]["interactive"]
        return 0, (plugin.folder / "answer").read_bytes()

    _authenticator(plugin.call(), run=run, has_terminal=lambda: True).credential()

    assert ran == [True]


@pytest.mark.parity("EXE-11")
def test_a_plugin_that_is_not_there_comes_with_help_ten_times_an_hour() -> None:
    clock = Clock()
    authenticator = _authenticator(PluginCall("no-such-plugin", install_hint="brew install it"), clock)
    texts = []
    for _ in range(11):
        with pytest.raises(TransportError) as caught:
            authenticator.credential()
        texts.append(str(caught.value))

    assert all("exec: executable no-such-plugin not found" in text for text in texts)
    assert ["brew install it" in text for text in texts] == [True] * 10 + [False]
    clock.now = 3600 * 10**9
    with pytest.raises(TransportError, match="brew install it"):
        authenticator.credential()


@pytest.mark.parity("EXE-11")
def test_a_plugin_that_fails_is_named_with_its_exit_code(plugin: Plugin) -> None:
    (plugin.folder / "code").write_text("3")

    with pytest.raises(TransportError, match=r"exec: executable .*plugin failed with exit code 3"):
        _authenticator(plugin.call()).credential()


@pytest.mark.parity("EXE-12")
def test_a_hint_cannot_move_the_cursor() -> None:
    assert "\x1b" not in install_help("\x1b[31mred")
    assert "U+001B[31mred" in install_help("\x1b[31mred")


@pytest.mark.parity("EXE-12")
@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("\x1b[1mbold tuna\x1b[0m, fish", "U+001B[1mbold tunaU+001B[0m, fish"),
        ("\x1b[2Aup, \x1b[2Cright, clear: \x1b[2J", "U+001B[2Aup, U+001B[2Cright, clear: U+001B[2J"),
        ("backwards: \u202e", "backwards: U+202E"),
        ("tuna\nfish\r\nmarlin\t\r\ntuna\vfish\fmarlin", ""),
        ("alpha: \u03b1, tu\u0301na, t12a, \u2167", ""),
        ('"a sentence; with! some...punctuation ;)" \u222b\u2081 f(x) \u2248 \u2211', ""),
        ("a paragraph\u2029and\u2003em\u2003spaces", ""),
    ],
    ids=["bold", "cursor", "direction", "white space", "letters, marks and numbers", "punctuation", "separators"],
)
def test_what_controls_a_terminal_is_spelt_out_and_the_rest_of_a_hint_stays(hint: str, shown: str) -> None:
    assert (shown or hint) in install_help(hint)


@pytest.mark.parity("EXE-13")
def test_a_policy_says_which_plugins_may_run(plugin: Plugin) -> None:
    for policy in (PluginPolicy("DenyAll"), PluginPolicy("Allowlist", ("other",))):
        with pytest.raises(TransportError, match="is not allowed by the credential plugin policy"):
            _authenticator(plugin.call(), policy=policy).credential()
    assert plugin.infos == []

    named = PluginCall("plugin", env=(("PATH", str(plugin.folder)),))
    for policy in (PluginPolicy("Allowlist", ("plugin",)), PluginPolicy("Allowlist", (str(plugin.path),))):
        assert _authenticator(named, policy=policy).credential().token == "one"


@pytest.mark.parity("EXE-13")
@pytest.mark.parametrize(
    "policy",
    [
        PluginPolicy("Some"),
        PluginPolicy("Allowlist"),
        PluginPolicy("Allowlist", ("",)),
        PluginPolicy("Allowlist", ("/a/../b",)),
        PluginPolicy("AllowAll", ("a",)),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(policy: PluginPolicy) -> None:
    with pytest.raises(CredentialError):
        policy.check()


@pytest.mark.parity("EXE-14")
def test_a_plugin_is_told_of_its_cluster_what_the_kubeconfig_says(plugin: Plugin) -> None:
    text = f"""
clusters:
- name: c
  cluster:
    server: https://127.0.0.1:1
    certificate-authority-data: Q0E=
    extensions: [{{name: client.authentication.k8s.io/exec, extension: {{audience: 5}}}}]
users: [{{name: u, user: {{exec: {{command: {plugin.path}, apiVersion: {V1}, provideClusterInfo: true, interactiveMode: Never}}}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
"""
    from kubeclient.config.exec_call import exec_call

    call = exec_call(client_config(parse(text)).config)
    assert call is not None
    _authenticator(call).credential()

    assert plugin.infos[0]["spec"]["cluster"] == {
        "server": "https://127.0.0.1:1",
        "certificate-authority-data": "Q0E=",
        "config": {"audience": 5},
    }


@pytest.mark.parity("AUP-04")
@pytest.mark.parametrize(("name", "instead"), [("gcp", "gke-gcloud-auth-plugin"), ("azure", "kubelogin")])
def test_providers_that_were_removed_name_what_replaced_them(name: str, instead: str) -> None:
    text = f"""
clusters: [{{name: c, cluster: {{server: "https://s"}}}}]
users: [{{name: u, user: {{auth-provider: {{name: {name}}}}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
"""
    with pytest.raises(ValueError, match=instead):
        client_config(parse(text))
