"""Holds a world to what a scenario expects: after every commit, at a moment of the timeline, and in the end.

Reads the store as it is; the objects it looks at are shared and never changed. It must neither write nor raise.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kubeclient.apimachinery import labels
from kubefake.resources.resource import Resource
from kubefake.store import Version

from .matching import differences, matches
from .model import Check, Condition, Count, Each, Entrypoint, Function, Get, Scenario, Section, Selection
from .references import find_resource
from .world import World

__all__ = ["CheckResult", "Checks", "View", "Violation"]

_LIVE: tuple[Section, ...] = ("always", "never", "eventually")
_SHOWN = 5

_parse_labels = lru_cache(maxsize=256)(labels.parse)

FunctionOf = Callable[[Entrypoint], Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Violation:
    """The first time that a check did not hold.

    Attributes:
        section: of the scenario file.
        title: the check's, or the step's.
        text: what was wrong.
        time_ns: simulated time since the world began.
        revision: the commit that it followed; 0 where it followed none.
        by: the client that made that commit; "" where it followed none.
    """

    section: Section
    title: str
    text: str
    time_ns: int
    revision: int = 0
    by: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What makes two violations the same one for who shrinks a run."""
        return self.section, self.title


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether a check held in a run; None when it was not looked at."""

    section: Section
    title: str
    held: bool | None


class View:
    """The state of a cluster as conditions see it: objects as they are stored."""

    def __init__(self, world: World, function_of: FunctionOf) -> None:
        self._server = world.cluster.server
        self._function_of = function_of
        self._found: dict[str, Resource | None] = {}
        self._found_at = -1

    def resource(self, name: str) -> Resource | None:
        """The resource of that name, if it is served by now."""
        registry = self._server.registry
        if registry.changes != self._found_at:
            self._found.clear()
            self._found_at = registry.changes
        if name not in self._found:
            try:
                self._found[name] = find_resource(registry, f"{name}/-")[0]
            except LookupError:
                self._found[name] = None
        return self._found[name]

    def problems(self, condition: Condition) -> list[str]:
        """What keeps a condition from holding."""
        match condition:
            case Get():
                return self._get(condition)
            case Count(selection=selection, low=low, high=high):
                found = [version.key for version in self.select(selection)]
                if (low is None or low <= len(found)) and (high is None or len(found) <= high):
                    return []
                return [f"there are {len(found)}{': ' * bool(found)}{_shown(found)}"]
            case Each(selection=selection):
                return [text for version in self.select(selection) for text in self.each(condition, version)]
            case Function(entrypoint=entrypoint):
                return self._called(self._function_of(entrypoint))

    def _called(self, function: Callable[..., Any]) -> list[str]:
        lists = [self.objects(name) for name in resources_of(function)]
        try:
            return [str(problem) for problem in function(*lists) or ()]
        except Exception as error:  # noqa: BLE001  it may be called from within a commit, which must not fail for it
            return [f"{function.__name__}() raised {type(error).__name__}: {error}"]

    def select(self, selection: Selection) -> list[Version]:
        """The versions that are selected, in the order of their keys."""
        resource = self.resource(selection.resource)
        if resource is None:
            return []
        listed = self._server.store.list(resource.table, selection.namespace or None)
        return [version for version in listed if self.fits(selection, version)]

    def fits(self, selection: Selection, version: Version) -> bool:
        """Whether a version of the selection's resource is selected."""
        if selection.namespace and version.namespace != selection.namespace:
            return False
        if selection.labels and not _parse_labels(selection.labels).matches(version.labels):
            return False
        return selection.where is None or matches(selection.where, version.obj)

    def each(self, condition: Each, version: Version) -> list[str]:
        """What keeps one object from having what each must have."""
        return [f"{version.key}: {text}" for text in differences(condition.match, version.obj)]

    def objects(self, name: str) -> list[Mapping[str, Any]]:
        resource = self.resource(name)
        return [] if resource is None else [version.obj for version in self._server.store.list(resource.table)]

    def key(self, condition: Get) -> str | None:
        """The key of the object that is asked for; None while its resource is not served."""
        resource = self.resource(condition.reference.partition("/")[0])
        return None if resource is None else resource.key(condition.namespace, condition.reference.partition("/")[2])

    def _get(self, condition: Get) -> list[str]:
        kind = condition.reference.partition("/")[0]
        resource, key = self.resource(kind), self.key(condition)
        if resource is None or key is None:
            return [] if condition.absent else [f"the cluster serves no resource {kind!r}"]
        version = self._server.store.get(resource.table, key)
        if condition.absent:
            return [] if version is None else ["it exists"]
        if version is None:
            return ["it does not exist"]
        return [] if condition.match is None else list(differences(condition.match, version.obj))


