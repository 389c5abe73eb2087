"""The values of literals: strings with their escapes, and numbers.

Follows github.com/google/cel-go/parser/unescape.go.
"""

from __future__ import annotations

import math
import re
from typing import Final

from .values import Uint

__all__ = ["read_bytes", "read_double", "read_int", "read_string", "read_uint"]

_PLAIN: Final = {
    "a": 7,
    "b": 8,
    "f": 12,
    "n": 10,
    "r": 13,
    "t": 9,
    "v": 11,
    "\\": 92,
    "'": 39,
    '"': 34,
    "`": 96,
    "?": 63,
}
_ESCAPE: Final = re.compile(
    r"\\(?:([xX])([0-9a-fA-F]{2})|(u)([0-9a-fA-F]{4})|(U)([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))", re.DOTALL
)


def read_string(text: str) -> str:
    """The value of a string literal. Raises ValueError when an escape is none."""
    body, raw = _body(text)
    if raw:
        return body
    return _ESCAPE.sub(lambda match: chr(_code(match)[0]), body)


def read_bytes(text: str) -> bytes:
    """The value of a bytes literal. Raises ValueError when an escape is none."""
    body, raw = _body(text[1:])
    if raw:
        return body.encode()
    parts = bytearray()
    at = 0
    for match in _ESCAPE.finditer(body):
        parts += body[at : match.start()].encode()
        code, is_byte = _code(match)
        if not is_byte:
            raise ValueError("unable to unescape string")
        parts.append(code)
        at = match.end()
    return bytes(parts + body[at:].encode())


def _body(text: str) -> tuple[str, bool]:
    raw = text[0] in "rR"
    text = text[1:] if raw else text
    body = text[3:-3] if len(text) >= 6 and text[:3] in ('"""', "'''") else text[1:-1]
    return body.replace("\r\n", "\n").replace("\r", "\n"), raw


def _code(match: re.Match[str]) -> tuple[int, bool]:
    if match[2] is not None:
        return int(match[2], 16), True
    if match[7] is not None:
        return int(match[7], 8), True
    digits = match[4] or match[6]
    if digits is not None:
        code = int(digits, 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise ValueError("invalid unicode code point")
        return code, False
    if match[8] not in _PLAIN:
        raise ValueError("unable to unescape string")
    return _PLAIN[match[8]], True


def read_int(text: str) -> int:
    """The value of an int literal, its sign included. Raises ValueError when it has more than 64 bits."""
    value = _digits(text)
    if not -(2**63) <= value < 2**63:
        raise ValueError("invalid int literal")
    return value


def read_uint(text: str) -> Uint:
    """The value of a uint literal. Raises ValueError when it has more than 64 bits."""
    value = _digits(text[:-1])
    if value >= 2**64:
        raise ValueError("invalid uint literal")
    return Uint(value)


def read_double(text: str) -> float:
    """The value of a double literal. Raises ValueError when it is too big."""
    value = float(text)
    if math.isinf(value):
        raise ValueError("invalid double literal")
    return value


def _digits(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    text = text.removeprefix("-")
    return sign * (int(text, 16 if text.startswith("0x") else 10))
