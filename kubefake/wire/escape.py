"""JSON texts as Go writes them: what would mean something in HTML or end a line of JavaScript is written as an escape.

Works on whole texts, because those characters stand in strings only. Texts of other origin than this server's stay as they are.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["escape"]

_SPECIAL: Final = re.compile(rb"[<>&]|\xe2\x80[\xa8\xa9]")
_ESCAPES: Final = {
    b"<": rb"\u003c",
    b">": rb"\u003e",
    b"&": rb"\u0026",
    b"\xe2\x80\xa8": rb"\u2028",
    b"\xe2\x80\xa9": rb"\u2029",
}


def escape(data: bytes) -> bytes:
    """The same JSON with the escapes of Go's encoder; the very same bytes when there is nothing to escape."""
    # Looking for single bytes is ten times as fast as looking for two at once.
    if b"<" in data or b">" in data or b"&" in data or b"\xe2" in data:
        return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], data)
    return data
