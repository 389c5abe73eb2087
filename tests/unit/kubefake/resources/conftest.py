"""A whole server, and the shortest pod."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kubefake.realtime import SeededIds
from kubefake.server import ApiServer
from tests.unit.kubefake.pipeline.conftest import Client, HandClock

MakePod = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def started() -> ApiServer:
    return ApiServer(clock=HandClock(), ids=SeededIds(1))


@pytest.fixture
def client(started: ApiServer) -> Client:
    clock = HandClock()
    return Client(started.fork(clock=clock, ids=SeededIds(7)), clock)


@pytest.fixture
def pod() -> MakePod:
    def make(name: str = "p", **spec: Any) -> dict[str, Any]:
        return {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "nginx:1.25"}], **spec}}

    return make
