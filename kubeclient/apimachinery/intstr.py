"""IntOrString: a field that holds a whole number or a text, often a percentage. Plain `int | str`, and what is asked of them.

Ports apimachinery pkg/util/intstr.
"""

from __future__ import annotations

import math
import re
from typing import Final, TypeAlias

from .gotext import quote

__all__ = [
    "IntOrString",
    "get_scaled_value_from_int_or_percent",
    "get_value_from_int_or_percent",
    "int_value",
    "parse",
    "value_or_default",
]

IntOrString: TypeAlias = int | str

_digits: Final = re.compile(r"[+-]?([0-9]+)").match
_atoi: Final = re.compile(r"[+-]?[0-9]+").fullmatch


def _parse_int(text: str, bits: int) -> int | None:
    """strconv.ParseInt in base 10; None when it is no number or does not fit."""
    if not _atoi(text):
        return None
    number = int(text)
    return number if -(2 ** (bits - 1)) <= number < 2 ** (bits - 1) else None


def _atoi_error(text: str) -> str:
    # ParseUint gives up at the digit that overflows, before it sees what follows.
    digits = _digits(text)
    overflows = digits is not None and int(digits[1]) >= 2**64
    why = "value out of range" if overflows or _atoi(text) else "invalid syntax"
    return f"strconv.Atoi: parsing {quote(text)}: {why}"


def parse(text: str) -> IntOrString:
    """A number when the text is one of 32 bits, else the text."""
    number = _parse_int(text, 32)
    return text if number is None else number


def int_value(value: IntOrString) -> int:
    """The number, or the one the text says, or 0."""
    return (_parse_int(value, 64) or 0) if isinstance(value, str) else value


def value_or_default(value: IntOrString | None, default: IntOrString) -> IntOrString:
    """The value, or the default for None."""
    return default if value is None else value


def _scale(percent: int, total: int, round_up: bool) -> int:
    # Go multiplies as floats, then divides.
    scaled = float(percent) * float(total) / 100
    return math.ceil(scaled) if round_up else math.floor(scaled)


def get_scaled_value_from_int_or_percent(value: IntOrString | None, total: int, *, round_up: bool) -> int:
    """A number as it is; a percentage ("25%") of the total, rounded.

    Raises:
        ValueError: with Go's text, for None and for a text that is not a percentage.
    """
    if value is None:
        raise ValueError("nil value for IntOrString")
    if not isinstance(value, str):
        return value
    if not value.endswith("%"):
        raise ValueError("invalid value for IntOrString: invalid type: string is not a percentage")
    percent = _parse_int(value[:-1], 64)
    if percent is None:
        raise ValueError(f"invalid value for IntOrString: invalid value {quote(value)}: {_atoi_error(value[:-1])}")
    return _scale(percent, total, round_up)


def get_value_from_int_or_percent(value: IntOrString | None, total: int, *, round_up: bool) -> int:
    """As `get_scaled_value_from_int_or_percent`, but every text counts as a percentage, with or without its sign.

    Raises:
        ValueError: with Go's text, for None and for a text without a number.
    """
    if value is None:
        raise ValueError("nil value for IntOrString")
    if not isinstance(value, str):
        return value
    digits = value.replace("%", "")
    percent = _parse_int(digits, 64)
    if percent is None:
        raise ValueError(f"invalid value for IntOrString: invalid value {quote(value)}: {_atoi_error(digits)}")
    return _scale(percent, total, round_up)
