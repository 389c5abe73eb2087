"""Large parts of objects that come again word for word, as the specs of what is made from a template do: read once.

Only what reads as it was written is remembered, and only once it was seen twice, so that parts which never come again cost
little. This module decides nothing about values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

__all__ = ["remembered"]

Decoder = Callable[[Any, list[str]], Any]

_SMALLEST: Final = 256  # bytes; below, reading costs no more than looking it up
_MOST: Final = 256  # texts of a type, of which the one that came first is forgotten first

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder().decode


def remembered(read: Decoder) -> Decoder:
    """A decoder of objects that gives what `read` gives, always private to the caller."""
    known: dict[bytes, bytes | None] = {}  # what was read of a text; None when it was seen once

    def read_known(value: Any, unknown: list[str]) -> Any:
        try:
            text = _encode(value)
        except (TypeError, ValueError, OverflowError):  # what JSON cannot hold
            return read(value, unknown)
        if len(text) < _SMALLEST or b"null" in text:  # null is also how what is no number is written
            return read(value, unknown)
        data = known.get(text)
        if data is not None:
            return _decode(data)
        before = len(unknown)
        result = read(value, unknown)
        if len(unknown) > before:
            return result
        if text in known:
            known[text] = _encode(result)
        else:
            if len(known) >= _MOST:
                del known[next(iter(known))]
            known[text] = None
        return result

    return read_known
