"""'%s'.format([…]).

Follows github.com/google/cel-go/ext/formatting.go.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from kubeclient.apimachinery.gotext import quote
from kubefake.cel import operations as do
from kubefake.cel.overloads import type_name
from kubefake.cel.types import Type
from kubefake.cel.values import CelError, Duration, Timestamp, Uint

from .conversions import text_of

__all__ = ["clauses", "format_text", "refused"]

_SUPERSCRIPT: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_DIGITS: Final = frozenset("0123456789")


def clauses(template: str) -> list[tuple[str, str, int]]:
    """What a template is made of: (text before, clause letter or "", precision). Raises CelError."""
    found: list[tuple[str, str, int]] = []
    text, at = "", 0
    while at < len(template):
        char = template[at]
        at += 1
        if char != "%":
            text += char
            continue
        if at >= len(template):
            raise CelError("unexpected end of string")
        if template[at] == "%":
            text += "%"
            at += 1
            continue
        precision, at = _precision(template, at)
        letter = template[at : at + 1]
        at += 1
        if letter not in tuple("sdfebxXo"):
            raise CelError(f'could not parse formatting clause: unrecognized formatting clause "{letter}"')
        found.append((text, letter, precision))
        text = ""
    found.append((text, "", 0))
    return found


def _precision(template: str, at: int) -> tuple[int, int]:
    if template[at] != ".":
        return 6, at
    end = at + 1
    while end < len(template) and template[end] in _DIGITS:
        end += 1
    if end >= len(template):
        raise CelError(
            "could not parse formatting clause: error while parsing precision: could not find end of precision specifier"
        )
    if end == at + 1:
        raise CelError(
            "could not parse formatting clause: error while parsing precision: error while converting precision to integer: "
            'strconv.Atoi: parsing "": invalid syntax'
        )
    return int(template[at + 1 : end]), end


def format_text(template: str, args: Sequence[Any]) -> str:
    """The template with its clauses filled in. Raises CelError."""
    out: list[str] = []
    for index, (text, letter, precision) in enumerate(clauses(template)):
        out.append(text)
        if not letter:
            continue
        if index >= len(args):
            raise CelError(f"index {index} out of range")
        try:
            out.append(_FORMATS[letter](args[index], precision))
        except CelError as error:
            raise CelError(f"error during formatting: {error}") from None
    return "".join(out)


def _string(value: Any, _: int) -> str:
    if isinstance(value, (list, dict)):
        return _inside(value)
    if value is None:
        return "null"
    if isinstance(value, Type):
        return value.name
    if type(value) is float:
        return text_of(value)
    if type(value) is bytes:
        return value.decode(errors="replace")
    if type(value) in (bool, int, Uint, str, Duration, Timestamp):
        return text_of(value)
    raise CelError(refused("s", type_name(value)))


def _inside(value: Any) -> str:
    """A value inside of a list or a map: as a literal of the language."""
    if isinstance(value, list):
        return "[" + ", ".join(_inside(item) for item in value) + "]"
    if isinstance(value, dict):
        entries = sorted((_inside(do.plain_key(key)), _inside(item)) for key, item in value.items())
        return "{" + ", ".join(f"{key}:{item}" for key, item in entries) + "}"
    if type(value) is str:
        return quote(value)
    if type(value) is bytes:
        return "b" + quote(value.decode(errors="replace"))
    if type(value) is float:
        infinite = _infinite(value)
        return quote(infinite) if infinite else f"{value:.6f}"
    if type(value) is Timestamp:
        return f"timestamp({quote(text_of(value))})"
    if type(value) is Duration:
        return f"duration({quote(text_of(value))})"
    return _string(value, 0)


def _infinite(value: float, *, short: bool = False) -> str:
    if math.isnan(value):
        return "NaN"
    infinity = "∞" if short else "Infinity"
    return (infinity if value > 0 else f"-{infinity}") if math.isinf(value) else ""


def _decimal(value: Any, _: int) -> str:
    if type(value) in (int, Uint):
        return str(int(value))
    raise CelError(f"decimal clause can only be used on integers, was given {type_name(value)}")


def _number(value: Any, letter: str) -> float:
    if type(value) is float:
        return value
    if value in ("NaN", "Infinity", "-Infinity") and type(value) is str:
        return float(value)
    raise CelError(refused(letter, type_name(value)) or refused(letter, "a string"))


def _fixed(value: Any, precision: int) -> str:
    number = _number(value, "f")
    return _infinite(number, short=True) or f"{number:,.{precision}f}"


def _scientific(value: Any, _: int) -> str:
    number = _number(value, "e")
    if infinite := _infinite(number, short=True):
        return infinite
    digits, _mark, exponent = f"{number:.6e}".partition("e")
    return f"{digits}×10{exponent.replace('+', '').translate(_SUPERSCRIPT)}"


def _binary(value: Any, _: int) -> str:
    if type(value) in (bool, int, Uint):
        return f"{int(value):b}"
    raise CelError(refused("b", type_name(value)))


def _hexadecimal(value: Any, _: int) -> str:
    if type(value) in (int, Uint):
        return f"{int(value):x}"
    if type(value) is str:
        return value.encode().hex()
    if type(value) is bytes:
        return value.hex()
    raise CelError(refused("x", type_name(value)))


def _octal(value: Any, _: int) -> str:
    if type(value) in (int, Uint):
        return f"{int(value):o}"
    raise CelError(refused("o", type_name(value)))


_FORMATS: Final[dict[str, Callable[[Any, int], str]]] = {
    "s": _string,
    "d": _decimal,
    "f": _fixed,
    "e": _scientific,
    "b": _binary,
    "x": _hexadecimal,
    "X": lambda value, precision: _hexadecimal(value, precision).upper(),
    "o": _octal,
}

_TAKES: Final = {
    "d": (("int", "uint"), "decimal clause can only be used on integers"),
    "f": (("double", "string"), "fixed-point clause can only be used on doubles"),
    "e": (("double", "string"), "scientific clause can only be used on doubles"),
    "b": (("int", "uint", "bool"), "only integers and bools can be formatted as binary"),
    "x": (("int", "uint", "string", "bytes"), "only integers, byte buffers, and strings can be formatted as hex"),
    "X": (("int", "uint", "string", "bytes"), "only integers, byte buffers, and strings can be formatted as hex"),
    "o": (("int", "uint"), "octal clause can only be used on integers"),
}


_SHOWN: Final = (
    *(
        "list",
        "map",
        "int",
        "uint",
        "double",
        "bool",
        "string",
        "timestamp",
        "bytes",
        "duration",
        "type",
        "null",
        "dyn",
    ),
    *("null_type", "google.protobuf.Timestamp", "google.protobuf.Duration"),
)


def refused(letter: str, type_text: str) -> str:
    """Why a clause does not take a type; "" when it does."""
    if letter == "s":
        if type_text.partition("(")[0] in _SHOWN:
            return ""
        takes = "strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"
        return f"string clause can only be used on {takes}, was given {type_text}"
    accepted, message = _TAKES[letter]
    return "" if type_text in accepted else f"{message}, was given {type_text}"
