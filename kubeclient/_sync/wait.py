# generated from kubeclient/_async/wait.py by .ci/twin.py, do not edit
"""Waiting until something is so, and doing something again and again.

    poll_until_context_timeout(is_ready, interval=1.0, timeout=60.0, immediate=True)

Conditions and functions may be coroutine functions. What they raise ends the waiting and is raised. `stop` is what a
context's cancellation is in Go. Ported from apimachinery pkg/util/wait.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kubeclient.machines.backoff import Backoff, BackoffManager, Steps
from kubeclient.runtime.calling import call
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Event, Runtime
from kubeclient.runtime.waiting import WaitStoppedError, WaitTimeoutError

__all__ = [
    "backoff_until",
    "exponential_backoff",
    "forever",
    "jitter_until",
    "non_sliding_until",
    "poll_until_context_cancel",
    "poll_until_context_timeout",
    "until",
]

Condition = Callable[[], Any]  # true when waiting is over; may be a coroutine function

_SECOND = 1_000_000_000


def poll_until_context_timeout(
    condition: Condition,
    *,
    interval: float,
    timeout: float,
    immediate: bool = False,
    stop: Event | None = None,
    runtime: Runtime | None = None,
) -> None:
    """Asks `condition` every `interval` seconds until it is true, for at most `timeout` seconds.

    The first time is after an interval, or at once when `immediate`, whatever the timeout. A slow condition delays the
    next question, and questions that were due meanwhile are left out. Raises WaitTimeoutError and WaitStoppedError.
    """
    runtime = runtime if runtime is not None else current_runtime()
    deadline_ns = runtime.clock.monotonic_ns() + int(timeout * _SECOND)
    _poll(condition, interval, deadline_ns, immediate, stop, runtime)


def poll_until_context_cancel(
    condition: Condition,
    *,
    interval: float,
    immediate: bool = False,
    stop: Event | None = None,
    runtime: Runtime | None = None,
) -> None:
    """As `poll_until_context_timeout`, without an end but `stop`. Raises WaitStoppedError."""
    runtime = runtime if runtime is not None else current_runtime()
    _poll(condition, interval, None, immediate, stop, runtime)


def _poll(
    condition: Condition,
    interval: float,
    deadline_ns: int | None,
    immediate: bool,
    stop: Event | None,
    runtime: Runtime,
) -> None:
    clock, step_ns = runtime.clock, max(1, int(interval * _SECOND))
    tick_ns = clock.monotonic_ns() + step_ns
    if immediate and call(condition):
        return
    while True:
        now_ns = clock.monotonic_ns()
        if stop is not None and stop.is_set():
            raise WaitStoppedError
        if deadline_ns is not None and now_ns > deadline_ns:
            raise WaitTimeoutError("context deadline exceeded")
        due_ns = max(tick_ns, now_ns) if interval > 0 else now_ns
        until_ns = due_ns if deadline_ns is None else min(due_ns, deadline_ns)
        if not runtime.sleep((until_ns - now_ns) / _SECOND, stop):
            raise WaitStoppedError
        if until_ns < due_ns:
            raise WaitTimeoutError("context deadline exceeded")
        now_ns = clock.monotonic_ns()
        tick_ns += max(1, (now_ns - tick_ns) // step_ns + 1) * step_ns
        if call(condition):
            return


def exponential_backoff(
    condition: Condition,
    backoff: Backoff,
    *,
    stop: Event | None = None,
    runtime: Runtime | None = None,
) -> None:
    """Asks `condition` as often as `backoff` has steps, with its waits between.

    Raises WaitTimeoutError when it was not true even then, and WaitStoppedError.
    """
    runtime = runtime if runtime is not None else current_runtime()
    steps = Steps(backoff, runtime.random)
    while steps.left > 0:
        if stop is not None and stop.is_set():
            raise WaitStoppedError
        if call(condition):
            return
        if steps.left == 1:
            break
        if not runtime.sleep(steps.step(), stop):
            raise WaitStoppedError
    raise WaitTimeoutError("timed out waiting for the condition")


def backoff_until(
    function: Callable[[], Any],
    manager: BackoffManager,
    *,
    sliding: bool,
    stop: Event,
    runtime: Runtime | None = None,
) -> None:
    """Calls `function` again and again until `stop` is set, with the waits of `manager`.

    A wait begins when the function has returned if `sliding`, else when it is called.
    """
    runtime = runtime if runtime is not None else current_runtime()
    clock = runtime.clock
    while not stop.is_set():
        begun_ns = clock.monotonic_ns()
        wait = 0.0 if sliding else manager.next(begun_ns)
        call(function)
        if sliding:
            begun_ns = clock.monotonic_ns()
            wait = manager.next(begun_ns)
        left_ns = begun_ns + int(wait * _SECOND) - clock.monotonic_ns()
        runtime.sleep(max(0, left_ns) / _SECOND, stop)


def jitter_until(
    function: Callable[[], Any],
    *,
    period: float,
    jitter_factor: float = 0.0,
    sliding: bool = True,
    stop: Event,
    runtime: Runtime | None = None,
) -> None:
    """Calls `function` every `period` seconds, and a random share of up to `jitter_factor` more, until `stop` is set."""
    runtime = runtime if runtime is not None else current_runtime()
    manager = BackoffManager(period, jitter=jitter_factor, random=runtime.random)
    backoff_until(function, manager, sliding=sliding, stop=stop, runtime=runtime)


def until(function: Callable[[], Any], *, period: float, stop: Event, runtime: Runtime | None = None) -> None:
    """Calls `function` until `stop` is set, `period` seconds after it has returned."""
    jitter_until(function, period=period, stop=stop, runtime=runtime)


def non_sliding_until(
    function: Callable[[], Any], *, period: float, stop: Event, runtime: Runtime | None = None
) -> None:
    """Calls `function` until `stop` is set, `period` seconds after it was called last."""
    jitter_until(function, period=period, sliding=False, stop=stop, runtime=runtime)


def forever(function: Callable[[], Any], *, period: float, runtime: Runtime | None = None) -> None:
    """Calls `function`, `period` seconds after it has returned, until it raises."""
    runtime = runtime if runtime is not None else current_runtime()
    until(function, period=period, stop=runtime.event(), runtime=runtime)
