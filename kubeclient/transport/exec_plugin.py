"""Starts credential plugins and keeps what they give for as long as it is good.

The only file of kubeclient that starts programs. What a plugin is told and how its answer is read is
`kubeclient.machines.exec_credential`'s. Ported from client-go plugin/pkg/client/auth/exec.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Protocol
from weakref import WeakValueDictionary

from kubeclient.machines.exec_credential import (
    Credential,
    CredentialError,
    PluginCall,
    PluginPolicy,
    exec_info,
    install_help,
    read_credential,
    wants_terminal,
)
from kubeclient.machines.metrics import RequestMetrics

from .protocol import TransportError
from .tls import certificate_end_ns

__all__ = ["ExecAuthenticator", "PluginRunner", "run_plugin", "shared_authenticator"]

_LOG = logging.getLogger("kubeclient.credentials")
_SECOND = 1_000_000_000
_SKEW_NS = _SECOND
_HELP_WINDOW_NS = 3600 * _SECOND
_HELP_TIMES = 10


class PluginRunner(Protocol):
    """Starts a program, waits for its end, and returns its exit code and what it printed."""

    def __call__(self, command: Sequence[str], environ: Mapping[str, str], *, terminal: bool) -> tuple[int, bytes]:
        """Raises OSError when the program cannot be started, or does not end. `terminal`: it reads this process's input."""
        ...


def run_plugin(
    command: Sequence[str], environ: Mapping[str, str], *, terminal: bool, timeout: float | None = None
) -> tuple[int, bytes]:
    """The PluginRunner of this machine: what the program writes to its standard error is seen by the user.

    A program that asks its user may take as long as the user does; any other is ended after `timeout` seconds, and
    TimeoutError is raised.
    """
    try:
        done = subprocess.run(  # noqa: S603 - a program that the kubeconfig of the user names
            list(command),
            env=dict(environ),
            stdin=None if terminal else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=False,
            timeout=None if terminal else timeout,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"no answer within {timeout} seconds") from error
    return done.returncode, done.stdout


def _has_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


@dataclass(frozen=True, slots=True)
class _Certificate:
    """A client certificate that a plugin gave: its end, where it can be told, and when it came."""

    pem: bytes
    ends_ns: int | None
    came_ns: int


