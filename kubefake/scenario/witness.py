"""Stands between the doors of a world and its server, and sees every request: who commits what, and what looks like a fault.

What it finds are hints, not failures: writes that change nothing over and over, requests that are forbidden. It must not
change what passes through it.
"""

from __future__ import annotations

from dataclasses import dataclass

from kubeclient.transport.protocol import Request, Response
from kubefake.faults.door import Answer, Handler
from kubefake.faults.subject import Subject, SubjectReader
from kubefake.pipeline.caller import Caller
from kubefake.sim.clock import Clock
from kubefake.store import Store

__all__ = ["HOT_LOOP_SECONDS", "HOT_LOOP_WRITES", "Finding", "Witness"]

HOT_LOOP_WRITES = 10
"""So many writes of one client to one object, none of which changes it, are a hot loop …"""

HOT_LOOP_SECONDS = 60.0
"""… when they come within so many seconds: a resync that writes every few minutes is none."""

_CHANGES = frozenset({"PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that deserves a look, though nothing that was expected is violated.

    Attributes:
        kind: "unhandled exception", "hot loop", "forbidden", "not settled".
        where: the client, or the request, that it is about.
        text: what happened.
        count: how often.
    """

    kind: str
    where: str
    text: str
    count: int = 1

    def __str__(self) -> str:
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{self.kind}: {self.where}: {self.text}{times}"


class Witness:
    """A `Handler` around another.

    Attributes:
        caller: whose request the server is answering now; None when it acts on its own.
    """

    def __init__(self, server: Handler, store: Store, clock: Clock) -> None:
        self.caller: Caller | None = None
        self._server = server
        self._store = store
        self._clock = clock
        self._subject_of = SubjectReader()
        self._idle: dict[tuple[str, str], list[int]] = {}
        self._hot: dict[str, int] = {}
        self._forbidden: dict[str, int] = {}

    def handle(self, request: Request, caller: Caller) -> Answer:
        revision = self._store.revision
        outer, self.caller = self.caller, caller
        try:
            answer = self._server.handle(request, caller)
        finally:
            self.caller = outer
        if isinstance(answer, Response) and answer.status < 300:
            if request.method in _CHANGES:
                self._wrote(self._subject_of(request, caller), changed=self._store.revision != revision)
        elif answer.status == 403:
            where = str(self._subject_of(request, caller))
            self._forbidden[where] = self._forbidden.get(where, 0) + 1
        return answer

    @property
    def findings(self) -> list[Finding]:
        """What was found so far, in the order in which it began."""
        hot = [
            Finding("hot loop", where, f"{HOT_LOOP_WRITES} writes or more in a row that change nothing", count)
            for where, count in self._hot.items()
        ]
        return hot + [
            Finding("forbidden", where, "the server refuses it with 403", count)
            for where, count in self._forbidden.items()
        ]

    def _wrote(self, subject: Subject, *, changed: bool) -> None:
        """Counts writes in a row that leave an object as it is; `times` are those of the last few of them."""
        key = (subject.client, str(subject))
        if changed:
            self._idle.pop(key, None)
            return
        times = self._idle.setdefault(key, [])
        now = self._clock.monotonic_ns()
        times.append(now)
        if len(times) < HOT_LOOP_WRITES:
            return
        del times[:-HOT_LOOP_WRITES]
        if now - times[0] <= HOT_LOOP_SECONDS * 1e9:
            times.clear()
            self._hot[key[1]] = self._hot.get(key[1], 0) + 1
