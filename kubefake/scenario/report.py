"""Tells people and programs what became of a scenario: a timeline, checks, findings, and how to see a failure again.

Text and data out; it runs nothing. Colours are for terminals alone.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .check import Violation
from .model import Scenario
from .ranges import format_ranges
from .run import Result

__all__ = ["Event", "Outcome", "Report", "events_of", "json_report", "replay_command", "seconds_text"]

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')
_COLOURS = {"red": "31", "green": "32", "yellow": "33", "dim": "2", "bold": "1"}
_BAD = re.compile(r"[45]\d\d|ConnectionLost|ConnectFailed|TimedOut|Crash|Error|gave up|violated|killed|failed")


class Event(NamedTuple):
    """One line of a trace. Parts that it does not have are empty."""

    time: str
    actor: str
    verb: str
    object: str
    revision: str
    outcome: str

    @property
    def at(self) -> str:
        """The revision as people read it, or whatever else stands in its place."""
        return f"@{self.revision}" if self.revision.isdecimal() else self.revision

    @property
    def bad(self) -> bool:
        """Whether somebody was refused, cut off or ended."""
        return _BAD.match(self.outcome) is not None or self.verb in ("crash", "failed", "task-failed", "killed")

    @property
    def routine(self) -> bool:
        """Whether it is a read, or an event that was delivered, with nothing wrong about it."""
        return not self.bad and (self.verb in ("get", "list", "watch") or self.verb.startswith("sees-"))


def events_of(trace: bytes) -> Iterator[Event]:
    """The events of a trace's text."""
    for line in trace.decode().splitlines():
        words = [json.loads(word) if word.startswith('"') else word for word in _WORD.findall(line)]
        yield Event(*("" if word == "-" else word for word in words))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a scenario.

    Attributes:
        results: one for every seed, in their order.
        shown: the run that the report is about: the only one, or the first that failed, with as few faults as it takes.
        trace_path: where that run's trace was written, if it was.
        real_seconds: how long all of it took.
    """

    scenario: Scenario
    results: tuple[Result, ...]
    shown: Result | None
    trace_path: Path | None
    real_seconds: float

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if not result.ok)

    @property
    def ok(self) -> bool:
        """Whether all held; where a violation is expected, whether some seed has one."""
        return bool(self.failed) if self.scenario.expect_failure else not self.failed


def replay_command(scenario: Scenario, result: Result) -> str:
    """What to type to see that run again."""
    only = "" if result.only is None else f" --only-faults {shlex.quote(format_ranges(result.only))}"
    return f"kubefake run {shlex.quote(str(scenario.path))} --seed {result.seed}{only}"


def seconds_text(seconds: float) -> str:
    """A length of time for people: 1h2m3s, 4.5s, 37ms."""
    if seconds < 1:
        return f"{seconds * 1000:.0f}ms"
    if seconds < 60:
        return f"{seconds:.3g}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes}m{rest}s" if hours else f"{minutes}m{rest}s"


class Report:
    """An outcome as text.

    Args:
        colour: whether a terminal reads it.
        quiet: leaves out the timeline and what held.
        timeline: whether a single run is told event by event.
        full: whether that includes reads and deliveries, most of which say nothing.
    """

    def __init__(
        self,
        outcome: Outcome,
        *,
        colour: bool = False,
        quiet: bool = False,
        timeline: bool = True,
        full: bool = False,
    ) -> None:
        self._outcome = outcome
        self._tells_timeline = timeline and not quiet and len(outcome.results) == 1
        self._colour = colour
        self._quiet = quiet
        self._full = full

    def lines(self) -> Iterator[str]:
        """The report, line by line."""
        outcome = self._outcome
        if not (self._quiet and outcome.ok):
            yield from self._head()
        if self._tells_timeline and outcome.shown is not None:
            yield from self._timeline(outcome.shown.trace)
        if not self._quiet:
            yield from self._checks()
        if not (self._quiet and outcome.ok):
            yield from self._seeds()
            yield from self._findings()
        if outcome.shown is not None and not outcome.shown.ok:
            yield from self._failure(outcome.shown)
        yield self._summary()

    def _head(self) -> Iterator[str]:
        scenario = self._outcome.scenario
        yield self._paint("bold", scenario.name) + (f": {scenario.description}" if scenario.description else "")

    def _timeline(self, trace: bytes) -> Iterator[str]:
        everything = list(events_of(trace))
        events = everything if self._full else [event for event in everything if not event.routine]
        widths = [
            max((len(getattr(event, part)) for event in events), default=0) for part in ("actor", "verb", "object")
        ]
        for event in events:
            names = zip((event.actor, event.verb, event.object), widths, strict=True)
            line = " ".join(text.ljust(min(width, 60)) for text, width in names)
            tail = f"{event.outcome} {event.at}".strip()
            text = f"  {event.time[:-3]:>12}  {line}  {tail}".rstrip()
            yield self._paint(self._event_colour(event), text)
        if len(events) < len(everything):
            yield self._paint(
                "dim", f"  ({len(everything) - len(events)} reads and deliveries left out; --full shows them)"
            )

    @staticmethod
    def _event_colour(event: Event) -> str:
        if event.actor in ("timeline", "checks"):
            return "red" if event.verb == "violated" else "bold"
        if event.actor == "faults":
            return "yellow"
        if event.bad:
            return "red"
        return "dim" if event.verb in ("get", "list", "watch") or event.verb.startswith("sees-") else ""

    def _checks(self) -> Iterator[str]:
        for (section, title), held in self._tally().items():
            known = [one for one in held if one is not None]
            if not known:
                mark = self._paint("yellow", "-")
            else:
                mark = self._paint("green", "✓") if all(known) else self._paint("red", "✗")
            several = f" ({sum(known)} of {len(held)} seeds)" if len(held) > 1 else ""
            unseen = " (not looked at)" if not known else ""
            yield f"  {mark} {section}: {title}{several}{unseen}"

    def _tally(self) -> dict[tuple[str, str], list[bool | None]]:
        tally: dict[tuple[str, str], list[bool | None]] = {}
        for result in self._outcome.results:
            for check in result.checks:
                tally.setdefault((check.section, check.title), []).append(check.held)
        return tally

    def _seeds(self) -> Iterator[str]:
        if len(self._outcome.results) == 1:
            return
        for result in self._outcome.failed:
            why = self._violation(result.violations[0]) if result.violations else str(result.findings[0])
            yield f"  {self._paint('red', '✗')} seed {result.seed}: {why}"

    def _findings(self) -> Iterator[str]:
        """Findings of all seeds, those that differ in their counts alone as one."""
        found: dict[tuple[str, str, str], list[int]] = {}
        for result in self._outcome.results:
            for finding in result.findings:
                found.setdefault((finding.kind, finding.where, finding.text), []).append(result.seed)
        for (kind, where, text), seeds in found.items():
            several = f" (seeds {format_ranges(seeds)})" if len(self._outcome.results) > 1 else ""
            yield f"  {self._paint('yellow', '!')} {kind}: {where}: {text}{several}"

    def _failure(self, result: Result) -> Iterator[str]:
        yield self._paint("bold", f"seed {result.seed}")
        for violation in result.violations:
            yield f"  {self._paint('red', '✗')} {self._violation(violation)}"
        if result.decisions:
            yield "  faults that it takes:" if result.only is not None else "  faults that struck:"
            yield from (f"    {decision}" for decision in result.decisions)
        else:
            yield "  no fault is needed"
        if self._outcome.trace_path is not None:
            yield f"  trace:  {self._outcome.trace_path}"
        yield f"  replay: {replay_command(self._outcome.scenario, result)}"

    def _violation(self, violation: Violation) -> str:
        after = f" after revision {violation.revision}" if violation.revision else ""
        by = f" by {violation.by}" if violation.by else ""
        time = f"{violation.time_ns / 1e9:.6f}s"
        return f"{violation.section}: {violation.title}: {violation.text} (at {time}{after}{by})"

    def _summary(self) -> str:
        outcome = self._outcome
        total, failed = len(outcome.results), len(outcome.failed)
        virtual = sum(result.virtual_ns for result in outcome.results) / 1e9
        count = f"seed {outcome.results[0].seed}" if total == 1 else f"{total} seeds"
        one = "violated" if failed else "held"
        verdict = one if total == 1 else f"{total - failed} held, {failed} violated"
        if outcome.scenario.expect_failure:
            verdict += ", as expected" if failed else ", but a violation is expected"
        times = f"{seconds_text(virtual)} simulated in {seconds_text(outcome.real_seconds)}"
        mark = self._paint("green", "✓") if outcome.ok else self._paint("red", "✗")
        return f"{mark} {outcome.scenario.name}: {count}: {verdict}; {times}"

    def _paint(self, colour: str, text: str) -> str:
        return f"\033[{_COLOURS[colour]}m{text}\033[0m" if self._colour and colour else text


def json_report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All that the text tells, for programs."""
    return {"ok": all(outcome.ok for outcome in outcomes), "scenarios": [_scenario(outcome) for outcome in outcomes]}


