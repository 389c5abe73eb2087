"""JSONPath as kubectl speaks it: templates over objects, `{.items[?(@.kind=="Pod")].metadata.name}`.

Values of maps come in the order of their keys, so that the same object always gives the same text. Ported from client-go
util/jsonpath/jsonpath.go and, for the relaxed form, from kubectl.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from . import json
from .gotext import marshal, type_name, value_v
from .jsonpath_parser import (
    ArrayNode,
    BoolNode,
    FieldNode,
    FilterNode,
    FloatNode,
    IdentifierNode,
    IntNode,
    JSONPathError,
    ListNode,
    Node,
    RecursiveNode,
    TextNode,
    UnionNode,
    WildcardNode,
    parse,
)
from .unstructured import UnstructuredList

__all__ = ["JSONPath", "JSONPathError", "find", "relaxed_expression", "render"]

_relaxed: Final = re.compile(r"\{\.?([^{}]+)\}|\.?([^{}]+)").fullmatch


def relaxed_expression(text: str) -> str:
    """A path as people write it, `name1.name2` or `.name1.name2` with or without braces, as a template.

    Raises JSONPathError. Ported from kubectl's custom columns and `--sort-by`.
    """
    if not text:
        return text
    found = _relaxed(text)
    if found is None:
        raise JSONPathError(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
        )
    return f"{{.{found[1] or found[2]}}}"


class _MissingKeyError(JSONPathError):
    """No value has the field."""


class JSONPath:
    """One template, to be used any number of times.

    Args:
        template: text with paths in braces.
        allow_missing_keys: a field that no value has gives nothing instead of an error.
        output_json: print each result as an indented JSON list.

    Raises:
        JSONPathError: the template cannot be read.

    >>> JSONPath("{.metadata.name}: {.spec.replicas}").render({"metadata": {"name": "web"}, "spec": {"replicas": 3}})
    'web: 3'
    """

    __slots__ = ("_root", "allow_missing_keys", "output_json", "template")

    def __init__(self, template: str, *, allow_missing_keys: bool = False, output_json: bool = False) -> None:
        self.template = template
        self.allow_missing_keys = allow_missing_keys
        self.output_json = output_json
        self._root = parse(template)

    def find(self, data: Any) -> list[list[Any]]:
        """The values of each text and each pair of braces, in order. Raises JSONPathError.

        `data` is a JSON value, a model or an Unstructured object or list; what is found belongs to it.
        """
        return _Run(self._root.nodes, allow_missing_keys=self.allow_missing_keys).find(_plain(data), 0)

    def render(self, data: Any) -> str:
        """The text that the template makes of the data. Raises JSONPathError."""
        return "".join(self.text_of(results) for results in self.find(data))

    def text_of(self, results: list[Any]) -> str:
        """Values as text, separated by blanks: maps and lists as JSON, all else as Go prints it."""
        if self.output_json:
            return _indented(results, "") + "\n"
        return " ".join(map(_text, results))

    def __repr__(self) -> str:
        return f"JSONPath({self.template!r})"


def find(template: str, data: Any, *, allow_missing_keys: bool = False) -> list[Any]:
    """All values that a template finds, in one list. Raises JSONPathError."""
    found = JSONPath(template, allow_missing_keys=allow_missing_keys).find(data)
    return [value for values in found for value in values]


def render(template: str, data: Any, *, allow_missing_keys: bool = False) -> str:
    """The text that a template makes of the data. Raises JSONPathError."""
    return JSONPath(template, allow_missing_keys=allow_missing_keys).render(data)


def _plain(data: Any) -> Any:
    """The data as JSON values."""
    if isinstance(data, UnstructuredList):
        return data.object
    if data is None or isinstance(data, dict | list | str | int | float):
        return data
    if isinstance(data, Mapping):
        return dict(data)
    return json.to_builtins(data)


def _text(value: Any) -> str:
    if value is None:
        return "null"
    return marshal(value) if isinstance(value, dict | list) else value_v(value)


def _indented(value: Any, margin: str) -> str:
    """json.MarshalIndent with four blanks."""
    inner = f"{margin}    "
    if isinstance(value, dict) and value:
        parts = [f"{inner}{marshal(key)}: {_indented(value[key], inner)}" for key in sorted(value)]
        return "{\n" + ",\n".join(parts) + f"\n{margin}}}"
    if isinstance(value, list) and value:
        parts = [f"{inner}{_indented(item, inner)}" for item in value]
        return "[\n" + ",\n".join(parts) + f"\n{margin}]"
    return marshal(value)


def _children(value: Any) -> list[Any]:
    """What is in a map, a list or a text, whose parts are its bytes."""
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, list):
        return value
    return list(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else []


class _Run:
    """One evaluation; loops are a state of it, as `range` and `end` stand in braces of their own."""

    __slots__ = ("_allow", "_begin_range", "_end_range", "_in_range", "_last_end", "_nodes")

    def __init__(self, nodes: list[Node], *, allow_missing_keys: bool) -> None:
        self._nodes = nodes
        self._allow = allow_missing_keys
        self._begin_range = self._in_range = self._end_range = 0
        self._last_end = -1

    def find(self, data: Any, start: int) -> list[list[Any]]:
        full: list[list[Any]] = []
        at = start
        while at < len(self._nodes):
            results = self._walk([data], self._nodes[at])
            if 0 < self._end_range <= self._in_range:
                self._end_range -= 1
                self._last_end = at
                break
            if self._begin_range > 0:
                self._begin_range -= 1
                self._in_range += 1
                for value in results:
                    full += self.find(value, at + 1)
                if not results:  # the way to the end has to be known all the same
                    self.find(None, at + 1)
                self._in_range -= 1
                at = max(at, self._last_end)
            else:
                full.append(results)
            at += 1
        return full

    def _walk(self, values: list[Any], node: Node) -> list[Any]:
        if type(node) is FieldNode:  # what most nodes are
            return self._field(values, node.name)
        if type(node) is ListNode:
            for inner in node.nodes:
                values = self._walk(values, inner)
            return values
        return self._evaluated(values, node)

    def _evaluated(self, values: list[Any], node: Node) -> list[Any]:
        match node:
            case ArrayNode():
                return [item for value in values if value is not None for item in _sliced(value, node)]
            case FilterNode():
                return [item for value in values for item in self._filtered(value, node)]
            case TextNode(text):
                return [text]
            case IntNode(number) | FloatNode(number) | BoolNode(number):
                return [number] * len(values)
            case WildcardNode():
                return [child for value in values for child in _children(value)]
            case RecursiveNode():
                return _below(values)
            case UnionNode(parts):
                return [item for part in parts for item in self._walk(values, part)]
            case IdentifierNode(name):
                return self._word(values, name)
            case _:
                return self._walk(values, node)

    def _word(self, values: list[Any], name: str) -> list[Any]:
        if name == "range":
            self._begin_range += 1
            return values
        if name != "end":
            raise JSONPathError(f"unrecognized identifier {name}")
        if not self._in_range:
            raise JSONPathError("not in range, nothing to end")
        self._end_range += 1
        return []

    def _field(self, values: list[Any], name: str) -> list[Any]:
        found = [value[name] for value in values if isinstance(value, dict) and name in value]
        if values and not found and not self._allow:
            raise _MissingKeyError(f"{name} is not found")
        return found

    def _filtered(self, value: Any, node: FilterNode) -> list[Any]:
        if not isinstance(value, list):
            raise JSONPathError(f"{value_v(value)} is not array or slice and cannot be filtered")
        if node.operator == "exists":
            return [item for item in value if self._exists(item, node.left)]
        return [item for item in value if self._compared(item, node)]

    def _exists(self, item: Any, path: ListNode) -> bool:
        try:
            return bool(self._walk([item], path))
        except _MissingKeyError:
            return False
        except JSONPathError:
            return True  # as in client-go, where a path that fails half way leaves what it had

    def _compared(self, item: Any, node: FilterNode) -> bool:
        sides = []
        for path in (node.left, node.right):
            found = self._walk([item], path)
            if not found:
                return False
            if len(found) > 1:
                raise JSONPathError("can only compare one element at a time")
            sides.append(found[0])
        return _compare(node.operator, *sides)


def _below(values: list[Any]) -> list[Any]:
    """Each value that has something in it, and the same of what is in it."""
    result: list[Any] = []
    for value in values:
        children = _children(value)
        if children:
            result.append(value)
            if not isinstance(value, str):
                result += _below(children)
    return result


def _sliced(value: Any, node: ArrayNode) -> list[Any]:
    if not isinstance(value, list):
        raise JSONPathError(f"{type_name(value)} is not array or slice")
    length = len(value)
    start = node.start.value if node.start.known else 0
    if start < 0:
        start += length
    end = node.end.value if node.end.known else length
    if end < 0 or (end == 0 and node.end.derived):
        end += length
    if start == end:
        return []
    if not 0 <= start < length:
        raise JSONPathError(f"array index out of bounds: index {start}, length {length}")
    if not 0 <= end <= length:
        raise JSONPathError(f"array index out of bounds: index {end - 1}, length {length}")
    if start > end:
        raise JSONPathError(f"starting index {start} is greater than ending index {end}")
    if node.step.known and node.step.value <= 0:
        raise JSONPathError("step must be > 0")
    return value[start : end : node.step.value if node.step.known else 1]


def _kind(value: Any) -> type:
    """Go's basic kind. Raises JSONPathError for what cannot be compared."""
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind
    raise JSONPathError("invalid type for comparison")


def _compare(operator: str, left: Any, right: Any) -> bool:
    if operator not in ("==", "!=", "<", "<=", ">", ">="):
        raise JSONPathError(f"unrecognized filter operator {operator}")
    kinds = _kind(left), _kind(right)
    if kinds[0] is not kinds[1]:
        raise JSONPathError("incompatible types for comparison")
    if operator in ("==", "!="):
        return bool(left == right) is (operator == "==")
    if kinds[0] is bool:
        raise JSONPathError("invalid type for comparison")
    if isinstance(left, str):  # byte by byte, as Go does
        left, right = left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass")
    less = bool(left < right)
    if operator == "<":
        return less
    if operator == ">=":
        return not less
    return (less or left == right) is (operator == "<=")
