"""YAML as kubectl and the apiserver read it: YAML 1.1 turned into JSON values. Text in, values out; no files.

Follows sigs.k8s.io/yaml (strict): `yes` and `on` are booleans, `010` is octal, dates stay texts, `1:30` stays a text, keys
become strings, a key that comes twice is an error (one that overrides a merged key `<<` is not). PyYAML scans and parses; which scalar means what is decided here.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml as _yaml

from .gotext import float_v, number_text, quote
from .nil import NilList, NilMap

__all__ = ["YAMLError", "dump", "dump_all", "load", "load_all"]

_Loader: Any = getattr(_yaml, "CSafeLoader", _yaml.SafeLoader)
_Dumper: Any = getattr(_yaml, "CSafeDumper", _yaml.SafeDumper)

# More values than this made by following aliases is an attack, not a document.
_MAX_ALIASED: Final = 1_000_000

_TRUE: Final = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE: Final = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_INFINITE: Final = {
    ".inf": math.inf, ".Inf": math.inf, ".INF": math.inf,
    "+.inf": math.inf, "+.Inf": math.inf, "+.INF": math.inf,
    "-.inf": -math.inf, "-.Inf": -math.inf, "-.INF": -math.inf,
    ".nan": math.nan, ".NaN": math.nan, ".NAN": math.nan,
}  # fmt: skip
_decimal: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)").fullmatch
_based: Final = re.compile(r"([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)").fullmatch
_float: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?").fullmatch

_PLAIN: Final = "plain"
_STR: Final = "tag:yaml.org,2002:str"
_TAG: Final = "tag:yaml.org,2002:"


class YAMLError(ValueError):
    """The text is not YAML, or says something JSON cannot hold. Line and column count from 1.

    Attributes:
        line: where, 0 when it is not known.
        column: where, 0 when it is not known.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message, line, column)
        self.line: Final = line
        self.column: Final = column

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}: " if self.line else ""
        return f"yaml: {where}{self.args[0]}"


class _Composer(_Loader):  # type: ignore[misc]
    """Gives nodes whose plain scalars are marked, so that they can be told from quoted and tagged ones."""

    yaml_implicit_resolvers = {None: [(_PLAIN, re.compile(""))]}  # noqa: RUF012  PyYAML's own kind of table


def _json_number(number: float) -> int | float:
    """A float as it comes back from JSON: Go writes 1.0 as 1 there."""
    text = number_text(number)
    return number if "." in text or "e" in text else int(text)


def _number(text: str) -> int | float | None:
    """What a plain scalar is as a number, or None."""
    plain = text.replace("_", "")
    if _decimal(plain):
        number = int(plain)
        return number if -(2**63) <= number < 2**64 else _json_number(float(number))
    based = _based(plain)
    if based is not None:
        digits = based[2]
        octal = digits[1:2] not in ("x", "X", "b", "B", "o", "O")
        number = int(digits, 8 if octal else 0)
        return -number if based[1] == "-" else number
    if not _float(plain):
        return None
    value = float(plain)
    return _json_number(value) if math.isfinite(value) else None  # out of range: a text


def _resolve(text: str) -> Any:
    """What a plain scalar means."""
    if text in _NULL:
        return None
    first = text[0]
    if first in "yYnNtTfFoO":
        if text in _TRUE:
            return True
        return False if text in _FALSE else text
    if first in "+-.0123456789":
        if text in _INFINITE:
            return _INFINITE[text]
        number = _number(text)
        return text if number is None else number
    return text


def _error(message: str, node: Any) -> YAMLError:
    mark = node.start_mark
    return YAMLError(message, mark.line + 1, mark.column + 1)


