"""Functions of strings, and searching by regular expressions.

Follows github.com/google/cel-go/ext/strings.go, version 2, and k8s.io/apiserver/pkg/cel/library/regex.go.
"""

from __future__ import annotations

import re
from typing import Final

from kubefake.cel.overloads import Overload, function, method
from kubefake.cel.patterns import compile_pattern
from kubefake.cel.values import CelError

from .formatting import format_text

__all__ = ["STRINGS"]

_UPPER: Final = {code: code + 32 for code in range(65, 91)}
_LOWER: Final = {code: code - 32 for code in range(97, 123)}
_ESCAPES: Final = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\", '"': '\\"',
}  # fmt: skip


def _outside(index: int) -> CelError:
    return CelError(f"index out of range: {index}")


def _char_at(text: str, index: int) -> str:
    if not 0 <= index <= len(text):
        raise _outside(index)
    return text[index : index + 1]


def _index_of(text: str, part: str, offset: int = 0) -> int:
    if part == "":
        return offset
    if offset < 0:
        raise _outside(offset)
    return text.find(part, offset)


def _last_index_of(text: str, part: str, offset: int | None = None) -> int:
    if offset is None:
        return len(text) if part == "" else text.rfind(part)
    if part == "":
        return offset
    if offset < 0:
        raise _outside(offset)
    return -1 if offset >= len(text) else text.rfind(part, 0, offset + len(part))


def _replace(text: str, old: str, new: str, count: int = -1) -> str:
    return text.replace(old, new, max(count, -1))


def _split(text: str, separator: str, count: int = -1) -> list[str]:
    if count == 0:
        return []
    if count == 1:
        return [text]
    if separator == "":
        if count < 0 or count >= len(text):
            return list(text)
        return [*text[: count - 1], text[count - 1 :]]
    return text.split(separator, count - 1 if count > 0 else -1)


def _substring(text: str, start: int, end: int | None = None) -> str:
    if end is None:
        if not 0 <= start <= len(text):
            raise _outside(start)
        return text[start:]
    if start > end:
        raise CelError(f"invalid substring range. start: {start}, end: {end}")
    for index in (start, end):
        if not 0 <= index <= len(text):
            raise _outside(index)
    return text[start:end]


def _join(items: list[str], separator: str = "") -> str:
    for item in items:
        if type(item) is not str:
            raise CelError(f"join: invalid input: {item}")
    return separator.join(items)


def _quote(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'


def _regexp(pattern: str) -> re.Pattern[str]:
    try:
        return compile_pattern(pattern)
    except CelError as error:
        raise CelError(f"Illegal regex: {error}") from None


def _find(text: str, pattern: str) -> str:
    match = _regexp(pattern).search(text)
    return match[0] if match else ""


def _find_all(text: str, pattern: str, count: int = -1) -> list[str]:
    found = [match[0] for match in _regexp(pattern).finditer(text)]
    return found if count < 0 else found[:count]


STRINGS: Final[tuple[Overload, ...]] = (
    method("charAt", "string_char_at_int", "string; int -> string", _char_at),
    method("indexOf", "string_index_of_string", "string; string -> int", _index_of),
    method("indexOf", "string_index_of_string_int", "string; string; int -> int", _index_of),
    method("lastIndexOf", "string_last_index_of_string", "string; string -> int", _last_index_of),
    method("lastIndexOf", "string_last_index_of_string_int", "string; string; int -> int", _last_index_of),
    method("lowerAscii", "string_lower_ascii", "string -> string", lambda text: text.translate(_UPPER)),
    method("upperAscii", "string_upper_ascii", "string -> string", lambda text: text.translate(_LOWER)),
    method("replace", "string_replace_string_string", "string; string; string -> string", _replace),
    method("replace", "string_replace_string_string_int", "string; string; string; int -> string", _replace),
    method("split", "string_split_string", "string; string -> list(string)", _split),
    method("split", "string_split_string_int", "string; string; int -> list(string)", _split),
    method("substring", "string_substring_int", "string; int -> string", _substring),
    method("substring", "string_substring_int_int", "string; int; int -> string", _substring),
    method("trim", "string_trim", "string -> string", lambda text: text.strip()),
    method("join", "list_join", "list(string) -> string", _join),
    method("join", "list_join_string", "list(string); string -> string", _join),
    method("format", "string_format", "string; list(dyn) -> string", format_text),
    function("strings.quote", "strings_quote", "string -> string", _quote),
    method("find", "string_find_string", "string; string -> string", _find),
    method("findAll", "string_find_all_string", "string; string -> list(string)", _find_all),
    method("findAll", "string_find_all_string_int", "string; string; int -> list(string)", _find_all),
)
