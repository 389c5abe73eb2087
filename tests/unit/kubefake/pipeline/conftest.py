"""A whole server with a clock that the test moves, and a client of one line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from kubeclient.transport.protocol import Request, Response
from kubefake.pipeline.caller import ADMIN, Caller
from kubefake.realtime import SeededIds
from kubefake.server import ApiServer
from kubefake.watch.stream import WatchStream

START = 1_000_000_000 * 1_000_000_000


class HandClock:
    def __init__(self) -> None:
        self.now = START

    def monotonic_ns(self) -> int:
        return self.now

    def time_ns(self) -> int:
        return self.now


class Client:
    """Sends requests as an administrator unless told otherwise."""

    def __init__(self, server: ApiServer, clock: HandClock) -> None:
        self.server = server
        self.clock = clock

    def __call__(
        self,
        line: str,
        body: Any = None,
        *,
        type: str = "application/json",
        headers: Sequence[tuple[str, str]] = (),
        caller: Caller = ADMIN,
    ) -> tuple[int, Any]:
        answer = self.raw(line, body, type=type, headers=headers, caller=caller)
        assert isinstance(answer, Response)
        try:
            return answer.status, json.loads(answer.body)
        except ValueError:
            return answer.status, answer.body.decode()

    def raw(
        self,
        line: str,
        body: Any = None,
        *,
        type: str = "application/json",
        headers: Sequence[tuple[str, str]] = (),
        caller: Caller = ADMIN,
    ) -> Response | WatchStream:
        method, _, target = line.partition(" ")
        path, _, query = target.partition("?")
        pairs = [tuple(pair.partition("=")[::2]) for pair in query.split("&") if pair]
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = [*headers, ("content-type", type)] if data is not None else list(headers)
        return self.server.handle(Request(method, path, pairs, sent, data), caller)

    def watch(self, path: str) -> WatchStream:
        stream = self.raw(f"GET {path}")
        assert not isinstance(stream, Response)
        return stream

    def events(self, stream: WatchStream) -> list[tuple[str, str]]:
        found = []
        while (frame := stream.poll()) is not None:
            event = json.loads(frame)
            found.append((event["type"], event["object"]["metadata"].get("name", "")))
        return found


@pytest.fixture(scope="session")
def template() -> ApiServer:
    return ApiServer(clock=HandClock(), ids=SeededIds(1))


@pytest.fixture
def client(template: ApiServer) -> Client:
    clock = HandClock()
    return Client(template.fork(clock=clock, ids=SeededIds(2)), clock)
