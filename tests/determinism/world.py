"""A small world in which everything could differ from run to run: tasks, threads, faults, latency, watches.

Run as a program it prints the trace of the seed it is given, for a comparison between processes.
"""

from __future__ import annotations

import json
import sys

from kubeclient.runtime.aio import AioRuntime
from kubeclient.transport.protocol import Request, Response, TransportError
from kubefake.faults.door import Door
from kubefake.faults.latency import Exponential, Latency, Uniform
from kubefake.faults.plan import FaultPlan
from kubefake.faults.rules import CutWatch, LoseAnswer, Refuse
from kubefake.pipeline.caller import ADMIN, Caller
from kubefake.realtime import SeededIds
from kubefake.server import ApiServer
from kubefake.sim.clock import VirtualClock
from kubefake.sim.determinism import Recorder
from kubefake.sim.guard import no_escapes
from kubefake.sim.loop import SimLoop, run
from kubefake.sim.rng import Seeds
from kubefake.sim.runtime import BatonRuntime
from kubefake.sim.threads import BatonThreads
from kubefake.sim.trace import Trace
from kubefake.transport.aio import AsyncInProcessTransport
from kubefake.transport.threads import InProcessTransport

MAPS = "/api/v1/namespaces/default/configmaps"


class World:
    """Two blocking writers, two asynchronous ones and a watcher, on one server with faults."""

    def __init__(self, seed: int, recorder: Recorder | None = None) -> None:
        recorder = Recorder() if recorder is None else recorder
        self.clock = VirtualClock()
        self.loop = SimLoop(self.clock, on_jump=recorder.jump)
        self.threads = BatonThreads(self.loop)
        self.trace = Trace(self.clock, sink=recorder.line)
        seeds = Seeds(seed, recorder.draw)
        self.sync = BatonRuntime(self.threads, seeds.stream("threads"))
        self.aio = AioRuntime(self.clock, seeds.stream("tasks"))
        plan = FaultPlan(
            self.clock,
            seeds.within("faults").stream,
            latency=[Latency(request=Exponential(0.01), answer=Exponential(0.01), events=Uniform(0, 0.1))],
            on_decision=lambda decision: self.trace.event("faults", decision.rule, str(decision.subject)),
        )
        plan.add(effect=Refuse(503), verb="create", probability=0.1)
        plan.add(effect=LoseAnswer(), verb="create", probability=0.1)
        plan.add(effect=CutWatch(), probability=0.05)
        self.door = Door(ApiServer(clock=self.clock, ids=SeededIds(seed)), plan)

    def play(self) -> bytes:
        """Runs to the end; the trace's bytes."""
        with no_escapes():
            try:
                run(self._main(), loop=self.loop)
            finally:
                self.threads.close()
        return self.trace.text

    async def _main(self) -> None:
        watcher = self.aio.spawn(self._watch, name="watcher")
        tasks = [self.aio.spawn(self._write, f"task-{number}", name=f"task-{number}") for number in range(2)]
        tasks += [self.aio.spawn(self._threaded, f"thread-{number}", name=f"of-{number}") for number in range(2)]
        for task in tasks:
            await task.join()
        await self.aio.sleep(5)
        watcher.cancel()
        await watcher.join()

    async def _threaded(self, name: str) -> None:
        over = self.aio.event()
        self.threads.start(self._write_blocking, name, name=name, on_end=lambda _: over.set())
        await over.wait()

    def _create(self, name: str) -> Request:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": f"{name}-"}}
        return Request("POST", MAPS, headers=[("content-type", "application/json")], body=json.dumps(body).encode())

    def _note(self, actor: str, answer: Response) -> None:
        metadata = json.loads(answer.body).get("metadata", {})
        self.trace.event(actor, "create", metadata.get("name", ""), metadata.get("resourceVersion", ""), answer.status)

    async def _write(self, name: str) -> None:
        transport = AsyncInProcessTransport(self.door, self.aio, Caller(name, ADMIN.user))
        for _ in range(15):
            try:
                self._note(name, await transport.round_trip(self._create(name)))
            except TransportError as error:
                self.trace.event(name, "create", outcome=type(error).__name__)
            await self.aio.sleep(self.aio.random())

    def _write_blocking(self, name: str) -> None:
        transport = InProcessTransport(self.door, self.sync, Caller(name, ADMIN.user))
        for _ in range(15):
            try:
                self._note(name, transport.round_trip(self._create(name)))
            except TransportError as error:
                self.trace.event(name, "create", outcome=type(error).__name__)
            self.sync.sleep(self.sync.random())

    async def _watch(self) -> None:
        transport = AsyncInProcessTransport(self.door, self.aio, Caller("watcher", ADMIN.user))
        while True:
            stream = await transport.open_stream(Request("GET", MAPS, [("watch", "true")]))
            try:
                async for chunk in stream:
                    for line in chunk.splitlines():
                        event = json.loads(line)
                        metadata = event["object"]["metadata"]
                        self.trace.event("watcher", event["type"], metadata["name"], metadata["resourceVersion"])
            except TransportError as error:
                self.trace.event("watcher", "watch", outcome=type(error).__name__)
            finally:
                await stream.aclose()


if __name__ == "__main__":
    sys.stdout.buffer.write(World(int(sys.argv[1])).play())
