"""Reading a value again to say what is wrong with it: Go's JSON errors and the strict decoding errors, in document order.

This is the slow twin of `decode`: it walks the value as Go's decoder does, with the struct and the field path that Go prints,
and with the text of numbers where the document is at hand. It runs only when `decode` has met something.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any, Final

from . import scalars
from .builtin import GoField, go_fields
from .node import Node

__all__ = ["DecodeError", "Explanation", "Literal", "Pairs", "explain", "read_pairs"]


class DecodeError(ValueError):
    """A value does not fit its type; the text is that of Go's decoder."""


class Pairs(list[tuple[str, Any]]):
    """A JSON object with its keys in order, duplicates and all."""


class Literal(str):
    """A JSON number as it was written."""

    __slots__ = ()


class Explanation:
    """What Go's decoder would say: the first type error, or "", and the strict errors."""

    def __init__(self) -> None:
        self.error = ""
        self.strict: list[str] = []

    def failure(self) -> DecodeError:
        """The type error as an exception."""
        return DecodeError(self.error or "json: cannot unmarshal value")


def read_pairs(raw: bytes) -> Any:
    """JSON with duplicate keys and the text of numbers kept: `Pairs` for objects, `Literal` for numbers."""
    text = raw.decode("utf-8", "replace")
    return json.loads(text, object_pairs_hook=Pairs, parse_int=Literal, parse_float=Literal)


def explain(node: Node, value: Any, raw: bytes | None = None) -> Explanation:
    """Reads `value`, or better the `raw` text it came from, as `node` and says what is wrong."""
    walker = _Walker()
    with contextlib.suppress(_StopError):
        walker.visit(node, read_pairs(raw) if raw is not None else value)
    return walker.result


_LEAVES: Final = {
    "string": (str,),
    "boolean": (bool,),
}
_CONVERT: Final = {
    "bytes": scalars.base64_text,
    "quantity": scalars.quantity,
    "time": scalars.time,
    "microtime": scalars.micro_time,
    "duration": scalars.duration,
}


_OWN_DECODERS: Final = frozenset({"quantity", "time", "microtime", "duration", "int-or-string"})


class _StopError(Exception):
    """A type with an UnmarshalJSON of its own refuses: Go's decoder ends there, and forgets the errors that it went on after."""


