"""YAML to JSON values with Go's eyes: the types, the errors and the line numbers of sigs.k8s.io/yaml.

PyYAML's parser (libyaml, of which Go's is a port) finds the structure; what a plain scalar means is decided here, because
the two disagree on numbers, times and keys. Only the first document is read.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

import msgspec
import yaml

__all__ = ["YAMLError", "parse", "plain_value"]

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE: Final = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_INFINITY: Final = re.compile(r"[+-]?\.(inf|Inf|INF)")
_NAN: Final = frozenset({".nan", ".NaN", ".NAN"})
_INT: Final = re.compile(r"([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_STRING: Final = re.compile(rb'"[^"]{0,1000}"')
_NUMBERS: Final = re.compile(rb'[.E"]|[0-9]e|-0|[0-9]{18}')
"""What is left of compact JSON without its strings and must not be there: of long strings the quotes are left."""
_COLON: Final = "found unexpected ':'"
_PLAIN: Final = "plain"
_TAG: Final = "tag:yaml.org,2002:"
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder().decode


class YAMLError(ValueError):
    """The text is not YAML, or holds what JSON cannot; the words are Go's."""


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Composes nodes and leaves the meaning of plain scalars open."""

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:  # noqa: ARG002
        if kind is yaml.ScalarNode:
            return _PLAIN if implicit[0] else _TAG + "str"
        return _TAG + ("map" if kind is yaml.MappingNode else "seq")


def parse(data: bytes) -> tuple[Any, list[str]]:
    """The value of the first document, and a line for each key that is set twice (`line 3: key "a" already set in map`).

    Raises:
        YAMLError: with Go's text, `yaml: line 2: did not find expected key`.
    """
    if data[:1] == b"{":
        value = _plain_json(data)
        if value is not None:
            return value, []
    try:
        node = _compose(data)
    except yaml.reader.ReaderError as exc:
        raise YAMLError(f"yaml: {_reader_problem(exc)}") from exc
    except yaml.MarkedYAMLError as exc:
        raise YAMLError("yaml: " + _problem(exc, data)) from exc
    if node is None:
        return None, []
    reader = _Reader(data)
    return reader.value(node), reader.duplicates


def _compose(data: bytes) -> Any:
    """The first document's nodes.

    libyaml minds a colon in flow style that something like a comma follows; for Go it is a part of the plain scalar. So another
    character stands in for it while the text is read.
    """
    text, stand_in = data, next((char for char in b"~^;$%" if char not in data), None)
    while True:
        loader = _Loader(text)
        try:
            node = loader.get_node() if loader.check_node() else None
        except yaml.scanner.ScannerError as exc:
            mark = exc.problem_mark
            if exc.problem != _COLON or mark is None or stand_in is None or not data.isascii():
                raise
            text = text[: mark.index] + bytes((stand_in,)) + text[mark.index + 1 :]
        else:
            if text is not data and node is not None and stand_in is not None:
                _put_back(node, chr(stand_in), set())
            return node
        finally:
            loader.dispose()


def _put_back(node: yaml.Node, stand_in: str, seen: set[int]) -> None:
    if isinstance(node, yaml.ScalarNode):
        node.value = node.value.replace(stand_in, ":")
    elif id(node) not in seen:
        seen.add(id(node))
        for item in node.value:
            for one in item if isinstance(item, tuple) else (item,):
                _put_back(one, stand_in, seen)


def _plain_json(data: bytes) -> Any:
    """The value of compact JSON that means the same as YAML, which is how clients send objects; else None.

    Not so where the two disagree: fractions, exponents and large numbers, escapes, characters that YAML refuses, long keys.
    What is written as it was read has no key twice.
    """
    if b"\\" in data or b"\x7f" in data or not data.isascii():
        return None
    try:
        value = _decode(data)
    except (msgspec.DecodeError, RecursionError):
        return None
    if _encode(value) != data.removesuffix(b"\n"):
        return None
    return None if _NUMBERS.search(_STRING.sub(b"", data)) else value


def _reader_problem(exc: yaml.reader.ReaderError) -> str:
    if "utf-8" in str(exc.encoding) or exc.encoding in ("utf8", "UTF-8"):
        return (
            "invalid leading UTF-8 octet"
            if "lead" in str(exc.reason) or "start byte" in str(exc.reason)
            else str(exc.reason)
        )
    return str(exc.reason)


def _problem(exc: yaml.MarkedYAMLError, data: bytes) -> str:
    """Go's text: a line number unless it is the first line, counted differently by its scanner and its parser."""
    problem = exc.problem or "unknown problem parsing YAML content"
    if problem.startswith("found undefined alias"):
        return f"unknown anchor '{_word_at(data, exc.problem_mark, '*')}' referenced"
    line = 0
    if exc.problem_mark is not None and exc.problem_mark.line:
        line = exc.problem_mark.line + (1 if isinstance(exc, yaml.scanner.ScannerError) else 0)
    elif exc.context_mark is not None and exc.context_mark.line:
        line = exc.context_mark.line
    return f"line {line}: {problem}" if line else problem


