"""What a scenario file says, as values. Reading it is `load`'s, carrying it out `run`'s, checking `check`'s business.

Values only, and picklable: a sweep hands scenarios to other processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kubefake.faults.latency import Latency
from kubefake.faults.rules import Rule

__all__ = [
    "Action",
    "Apply",
    "Check",
    "Compact",
    "Condition",
    "Controller",
    "Count",
    "Create",
    "Delete",
    "Each",
    "Entrypoint",
    "Eventually",
    "Expect",
    "Faults",
    "Function",
    "Get",
    "Partition",
    "Patch",
    "Scenario",
    "Section",
    "Selection",
    "Settle",
    "Signal",
    "Step",
    "Wait",
]

Section = Literal["always", "never", "eventually", "final", "timeline"]


@dataclass(frozen=True, slots=True)
class Entrypoint:
    """A function in a file beside the scenario, or in an importable module.

    Attributes:
        text: as it was written, "controller.py:main" or "package.module:function".
        folder: where files and modules are looked for first.
        where: the file and line that names it, for errors.
    """

    text: str
    folder: Path
    where: str = ""

    @property
    def function(self) -> str:
        return self.text.rpartition(":")[2]

    @property
    def module(self) -> str:
        """The file or the module."""
        return self.text.rpartition(":")[0]


# Conditions: what can be asked of the state of a cluster.


@dataclass(frozen=True, slots=True)
class Selection:
    """Some objects of a resource. `where` is partial, as in `matching`."""

    resource: str
    namespace: str = ""
    labels: str = ""
    where: Any = None

    def __str__(self) -> str:
        narrowed = [
            part for part in (self.namespace and f"in {self.namespace}", self.labels and f"({self.labels})") if part
        ]
        if self.where is not None:
            narrowed.append("where " + short(self.where))
        return " ".join([self.resource, *narrowed])


@dataclass(frozen=True, slots=True)
class Get:
    """One object that exists and has all of `match`, or that does not exist."""

    reference: str
    namespace: str = "default"
    match: Any = None
    absent: bool = False

    def __str__(self) -> str:
        if self.absent:
            return f"{self.reference} is absent"
        return f"{self.reference} exists" if self.match is None else f"{self.reference} has {short(self.match)}"


@dataclass(frozen=True, slots=True)
class Count:
    """How many objects there are: `low` to `high`, None for no bound."""

    selection: Selection
    low: int | None = None
    high: int | None = None

    def __str__(self) -> str:
        low, high = self.low, self.high
        if low == high:
            text = f"exactly {low}"
        elif high is None:
            text = f"at least {low}"
        else:
            text = f"at most {high}" if low is None else f"{low} to {high}"
        return f"count of {self.selection} is {text}"


@dataclass(frozen=True, slots=True)
class Each:
    """Every selected object has all of `match`; also true when there is none."""

    selection: Selection
    match: Any

    def __str__(self) -> str:
        return f"each of {self.selection} has {short(self.match)}"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of lists of objects, by resources named as its parameters, that returns the problems it sees."""

    entrypoint: Entrypoint

    def __str__(self) -> str:
        return self.entrypoint.function.replace("_", " ")


Condition = Get | Count | Each | Function


@dataclass(frozen=True, slots=True)
class Check:
    """A condition and when it must hold.

    Attributes:
        title: what reports call it.
        condition: what must hold; in "never", what must not.
        line: where it stands in the file.
        within: seconds it may take; None where that is not asked.
    """

    title: str
    condition: Condition
    line: int = 0
    within: float | None = None


# Steps of the timeline.


@dataclass(frozen=True, slots=True)
class Apply:
    """Applies objects, taking over fields that others own."""

    objects: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Create:
    """Creates objects."""

    objects: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """Changes an object by a merge patch."""

    reference: str
    merge: Mapping[str, Any]
    namespace: str = "default"
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes an object."""

    reference: str
    namespace: str = "default"


@dataclass(frozen=True, slots=True)
class Wait:
    """Lets time pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Settle:
    """Waits until nothing is written any more."""

    timeout: float
    quiet: float | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """Does something to a program."""

    kind: Literal["crash", "stop", "start", "restart"]
    program: str


@dataclass(frozen=True, slots=True)
class Partition:
    """Cuts the programs that fit a glob off from the server, or reconnects them."""

    program: str
    heal: bool = False


@dataclass(frozen=True, slots=True)
class Compact:
    """Forgets history; watches break."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Switches all fault rules off or on, or adds some."""

    switch: bool | None = None
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Eventually:
    """Waits until a check holds."""

    check: Check


@dataclass(frozen=True, slots=True)
class Expect:
    """A check that must hold at that moment."""

    check: Check


Action = Apply | Create | Patch | Delete | Wait | Settle | Signal | Partition | Compact | Faults | Eventually | Expect


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the timeline: what is done, how it reads, where it stands."""

    title: str
    action: Action
    line: int = 0


# The whole.


@dataclass(frozen=True, slots=True)
class Controller:
    """A program of the user: started with the world."""

    name: str
    entrypoint: Entrypoint
    user: str | None = None
    groups: tuple[str, ...] = ()
    restart_after: float | None = 1.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario file.

    Attributes:
        path: the file, as it was given.
        seeds: those of the worlds to run.
        start: RFC 3339 time at which worlds begin; None for the usual one.
        objects: what exists from the start.
        actors: names of builtin controllers.
        checks: by section.
        expect_failure: whether some seed must violate a check for the scenario to succeed.
        strict: whether findings count as violations.
    """

    path: Path
    name: str
    description: str = ""
    seeds: tuple[int, ...] = (0,)
    start: str | None = None
    objects: tuple[Mapping[str, Any], ...] = ()
    controllers: tuple[Controller, ...] = ()
    actors: tuple[str, ...] = ()
    latency: tuple[Latency, ...] = ()
    faults: tuple[Rule, ...] = ()
    timeline: tuple[Step, ...] = ()
    checks: Mapping[Section, tuple[Check, ...]] = field(default_factory=dict)
    expect_failure: bool = False
    strict: bool = False


def short(value: Any) -> str:
    """A value as a file would have it on one line, cut where it gets long."""
    text = _flow(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key}: {_flow(item)}" for key, item in value.items())
        return f"{{{inside}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_flow, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
