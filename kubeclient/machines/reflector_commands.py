"""What a reflector is told to do next, and the one error that it finds itself. Values only."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Command", "ListCommand", "SleepCommand", "StreamCommand", "VeryShortWatchError", "WatchCommand"]


@dataclass(frozen=True, slots=True)
class ListCommand:
    """List everything, at least as new as this version ("" for a consistent read), in pages of so many (0: at once)."""

    resource_version: str
    page_size: int = 0


@dataclass(frozen=True, slots=True)
class WatchCommand:
    """Watch from this version; ask the server to end it after so many seconds."""

    resource_version: str
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class StreamCommand:
    """Watch everything, at least as new as this version ("" for a consistent read), the objects that are there first."""

    resource_version: str
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class SleepCommand:
    """Wait, then obey `then`."""

    ns: int
    then: ListCommand | WatchCommand | StreamCommand


Command = ListCommand | WatchCommand | StreamCommand | SleepCommand


class VeryShortWatchError(Exception):
    """A watch ended within a second and brought nothing, as happens behind broken proxies."""