class _Builder:
    """Turns the nodes of one document into values."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._seen: set[int] = set()
        self._aliased = 0

    def value(self, node: Any) -> Any:
        if isinstance(node, _yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            raise _error("an anchor's value contains itself", node)
        if id(node) in self._seen:
            self._aliased += len(node.value) + 1
            if self._aliased > _MAX_ALIASED:
                raise _error("document contains excessive aliasing", node)
        self._seen.add(id(node))
        self._open.add(id(node))
        try:
            if isinstance(node, _yaml.SequenceNode):
                return [self.value(item) for item in node.value]
            return self._mapping(node)
        finally:
            self._open.discard(id(node))

    def _scalar(self, node: Any) -> Any:
        tag, text = node.tag, node.value
        if tag == _PLAIN:
            value = _resolve(text)
            if isinstance(value, float) and not math.isfinite(value):
                raise _error(f"json: unsupported value: {float_v(value)}", node)
            return value
        if tag in (_STR, "!", f"{_TAG}timestamp"):
            return text
        if tag == f"{_TAG}binary":
            try:
                return base64.b64decode(text).decode()
            except ValueError:
                raise _error("!!binary value contains invalid base64 data", node) from None
        return self._tagged(node, tag.removeprefix(_TAG), _resolve(text))

    def _tagged(self, node: Any, tag: str, value: Any) -> Any:
        if tag == "null" and value is None:
            return None
        if tag == "bool" and isinstance(value, bool):
            return value
        if tag == "int" and isinstance(value, int) and not isinstance(value, bool):
            return value
        if tag == "float" and isinstance(value, int | float) and not isinstance(value, bool):
            return _json_number(float(value))
        if tag in ("null", "bool", "int", "float"):
            raise _error(f"cannot decode {quote(node.value)} as a !!{tag}", node)
        return node.value

    def _key(self, node: Any) -> str:
        if not isinstance(node, _yaml.ScalarNode):
            raise _error("a key must be a scalar", node)
        if node.tag == _PLAIN and node.value in _INFINITE:
            return str(node.value).lower()
        value = self._scalar(node)
        if isinstance(value, str):
            return value
        if value is None:
            raise _error("a key must not be null", node)
        if isinstance(value, bool):
            return "true" if value else "false"
        return float_v(value) if isinstance(value, float) else str(value)

    def _mapping(self, node: Any) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: list[Any] = []
        for key_node, value_node in node.value:
            if key_node.tag == _PLAIN and key_node.value == "<<":
                merged.append(value_node)
                continue
            key = self._key(key_node)
            if key in result:
                raise _error(f"key {quote(key)} already set in map", key_node)
            result[key] = self.value(value_node)
        for value_node in merged:
            for source in self._merge_sources(value_node):
                for key, value in source.items():
                    result.setdefault(key, value)
        return result

    def _merge_sources(self, node: Any) -> list[dict[str, Any]]:
        nodes = node.value if isinstance(node, _yaml.SequenceNode) else [node]
        sources = [self.value(item) for item in nodes]
        if not all(isinstance(source, dict) for source in sources):
            raise _error("map merge requires map or sequence of maps as the value", node)
        return sources


def load_all(text: str | bytes) -> Iterator[Any]:
    """The documents of a stream, one after the other; an empty document is None.

    Raises:
        YAMLError: (a ValueError) when the text is not YAML or cannot be JSON; it names line and column.
    """
    try:
        composer = _Composer(text)
    except _yaml.YAMLError as error:
        raise _translate(error) from None
    try:
        while composer.check_node():
            yield _Builder().value(composer.get_node())
    except _yaml.YAMLError as error:
        raise _translate(error) from None
    finally:
        composer.dispose()


def _translate(error: _yaml.YAMLError) -> YAMLError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    parts = [getattr(error, "context", None), getattr(error, "problem", None)]
    message = ": ".join(part for part in parts if part) or str(error)
    return YAMLError(message, mark.line + 1, mark.column + 1) if mark is not None else YAMLError(message)


def load(text: str | bytes) -> Any:
    """The one document of a text; None for an empty text.

    Raises:
        YAMLError: (a ValueError) as `load_all`, and when there is more than one document.
    """
    documents = load_all(text)
    document = next(documents, None)
    for _ in documents:
        raise YAMLError("expected a single document in the stream but found another; use load_all")
    return document


class _Writer(_Dumper):  # type: ignore[misc]
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, indentless)


def _write_str(writer: Any, text: str) -> Any:
    if "\n" in text and not text.startswith((" ", "\n", "\t")) and all(c.isprintable() or c in "\n\t" for c in text):
        return writer.represent_scalar(_STR, text, style="|")
    # PyYAML knows less that looks like something else than the reader here does ("y", "1e3", "0o7").
    style = None if isinstance(_resolve(text), str) and text != "<<" else '"'
    return writer.represent_scalar(_STR, text, style=style)


def _write_float(writer: Any, number: float) -> Any:
    if not math.isfinite(number):
        raise YAMLError(f"json: unsupported value: {float_v(number)}")
    return writer.represent_scalar(f"{_TAG}float", repr(number) if "." in repr(number) else float_v(number))


_Writer.add_representer(str, _write_str)
_Writer.add_representer(float, _write_float)
_Writer.add_multi_representer(dict, lambda writer, value: writer.represent_mapping(f"{_TAG}map", value.items()))
_Writer.add_representer(NilList, lambda writer, _: writer.represent_none(None))
_Writer.add_representer(NilMap, lambda writer, _: writer.represent_none(None))


def dump(value: Any) -> str:
    """JSON values as YAML: block style, keys sorted. `load` gives the same values back.

    Raises:
        YAMLError: for NaN and infinities.
    """
    return str(_yaml.dump(_sorted(value), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=2**31 - 1))


def dump_all(values: list[Any]) -> str:
    """Several documents, with `---` between them."""
    return "---\n".join(map(dump, values))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_sorted(item) for item in value]
    return value