class _Walker:
    def __init__(self) -> None:
        self.result = Explanation()
        self._struct = ""
        self._fields: list[str] = []
        self._path: list[str] = []
        self._opaque = 0  # inside a type with an UnmarshalJSON of its own: no strict errors, the outer struct is named

    def visit(self, node: Node, value: Any) -> None:
        if value is None:
            return
        kind = node.kind
        if kind == "object":
            self._object(node, value)
        elif kind == "map":
            self._map(node, value)
        elif kind == "list":
            self._list(node, value)
        elif kind == "any":
            self._union(node, value)
        else:
            self._leaf(node, value)

    def _object(self, node: Node, value: Any) -> None:
        if not isinstance(value, (dict, Pairs)):
            self._mismatch(value, node.go_type)
            return
        fields = {field.name: field for field in go_fields(node)}
        outer, self._struct = self._struct, self._struct if self._opaque else node.go_type.rpartition(".")[2]
        seen: set[str] = set()
        for key, item in _items(value):
            field = fields.get(key)
            if field is None:
                self._strict("unknown", key)
                continue
            if key in seen:
                self._strict("duplicate", key)
            seen.add(key)
            self._field(field, item)
        self._struct = outer

    def _field(self, field: GoField, item: Any) -> None:
        depth = len(self._fields)
        self._fields += [*field.embedded.split(".")[:-1], field.name]
        self._path.append(field.name if not self._path else "." + field.name)
        self.visit(field.node, item)
        self._path.pop()
        del self._fields[depth:]

    def _map(self, node: Node, value: Any) -> None:
        if not isinstance(value, (dict, Pairs)):
            self._mismatch(value, node.go_type)
            return
        assert node.values is not None
        seen: set[str] = set()
        for key, item in _items(value):
            if key in seen:
                self._strict("duplicate", key)
            seen.add(key)
            self._path.append("." + key)
            self.visit(node.values, item)
            self._path.pop()

    def _list(self, node: Node, value: Any) -> None:
        if type(value) is not list:
            self._mismatch(value, node.go_type)
            return
        assert node.items is not None
        for index, item in enumerate(value):
            self._path.append(f"[{index}]")
            self.visit(node.items, item)
            self._path.pop()

    def _union(self, node: Node, value: Any) -> None:
        if node.values is None:
            return
        outer, self.result.error = self.result.error, ""
        self._opaque += 1
        if isinstance(value, (dict, Pairs)):
            self.visit(node.values, value)
        elif node.go_type.endswith("OrBool") and not isinstance(value, bool):
            self._error("boolean or JSON schema expected")
        elif type(value) is list and node.go_type.endswith("OrArray"):
            for item in value:
                self.visit(node.values, item)
        elif type(value) is list and node.go_type.endswith("OrStringArray"):
            for item in value:
                if item is not None and type(item) is not str:
                    self._mismatch(item, "string")
        self._opaque -= 1
        if self.result.error:
            raise _StopError
        self.result.error = outer

    def _leaf(self, node: Node, value: Any) -> None:
        if node.kind not in _OWN_DECODERS:
            self._scalar(node, value)
            return
        outer, self.result.error = self.result.error, ""
        self._scalar(node, value)
        if self.result.error:
            raise _StopError
        self.result.error = outer

    def _scalar(self, node: Node, value: Any) -> None:
        kind = node.kind
        if kind in _LEAVES:
            if type(value) not in _LEAVES[kind]:
                self._mismatch(value, node.go_type)
        elif kind == "integer":
            self._integer(value, node.format, node.go_type)
        elif kind == "int-or-string":
            if type(value) is not str:
                self._integer(value, "int32", "int32")
        elif kind == "number":
            self._float(value, node.go_type)
        elif kind in _CONVERT:
            self._convert(node, value)

    def _convert(self, node: Node, value: Any) -> None:
        if node.kind == "bytes" and type(value) is list:
            for item in value:
                if item is not None:
                    self._integer(item, "uint8", "uint8")
            return
        if node.kind == "quantity" and isinstance(value, Literal):
            value = str(value)
        elif type(value) is not str and node.kind != "quantity":
            self._mismatch(value, "string" if "time" in node.kind or node.kind == "duration" else node.go_type)
            return
        try:
            _CONVERT[node.kind](value)
        except ValueError as error:
            self._error(str(error))

    def _integer(self, value: Any, format: str, go_type: str) -> None:
        literal = _number_text(value)
        if literal is None:
            self._mismatch(value, go_type)
            return
        low, high = (0, 255) if format == "uint8" else scalars.INTEGER_RANGES[format]
        if not literal.lstrip("-").isdigit() or not low <= int(literal) <= high:
            self._mismatch(value, go_type, f"number {literal}")

    def _float(self, value: Any, go_type: str) -> None:
        literal = _number_text(value)
        if literal is None:
            self._mismatch(value, go_type)
        elif "inf" in str(float(literal)):
            self._mismatch(value, go_type, f"number {literal}")

    def _mismatch(self, value: Any, go_type: str, what: str = "") -> None:
        path = ".".join(self._fields)
        where = f"Go struct field {self._struct}.{path} of type" if path else "Go value of type"
        self._error(f"json: cannot unmarshal {what or _json_kind(value)} into {where} {go_type}")

    def _error(self, text: str) -> None:
        self.result.error = self.result.error or text

    def _strict(self, what: str, key: str) -> None:
        if not self._opaque:
            path = "".join(self._path)
            self.result.strict.append(f'{what} field "{path}.{key}"' if path else f'{what} field "{key}"')


def _items(value: Any) -> Any:
    return value.items() if isinstance(value, dict) else value


def _number_text(value: Any) -> str | None:
    if isinstance(value, Literal):
        return str(value)
    if type(value) is int:
        return str(value)
    if type(value) is float:
        return repr(value)
    return None


def _json_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (Literal, int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, (dict, Pairs)) else "array"
