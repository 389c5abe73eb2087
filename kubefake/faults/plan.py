"""The plan: ordered rules, what they have counted, and every decision they took.

Given the same rules, streams, clock readings and requests, the decisions are the same. Each rule draws from a stream of
its own name, so that adding a rule does not change what the others draw. A decision has an index; masking it lets its rule
draw and count as before but not strike, which is how a failing run is shrunk to the decisions that matter.

Must not wait nor read a clock of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Self

from kubeclient.transport.protocol import Request, Response
from kubefake.containers.opening import Opening
from kubefake.faults.effects import crash, failure, refusal
from kubefake.faults.exchange import Answer, Exchange, Handle, Wait
from kubefake.faults.latency import Latency
from kubefake.faults.rules import (
    CrashAfterCommit,
    CrashBefore,
    CutWatch,
    Delay,
    DelayEvents,
    DropEvent,
    DuplicateEvent,
    Effect,
    ExpireWatch,
    LoseAnswer,
    LoseRequest,
    Match,
    Refuse,
    RequestEffect,
    Rule,
    StaleRead,
)
from kubefake.faults.subject import Subject, SubjectReader
from kubefake.faults.watch import FaultyStream
from kubefake.pipeline.caller import Caller
from kubefake.ports import Clock, Random

__all__ = ["Decision", "FaultPlan", "RuleHandle"]

_WATCH_EFFECTS = (DropEvent, DuplicateEvent, DelayEvents, CutWatch, ExpireWatch)
_MATCH_FIELDS = tuple(Match.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Decision:
    """One strike of a rule, or one that was masked.

    Attributes:
        index: its place in the run, from 0.
        time_ns: the clock's monotonic reading.
        rule: the rule's name.
        effect: what was decided.
        subject: the request, or the watch, it struck at.
        masked: whether it was left undone.
    """

    index: int
    time_ns: int
    rule: str
    effect: Effect
    subject: Subject
    masked: bool

    def __str__(self) -> str:
        mark = " (masked)" if self.masked else ""
        return f"#{self.index} {self.time_ns / 1e9:.9f}s {self.rule}: {self.effect} at {self.subject}{mark}"


class RuleHandle:
    """A rule in a plan: switch it off and on, take it out, ask how often it struck. Also a context manager."""

    __slots__ = ("_plan", "enabled", "fired", "name", "random", "rule", "seen")

    def __init__(self, plan: FaultPlan, rule: Rule, name: str, random: Random) -> None:
        self._plan = plan
        self.random = random
        self.rule = rule
        self.name = name
        self.enabled = True
        self.seen = 0
        self.fired = 0

    def remove(self) -> None:
        """Takes the rule out of the plan. May be called twice."""
        self._plan._remove(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.remove()

    def strikes(self, elapsed_ns: int) -> bool:
        """Counts one match and decides. Draws exactly once when the probability leaves a choice and a strike is due."""
        rule = self.rule
        if not self.enabled or not rule.open(elapsed_ns):
            return False
        self.seen += 1
        if not rule.due(self.seen):
            return False
        return rule.probability >= 1.0 or self.random.random() < rule.probability

    def __repr__(self) -> str:
        return (
            f"<RuleHandle {self.name!r} {self.rule.effect} at {self.rule.match}, seen {self.seen}, fired {self.fired}>"
        )


class FaultPlan:
    """Decides on faults.

    Not safe for several threads at once by itself: a door with a lock holds it around the plan's decisions as well.

    Args:
        clock: dates decisions and opens the windows of rules; the server's.
        streams: makes a seeded source of numbers from a name.
        rules: the rules to begin with, in order.
        latency: what every exchange takes; the first that fits a client and a verb applies.
        masked: indexes of decisions that are to be left undone; anything that answers `in`.
        revision: tells the server's newest revision; needed by rules for stale reads.
        on_decision: called with each decision as it is taken, for a trace.

    Attributes:
        decisions: one for each strike, from the beginning, since masks speak of their places; grows with the run.
    """

    def __init__(
        self,
        clock: Clock,
        streams: Callable[[str], Random],
        *,
        rules: Iterable[Rule] = (),
        latency: Iterable[Latency] = (),
        masked: Container[int] = frozenset(),
        revision: Callable[[], int] | None = None,
        on_decision: Callable[[Decision], None] | None = None,
    ) -> None:
        self.clock = clock
        self.latency = tuple(latency)
        self.decisions: list[Decision] = []
        self.began_ns = clock.monotonic_ns()
        self._streams = streams
        self._subject_of = SubjectReader()
        self._masked = frozenset(masked) if isinstance(masked, Iterable) else masked
        self._revision = revision
        self._on_decision = on_decision
        self._handles: list[RuleHandle] = []
        self._names: Counter[str] = Counter()
        self._request_rules: tuple[RuleHandle, ...] = ()
        self.watch_rules: tuple[RuleHandle, ...] = ()
        self._latency_random = streams("latency")
        self._watches: dict[FaultyStream, None] = {}
        self._openings: list[tuple[Opening, Subject]] = []
        self.idle = not self.latency
        for rule in rules:
            self.add(rule)

    def add(self, rule: Rule | None = None, *, effect: Effect | None = None, **conditions: Any) -> RuleHandle:
        """Adds a rule at the end: one ready-made, or an effect and the fields of `Match` and `Rule` as keywords.

        Raises TypeError for a field that neither has, ValueError for a value that makes no sense.
        """
        if rule is None:
            if effect is None:
                raise TypeError("add() needs a rule or an effect")
            match = Match(**{key: conditions.pop(key) for key in _MATCH_FIELDS if key in conditions})
            rule = Rule(effect, match, **conditions)
        elif effect is not None or conditions:
            raise TypeError("add() takes a rule, or an effect with its conditions, not both")
        if isinstance(rule.effect, StaleRead) and self._revision is None:
            raise ValueError("a rule for stale reads needs a plan that was told how to ask for the newest revision")
        base = rule.title or type(rule.effect).__name__
        self._names[base] += 1
        name = base if self._names[base] == 1 else f"{base}-{self._names[base]}"
        handle = RuleHandle(self, rule, name, self._streams(f"rule/{name}"))
        self._handles.append(handle)
        self._sort_rules()
        return handle

    def partition(self, client: str) -> RuleHandle:
        """Cuts the clients that fit the glob off: their requests get no connection, their watches and their connections to
        containers break now.

        Remove the handle to repair it.
        """
        handle = self.add(Rule(LoseRequest("connect-failed"), Match(client=client), title=f"partition {client}"))
        for stream in list(self._watches):
            if handle.rule.match.fits_watch(stream.subject):
                stream.cut()
        for opening, subject in self._openings:
            if not opening.over and handle.rule.match.fits_watch(subject):
                opening.cut()
        return handle

    @property
    def rules(self) -> tuple[RuleHandle, ...]:
        """The rules in order."""
        return tuple(self._handles)

    def statistics(self) -> dict[str, tuple[int, int]]:
        """For each rule's name how many requests or events it saw, and at how many it struck."""
        return {handle.name: (handle.seen, handle.fired) for handle in self._handles}

    def exchange(self, request: Request, caller: Caller, handle: Handle) -> Exchange:
        """One exchange with the server behind `handle`, with what the rules decide. Raises as `Door.exchange`."""
        subject = self._subject_of(request, caller)
        latency = self._latency_for(subject)
        if latency is not None and (ns := latency.request.sample_ns(self._latency_random)):
            yield Wait(ns)
        late = 0
        lose: LoseAnswer | CrashAfterCommit | None = None
        for rule, effect in self._decide(subject, request):
            match effect:
                case StaleRead(revisions=revisions):
                    request = self._at_earlier_revision(request, revisions)
                case Delay(time=time, phase="request"):
                    yield Wait(time.sample_ns(rule.random))
                case Delay(time=time):
                    late += time.sample_ns(rule.random)
                case Refuse():
                    return refusal(effect)
                case LoseRequest(failure=kind):
                    raise failure(kind, subject)
                case CrashBefore():
                    raise crash(subject, "before")
                case LoseAnswer() | CrashAfterCommit():
                    lose = effect
        answer = handle(request, caller)
        if latency is not None:
            late += latency.answer.sample_ns(self._latency_random)
        if late:
            yield Wait(late)
        if lose is not None:
            self._forget(answer)
            if isinstance(lose, LoseAnswer):
                raise failure(lose.failure, subject)
            raise crash(subject, "after")
        return answer

    def watch(self, stream: Any, request: Request, caller: Caller) -> FaultyStream:
        """Puts a stream under the plan, for the rules there are and those that come while it lasts."""
        subject = self._subject_of(request, caller)
        latency = self._latency_for(subject)
        wrapped = FaultyStream(stream, self, subject, latency.events if latency is not None else None)
        self._watches[wrapped] = None
        return wrapped

    def connected(self, opening: Opening, request: Request, caller: Caller) -> None:
        """Takes note of a connection to a container, which partitions break."""
        self._openings = [pair for pair in self._openings if not pair[0].over]
        self._openings.append((opening, self._subject_of(request, caller)))

    def forget_watch(self, stream: FaultyStream) -> None:
        """Called by a stream that was closed."""
        self._watches.pop(stream, None)

    def record(self, handle: RuleHandle, effect: Effect, subject: Subject) -> bool:
        """Notes a decision; returns whether it is to be carried out."""
        index = len(self.decisions)
        masked = index in self._masked
        decision = Decision(index, self.clock.monotonic_ns(), handle.name, effect, subject, masked)
        self.decisions.append(decision)
        if not masked:
            handle.fired += 1
        if self._on_decision is not None:
            self._on_decision(decision)
        return not masked

    def elapsed_ns(self) -> int:
        return self.clock.monotonic_ns() - self.began_ns

    def latency_random(self) -> Random:
        return self._latency_random

    def _decide(self, subject: Subject, request: Request) -> Iterable[tuple[RuleHandle, RequestEffect]]:
        """The effects that strike, in order, up to and with the first that ends the exchange before its answer."""
        for handle in self._request_rules:
            effect = handle.rule.effect
            assert not isinstance(effect, _WATCH_EFFECTS)
            if not handle.rule.match.fits(subject) or not _applies(effect, subject, request):
                continue
            if handle.strikes(self.elapsed_ns()) and self.record(handle, effect, subject):
                yield handle, effect
                if not isinstance(effect, (Delay, StaleRead)):
                    return

    def _at_earlier_revision(self, request: Request, revisions: int) -> Request:
        assert self._revision is not None
        exact = max(self._revision() - revisions, 1)
        query = [pair for pair in request.query if not pair[0].startswith("resourceVersion")]
        query += [("resourceVersion", str(exact)), ("resourceVersionMatch", "Exact")]
        return replace(request, query=query)

    def _latency_for(self, subject: Subject) -> Latency | None:
        for latency in self.latency:
            if latency.fits(subject.client, subject.verb):
                return latency
        return None

    @staticmethod
    def _forget(answer: Answer) -> None:
        if not isinstance(answer, Response):
            answer.close()

    def _remove(self, handle: RuleHandle) -> None:
        if handle in self._handles:
            self._handles.remove(handle)
            self._sort_rules()

    def _sort_rules(self) -> None:
        self._request_rules = tuple(h for h in self._handles if not isinstance(h.rule.effect, _WATCH_EFFECTS))
        self.watch_rules = tuple(h for h in self._handles if isinstance(h.rule.effect, _WATCH_EFFECTS))
        self.idle = not self._request_rules and not self.latency


def _applies(effect: Effect, subject: Subject, request: Request) -> bool:
    """Whether an effect has anything to do at a request, beyond what its rule matches."""
    if isinstance(effect, (CrashBefore, CrashAfterCommit)):
        return fnmatchcase(subject.client, effect.client)
    if isinstance(effect, StaleRead):
        return subject.verb == "list" and ("resourceVersion", "0") in request.query
    return True