def _scenario(outcome: Outcome) -> dict[str, Any]:
    shown = outcome.shown
    failure: dict[str, Any] | None = None
    if shown is not None and not shown.ok:
        failure = {
            **_result(shown),
            "decisions": [str(decision) for decision in shown.decisions],
            "trace": None if outcome.trace_path is None else str(outcome.trace_path),
            "replay": replay_command(outcome.scenario, shown),
        }
    return {
        "name": outcome.scenario.name,
        "path": str(outcome.scenario.path),
        "ok": outcome.ok,
        "violationExpected": outcome.scenario.expect_failure,
        "virtualSeconds": sum(result.virtual_ns for result in outcome.results) / 1e9,
        "realSeconds": round(outcome.real_seconds, 3),
        "seeds": [_result(result) for result in outcome.results],
        "failure": failure,
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "seed": result.seed,
        "onlyFaults": None if result.only is None else format_ranges(result.only),
        "ok": result.ok,
        "digest": result.digest,
        "virtualSeconds": result.virtual_ns / 1e9,
        "faults": len(result.decisions),
        "checks": [{"section": one.section, "title": one.title, "held": one.held} for one in result.checks],
        "violations": [
            {
                "section": one.section,
                "title": one.title,
                "text": one.text,
                "time": one.time_ns / 1e9,
                "revision": one.revision or None,
                "by": one.by or None,
            }
            for one in result.violations
        ],
        "findings": [
            {"kind": one.kind, "where": one.where, "text": one.text, "count": one.count} for one in result.findings
        ],
    }
