"""How long things take: distributions that are sampled from a seeded stream, and who they apply to.

Seconds in, nanoseconds out. Knows neither clocks nor requests.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol

from kubefake.ports import Random

__all__ = ["Distribution", "Exponential", "Fixed", "Latency", "LogNormal", "Uniform"]

_NS = 1_000_000_000


class Distribution(Protocol):
    """A random length of time."""

    def sample_ns(self, random: Random) -> int:
        """One length in nanoseconds, never negative. Draws the same number of times from `random` at every call."""
        ...


def _check(condition: bool, text: str) -> None:
    if not condition:
        raise ValueError(text)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same number of seconds."""

    seconds: float

    def __post_init__(self) -> None:
        _check(self.seconds >= 0, f"seconds must not be negative, got {self.seconds}")

    def sample_ns(self, random: Random) -> int:  # noqa: ARG002  part of the protocol
        return round(self.seconds * _NS)


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything from `low` to `high` seconds, each as likely."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _check(0 <= self.low <= self.high, f"need 0 <= low <= high, got low={self.low}, high={self.high}")

    def sample_ns(self, random: Random) -> int:
        return round((self.low + (self.high - self.low) * random.random()) * _NS)


@dataclass(frozen=True, slots=True)
class Exponential:
    """Mostly short, now and then long; `cap` seconds at most."""

    mean: float
    cap: float = math.inf

    def __post_init__(self) -> None:
        _check(self.mean > 0, f"mean must be positive, got {self.mean}")
        _check(self.cap > 0, f"cap must be positive, got {self.cap}")

    def sample_ns(self, random: Random) -> int:
        return round(min(-math.log(1.0 - random.random()) * self.mean, self.cap) * _NS)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """The shape of measured networks: half below `median` seconds, a tail that `sigma` widens, `cap` at most."""

    median: float
    sigma: float = 0.5
    cap: float = math.inf

    def __post_init__(self) -> None:
        _check(self.median > 0, f"median must be positive, got {self.median}")
        _check(self.sigma >= 0, f"sigma must not be negative, got {self.sigma}")
        _check(self.cap > 0, f"cap must be positive, got {self.cap}")

    def sample_ns(self, random: Random) -> int:
        radius = math.sqrt(-2.0 * math.log(1.0 - random.random()))
        normal = radius * math.cos(2.0 * math.pi * random.random())
        return round(min(self.median * math.exp(self.sigma * normal), self.cap) * _NS)


_NONE = Fixed(0.0)


@dataclass(frozen=True, slots=True)
class Latency:
    """What the way to the server and back takes, for the clients and verbs whose names fit.

    Attributes:
        client: a glob over client names.
        verb: a glob over request verbs.
        request: from the client to the server: the write happens after it.
        answer: from the server back: the write has happened before it.
        events: from a commit to a watcher; events of one watch stay in order.
    """

    client: str = "*"
    verb: str = "*"
    request: Distribution = _NONE
    answer: Distribution = _NONE
    events: Distribution = _NONE

    def fits(self, client: str, verb: str) -> bool:
        return fnmatchcase(client, self.client) and fnmatchcase(verb, self.verb)
