"""What can go wrong, and for whom: effects, and rules that say when an effect strikes.

Values only. Whether a rule strikes is decided by the plan, which counts and draws; what a strike means for an exchange or
a watch is carried out there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Literal

from kubefake.faults.latency import Distribution, Fixed
from kubefake.faults.subject import Subject

__all__ = [
    "Crash",
    "CrashAfterCommit",
    "CrashBefore",
    "CutWatch",
    "Delay",
    "DelayEvents",
    "DropEvent",
    "DuplicateEvent",
    "Effect",
    "ExpireWatch",
    "Failure",
    "LoseAnswer",
    "LoseRequest",
    "Match",
    "Refuse",
    "RequestEffect",
    "Rule",
    "StaleRead",
    "WatchEffect",
]

_ONE_SECOND = Fixed(1.0)

Failure = Literal["connect-failed", "connection-lost", "timed-out"]


class Crash(BaseException):
    """Kills the client whose request it is raised from, as a process dies. Caught by the world that runs the client.

    Not an `Exception`, so that no error handling of the client swallows it. `finally` blocks do run, which they would
    not in a process that is killed.
    """

    def __init__(self, client: str, text: str) -> None:
        super().__init__(text)
        self.client = client


@dataclass(frozen=True, slots=True)
class Refuse:
    """The server answers with a Status and does nothing else.

    Attributes:
        code: the HTTP status.
        reason: the Status' reason; "" for the one that belongs to the code.
        message: the Status' message; "" for a plain one.
        retry_after: whole seconds, sent as `Retry-After` and in the Status' details; None for neither.
    """

    code: int = 500
    reason: str = ""
    message: str = ""
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Delay:
    """The request, or its answer, takes longer. Later rules still apply."""

    time: Distribution = _ONE_SECOND
    phase: Literal["request", "answer"] = "request"


@dataclass(frozen=True, slots=True)
class LoseRequest:
    """The request never reaches the server."""

    failure: Failure = "connection-lost"


@dataclass(frozen=True, slots=True)
class LoseAnswer:
    """The server acts, and the client does not learn of it."""

    failure: Failure = "connection-lost"


@dataclass(frozen=True, slots=True)
class CrashBefore:
    """The client dies as it sends: the server never sees the request. `client` is a glob over who can die of it."""

    client: str = "*"


@dataclass(frozen=True, slots=True)
class CrashAfterCommit:
    """The server acts, and the client dies before it learns of it. `client` is a glob over who can die of it."""

    client: str = "*"


@dataclass(frozen=True, slots=True)
class StaleRead:
    """A list is served from an earlier revision, as by an apiserver whose watch cache lags. Later rules still apply.

    Strikes only at lists that allow it, those with `resourceVersion=0`, as reflectors and cached clients send them. Should
    the revision be compacted, the server says so.

    Attributes:
        revisions: how many revisions behind the newest.
    """

    revisions: int = 1


@dataclass(frozen=True, slots=True)
class DropEvent:
    """A watcher does not get an event, and nothing tells it so. A real apiserver never does this; proxies have."""


@dataclass(frozen=True, slots=True)
class DuplicateEvent:
    """A watcher gets an event twice."""


@dataclass(frozen=True, slots=True)
class DelayEvents:
    """An event, and with it all that follow it on its watch, arrives later."""

    time: Distribution = _ONE_SECOND


@dataclass(frozen=True, slots=True)
class CutWatch:
    """A watch ends. The event it strikes at is not delivered.

    Attributes:
        after: seconds since the watch began; None to strike at an event.
        clean: whether the watcher sees the end of the answer, or a broken connection.
    """

    after: float | None = None
    clean: bool = False


@dataclass(frozen=True, slots=True)
class ExpireWatch:
    """A watch ends with an ERROR event whose Status says 410 Expired. `after`: as in `CutWatch`."""

    after: float | None = None


RequestEffect = Refuse | Delay | StaleRead | LoseRequest | LoseAnswer | CrashBefore | CrashAfterCommit
WatchEffect = DropEvent | DuplicateEvent | DelayEvents | CutWatch | ExpireWatch
Effect = RequestEffect | WatchEffect


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests, or which events of watches, a rule is for. Every field is a shell glob; "*" fits all.

    For effects on watches, `namespace`, `name` and `event` are compared with the event's object and type, the others with
    the request that began the watch.
    """

    client: str = "*"
    user: str = "*"
    verb: str = "*"
    group: str = "*"
    resource: str = "*"
    subresource: str = "*"
    namespace: str = "*"
    name: str = "*"
    event: str = "*"

    def fits(self, subject: Subject) -> bool:
        """Whether a request fits; the event glob has no say."""
        for pattern, value in zip(self._globs, subject, strict=True):
            if pattern != "*" and not fnmatchcase(value, pattern):
                return False
        return True

    def fits_watch(self, subject: Subject) -> bool:
        """Whether events of a watch could fit, going by its request alone."""
        for pattern, value in zip(self._globs[:6], subject[:6], strict=True):
            if pattern != "*" and not fnmatchcase(value, pattern):
                return False
        return True

    def fits_event(self, event: str, namespace: str, name: str) -> bool:
        """Whether an event of a watch that fits does."""
        return (
            fnmatchcase(event, self.event) and fnmatchcase(namespace, self.namespace) and fnmatchcase(name, self.name)
        )

    @property
    def wants_event(self) -> bool:
        """Whether an event must be read to know if it fits."""
        return self.event != "*" or self.namespace != "*" or self.name != "*"

    @property
    def _globs(self) -> tuple[str, ...]:
        return (
            self.client, self.user, self.verb, self.group, self.resource, self.subresource, self.namespace, self.name,
        )  # fmt: skip

    def __str__(self) -> str:
        given = [f"{item.name}={value}" for item in fields(self) if (value := getattr(self, item.name)) != "*"]
        return " ".join(given) or "everything"


@dataclass(frozen=True, slots=True)
class Rule:
    """When an effect strikes. All conditions must hold; what they count are the requests or events that match.

    Attributes:
        effect: what happens.
        match: for whom.
        probability: of a strike, at each match that the other conditions let through.
        nth: strike at the nth match only, counted from 1.
        first: strike at the first so many matches only.
        every: strike at every so manieth match only.
        after: not before so many seconds since the plan began.
        before: not from so many seconds since the plan began.
        title: what handles, counts and the log of decisions call it; "" for the effect's name.
    """

    effect: Effect
    match: Match = field(default_factory=Match)
    probability: float = 1.0
    nth: int | None = None
    first: int | None = None
    every: int | None = None
    after: float | None = None
    before: float | None = None
    title: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability must be between 0 and 1, got {self.probability}")
        for label in ("nth", "first", "every"):
            value = getattr(self, label)
            if value is not None and value < 1:
                raise ValueError(f"{label} counts from 1, got {value}")
        if self.after is not None and self.before is not None and self.before <= self.after:
            raise ValueError(f"the window from after={self.after} to before={self.before} is empty")

    def due(self, seen: int) -> bool:
        """Whether the `seen`th match is one to strike at, but for the probability."""
        if self.nth is not None and seen != self.nth:
            return False
        if self.first is not None and seen > self.first:
            return False
        return self.every is None or seen % self.every == 0

    def open(self, elapsed_ns: int) -> bool:
        """Whether the rule's window is open at that time since the plan began."""
        if self.after is not None and elapsed_ns < self.after * 1e9:
            return False
        return self.before is None or elapsed_ns < self.before * 1e9
