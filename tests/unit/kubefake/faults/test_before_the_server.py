"""Faults before the whole server, not a scripted one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient.transport.protocol import Request, Response
from kubefake.faults.door import Door
from kubefake.faults.exchange import Answer
from kubefake.faults.plan import FaultPlan
from kubefake.faults.rules import Crash, CrashAfterCommit, ExpireWatch, StaleRead
from kubefake.pipeline.caller import ADMIN, Caller
from kubefake.realtime import SeededIds
from kubefake.server import ApiServer
from kubefake.sim.clock import VirtualClock
from kubefake.sim.rng import Seeds

MAPS = "/api/v1/namespaces/default/configmaps"
SCALER = Caller("scaler", ADMIN.user)


class Cluster:
    def __init__(self) -> None:
        clock = VirtualClock()
        self.server = ApiServer(clock=clock, ids=SeededIds(1))
        self.plan = FaultPlan(clock, Seeds(1).stream, revision=lambda: self.server.store.revision)
        self.door = Door(self.server, self.plan)

    def send(self, request: Request) -> Answer:
        exchange = self.door.exchange(request, SCALER)
        with pytest.raises(StopIteration) as end:
            next(exchange)
        answer: Answer = end.value.value
        return answer

    def create(self, name: str) -> Answer:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
        return self.send(Request("POST", MAPS, (), [("content-type", "application/json")], json.dumps(body).encode()))

    def names(self, version: str = "") -> list[str]:
        answer = self.send(Request("GET", MAPS, [("resourceVersion", version)] if version else ()))
        assert isinstance(answer, Response)
        items: list[dict[str, Any]] = json.loads(answer.body)["items"]
        return [item["metadata"]["name"] for item in items if item["metadata"]["name"] != "kube-root-ca.crt"]


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def test_a_client_that_crashed_after_its_write_has_written(cluster: Cluster) -> None:
    with cluster.plan.add(effect=CrashAfterCommit("scaler"), verb="create", nth=1):
        exchange = cluster.door.exchange(
            Request("POST", MAPS, (), [("content-type", "application/json")], b'{"metadata":{"name":"a"}}'), SCALER
        )
        with pytest.raises(Crash):
            next(exchange)

    assert cluster.names() == ["a"]


def test_a_stale_list_lacks_what_was_written_last(cluster: Cluster) -> None:
    cluster.create("a")
    cluster.create("b")
    cluster.plan.add(effect=StaleRead(1))

    assert cluster.names("0") == ["a"]
    assert cluster.names() == ["a", "b"]


def test_an_expired_watch_has_the_words_of_the_server(cluster: Cluster) -> None:
    cluster.plan.add(effect=ExpireWatch(), nth=2)
    stream = cluster.send(Request("GET", MAPS, [("watch", "true"), ("resourceVersion", "0")]))
    assert not isinstance(stream, Response)
    cluster.create("a")
    cluster.create("b")

    events = []
    while (frame := stream.poll()) is not None:
        events.append(json.loads(frame))

    assert [event["type"] for event in events] == ["ADDED", "ERROR"]
    assert events[1]["object"]["reason"] == "Expired"
    assert stream.ended