def resources_of(function: Callable[..., Any]) -> list[str]:
    """The resources whose objects a check's function wants: its parameters, without their underscores."""
    return [name.replace("_", "") for name in inspect.signature(function).parameters]


class _Live:
    """A check that is looked at after commits, and what became of it."""

    __slots__ = ("check", "section", "settled", "violation")

    def __init__(self, section: Section, check: Check) -> None:
        self.section: Section = section
        self.check = check
        self.settled = False  # nothing that happens can change the outcome any more
        self.violation: Violation | None = None


class Checks:
    """The checks of a scenario on one world."""

    def __init__(self, scenario: Scenario, world: World, function_of: FunctionOf) -> None:
        self.view = View(world, function_of)
        self.on_commit: Callable[[], None] | None = None
        self._world = world
        self._function_of = function_of
        self._live = [_Live(section, check) for section in _LIVE for check in scenario.checks.get(section, ())]
        self._final = scenario.checks.get("final", ())
        self._concerned: dict[str, list[_Live]] = {}
        self._results: list[CheckResult] = []
        self.violations: list[Violation] = []

    def committed(self, version: Version) -> None:
        """After each commit: looks at the checks that the object concerns."""
        table = version.table
        concerned = self._concerned.get(table)
        if concerned is None:
            concerned = self._concerned[table] = [live for live in self._live if table in self._tables(live.check)]
        for live in concerned:
            if not live.settled:
                self._look(live, version)
        if self.on_commit is not None:
            self.on_commit()

    def violated(self, section: Section, title: str, text: str, version: Version | None = None) -> Violation:
        """Notes a violation, in the trace too."""
        caller = self._world.witness.caller
        by = "" if version is None or caller is None else caller.client or "test"
        revision = 0 if version is None else version.revision
        violation = Violation(section, title, text, self._world.clock.monotonic_ns(), revision, by)
        self.violations.append(violation)
        self._world.trace.event("checks", "violated", f"{section}: {title}", revision or "", text)
        return violation

    def finish(self, *, complete: bool) -> tuple[CheckResult, ...]:
        """Looks at what must hold in the end, when the timeline came there, and returns how all checks ended."""
        for live in self._live:
            if live.section == "eventually" and not live.settled:
                self._eventually_at_the_end(live)
            self._results.append(CheckResult(live.section, live.check.title, live.violation is None))
        for check in self._final:
            problems = self.view.problems(check.condition) if complete else []
            if problems:
                self.violated("final", check.title, "; ".join(problems))
            self._results.append(CheckResult("final", check.title, not problems if complete else None))
        return tuple(self._results)

    def _tables(self, check: Check) -> list[str]:
        match check.condition:
            case Get(reference=reference):
                names = [reference.partition("/")[0]]
            case Count(selection=selection) | Each(selection=selection):
                names = [selection.resource]
            case Function(entrypoint=entrypoint):
                names = resources_of(self._function_of(entrypoint))
        resources = [self.view.resource(name) for name in names]
        return [resource.table for resource in resources if resource is not None]

    def _look(self, live: _Live, version: Version) -> None:
        condition = live.check.condition
        if isinstance(condition, Get) and self.view.key(condition) != version.key:
            return
        if isinstance(condition, Each) and live.section == "always":
            # Every other object was looked at when it was written.
            fits = not version.deleted and self.view.fits(condition.selection, version)
            problems = self.view.each(condition, version) if fits else []
        else:
            problems = self.view.problems(condition)
        if live.section == "eventually":
            live.settled = not problems and self._in_time(live)
        elif live.section == "never" and not problems:
            self._settle(live, _evidence(self.view, condition), version)
        elif live.section == "always" and problems:
            self._settle(live, "; ".join(problems[:_SHOWN]), version)

    def _settle(self, live: _Live, text: str, version: Version) -> None:
        live.settled = True
        live.violation = self.violated(live.section, live.check.title, text, version)

    def _in_time(self, live: _Live) -> bool:
        within = live.check.within
        return within is None or self._world.clock.monotonic_ns() <= within * 1e9

    def _eventually_at_the_end(self, live: _Live) -> None:
        problems = self.view.problems(live.check.condition)
        if problems or not self._in_time(live):
            text = "; ".join(problems) if problems else f"not within {live.check.within} seconds"
            live.violation = self.violated("eventually", live.check.title, text)


def _evidence(view: View, condition: Condition) -> str:
    """What is there that never should be."""
    if isinstance(condition, Count):
        return _shown(version.key for version in view.select(condition.selection)) or "there is none"
    return f"{condition}"


def _shown(names: Iterable[str]) -> str:
    several = list(names)
    more = f" and {len(several) - _SHOWN} more" if len(several) > _SHOWN else ""
    return ", ".join(several[:_SHOWN]) + more
