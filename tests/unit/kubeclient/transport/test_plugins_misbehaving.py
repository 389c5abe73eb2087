"""Credential plugins that hang, print rubbish or come with a wrong clock; and who is told of them."""

from __future__ import annotations

import json
import logging
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from kubeclient._sync.connect import connect
from kubeclient.clientcmd import ExecConfig
from kubeclient.machines.exec_credential import PluginCall, PluginPolicy
from kubeclient.rest import Config, RequestMetrics
from kubeclient.transport.exec_plugin import ExecAuthenticator
from kubeclient.transport.protocol import Request, Response, TransportError
from kubeclient.transport.tls import certificate_end_ns

from .loopback import authority, certificate

V1 = "client.authentication.k8s.io/v1"
SECOND = 10**9


class Told(RequestMetrics):
    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def exec_plugin_call(self, code: int, status: str) -> None:
        self.calls.append((code, status))

    def exec_plugin_policy(self, status: str) -> None:
        self.calls.append((status,))

    def certificate_expiry(self, expires_ns: int | None) -> None:
        self.calls.append(("ends", expires_ns))

    def certificate_rotation(self, age_seconds: float) -> None:
        self.calls.append(("age", age_seconds))


def _program(folder: Path, text: str) -> str:
    path = folder / "plugin"
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def _authenticator(command: str, now: list[int] | None = None, **more: Any) -> ExecAuthenticator:
    clock = now or [0]
    return ExecAuthenticator(PluginCall(command), time_ns=lambda: clock[0], has_terminal=lambda: False, **more)


def _printing(*documents: Any) -> Any:
    """A runner in the place of a program; the last document is printed again and again."""
    waiting = list(documents)

    def run(command: Any, environ: Any, *, terminal: bool) -> tuple[int, bytes]:
        status = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return 0, json.dumps({"kind": "ExecCredential", "apiVersion": V1, "status": status}).encode()

    return run


def test_a_plugin_that_hangs_is_ended_and_named(tmp_path: Path) -> None:
    command = _program(tmp_path, "import threading; threading.Event().wait()")

    with pytest.raises(TransportError, match=f"exec: executable {command} gave no answer within 0.05 seconds"):
        _authenticator(command, timeout=0.05).credential()


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("print('login first')", "decoding stdout: "),
        ("import sys; sys.stdout.buffer.write(bytes(range(256)))", "decoding stdout: "),
        ("print('[]')", "decoding stdout: not an ExecCredential"),
        (f'print(\'{{"kind":"ExecCredential","apiVersion":"{V1}"}}\')', "exec plugin didn't return a status field"),
        ("raise SystemExit(7)", "failed with exit code 7"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "failed with exit code -9"),
    ],
)
def test_what_a_plugin_prints_instead_is_one_clear_error_of_the_request(
    tmp_path: Path, program: str, message: str
) -> None:
    provider = ExecConfig(_program(tmp_path, program), api_version=V1, interactive_mode="Never")
    client = connect(Config("http://127.0.0.1:1", exec_provider=provider), clock=_Clock())

    with pytest.raises(TransportError, match=f"^getting credentials: .*{message}"):
        client.round_trip(Request("GET", "/"))
    client.close()


class _Clock:
    def monotonic_ns(self) -> int:
        return 0

    def time_ns(self) -> int:
        return 0


def test_a_file_that_is_no_program_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plugin"
    path.write_bytes(b"\x00\x01\x02")
    path.chmod(0o755)

    with pytest.raises(TransportError, match="getting credentials: exec: Exec format error"):
        _authenticator(str(path)).credential()


@pytest.mark.parity("EXE-15")
def test_calls_are_counted_by_what_came_of_them(tmp_path: Path) -> None:
    told = Told()
    for command, policy in (
        (_program(tmp_path, "raise SystemExit(3)"), None),
        ("plugin-that-is-not-there", None),
        ("plugin-that-is-not-there", PluginPolicy("DenyAll")),
    ):
        with pytest.raises(TransportError):
            _authenticator(command, metrics=told, policy=policy).credential()
    hanging = _program(tmp_path, "import threading; threading.Event().wait()")
    with pytest.raises(TransportError):
        _authenticator(hanging, metrics=told, timeout=0.05).credential()
    _authenticator(sys.executable, metrics=told, run=_printing({"token": "t"})).credential()

    assert told.calls == [
        ("allowed",),
        (3, "plugin_execution_error"),
        ("allowed",),
        (1, "plugin_not_found_error"),
        ("denied",),
        ("allowed",),
        (1, "client_internal_error"),
        ("allowed",),
        (0, "no_error"),
    ]


@pytest.mark.parity("EXE-15")
def test_the_end_of_certificates_and_the_age_of_those_they_replace_are_told() -> None:
    signer, told, now = authority(), Told(), [0]
    first, second = certificate(signer, "one", years=2030), certificate(signer, "two", years=2060)
    runner = _printing(
        *({"clientCertificateData": c.decode(), "clientKeyData": k.decode()} for c, k in (first, second))
    )
    authenticator = _authenticator(sys.executable, now, metrics=told, run=runner)

    authenticator.refused(authenticator.credential())
    now[0] = 90 * SECOND
    authenticator.credential()

    ends = [certificate_end_ns(pair[0]) for pair in (first, second)]
    assert [one for one in told.calls if one[0] in {"ends", "age"}] == [
        ("ends", ends[0]),
        ("age", 90.0),
        ("ends", ends[1]),
    ]
    assert ends == [1893456000 * SECOND, 2840140800 * SECOND]
    assert certificate_end_ns(b"no certificate") is None


@pytest.mark.parity("PAIN-31")
def test_a_credential_that_comes_expired_serves_a_moment_and_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    now = [100 * SECOND]
    old = {"token": "old", "expirationTimestamp": "1970-01-01T00:01:00Z"}
    authenticator = _authenticator(sys.executable, now, run=_printing(old, {"token": "new"}))

    with caplog.at_level(logging.WARNING, "kubeclient.credentials"):
        assert [authenticator.credential().token for _ in range(3)] == ["old"] * 3
    now[0] += SECOND
    assert authenticator.credential().token == "new"

    assert len(caplog.messages) == 1
    assert "had expired when it came; is a clock wrong?" in caplog.text


@pytest.mark.parity("PAIN-31", "EXE-09")
def test_a_token_that_is_given_starts_no_plugin() -> None:
    from tests.twins.support import Script

    provider = ExecConfig("plugin-that-is-not-there", api_version=V1)
    script = Script(Response(200))
    client = connect(
        Config("http://s", bearer_token="t", exec_provider=provider, wrap_transport=lambda inner: script),
        clock=_Clock(),
    )

    assert client.round_trip(Request("GET", "/")).status == 200
