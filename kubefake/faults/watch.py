"""A watch under a fault plan: events dropped, doubled and late, watches cut and expired.

Costs one comparison an event while no rule is for watches. Events that a rule tells apart by type, namespace or name must
be JSON; such a rule never fits an event in another encoding.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from kubeclient.transport.protocol import HeaderList, TransportError
from kubefake.faults.effects import expiry_frame, failure
from kubefake.faults.latency import Distribution
from kubefake.faults.rules import CutWatch, DelayEvents, DropEvent, DuplicateEvent, ExpireWatch
from kubefake.faults.subject import Subject
from kubefake.watch.stream import WatchStream

if TYPE_CHECKING:
    from kubefake.faults.plan import FaultPlan, RuleHandle

__all__ = ["FaultyStream"]


class _Metadata(msgspec.Struct):
    name: str = ""
    namespace: str = ""


class _Object(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class _Event(msgspec.Struct):
    type: str = ""
    object: _Object = msgspec.field(default_factory=_Object)


_decode = msgspec.json.Decoder(_Event).decode


class FaultyStream:
    """`WatchStream` around another."""

    def __init__(
        self, stream: WatchStream, plan: FaultPlan, subject: Subject, latency: Distribution | None = None
    ) -> None:
        self.status: int = stream.status
        self.headers: HeaderList = stream.headers
        self.subject = subject
        self._stream = stream
        self._plan = plan
        self._latency = latency
        self._began_ns = plan.clock.monotonic_ns()
        self._held: deque[tuple[int, bytes]] = deque()
        self._last_due = 0
        self._over = False
        self._judged: dict[RuleHandle, None] = {}
        self._error: TransportError | None = None
        self._wake: Callable[[], None] | None = None

    @property
    def ended(self) -> bool:
        if self._error is not None or self._held:
            return False
        return self._over or self._stream.ended

    @property
    def wake_at_ns(self) -> int | None:
        times = [self._held[0][0]] if self._held else []
        if not self._over:
            inner = None if self._stream.ended else self._stream.wake_at_ns
            if inner is not None:
                times.append(inner)
            times.extend(due for _, due in self._endings())
        return min(times, default=None)

    def poll(self) -> bytes | None:
        """The next frame. Raises ConnectionLost once, when the watch was cut and all before it was delivered."""
        if not self._over:
            if not self._held and not self._plan.watch_rules and self._latency is None:
                return self._stream.poll()
            self._end_when_due()
            self._take_in()
        if self._held and self._held[0][0] <= self._plan.clock.monotonic_ns():
            return self._held.popleft()[1]
        if self._held or self._error is None:
            return None
        error, self._error = self._error, None
        raise error

    def on_wake(self, callback: Callable[[], None]) -> None:
        self._wake = callback
        self._stream.on_wake(callback)

    def close(self) -> None:
        self._over = True
        self._held.clear()
        self._plan.forget_watch(self)
        self._stream.close()

    def cut(self, *, clean: bool = False) -> None:
        """Ends the watch; what is held back is lost."""
        self._held.clear()
        self._finish(clean=clean)
        if self._wake is not None:
            self._wake()

    def _finish(self, *, clean: bool) -> None:
        self._over = True
        self._stream.close()
        if not clean:
            self._error = failure("connection-lost", self.subject)

    def _take_in(self) -> None:
        """Draws frames in until one is due, none is ready or the watch is over."""
        now = self._plan.clock.monotonic_ns()
        while not self._over and (not self._held or self._held[0][0] > now):
            frame = self._stream.poll()
            if frame is None:
                return
            self._judge(frame, now)

    def _judge(self, frame: bytes, now: int) -> None:
        copies = 1
        late = 0 if self._latency is None else self._latency.sample_ns(self._plan.latency_random())
        for handle in self._plan.watch_rules:
            effect = handle.rule.effect
            if getattr(effect, "after", None) is not None or not self._fits(handle, frame):
                continue
            if not handle.strikes(self._plan.elapsed_ns()) or not self._plan.record(handle, effect, self.subject):
                continue
            match effect:
                case DropEvent():
                    return
                case DuplicateEvent():
                    copies += 1
                case DelayEvents(time=time):
                    late += time.sample_ns(handle.random)
                case CutWatch(clean=clean):
                    self._finish(clean=clean)
                    return
                case ExpireWatch():
                    self._expire(now)
                    return
        self._last_due = max(self._last_due, now + late)
        self._held.extend([(self._last_due, frame)] * copies)

    def _expire(self, now: int) -> None:
        self._held.append((max(self._last_due, now), expiry_frame()))
        self._finish(clean=True)

    def _fits(self, handle: RuleHandle, frame: bytes) -> bool:
        match = handle.rule.match
        if not match.fits_watch(self.subject):
            return False
        if not match.wants_event:
            return True
        try:
            event = _decode(frame)
        except msgspec.MsgspecError:
            return False
        metadata = event.object.metadata
        return match.fits_event(event.type, metadata.namespace, metadata.name)

    def _endings(self) -> list[tuple[RuleHandle, int]]:
        """The rules that end this watch at a time of its life, and when."""
        return [
            (handle, self._began_ns + round(after * 1e9))
            for handle in self._plan.watch_rules
            if (after := getattr(handle.rule.effect, "after", None)) is not None
            and handle not in self._judged
            and handle.enabled
            and handle.rule.match.fits_watch(self.subject)
        ]

    def _end_when_due(self) -> None:
        now = self._plan.clock.monotonic_ns()
        for handle, due in self._endings():
            if due > now:
                continue
            self._judged[handle] = None  # once a watch, whatever is decided: its instant does not come again
            if not handle.strikes(self._plan.elapsed_ns()):
                continue
            effect = handle.rule.effect
            if not self._plan.record(handle, effect, self.subject):
                continue
            if isinstance(effect, ExpireWatch):
                self._expire(now)
            else:
                assert isinstance(effect, CutWatch)
                self._finish(clean=effect.clean)
            return
