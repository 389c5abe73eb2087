"""A server for laws that hold through its whole API: forks of one template, a clock that only tests move, requests in a word."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import Any

from oracle.definitions import DEFINITIONS

from kubeclient.transport.protocol import Request, Response
from kubefake.pipeline.caller import ADMIN
from kubefake.realtime import SeededIds
from kubefake.server import ApiServer
from kubefake.watch.stream import WatchStream

__all__ = ["APPLY", "JSON_PATCH", "MERGE_PATCH", "Served", "StillClock", "drained"]

MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"
_SECOND = 1_000_000_000


class StillClock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now_ns = 1_767_225_600 * _SECOND

    def monotonic_ns(self) -> int:
        return self.now_ns

    def time_ns(self) -> int:
        return self.now_ns

    def pass_seconds(self, seconds: int) -> None:
        self.now_ns += seconds * _SECOND


@functools.cache
def _template() -> ApiServer:
    server = ApiServer(clock=StillClock(), ids=SeededIds(1))
    for definition in DEFINITIONS:
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        headers = [("content-type", "application/json")]
        answer = server.handle(Request("POST", path, [], headers, json.dumps(definition).encode()), ADMIN)
        assert isinstance(answer, Response)
        assert answer.status == 201, answer.body
    return server


class Served:
    """A server of its own, with the custom kinds of the differential test.

    Attributes:
        server, clock: what it is made of.
    """

    def __init__(self) -> None:
        self.clock = StillClock()
        self.server = _template().fork(clock=self.clock, ids=SeededIds(2))

    @property
    def revision(self) -> int:
        """The newest revision."""
        return self.server.store.revision

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Sequence[tuple[str, str]] = (),
        type: str = "application/json",
        accept: str = "",
    ) -> tuple[int, Any]:
        """The status and the body of an answer."""
        answer = self._handle(method, path, body, query, type, accept)
        assert isinstance(answer, Response)
        return answer.status, json.loads(answer.body)

    def watch(self, path: str, query: Sequence[tuple[str, str]] = (), accept: str = "") -> WatchStream:
        """An open watch."""
        stream = self._handle("GET", path, None, [("watch", "1"), *query], "application/json", accept)
        assert not isinstance(stream, Response), stream.body
        return stream

    def _handle(
        self, method: str, path: str, body: Any, query: Sequence[tuple[str, str]], type_: str, accept: str
    ) -> Response | WatchStream:
        headers = [("content-type", type_), ("user-agent", "laws")]
        if accept:
            headers.append(("accept", accept))
        data = None if body is None else json.dumps(body).encode()
        return self.server.handle(Request(method, path, list(query), headers, data), ADMIN)


def drained(stream: WatchStream) -> list[dict[str, Any]]:
    """What a watch tells until it has no more to tell."""
    events = []
    while (frame := stream.poll()) is not None:
        events.append(json.loads(frame))
    return events
