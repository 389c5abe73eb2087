"""Writes what clients ask and get into the trace of a world: a line for a request, a line for every event delivered."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import msgspec

from kubeclient.transport.protocol import Request, Response, TransportError
from kubefake.faults.rules import Crash
from kubefake.faults.subject import Subject, SubjectReader
from kubefake.pipeline.caller import Caller
from kubefake.sim.trace import Trace

__all__ = ["Exchange", "Recorder"]

READS = frozenset({"get", "list", "watch"})


class _Metadata(msgspec.Struct):
    resource_version: str = msgspec.field(name="resourceVersion", default="")
    name: str = ""
    namespace: str = ""


class _Details(msgspec.Struct):
    name: str = ""


class _Object(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    kind: str = ""
    reason: str = ""
    details: _Details | None = None


class _Event(msgspec.Struct):
    type: str
    object: _Object


_read_object = msgspec.json.Decoder(_Object, strict=False).decode
_read_event = msgspec.json.Decoder(_Event, strict=False).decode


class Recorder:
    """Records the requests of one client.

    Args:
        over: whether the world is being taken down; what clients do then is no part of the run.
    """

    def __init__(self, trace: Trace, caller: Caller, over: Callable[[], bool] = lambda: False) -> None:
        self._trace = trace
        self._over = over
        self._caller = caller
        self._subject_of = SubjectReader()

    def exchange(self, request: Request) -> Exchange:
        """A context manager around one request; give it the answer."""
        subject = self._subject_of(request, self._caller)
        if subject.verb == "create" and not subject.name and request.body:
            body = _read(_read_object, request.body)
            subject = subject if body is None else subject._replace(name=body.metadata.name)
        return Exchange(self._trace, subject, self._over)

    def delivery(self, request: Request) -> Callable[[bytes], None]:
        """What to call with each chunk of the watch that this request began."""
        subject = self._subject_of(request, self._caller)
        actor = subject.client or "-"
        pending = b""

        def delivered(chunk: bytes) -> None:
            nonlocal pending
            lines = (pending + chunk).split(b"\n")
            pending = lines.pop()
            for line in lines:
                event = _read(_read_event, line)
                if event is None or event.type == "BOOKMARK":
                    continue
                meta = event.object.metadata
                where = _where(subject._replace(namespace=meta.namespace, name=meta.name))
                self._trace.event(
                    actor, f"sees-{event.type.lower()}", where, meta.resource_version, event.object.reason
                )

        return delivered


class Exchange:
    """One request: `answer` is set by who carries it out; the line is written when it is over."""

    def __init__(self, trace: Trace, subject: Subject, over: Callable[[], bool]) -> None:
        self._trace = trace
        self._subject = subject
        self._over = over
        self.answer: Response

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._over():
            return
        revision = ""
        subject = self._subject
        if error is None:
            answer = self.answer
            outcome = str(answer.status)
            body = _read(_read_object, answer.body) if answer.body else None
            if body is not None:
                outcome = f"{answer.status} {body.reason}" if answer.status >= 400 and body.reason else outcome
                revision = body.metadata.resource_version
                name = body.metadata.name if answer.status < 400 else body.details.name if body.details else ""
                if name and not subject.name:
                    subject = subject._replace(name=name)
        elif isinstance(error, (TransportError, Crash)):
            outcome = type(error).__name__
        else:
            outcome = f"gave up ({type(error).__name__})"
        self._trace.event(subject.client or subject.user or "-", subject.verb, _where(subject), revision, outcome)


def _where(subject: Subject) -> str:
    kind = ".".join(part for part in (subject.resource, subject.group) if part)
    parts = (kind, subject.namespace, subject.name, subject.subresource)
    return "/".join(part for part in parts if part)


def _read(read: Callable[[bytes], Any], data: bytes) -> Any:
    try:
        return read(data)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None  # not an object: a log, a plain text
