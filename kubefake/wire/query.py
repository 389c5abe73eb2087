"""Query strings, read as Go's net/url reads them: what is malformed is left out, the rest stands."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from kubeclient.transport.protocol import QueryList

__all__ = ["first", "has_bad_escape", "parse_query", "values"]

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def has_bad_escape(path: str) -> bool:
    """Whether a path holds a percent sign that escapes nothing, which Go's server refuses before any handler."""
    return "%" in path and _BAD_ESCAPE.search(path) is not None


def parse_query(raw: str) -> list[tuple[str, str]]:
    """The pairs of a raw query string. A pair with a semicolon or a bad escape is dropped, as url.Query() drops it."""
    pairs = []
    for part in raw.split("&"):
        if not part or ";" in part:
            continue
        key, _, value = part.partition("=")
        if _BAD_ESCAPE.search(part):
            continue
        pairs.append((_unescape(key), _unescape(value)))
    return pairs


def _unescape(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "surrogateescape")


def values(query: QueryList, name: str) -> list[str]:
    """All values of a parameter, in order."""
    return [value for key, value in query if key == name]


def first(query: QueryList, name: str) -> str | None:
    """The first value of a parameter, or None."""
    for key, value in query:
        if key == name:
            return value
    return None
