"""The loop on simulated time."""

# ruff: noqa: TID251, ASYNC110  the sleeps are simulated

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubefake.sim.clock import VirtualClock
from kubefake.sim.errors import Deadlock, Escape, Livelock
from kubefake.sim.loop import SimLoop, run
from kubefake.sim.rng import Seeds


def test_a_year_of_sleep_takes_no_time() -> None:
    async def main() -> float:
        for _ in range(365):
            await asyncio.sleep(86_400)
        return asyncio.get_running_loop().time()

    assert run(main()) == 365 * 86_400


def test_timers_of_one_instant_fire_in_the_order_they_were_set() -> None:
    fired: list[int] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for number in range(50):
            loop.call_later(1, fired.append, number)
        await asyncio.sleep(2)

    run(main())
    assert fired == list(range(50))


def test_cancelled_timers_do_not_move_time() -> None:
    loop = SimLoop()

    async def main() -> None:
        handles = [loop.call_later(1000 + number, print) for number in range(1000)]
        for handle in handles:
            handle.cancel()
        await asyncio.sleep(1)

    run(main(), loop=loop)
    assert loop.clock.monotonic_ns() == 1_000_000_000


@given(start=st.integers(0, 10**17), delay=st.floats(1e-12, 1e6))
def test_a_timer_never_fires_before_its_float_instant(start: int, delay: float) -> None:
    clock = VirtualClock()
    clock.advance_to(start)
    loop = SimLoop(clock)

    async def main() -> None:
        due = loop.time() + delay
        passed = asyncio.Event()
        loop.call_at(due, passed.set)
        await passed.wait()
        assert loop.time() >= due

    run(main(), loop=loop)


def test_polling_until_a_float_deadline_ends() -> None:
    clock = VirtualClock()
    clock.advance_to(31_536_000 * 10**9 + 1)
    loop = SimLoop(clock)

    async def main() -> int:
        deadline, rounds = loop.time() + 0.1, 0
        while loop.time() < deadline:
            await asyncio.sleep(deadline - loop.time())
            rounds += 1
        return rounds

    assert run(main(), loop=loop) < 5


def test_timeouts_of_asyncio_run_out_on_simulated_time() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run(main()) == 5.0


def test_a_deadlock_names_who_waits_and_where() -> None:
    async def wait_for_nobody() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        await asyncio.gather(asyncio.create_task(wait_for_nobody(), name="bob"))

    with pytest.raises(Deadlock) as caught:
        run(main())
    assert "bob: " in str(caught.value)
    assert f"wait_for_nobody ({__file__}:" in str(caught.value)


def test_a_livelock_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubefake.sim.loop.MAX_TURNS_AT_ONE_INSTANT", 1000)

    async def main() -> None:
        while True:
            await asyncio.sleep(0)

    with pytest.raises(Livelock, match=r"task-1: .*main"):
        run(main())


def test_polling_without_waiting_does_not_starve_timers_that_are_due() -> None:
    async def main() -> None:
        fired = asyncio.Event()
        asyncio.get_running_loop().call_later(0, fired.set)
        while not fired.is_set():
            await asyncio.sleep(0)

    run(main())


@pytest.mark.parametrize(
    "escape",
    [
        lambda _: asyncio.open_connection("localhost", 80),
        lambda _: asyncio.to_thread(print),
        lambda _: asyncio.create_subprocess_exec("true"),
        lambda loop: loop.getaddrinfo("localhost", 80),
    ],
)
def test_the_real_world_is_refused_and_the_caller_named(escape: Any) -> None:
    async def main() -> None:
        await escape(asyncio.get_running_loop())

    with pytest.raises(Escape, match="test_loop"):
        run(main())


def test_a_foreign_thread_may_not_call_in() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        errors: list[Escape] = []

        def call() -> None:
            try:
                loop.call_soon_threadsafe(print)
            except Escape as error:
                errors.append(error)

        thread = threading.Thread(target=call, name="stranger")
        thread.start()
        thread.join()
        assert "'stranger'" in str(errors[0])

    run(main())


def test_nameless_tasks_are_numbered_by_their_loop() -> None:
    async def main() -> list[str]:
        tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(2)]
        await asyncio.gather(*tasks)
        return [task.get_name() for task in tasks]

    assert run(main()) == run(main()) == ["task-2", "task-3"]


def test_chaos_changes_the_order_of_what_is_ready_by_the_seed() -> None:
    def order(seed: int) -> list[int]:
        ran: list[int] = []

        async def worker(number: int) -> None:
            await asyncio.sleep(1)
            ran.append(number)

        async def main() -> None:
            await asyncio.gather(*map(worker, range(10)))

        run(main(), loop=SimLoop(chaos=Seeds(seed).stream("chaos")))
        return ran

    assert order(1) == order(1)
    assert order(1) != order(2)


def test_what_main_leaves_behind_is_cancelled() -> None:
    cancelled: list[bool] = []

    async def straggler() -> None:
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def main() -> None:
        task = asyncio.create_task(straggler())
        await asyncio.sleep(1)
        assert not task.done()

    run(main())
    assert cancelled == [True]


def test_simulated_time_is_not_real_time() -> None:
    before = time.perf_counter()
    run(asyncio.sleep(10**6))
    assert time.perf_counter() - before < 5
