"""Differences that are known and not mended yet: they are counted, and do not make the differential test fail.

A file of patterns, so that what is mended is seen by taking its entry out.
"""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from oracle.asked import Asked

__all__ = ["Known", "known"]

FILE = Path(__file__).with_name("known.toml")


class Known(NamedTuple):
    """One entry.

    Attributes:
        what: in words.
        request: where it is met, a pattern for `METHOD /path`.
        differs: a pattern for the first line of the difference.
    """

    what: str
    request: re.Pattern[str]
    differs: re.Pattern[str]


@functools.cache
def _entries() -> tuple[Known, ...]:
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))["known"]
    return tuple(Known(one["what"], re.compile(one["request"]), re.compile(one["differs"], re.DOTALL)) for one in found)


def known(asked: Asked, differing: list[str]) -> Known | None:
    """The entry that covers a difference, or None."""
    request = f"{asked.method} {asked.path}"
    for entry in _entries():
        if entry.request.search(request) and any(entry.differs.search(line) for line in differing[:2]):
            return entry
    return None
