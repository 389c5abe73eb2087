# generated from kubeclient/_async/parallelize.py by .ci/twin.py, do not edit
"""Does many pieces of work by a few workers. Ported from client-go util/workqueue/parallelizer.go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kubeclient.runtime.calling import call
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Event, Runtime

__all__ = ["parallelize_until"]


def parallelize_until(
    workers: int,
    pieces: int,
    do_work_piece: Callable[[int], Any],
    *,
    chunk_size: int = 1,
    stop: Event | None = None,
    runtime: Runtime | None = None,
) -> None:
    """Calls `do_work_piece` with each number below `pieces`, by so many workers, and waits for all of them.

    Args:
        workers: how many calls run side by side at most.
        pieces: how many calls there are.
        do_work_piece: the work; under threads it may be a coroutine function.
        chunk_size: how many pieces a worker takes at a time.
        stop: once set, no further chunk is begun.
        runtime: runs the workers.

    Raises:
        ValueError: there are no workers, or chunks of nothing.
        Exception: what the work raised first; chunks that were not begun then are not.
    """
    if workers < 1 or chunk_size < 1:
        raise ValueError(f"{workers} workers with chunks of {chunk_size} do no work: both are at least 1")
    runtime = runtime if runtime is not None else current_runtime()
    guard = runtime.guard()
    chunks = iter(range(0, pieces, chunk_size))
    errors: list[BaseException] = []

    def next_chunk() -> range | None:
        with guard:
            if errors or (stop is not None and stop.is_set()):
                return None
            begin = next(chunks, None)
        return None if begin is None else range(begin, min(begin + chunk_size, pieces))

    def work() -> None:
        while (chunk := next_chunk()) is not None:
            try:
                for piece in chunk:
                    call(do_work_piece, piece)
            except Exception as error:  # noqa: BLE001  raised again by who waits for all workers
                with guard:
                    errors.append(error)

    count = min(workers, -(-pieces // chunk_size))
    tasks = [runtime.spawn(work, name=f"worker {number}") for number in range(count)]
    try:
        for task in tasks:
            task.join()
    finally:
        for task in tasks:
            task.cancel()
    if errors:
        raise errors[0]
