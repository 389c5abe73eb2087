"""What the containers of a cluster do when somebody asks them: their logs, and callables for commands and ports.

A container without a script does nothing: what is asked of it is answered as by a server whose nodes are not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kubefake.containers.log import Log
from kubefake.ports import Clock

__all__ = ["Handler", "Script", "Scripts", "split_name"]

Handler = Callable[..., Any]
"""Gets a session or a connection: a plain function, which may block in it, or an `async def` one."""

Lines = Iterable[str | bytes] | Callable[[], Iterable[str | bytes]]


@dataclass(slots=True, eq=False)
class Script:
    """What one container does.

    Attributes:
        container: "" stands for every container of the pod that has no script of its own.
        log: what it has written; `lines` makes the log anew for every request, where it is given.
        previous: what its last life has written; None: there was none.
        ports: who answers connections to a port; of the pod, as its containers share a network.
    """

    namespace: str
    pod: str
    container: str
    log: Log
    lines: Callable[[], Iterable[str | bytes]] | None = None
    previous: Log | None = None
    exec: Handler | None = None
    attach: Handler | None = None
    ports: Mapping[int, Handler] = field(default_factory=dict)


class Scripts:
    """All scripts of a cluster.

    Args:
        clock: stamps lines of logs.

    Attributes:
        stage: where handlers run; None: in tasks and threads of the machine. See kubefake.streams.stage.
    """

    def __init__(self, clock: Clock, stage: Any = None) -> None:
        self._clock = clock
        self._scripts: dict[tuple[str, str], dict[str, Script]] = {}
        self.stage = stage

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
    ) -> Script:
        """Says what a container does, in place of what was said of it before. The pod need not exist yet."""
        namespace, pod = split_name(name)
        lines = logs if callable(logs) else None
        script = Script(
            namespace,
            pod,
            container,
            Log(self._clock, () if callable(logs) else logs),
            lines,
            None if previous_logs is None else Log(self._clock, previous_logs),
            exec,
            attach,
            dict(ports or {}),
        )
        self._scripts.setdefault((namespace, pod), {})[container] = script
        return script

    def find(self, namespace: str, pod: str, container: str) -> Script | None:
        """The script of a container."""
        of_pod = self._scripts.get((namespace, pod))
        return None if of_pod is None else of_pod.get(container) or of_pod.get("")

    def ports(self, namespace: str, pod: str) -> dict[int, Handler] | None:
        """Who answers on the ports of a pod; None for a pod without a script."""
        of_pod = self._scripts.get((namespace, pod))
        if of_pod is None:
            return None
        return {port: handler for script in of_pod.values() for port, handler in script.ports.items()}

    def log_of(self, script: Script) -> Log:
        """The log of a container as it is now."""
        if script.lines is None:
            return script.log
        log = Log(self._clock, script.lines())
        log.end()
        return log

    def over(self, namespace: str, pod: str) -> None:
        """The pod is over, or gone: who follows its logs comes to their end. Its scripts stay, for one of the same name."""
        for script in self._scripts.get((namespace, pod), {}).values():
            script.log.hang_up()

    def __bool__(self) -> bool:
        return bool(self._scripts)

    def take(self, other: Scripts) -> None:
        """Copies the scripts of another cluster; logs go on independently from here. The stage is not taken along."""
        for key, of_pod in other._scripts.items():
            copies = {name: replace(one, log=one.log.copy(self._clock)) for name, one in of_pod.items()}
            self._scripts[key] = copies


def split_name(name: str) -> tuple[str, str]:
    """The namespace and the name of `namespace/name`; without one it is "default"."""
    namespace, slash, pod = name.rpartition("/")
    if not pod or (slash and not namespace):
        raise ValueError(f"{name!r} names no pod: write namespace/name")
    return namespace or "default", pod