def _word_at(data: bytes, mark: yaml.Mark | None, sigil: str) -> str:
    """The anchor or alias name at a place in the text."""
    if mark is None:
        return ""
    lines = data.decode("utf-8", "replace").splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    found = re.compile(re.escape(sigil) + r"([\w-]+)").search(line, mark.column)
    return found[1] if found else ""


class _Reader:
    """Turns nodes into JSON values, in document order."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.duplicates: list[str] = []
        self._open: list[int] = []

    def value(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            value = _scalar(node)
            if isinstance(value, float) and not math.isfinite(value):
                name = "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
                raise YAMLError(f"json: unsupported value: {name}")
            return value
        if id(node) in self._open:
            name = _word_at(self._data, node.start_mark, "&")
            raise YAMLError(f"yaml: anchor '{name}' value contains itself")
        self._open.append(id(node))
        if isinstance(node, yaml.SequenceNode):
            result: Any = [self.value(item) for item in node.value]
        else:
            result = self._mapping(node)
        self._open.pop()
        return result

    def _mapping(self, node: yaml.Node) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if isinstance(key_node, yaml.ScalarNode) and key_node.tag == _PLAIN and key_node.value == "<<":
                self._merge(merged, value_node)
                continue
            key = _key(key_node, value_node)
            if key in result:
                self.duplicates.append(f'line {key_node.start_mark.line + 1}: key "{key}" already set in map')
            result[key] = self.value(value_node)
        for key, value in merged.items():
            result.setdefault(key, value)
        return result

    def _merge(self, merged: dict[str, Any], node: yaml.Node) -> None:
        """`<<`: keys of other maps, of which the first counts, and which the map's own keys override."""
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for part in parts:
            if not isinstance(part, yaml.MappingNode):
                raise YAMLError("yaml: map merge requires map or sequence of maps as the value")
            for key, value in self._mapping(part).items():
                merged.setdefault(key, value)


def _key(node: yaml.Node, value_node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        kind = "[]interface {}" if isinstance(node, yaml.SequenceNode) else "map[interface {}]interface {}"
        inner = ", ".join(f'"{item.value}"' for item in node.value) if isinstance(node, yaml.SequenceNode) else ""
        raise YAMLError(f"yaml: invalid map key: {kind}{{{inner}}}")
    value = _scalar(node)
    if value is None:
        shown = f'"{value_node.value}"' if isinstance(value_node, yaml.ScalarNode) else "{}"
        raise YAMLError(f"unsupported map key of type: %!s(<nil>), key: <nil>, value: {shown}")
    if value is True or value is False:
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.tag == _PLAIN:
        return plain_value(text)
    if node.tag in (_TAG + "int", _TAG + "float", _TAG + "bool", _TAG + "null"):
        return plain_value(text)
    if node.tag == _TAG + "binary":
        import base64
        import binascii

        try:
            return base64.b64decode(text, validate=False).decode("utf-8", "replace")
        except binascii.Error as exc:
            raise YAMLError("yaml: !!binary value contains invalid base64 data") from exc
    return text


def plain_value(text: str) -> Any:
    """What an unquoted scalar means: None, a bool, an int, a float (also infinite, or NaN) or the text itself."""
    if text in _NULLS:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text[0] not in "+-.0123456789":
        return text
    if text in _NAN:
        return math.nan
    if _INFINITY.fullmatch(text):
        return -math.inf if text[0] == "-" else math.inf
    digits = text.replace("_", "")
    match = _INT.fullmatch(digits)
    if match:
        number = _integer(match[1], match[2])
        if -(1 << 63) <= number < 1 << 64:
            return number
    if _FLOAT.fullmatch(digits):
        value = float(digits)
        if math.isinf(value):
            return text
        return int(value) if value.is_integer() and abs(value) < 1e21 else value
    return text


def _integer(sign: str, digits: str) -> int:
    prefix = digits[:2].lower()
    base = 0 if prefix in ("0x", "0b", "0o") else 8 if digits[0] == "0" else 10
    number = int(digits, base)
    return -number if sign == "-" else number
