# generated from kubeclient/_async/leader_election.py by .ci/twin.py, do not edit
"""Runs for leader, and leads for as long as the lock can be renewed.

    elector = LeaderElector(
        LeaseLock(client, "default", "web", identity=pod_name), on_started_leading=run, release_on_cancel=True
    )
    elector.run_forever(stop)

All conclusions are `machines.leader_election`'s; this driver reads and writes the lock, sleeps, and calls back. A try for
the lock runs in a task of its own, so that an answer that does not come delays no deadline. Where tasks cannot be cancelled
(threads), a try that hangs is waited for before another begins; what it still brings counts from when it was sent.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from kubeclient.apimachinery.errors import is_conflict, is_not_found
from kubeclient.apimachinery.status_error import StatusError
from kubeclient.machines.backoff import jittered
from kubeclient.machines.leader_election import (
    JITTER_FACTOR,
    Election,
    LeaderElectionMetrics,
    LeaderElectionRecord,
    Timings,
)
from kubeclient.runtime.calling import call
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Event, Runtime, Task

from .resource_lock import Lock

__all__ = ["LeaderElector"]

logger = logging.getLogger("kubeclient.leaderelection")


class LeaderElector:
    """One candidate.

    Args:
        lock: what is held by who leads; it knows this candidate's identity.
        on_started_leading: called with an event in a task of its own when leading begins. The event is set when leading
            ends; a task that goes on for half the time that is left until others may lead is cancelled (a thread cannot
            be). If it raises, leading ends and `run` raises the same.
        on_stopped_leading: called whenever `run` ends, even when it never led, after the work has ended or when it can be
            waited for no longer.
        on_new_leader: called with the identity of each new holder that is seen, this candidate included, one at a time.
        lease_duration, renew_deadline, retry_period: seconds; see Timings, which raises ValueError for what cannot work.
        release_on_cancel: gives the lock back at the end, so that others need not wait; never while the work still runs.
        coordinated: leaders are appointed by a coordinator among candidates (see Candidate); this one only renews
            what it was given, and gives it up when somebody else is preferred.
        metrics: is told when leading begins and ends.
        name: for logs, metrics and `check`.
    """

    def __init__(
        self,
        lock: Lock,
        *,
        on_started_leading: Callable[[Event], Any],
        on_stopped_leading: Callable[[], Any] | None = None,
        on_new_leader: Callable[[str], Any] | None = None,
        lease_duration: float = 15.0,
        renew_deadline: float = 10.0,
        retry_period: float = 2.0,
        release_on_cancel: bool = False,
        coordinated: bool = False,
        metrics: LeaderElectionMetrics | None = None,
        name: str = "",
        runtime: Runtime | None = None,
    ) -> None:
        self.timings = Timings(lease_duration, renew_deadline, retry_period)
        self.name = name or lock.describe()
        self._lock = lock
        self._on_started_leading = on_started_leading
        self._on_stopped_leading = on_stopped_leading
        self._on_new_leader = on_new_leader
        self._release_on_cancel = release_on_cancel
        self._coordinated = coordinated
        self._metrics = metrics if metrics is not None else LeaderElectionMetrics()
        self._runtime = runtime if runtime is not None else current_runtime()
        self._guard = self._runtime.guard()
        self._election = Election(lock.identity, self.timings)
        self._reported = ""
        self._news: deque[str] = deque()
        self._teller: Task | None = None
        self._attempt: Task | None = None
        self._work_error: BaseException | None = None
        self._running = False

    @property
    def identity(self) -> str:
        """Who this candidate is."""
        return self._election.identity

    @property
    def leader(self) -> str:
        """Who led when the lock was last seen; "" when nobody did."""
        return self._election.holder

    @property
    def observed_record(self) -> LeaderElectionRecord | None:
        """The lock as it was last seen."""
        return self._election.observed

    def is_leader(self) -> bool:
        """Whether this candidate leads now; False from the renew deadline on, whatever callbacks still do."""
        return self._election.is_leader(self._runtime.clock.monotonic_ns())

    def check(self, max_tolerable_expired: float = 0.0) -> None:
        """For health checks: raises RuntimeError when a leader's lease ran out so many seconds ago and it has not stopped."""
        overdue = self._election.overdue_ns(self._runtime.clock.monotonic_ns())
        if overdue > max_tolerable_expired * 1e9:
            raise RuntimeError(f"failed election to renew leadership on lease {self.name}")

    def run(self, stop: Event) -> None:
        """Waits until this candidate leads, and returns when it leads no longer or `stop` is set.

        A try for the lock that is on its way when `stop` is set is waited for, at most half the renew deadline. Raises what
        `on_started_leading` raised, and RuntimeError when it runs already.
        """
        with self._guard:
            if self._running:
                raise RuntimeError(f"the elector of {self.name} runs already")
            self._running = True
        self._metrics.leader_off(self.name)
        try:
            if self._acquire(stop):
                self._lead(stop)
        finally:
            self._running = False
            self._end()
        error, self._work_error = self._work_error, None
        if error is not None:
            raise error

    def run_forever(self, stop: Event) -> None:
        """As `run`, again and again until `stop` is set: who lost the lock becomes a candidate again."""
        while not stop.is_set():
            self.run(stop)
            if not stop.is_set():
                self._runtime.sleep(self.timings.retry_period, stop)

    def _acquire(self, stop: Event) -> bool:
        logger.info("%s: %s waits to become leader", self.name, self.identity)
        runtime, retry = self._runtime, self.timings.retry_period
        while not stop.is_set():
            self._try_once(self.timings.renew_deadline / 2)
            if stop.is_set():
                return False
            if self._election.holds(runtime.clock.monotonic_ns()):
                return True
            runtime.sleep(jittered(retry, JITTER_FACTOR, runtime.random), stop)
        return False

    def _lead(self, stop: Event) -> None:
        election, clock = self._election, self._runtime.clock
        lost = self._runtime.event()
        failed = self._runtime.event()
        election.leading = True
        self._metrics.leader_on(self.name)
        logger.info("%s: %s became leader", self.name, self.identity)
        self._lock.record_event("became leader")
        work = self._runtime.spawn(self._work, lost, failed, name=f"{self.name} leading")
        try:
            pause = self.timings.retry_period
            while not stop.is_set() and not failed.is_set():
                left = (election.deadline_ns - clock.monotonic_ns()) * 1e-9
                if left <= 0:
                    logger.error("%s: %s lost the lease: renewing took too long", self.name, self.identity)
                    break
                if not self._runtime.sleep(min(pause, left), stop) or failed.is_set():
                    break
                left = (election.deadline_ns - clock.monotonic_ns()) * 1e-9
                if left > 0:
                    self._try_once(min(left, self.timings.renew_deadline / 2))
                if election.holder != self.identity:
                    logger.error("%s: %s lost the lease to %s", self.name, self.identity, election.holder)
                    break
        finally:
            lost.set()
            ended = work.done()
            if not ended:
                ended = self._end_work(work)
            election.leading = False
            self._metrics.leader_off(self.name)
            self._lock.record_event("stopped leading")
        if self._release_on_cancel and ended:
            self._release()

    def _end_work(self, work: Task) -> bool:
        """Waits for the work until others may lead, and cancels it halfway. Returns whether it has ended."""
        clock, expires_ns = self._runtime.clock, self._election.expires_ns
        left = max(0.0, (expires_ns - clock.monotonic_ns()) * 1e-9)
        ended = False
        try:
            ended = work.join(left / 2)
        finally:
            if not ended:
                work.cancel()
        if not ended:
            ended = work.join(max(0.0, (expires_ns - clock.monotonic_ns()) * 1e-9))
        if not ended:
            logger.error("%s: %s leads no longer, but its work goes on", self.name, self.identity)
        return ended

    def _work(self, lost: Event, failed: Event) -> None:
        try:
            call(self._on_started_leading, lost)
        except Exception as error:  # noqa: BLE001  `run` raises it
            self._work_error = error
            failed.set()

    def _try_once(self, timeout: float) -> None:
        """One try for the lock, for so many seconds; one that still hangs from before is waited for instead."""
        if self._attempt is None or self._attempt.done():
            self._attempt = self._runtime.spawn(self._try_acquire_or_renew, name=f"{self.name} try")
        attempt = self._attempt
        ended = False
        try:
            ended = attempt.join(timeout)
        finally:
            if not ended:
                attempt.cancel()
        if not ended:
            logger.warning("%s: no answer from the lock within %.1f seconds", self.name, timeout)
            attempt.join(0)
        self._tell_news()

    def _try_acquire_or_renew(self) -> None:
        """What came of it, the election knows."""
        try:
            if self._coordinated:
                self._renew_what_was_given()
            elif not self._renew_optimistically():
                self._read_and_write()
        except Exception as error:  # noqa: BLE001  whatever failed, the next try may work
            logger.log(
                logging.DEBUG if isinstance(error, StatusError) and is_conflict(error) else logging.WARNING,
                "%s: %s could not take or renew the lock: %s: %s",
                self.name,
                self.identity,
                type(error).__name__,
                error,
            )

    def _renew_optimistically(self) -> bool:
        clock = self._runtime.clock
        sent_ns = clock.monotonic_ns()
        record = self._election.optimistic(sent_ns, clock.time_ns())
        if record is None:
            return False
        try:
            self._lock.update(record)
        except Exception as error:  # noqa: BLE001  reading the lock shows what is true
            logger.debug("%s: the lock was not renewed at once: %s", self.name, error)
            return False
        self._election.wrote(record, sent_ns)
        return True

    def _read_and_write(self) -> None:
        clock, election = self._runtime.clock, self._election
        try:
            seen, evidence = self._lock.get()
        except StatusError as error:
            if not is_not_found(error):
                raise
            record, sent_ns = election.missing(clock.time_ns()), clock.monotonic_ns()
            self._lock.create(record)
            election.wrote(record, sent_ns)
            return
        sent_ns = clock.monotonic_ns()
        claim = election.found(seen, evidence, sent_ns, clock.time_ns())
        if claim is not None:
            self._claim(seen, claim, sent_ns)

    def _renew_what_was_given(self) -> None:
        clock = self._runtime.clock
        try:
            seen, evidence = self._lock.get()
        except StatusError as error:
            if not is_not_found(error):
                raise
            logger.info("%s: nobody has been appointed yet", self.name)
            return
        sent_ns = clock.monotonic_ns()
        claim = self._election.appointed(seen, evidence, sent_ns, clock.time_ns())
        if claim is not None:
            self._claim(seen, claim, sent_ns)

    def _claim(self, seen: LeaderElectionRecord, claim: LeaderElectionRecord, sent_ns: int) -> None:
        if seen.holder_identity == self.identity:
            self._metrics.slow_path(self.name)
        self._lock.update(claim)
        self._election.wrote(claim, sent_ns)

    def _release(self) -> None:
        task = self._runtime.spawn(self._give_back, name=f"{self.name} release")
        ended = False
        try:
            ended = task.join(self.timings.renew_deadline)
        finally:
            if not ended:
                task.cancel()
        self._tell_news()

    def _give_back(self) -> None:
        if self._attempt is not None:
            self._attempt.join()  # a renewal on its way would take the lock again
        clock, election = self._runtime.clock, self._election
        for last in (False, True):
            try:
                seen, _ = self._lock.get()
                record = election.released(seen, clock.time_ns())
                if record is None:
                    return
                self._lock.update(record)
            except Exception as error:  # noqa: BLE001  the lease runs out by itself
                if last or not (isinstance(error, StatusError) and is_conflict(error)):
                    logger.warning("%s: %s could not release the lock: %s", self.name, self.identity, error)
                    return
            else:
                election.gave_up(record, clock.monotonic_ns())
                return

    def _tell_news(self) -> None:
        """Has a new holder told, without waiting for it."""
        holder = self._election.holder
        if holder == self._reported:
            return
        self._reported = holder
        if self._on_new_leader is None or not holder:
            return
        with self._guard:
            self._news.append(holder)
            if self._teller is None:
                self._teller = self._runtime.spawn(self._tell, name=f"{self.name} new leader")

    def _tell(self) -> None:
        tell = self._on_new_leader
        while True:
            with self._guard:
                if not self._news or tell is None:
                    self._teller = None
                    return
                holder = self._news.popleft()
            try:
                call(tell, holder)
            except Exception:
                logger.exception("%s: the handler of new leaders raised an error", self.name)

    def _end(self) -> None:
        teller = self._teller
        if teller is not None:
            teller.join(self.timings.retry_period)
        if self._on_stopped_leading is not None:
            call(self._on_stopped_leading)

    def __repr__(self) -> str:
        return f"<LeaderElector {self.name} {self._election!r}>"
