"""How Go prints values inside messages: `%q`, `%v` and json.Marshal, so that texts equal the server's. Nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

__all__ = ["Ordered", "float_v", "marshal", "number_text", "quote", "time_quote", "type_name", "value_v"]

_SHORT: Final = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}


def quote(text: str) -> str:
    """strconv.Quote: double quotes, Go escapes; characters that print stay as they are."""
    if text.isascii() and text.isprintable() and "\\" not in text and '"' not in text:
        return f'"{text}"'
    out = ['"']
    for char in text:
        short = _SHORT.get(char)
        code = ord(char)
        if short is not None:
            out.append(short)
        elif 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8 (surrogateescape)
            out.append(f"\\x{code - 0xDC00:02x}")
        elif char.isprintable():
            out.append(char)
        elif code < 0x20 or code == 0x7F:
            out.append(f"\\x{code:02x}")
        elif code < 0x10000:
            out.append(f"\\u{code:04x}")
        else:
            out.append(f"\\U{code:08x}")
    out.append('"')
    return "".join(out)


def time_quote(text: str) -> str:
    """The quoting of package time, inside its own errors: what is not printable ASCII is written byte by byte."""
    out = ['"']
    for char in text:
        if char in '"\\':
            out.append(f"\\{char}")
        elif " " <= char < "\x80":
            out.append(char)
        else:
            out.extend(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))
    out.append('"')
    return "".join(out)


def _shortest(value: float) -> tuple[str, str, int]:
    """Sign, digits without trailing zeros, and the decimal exponent of the first digit."""
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    stripped = stripped.rstrip("0")
    return (sign, stripped, point - 1) if stripped else (sign, "0", 0)


def _fixed(sign: str, digits: str, exponent: int) -> str:
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    if len(digits) <= exponent + 1:
        return sign + digits + "0" * (exponent + 1 - len(digits))
    return f"{sign}{digits[: exponent + 1]}.{digits[exponent + 1 :]}"


def _scientific(sign: str, digits: str, exponent: int, width: int) -> str:
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'-' if exponent < 0 else '+'}{abs(exponent):0{width}d}"


def float_v(value: float) -> str:
    """`%v` of a float64: the shortest digits, an exponent below 1e-4 and from 1e6 on."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign, digits, exponent = _shortest(value)
    if exponent < -4 or exponent >= 6:
        return _scientific(sign, digits, exponent, 2)
    return _fixed(sign, digits, exponent)


def _float_json(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"json: unsupported value: {float_v(value)}")
    sign, digits, exponent = _shortest(value)
    if value != 0 and (exponent < -6 or exponent >= 21):
        return _scientific(sign, digits, exponent, 1 if exponent < 0 else 2)
    return _fixed(sign, digits, exponent)


def number_text(value: float | Decimal) -> str:
    """A number as JSON writes it; ValueError for NaN and infinities."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"json: unsupported value: {value}")
        return str(value)
    return _float_json(float(value))


def _string_json(text: str) -> str:
    raw = msgspec.json.encode(text).decode()
    if "<" in raw or ">" in raw or "&" in raw or "\u2028" in raw or "\u2029" in raw:
        raw = raw.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        raw = raw.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return raw


class Ordered(dict[str, Any]):
    """A JSON object that `marshal` prints in its own order: a struct of the server's, where Go keeps the fields' order."""


def marshal(value: Any) -> str:
    """json.Marshal of a JSON value: compact, keys sorted, `<`, `>` and `&` escaped.

    Raises:
        ValueError: for NaN and infinities.
        TypeError: for what JSON cannot hold.
    """
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return _string_json(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _float_json(value)
    if isinstance(value, Mapping):
        keys = value if isinstance(value, Ordered) else sorted(value)
        return "{" + ",".join(f"{_string_json(str(key))}:{marshal(value[key])}" for key in keys) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(marshal, value)) + "]"
    if isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value).decode()  # field order is Go's
    raise TypeError(f"json: unsupported type: {type(value).__name__}")


def type_name(value: Any) -> str:
    """`%T` of a JSON value as Go decodes it."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "bool"
    for python, go in _GO_TYPES:
        if isinstance(value, python):
            return go
    return type(value).__name__


_GO_TYPES: Final = (
    (str, "string"),
    (int, "int64"),
    (float, "float64"),
    (list, "[]interface {}"),
    (Mapping, "map[string]interface {}"),
)


def value_v(value: Any) -> str:
    """`%v` of a JSON value as Go decodes it: `map[a:1 b:[x y]]`."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_v(value)
    if isinstance(value, Mapping):
        return f"map[{' '.join(f'{key}:{value_v(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(value_v, value))}]"
    return str(value)