class ExecAuthenticator:
    """One plugin and the credential it gave last. Safe for threads; a caller waits while the plugin runs for another.

    Args:
        call: what is started.
        time_ns: nanoseconds since 1970, for expiries.
        policy: which plugins may be started.
        run: starts the plugin.
        environ: the variables that the plugin inherits.
        has_terminal: whether the standard input is a terminal.
        stdin_unavailable: why the plugin may not read the standard input; None: it may.
        timeout: seconds that a plugin may take which does not ask its user; None is no limit.
        metrics: is told of calls and certificates.
    """

    def __init__(
        self,
        call: PluginCall,
        *,
        time_ns: Callable[[], int],
        policy: PluginPolicy | None = None,
        run: PluginRunner | None = None,
        environ: Mapping[str, str] | None = None,
        has_terminal: Callable[[], bool] = _has_terminal,
        stdin_unavailable: str | None = None,
        timeout: float | None = None,
        metrics: RequestMetrics | None = None,
    ) -> None:
        self._call = call
        self._time_ns = time_ns
        self._policy = policy or PluginPolicy()
        self._policy.check()
        self._run: PluginRunner = partial(run_plugin, timeout=timeout) if run is None else run
        self._metrics = metrics or RequestMetrics()
        self._certificate: _Certificate | None = None
        self._environ = environ
        self._has_terminal = has_terminal
        self._stdin_unavailable = stdin_unavailable
        self._lock = threading.Lock()
        self._credential: Credential | None = None
        self._good_until_ns = 0
        self._helped_ns: list[int] = []

    def valid(self) -> Credential | None:
        """The credential that is there, if it can still be used. Never waits."""
        found = self._credential
        if found is None:
            return None
        now = self._time_ns()
        # What had expired when it came, by a clock that goes wrong, serves for a moment: not each request asks again.
        if found.expires_ns is not None and now >= max(found.expires_ns, self._good_until_ns):
            return None
        return found

    def credential(self) -> Credential:
        """A credential that has not expired; runs the plugin when there is none. Raises TransportError."""
        with self._lock:
            found = self.valid()
            if found is None:
                try:
                    found = self._fetch()
                except CredentialError as error:
                    raise TransportError(f"getting credentials: {error}") from error
                self._keep(found)
            return found

    def refused(self, used: Credential) -> None:
        """The server does not accept a credential: the next request asks the plugin again."""
        with self._lock:
            if self._credential is used:
                self._credential = None

    def _keep(self, found: Credential) -> None:
        now = self._time_ns()
        self._credential = found
        self._good_until_ns = now + _SKEW_NS if found.expires_ns is not None and found.expires_ns <= now else 0
        if self._good_until_ns:
            _LOG.warning(
                "the credential of exec plugin %s had expired when it came; is a clock wrong?", self._call.command
            )
        if not found.cert:
            return
        before, ends = self._certificate, certificate_end_ns(found.cert)
        if before is not None and before.pem != found.cert:
            self._metrics.certificate_rotation((now - before.came_ns) / _SECOND)
        self._certificate = _Certificate(found.cert, ends, now)
        self._metrics.certificate_expiry(ends)

    def _fetch(self) -> Credential:
        call = self._call
        environ = dict(os.environ if self._environ is None else self._environ)
        environ.update(call.env)
        program = shutil.which(call.command, path=environ.get("PATH"))
        if not self._policy.allows([call.command, program or ""]):
            self._metrics.exec_plugin_policy("denied")
            raise CredentialError(f'plugin "{call.command}" is not allowed by the credential plugin policy')
        self._metrics.exec_plugin_policy("allowed")
        terminal = wants_terminal(
            call.interactive_mode,
            terminal=self._has_terminal(),
            unavailable=self._stdin_unavailable is not None,
            message=self._stdin_unavailable or "",
        )
        name, value = exec_info(call, interactive=terminal)
        environ[name] = value
        if program is None:
            self._metrics.exec_plugin_call(1, "plugin_not_found_error")
            raise CredentialError(f"exec: executable {call.command} not found{self._help()}")
        try:
            code, output = self._run([program, *call.args], environ, terminal=terminal)
        except TimeoutError as error:
            self._metrics.exec_plugin_call(1, "client_internal_error")
            raise CredentialError(f"exec: executable {call.command} gave {error}") from error
        except OSError as error:
            self._metrics.exec_plugin_call(1, "client_internal_error")
            raise CredentialError(f"exec: {error.strerror or error}") from error
        if code:
            self._metrics.exec_plugin_call(code, "plugin_execution_error")
            raise CredentialError(f"exec: executable {call.command} failed with exit code {code}")
        self._metrics.exec_plugin_call(0, "no_error")
        return read_credential(output, call.api_version)

    def _help(self) -> str:
        """How to install the plugin, ten times an hour at most: a controller asks again and again."""
        now = self._time_ns()
        self._helped_ns = [told for told in self._helped_ns if now - told < _HELP_WINDOW_NS]
        if len(self._helped_ns) >= _HELP_TIMES:
            return ""
        self._helped_ns.append(now)
        return install_help(self._call.install_hint)


@cache
def _shared() -> tuple[threading.Lock, WeakValueDictionary[Hashable, ExecAuthenticator]]:
    return threading.Lock(), WeakValueDictionary()


def shared_authenticator(
    call: PluginCall,
    *,
    time_ns: Callable[[], int],
    policy: PluginPolicy | None = None,
    timeout: float | None = None,
    stdin_unavailable: str | None = None,
    metrics: RequestMetrics | None = None,
) -> ExecAuthenticator:
    """The authenticator of a plugin that all clients of this process use together, as long as one of them lives."""
    lock, known = _shared()
    key = (call, policy or PluginPolicy(), timeout, stdin_unavailable, metrics)
    with lock:
        found = known.get(key)
        if found is None:
            found = known[key] = ExecAuthenticator(
                call,
                time_ns=time_ns,
                policy=policy,
                timeout=timeout,
                stdin_unavailable=stdin_unavailable,
                metrics=metrics,
            )
        return found
