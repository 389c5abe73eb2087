"""RFC 3339 with whole seconds, as metadata has it, to and from seconds since the epoch."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["format_seconds", "parse_seconds"]


def format_seconds(seconds: int) -> str:
    """Seconds since the epoch as `2006-01-02T15:04:05Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_seconds(text: str) -> int:
    """The seconds since the epoch of a time in that form."""
    return int(datetime.fromisoformat(text).timestamp())
