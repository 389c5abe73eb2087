"""Starts credential plugins and keeps what they give for as long as it is good.

The only file of kubeclient that starts programs. What a plugin is told and how its answer is read is
`kubeclient.machines.exec_credential`'s. Ported from client-go plugin/pkg/client/auth/exec.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
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

from .protocol import TransportError

__all__ = ["ExecAuthenticator", "PluginRunner", "run_plugin", "shared_authenticator"]

_HELP_WINDOW_NS = 3600 * 1_000_000_000
_HELP_TIMES = 10


class PluginRunner(Protocol):
    """Starts a program, waits for its end, and returns its exit code and what it printed."""

    def __call__(self, command: Sequence[str], environ: Mapping[str, str], *, terminal: bool) -> tuple[int, bytes]:
        """Raises OSError when the program cannot be started. `terminal`: it reads this process's standard input."""
        ...


def run_plugin(command: Sequence[str], environ: Mapping[str, str], *, terminal: bool) -> tuple[int, bytes]:
    """The PluginRunner of this machine: what the program writes to its standard error is seen by the user."""
    done = subprocess.run(  # noqa: S603 - a program that the kubeconfig of the user names
        list(command),
        env=dict(environ),
        stdin=None if terminal else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    return done.returncode, done.stdout


def _has_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


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
    """

    def __init__(
        self,
        call: PluginCall,
        *,
        time_ns: Callable[[], int],
        policy: PluginPolicy | None = None,
        run: PluginRunner = run_plugin,
        environ: Mapping[str, str] | None = None,
        has_terminal: Callable[[], bool] = _has_terminal,
        stdin_unavailable: str | None = None,
    ) -> None:
        self._call = call
        self._time_ns = time_ns
        self._policy = policy or PluginPolicy()
        self._policy.check()
        self._run = run
        self._environ = environ
        self._has_terminal = has_terminal
        self._stdin_unavailable = stdin_unavailable
        self._lock = threading.Lock()
        self._credential: Credential | None = None
        self._helped_ns: list[int] = []

    def valid(self) -> Credential | None:
        """The credential that is there, if it can still be used. Never waits."""
        found = self._credential
        if found is None or (found.expires_ns is not None and self._time_ns() >= found.expires_ns):
            return None
        return found

    def credential(self) -> Credential:
        """A credential that has not expired; runs the plugin when there is none. Raises TransportError."""
        with self._lock:
            found = self.valid()
            if found is None:
                try:
                    found = self._credential = self._fetch()
                except CredentialError as error:
                    raise TransportError(f"getting credentials: {error}") from error
            return found

    def refused(self, used: Credential) -> None:
        """The server does not accept a credential: the next request asks the plugin again."""
        with self._lock:
            if self._credential is used:
                self._credential = None

    def _fetch(self) -> Credential:
        call = self._call
        environ = dict(os.environ if self._environ is None else self._environ)
        environ.update(call.env)
        program = shutil.which(call.command, path=environ.get("PATH"))
        if not self._policy.allows([call.command, program or ""]):
            raise CredentialError(f'plugin "{call.command}" is not allowed by the credential plugin policy')
        terminal = wants_terminal(
            call.interactive_mode,
            terminal=self._has_terminal(),
            unavailable=self._stdin_unavailable is not None,
            message=self._stdin_unavailable or "",
        )
        name, value = exec_info(call, interactive=terminal)
        environ[name] = value
        if program is None:
            raise CredentialError(f"exec: executable {call.command} not found{self._help()}")
        try:
            code, output = self._run([program, *call.args], environ, terminal=terminal)
        except OSError as error:
            raise CredentialError(f"exec: {error.strerror or error}") from error
        if code:
            raise CredentialError(f"exec: executable {call.command} failed with exit code {code}")
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
def _shared() -> tuple[threading.Lock, WeakValueDictionary[tuple[PluginCall, PluginPolicy], ExecAuthenticator]]:
    return threading.Lock(), WeakValueDictionary()


def shared_authenticator(
    call: PluginCall, *, time_ns: Callable[[], int], policy: PluginPolicy | None = None
) -> ExecAuthenticator:
    """The authenticator of a plugin that all clients of this process use together, as long as one of them lives."""
    lock, known = _shared()
    key = (call, policy or PluginPolicy())
    with lock:
        found = known.get(key)
        if found is None:
            found = known[key] = ExecAuthenticator(call, time_ns=time_ns, policy=policy)
        return found
