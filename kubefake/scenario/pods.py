"""Saying what containers do: their logs, what happens when somebody runs a command in them, who answers on their ports.

    cluster.pods.script("default/web", logs=["started"], exec=run, ports={8080: answer})

Nothing is pretended: a container without a handler refuses commands, a port without one refuses connections.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from kubefake.containers.scripts import Handler, Lines, Script, Scripts

__all__ = ["PodScript", "Pods"]


class PodScript:
    """A container that a script was given to."""

    def __init__(self, script: Script, lock: AbstractContextManager[Any]) -> None:
        self._script = script
        self._lock = lock

    def log(self, text: str | bytes) -> None:
        """The container writes a line, or several, at this moment of the cluster's clock. Raises ValueError after `end`."""
        with self._lock:
            self._script.log.write(text)

    def end(self) -> None:
        """The container writes nothing more: who follows its log comes to the end."""
        with self._lock:
            self._script.log.end()

    def __repr__(self) -> str:
        script = self._script
        return f"<PodScript {script.namespace}/{script.pod} {script.container or '*'}>"


class Pods:
    """What the containers of a cluster do."""

    def __init__(self, scripts: Scripts, lock: AbstractContextManager[Any]) -> None:
        self._scripts = scripts
        self._lock = lock

    def script(
        self,
        name: str,
        *,
        container: str = "",
        logs: Lines = (),
        previous_logs: Iterable[str | bytes] | None = None,
        exec: Handler | None = None,
        attach: Handler | None = None,
        ports: Mapping[int, Handler] | None = None,
    ) -> PodScript:
        """Says what a container does, in place of what was said of it before. The pod need not exist yet, nor any node.

        Handlers are plain functions, which run in threads of their own, or `async def` ones.

        Args:
            name: of the pod: `namespace/name`, or `name` in the namespace default.
            container: its name; by default every container of the pod that has no script of its own.
            logs: what it has written so far, or a function that is asked for it at each request.
            previous_logs: what the container wrote before it was restarted.
            exec: is called with a session for each command: reads `session.stdin`, writes `session.stdout` and
                `session.stderr`, and returns the exit code, 0 for none. What it raises is told the client as an internal
                error; SystemExit ends the command with its code.
            attach: as `exec`, for clients that attach to the container.
            ports: by port, what is called with each connection: reads and writes it, and closes it by returning.
        """
        with self._lock:
            script = self._scripts.script(
                name,
                container=container,
                logs=logs,
                previous_logs=previous_logs,
                exec=exec,
                attach=attach,
                ports=ports,
            )
        return PodScript(script, self._lock)
