"""Waits that are cancelled under asyncio: the cancellation goes through, and nothing goes on behind it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kubeclient._async.broadcaster import AsyncBroadcaster
from kubeclient._async.fake_watch import AsyncFakeWatcher
from kubeclient._async.flow_control import AsyncTokenBucketRateLimiter
from kubeclient._async.pager import AsyncListPager
from kubeclient._async.rest_client import AsyncRESTClient
from kubeclient._async.wait import exponential_backoff, poll_until_context_cancel
from kubeclient.api.core_v1 import PodList
from kubeclient.transport.protocol import Request, Response
from kubeclient.wait import Backoff, interrupted
from tests.twins.support import AsyncScript, AsyncSim


async def cancelled_after(sim: AsyncSim, seconds: float, call: Any) -> None:
    task = asyncio.create_task(call)
    await sim.runtime.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert interrupted(caught.value)


@pytest.mark.parity("PORT-03")
async def test_a_page_that_is_awaited_is_given_up(sim: AsyncSim) -> None:
    asked: list[float] = []

    async def page(**options: Any) -> PodList:
        asked.append(sim.now)
        await sim.runtime.sleep(1000)
        return PodList(items=[])

    await cancelled_after(sim, 3, AsyncListPager(page, runtime=sim.runtime).for_each(lambda pod: None))
    assert (asked, sim.now, sim.running()) == ([0.0], 3.0, [])


@pytest.mark.parity("PORT-03")
@pytest.mark.parametrize("way", ["do", "raw", "stream", "watch"])
async def test_requests_on_their_way_and_those_that_wait_to_be_repeated_are_given_up(sim: AsyncSim, way: str) -> None:
    sent: list[float] = []

    class Slow(AsyncScript):
        async def round_trip(self, request: Request) -> Response:
            sent.append(sim.now)
            await sim.runtime.sleep(1000)
            return Response(200)

        async def open_stream(self, request: Request) -> Any:
            return await self.round_trip(request)

    async def ask(script: AsyncScript) -> None:
        request = AsyncRESTClient(script, runtime=sim.runtime).request("GET").resource("pods")
        await {"do": request.do, "raw": request.do_raw, "stream": request.stream, "watch": request.watch().open}[way]()

    await cancelled_after(sim, 3, ask(Slow()))
    busy = AsyncScript(*[Response(429, [("retry-after", "60")], b"")] * 3)
    await cancelled_after(sim, 100, ask(busy))

    assert (sent, len(busy.requests), sim.now, sim.running()) == ([0.0], 2, 103.0, [])


@pytest.mark.parity("PORT-03")
async def test_polling_and_backing_off_are_given_up(sim: AsyncSim) -> None:
    asked: list[float] = []

    def never() -> bool:
        asked.append(sim.now)
        return False

    await cancelled_after(sim, 3, poll_until_context_cancel(never, interval=2, runtime=sim.runtime))
    await cancelled_after(sim, 3, exponential_backoff(never, Backoff(9, 2), runtime=sim.runtime))
    assert (asked, sim.now) == ([2.0, 3.0, 5.0], 6.0)


@pytest.mark.parity("PORT-03")
async def test_who_waits_for_a_turn_a_reader_or_an_event_is_let_go(sim: AsyncSim) -> None:
    limiter = AsyncTokenBucketRateLimiter(0.01, 1, runtime=sim.runtime)
    await limiter.accept()
    watch: AsyncFakeWatcher[str] = AsyncFakeWatcher(runtime=sim.runtime)
    broadcaster: AsyncBroadcaster[str] = AsyncBroadcaster(1, incoming_length=1, runtime=sim.runtime)
    events = await broadcaster.watch()
    for call in (limiter.accept(), watch.add("a"), events.__anext__()):
        await cancelled_after(sim, 1, call)

    await broadcaster.action("ADDED", "kept")
    assert (await events.__anext__()).object == "kept"
    await broadcaster.shutdown()
    assert sim.now == 3.0
