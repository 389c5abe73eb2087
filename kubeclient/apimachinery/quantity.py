"""Quantities: exact numbers with the suffixes of Kubernetes ("500m", "1536Mi", "12e6").

Ports apimachinery pkg/api/resource. A quantity is an integer times a power of ten, never a float. Where Go overflows int64
(`Value()` of something huge) this one gives the true number.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal, TypeAlias

from .gotext import number_text

__all__ = [
    "BINARY_SI",
    "DECIMAL_EXPONENT",
    "DECIMAL_SI",
    "EXA",
    "GIGA",
    "KILO",
    "MEGA",
    "MICRO",
    "MILLI",
    "NANO",
    "PETA",
    "TERA",
    "Format",
    "Quantity",
]

Format: TypeAlias = Literal["DecimalSI", "BinarySI", "DecimalExponent"]

DECIMAL_SI: Final = "DecimalSI"
BINARY_SI: Final = "BinarySI"
DECIMAL_EXPONENT: Final = "DecimalExponent"

# Scales: powers of ten.
NANO: Final = -9
MICRO: Final = -6
MILLI: Final = -3
KILO: Final = 3
MEGA: Final = 6
GIGA: Final = 9
TERA: Final = 12
PETA: Final = 15
EXA: Final = 18

_ERR_FORMAT: Final = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_ERR_NUMERIC: Final = "unable to parse numeric part of quantity"
_ERR_SUFFIX: Final = "unable to parse quantity's suffix"

_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_TEXT: Final = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_TEXT: Final = ("", *_BINARY)
_MAX: Final = 2**63 - 1
_MAX_DIGITS: Final = 18
# Numbers that differ by more powers of ten than this are not added: the sum would not fit into memory.
_MAX_SPREAD: Final = 10_000

_match: Final = re.compile(r"([+-]?)([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)").fullmatch
_exponent: Final = re.compile(r"[+-]?[0-9]+").fullmatch


def _suffix(text: str) -> tuple[int, Format]:
    """The exponent (of ten, or of two for BinarySI) and the format that a suffix stands for."""
    if text in _DECIMAL:
        return _DECIMAL[text], DECIMAL_SI
    if text in _BINARY:
        return _BINARY[text], BINARY_SI
    if len(text) > 1 and text[0] in "eE" and _exponent(text[1:]):
        exponent = int(text[1:])
        if -(2**63) <= exponent < 2**63:
            return (exponent + 2**31) % 2**32 - 2**31, DECIMAL_EXPONENT  # Go keeps 32 bits of it
    raise ValueError(_ERR_SUFFIX)


def _divide_up(value: int, scale: int) -> int:
    """value / 10**scale, rounded away from zero."""
    if value == 0:
        return 0
    if scale > 64 and scale > value.bit_length():  # far below one; the power need not be built
        return 1 if value > 0 else -1
    power: int = 10**scale
    quotient, rest = divmod(abs(value), power)
    if rest:
        quotient += 1
    return quotient if value > 0 else -quotient


def _strip(value: int, scale: int) -> tuple[int, int]:
    """The same number with no factor of ten left in the value."""
    if value == 0:
        return 0, 0
    while value % 1000 == 0:
        value //= 1000
        scale += 3
    while value % 10 == 0:
        value //= 10
        scale += 1
    return value, scale


def _parse(text: str) -> tuple[int, int, Format, str]:
    """Value, scale, format, and the text when it counts as canonical (else empty). The steps are those of ParseQuantity."""
    match = _match(text) if text else None
    if match is None:
        raise ValueError(_ERR_FORMAT)
    sign, num, _, denom, suffix = match.groups()
    num, denom = num.lstrip("0") or "0", denom or ""
    exponent, format = _suffix(suffix)
    digits = num + denom
    if format != BINARY_SI:
        scale = exponent - len(denom)
        if len(digits) <= _MAX_DIGITS and scale >= NANO:
            value = int(digits)
            canonical = scale % 3 == 0 and digits[0] != "0" and not digits.endswith("000")
            return (-value if sign == "-" else value), scale, format, text if canonical else ""
    elif not denom and len(num) <= 14 - exponent * 3 // 10:
        value = int(num)
        return (-value if sign == "-" else value) << exponent, 0, format, text if value & 7 else ""
    if not (match[2] or denom):
        raise ValueError(_ERR_NUMERIC)
    value, scale, format = _exact(int(digits), len(denom), exponent, format)
    return (-value if sign == "-" else value), scale, format, ""


def _exact(value: int, places: int, exponent: int, format: Format) -> tuple[int, int, Format]:
    """A number of any size: rounded up to nano, capped and turned decimal below one when it is binary."""
    scale = -places
    if format == BINARY_SI:
        value <<= exponent
    else:
        scale += exponent
    if scale < NANO:
        value, scale = _divide_up(value, NANO - scale), NANO
    if format == BINARY_SI:
        if value > _MAX * 10**-scale:
            value, scale = _MAX, 0
        if 0 < value < 10**-scale:
            format = DECIMAL_SI
    return value, scale, format


class Quantity:
    """An exact number that remembers how it is written. Immutable, ordered and hashable by its number.

    Args:
        value: a text ("500m"), a whole number, a Decimal or a Fraction-free float (read by its shortest text), or a Quantity.
        format: how to write it; by default what the text shows, else DecimalSI.

    Raises:
        ValueError: with Go's text, when the text is not a quantity.

    >>> str(Quantity("1.5Gi")), Quantity("1.5Gi").value(), str(Quantity("0.1") + Quantity("400m"))
    ('1536Mi', 1610612736, '500m')
    """

    __slots__ = ("_scale", "_text", "_value", "format")

    _value: int
    _scale: int
    _text: str
    format: Format

    def __init__(self, value: str | float | Decimal | Quantity = 0, format: Format | None = None) -> None:
        if isinstance(value, Quantity):
            self._set(value._value, value._scale, format or value.format, "" if format else value._text)
            return
        if isinstance(value, bool):
            raise TypeError("a quantity is a text or a number, not a bool")
        if isinstance(value, int):
            self._set(value, 0, format or DECIMAL_SI, "")
            return
        text = value if isinstance(value, str) else number_text(value)
        number, scale, parsed, canonical = _parse(text.strip())
        self._set(number, scale, format or parsed, "" if format and format != parsed else canonical)

    def _set(self, value: int, scale: int, format: Format, text: str) -> None:
        self._value = value
        self._scale = scale
        self.format = format
        self._text = text

    @classmethod
    def _make(cls, value: int, scale: int, format: Format, text: str = "") -> Quantity:
        quantity = cls.__new__(cls)
        quantity._set(value, scale, format, text)
        return quantity

    @classmethod
    def from_scaled(cls, value: int, scale: int, format: Format = DECIMAL_SI) -> Quantity:
        """value * 10**scale."""
        return cls._make(value, scale, format)

    @classmethod
    def from_milli(cls, value: int, format: Format = DECIMAL_SI) -> Quantity:
        """value / 1000."""
        return cls._make(value, MILLI, format)

    def value(self) -> int:
        """The number rounded to a whole one, away from zero."""
        return self.scaled_value(0)

    def milli_value(self) -> int:
        """A thousand times the number, rounded away from zero."""
        return self.scaled_value(MILLI)

    def scaled_value(self, scale: int) -> int:
        """The number divided by 10**scale, rounded away from zero."""
        shift = self._scale - scale
        if shift >= 0:
            self._check_spread(shift)
            return int(self._value * 10**shift)
        return _divide_up(self._value, -shift)

    def as_int(self) -> int | None:
        """The number when it is whole, else None."""
        value, scale = _strip(self._value, self._scale)
        return self.scaled_value(0) if scale >= 0 or value == 0 else None

    def as_decimal(self) -> Decimal:
        """The number, exactly."""
        return Decimal(self._value).scaleb(self._scale) if self._fits() else Decimal(f"{self._value}e{self._scale}")

    def as_fraction(self) -> Fraction:
        """The number, exactly."""
        self._check_spread(abs(self._scale))
        return Fraction(self._value) * Fraction(10) ** self._scale

    def __float__(self) -> float:
        return float(f"{self._value}e{self._scale}")

    def _fits(self) -> bool:
        return abs(self._value) < 10**_MAX_DIGITS  # within the precision of the default decimal context

    @staticmethod
    def _check_spread(spread: int) -> None:
        if spread > _MAX_SPREAD:
            raise OverflowError("the quantities are too far apart")

    @property
    def is_zero(self) -> bool:
        return self._value == 0

    @property
    def sign(self) -> int:
        """-1, 0 or 1."""
        return (self._value > 0) - (self._value < 0)

    def round_up(self, scale: int) -> Quantity:
        """The number with nothing below 10**scale, rounded away from zero."""
        if self._scale >= scale:
            return self
        return self._make(_divide_up(self._value, scale - self._scale), scale, self.format)

    def _align(self, other: Quantity) -> tuple[int, int, int]:
        """Both values at the smaller scale, and that scale."""
        shift = self._scale - other._scale
        if shift == 0:
            return self._value, other._value, self._scale
        self._check_spread(abs(shift))
        if shift > 0:
            return self._value * 10**shift, other._value, other._scale
        return self._value, other._value * 10**-shift, self._scale

    def __add__(self, other: Quantity) -> Quantity:
        """The sum, in the format of the first unless that is zero."""
        if not isinstance(other, Quantity):
            return NotImplemented
        if other._value == 0:
            return self._make(self._value, self._scale, self.format if self._value else other.format)
        if self._value == 0:
            return self._make(other._value, other._scale, other.format)
        left, right, scale = self._align(other)
        return self._make(left + right, scale, self.format)

    def __sub__(self, other: Quantity) -> Quantity:
        """The difference, in the format of the first unless that is zero."""
        return self + (-other) if isinstance(other, Quantity) else NotImplemented

    def __mul__(self, factor: int) -> Quantity:
        """The product with a whole number."""
        if not isinstance(factor, int):
            return NotImplemented
        return self._make(self._value * factor, self._scale, self.format)

    __rmul__ = __mul__

    def __neg__(self) -> Quantity:
        return self._make(-self._value, self._scale, self.format)

    def __abs__(self) -> Quantity:
        return self if self._value >= 0 else -self

    def __bool__(self) -> bool:
        return self._value != 0

    def cmp(self, other: Quantity) -> int:
        """-1, 0 or 1, as the number is less than, equal to or greater than the other."""
        if self._scale == other._scale:
            return (self._value > other._value) - (self._value < other._value)
        if self.sign != other.sign or self.sign == 0:
            return (self.sign > other.sign) - (self.sign < other.sign)
        if abs(self._scale - other._scale) > _MAX_SPREAD:
            larger = self._scale + len(str(abs(self._value))) > other._scale + len(str(abs(other._value)))
            return self.sign if larger else -self.sign
        left, right, _ = self._align(other)
        return (left > right) - (left < right)

    def __eq__(self, other: object) -> bool:
        return self.cmp(other) == 0 if isinstance(other, Quantity) else NotImplemented

    def __lt__(self, other: Quantity) -> bool:
        return self.cmp(other) < 0 if isinstance(other, Quantity) else NotImplemented

    def __le__(self, other: Quantity) -> bool:
        return self.cmp(other) <= 0 if isinstance(other, Quantity) else NotImplemented

    def __gt__(self, other: Quantity) -> bool:
        return self.cmp(other) > 0 if isinstance(other, Quantity) else NotImplemented

    def __ge__(self, other: Quantity) -> bool:
        return self.cmp(other) >= 0 if isinstance(other, Quantity) else NotImplemented

    def __hash__(self) -> int:
        return hash(_strip(self._value, self._scale))

    def __str__(self) -> str:
        if not self._text:
            self._text = self._canonical()
        return self._text

    def __repr__(self) -> str:
        return f"Quantity({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Quantity._make, (self._value, self._scale, self.format, self._text)

    def __copy__(self) -> Quantity:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Quantity:
        return self

    def _canonical(self) -> str:
        value, scale = _strip(self._value, self._scale)
        if value == 0:
            return "0"
        if self.format == BINARY_SI and scale >= 0:
            whole = self.scaled_value(0)
            if abs(whole) >= 1024:
                times = 0
                while whole % 1024 == 0 and times < len(_BINARY):
                    whole //= 1024
                    times += 1
                return f"{whole}{_BINARY_TEXT[times]}"
        shift = scale % 3
        value, scale = value * 10**shift, scale - shift
        if self.format == DECIMAL_EXPONENT:
            return f"{value}e{scale}" if scale else str(value)
        while scale > EXA:  # no suffix says more
            value, scale = value * 1000, scale - 3
        return f"{value}{_DECIMAL_TEXT[scale]}" if scale >= NANO else f"{value}e{scale}"
