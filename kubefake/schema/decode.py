"""Reading a JSON value as a builtin type, the way Go's decoder and encoder do between them.

What comes out is what the real server would give back: fields in Go's order and keys of maps sorted, unknown fields gone,
nulls and empty values dropped or written as Go would, quantities, times and base64 in canonical form. This is the hot path
of every write, so a type is compiled once to closures that do all of it in a single pass, and which know nothing of paths
or of messages: when something is wrong, `explain` reads the value again, slowly, and finds the words.

The value that is read is never changed. Opaque subtrees (RawExtension and the like) are shared with the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from . import scalars
from .builtin import GoField, go_fields
from .explain import DecodeError, explain
from .node import Node
from .remembered import remembered

__all__ = ["READER_KEY", "DecodeError", "compile_decoder", "decode", "zero_value"]

Decoder = Callable[[Any, list[str]], Any]
"""Reads a value that is not null; appends to the list for every unknown field. Raises ValueError when it does not fit."""

_KEY: Final = "decode"
READER_KEY: Final = "read"
"""Where a root node of a custom kind keeps the function that reads its objects in place of `decode`."""

_DROPPED_WHEN_EMPTY: Final = frozenset({"string", "bytes", "integer", "number", "boolean", "list", "map"})
_STORED_AS_JSON: Final = ("io.k8s.apiextensions-apiserver.", "io.k8s.kube-aggregator.")
_EXACT: Final[Mapping[str, type]] = {"string": str, "boolean": bool}


def decode(node: Node, value: Any, *, raw: bytes | None = None, duplicates: bool = False) -> tuple[Any, list[str]]:
    """Reads `value` as the type `node`.

    Args:
        node: an object node of `builtin`, or the root node of a custom kind.
        value: parsed JSON.
        raw: the text that `value` was parsed from; makes number literals in errors, and duplicates, exact.
        duplicates: the text is known to have duplicate keys (`jsonread.has_duplicates`).

    Returns:
        The canonical value, and the strict decoding errors in document order (`unknown field "spec.foo"`).

    Raises:
        DecodeError: the value does not fit the type; its text is Go's.
    """
    reader = node.cache.get(READER_KEY)
    if reader is not None:
        result, strict = reader(node, value, raw=raw, duplicates=duplicates)
        return result, strict
    unknown: list[str] = []
    try:
        result = compile_decoder(node)(value, unknown)
    except ValueError:
        raise explain(node, value, raw).failure() from None
    if unknown or duplicates:
        return result, list(dict.fromkeys(explain(node, value, raw).strict))  # each is told once
    return result, []


def compile_decoder(node: Node) -> Decoder:
    """The decoder of a node, made on first use and kept on the node."""
    decoder: Decoder | None = node.cache.get(_KEY)
    if decoder is None:
        decoder = node.cache[_KEY] = _BUILDERS[node.kind](node)
    return decoder


def zero_value(node: Node) -> Any:
    """What Go writes for the zero value of a type: `{}` with what is never omitted, "", 0, null for a nil slice …"""
    if node.kind == "object":
        return {field.name: _absent(field) for field in go_fields(node) if _always(field)}
    return _ZEROS.get(node.kind)


_ZEROS: Final[Mapping[str, Any]] = {
    "string": "",
    "boolean": False,
    "integer": 0,
    "number": 0,
    "quantity": "0",
    "int-or-string": 0,
    "duration": "0s",
}


def _always(field: GoField) -> bool:
    """Whether Go writes a field whatever its value: no omitempty, or a struct, which is never empty."""
    if field.omit == "zero":
        return False
    return field.omit == "" or not (field.pointer or field.node.kind in _DROPPED_WHEN_EMPTY)


def _absent(field: GoField) -> Any:
    return None if field.pointer else zero_value(field.node)


_Entry = tuple[int, type | None, Decoder, bool, bool]
"""A field: its place, the exact type that needs no reading, its decoder, whether empty is dropped, whether always written."""


def _object(node: Node) -> Decoder:
    shared = _shared_decoder(node)
    return shared or _struct_reader(_entries(node), [field for field in go_fields(node) if _always(field)])


def _entries(node: Node) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    keeps_empty = node.name.startswith(_STORED_AS_JSON) or node.name.endswith("List")  # lists are never stored
    for index, field in enumerate(go_fields(node)):
        kind = field.node.kind
        read = _lazy(field.node)
        if kind == "object" and field.name == "spec" and not node.name.startswith(_STORED_AS_JSON):
            read = remembered(read)
        if kind in ("list", "map") and field.omit == "" and not keeps_empty:
            read = _null_when_empty(read)
        drops = field.omit == "zero" or (field.omit == "empty" and not field.pointer and kind in _DROPPED_WHEN_EMPTY)
        entries[field.name] = (index, _EXACT.get(kind), read, drops, _always(field))
    return entries


def _struct_reader(entries: Mapping[str, _Entry], always: list[GoField]) -> Decoder:
    find = entries.get
    position = {name: entry[0] for name, entry in entries.items()}.__getitem__
    count = len(always)
    zeros: dict[str, Any] = {}

    def absent(field: GoField) -> Any:
        """What stands for a field that is not there; an object, which may be changed, is made anew each time."""
        zero = zeros.get(field.name, zeros)
        if zero is zeros:
            zero = zeros[field.name] = _absent(field)
        return {} if zero == {} else zero if zero.__class__ is not dict else _absent(field)

    def read_object(value: Any, unknown: list[str]) -> Any:
        if type(value) is not dict:
            raise ValueError
        result: dict[str, Any] = {}
        missing = count
        last = -1
        ordered = True
        for key, item in value.items():
            entry = find(key)
            if entry is None:
                unknown.append(key)
                continue
            if item is None:
                continue
            index, exact, read, drops, required = entry
            if type(item) is not exact:
                item = read(item, unknown)
            if drops and not item:
                continue
            if required:
                missing -= 1
            result[key] = item
            if index < last:
                ordered = False
            last = index
        if missing:
            ordered = False
            for field in always:
                if field.name not in result:
                    result[field.name] = absent(field)
        if ordered:
            return result
        return {name: result[name] for name in sorted(result, key=position)}

    return read_object


def _shared_decoder(node: Node) -> Decoder | None:
    """The decoder of the type itself, where `node` is a field's own variant of it."""
    from .builtin import node_for_type

    type_node = node_for_type(node.name)
    return None if type_node is node else compile_decoder(type_node)


def _lazy(node: Node) -> Decoder:
    """The decoder of a struct field; built when first needed, because types refer to themselves and most stay unused."""
    if node.kind not in ("object", "list", "map", "any"):
        return compile_decoder(node)
    cache = node.cache

    def read(value: Any, unknown: list[str]) -> Any:
        decoder = cache.get(_KEY)
        return (decoder or compile_decoder(node))(value, unknown)

    return read


def _null_when_empty(read: Decoder) -> Decoder:
    """An empty list that may not be omitted comes back from storage as nil, because protobuf does not tell them apart."""

    def read_or_null(value: Any, unknown: list[str]) -> Any:
        return read(value, unknown) or None

    return read_or_null


def _list(node: Node) -> Decoder:
    items = node.items
    assert items is not None
    if items.kind == "string":
        return _strings

    read = compile_decoder(items) if items.kind not in ("object", "any") else _lazy(items)

    def read_list(value: Any, unknown: list[str]) -> Any:
        if type(value) is not list:
            raise ValueError
        return [zero_value(items) if item is None else read(item, unknown) for item in value]

    return read_list


def _strings(value: Any, _unknown: list[str]) -> Any:
    if type(value) is not list:
        raise ValueError
    for item in value:
        if type(item) is not str:
            return [_string_or_null(item) for item in value]
    return value[:]


def _string_or_null(item: Any) -> str:
    if item is None:
        return ""
    if type(item) is not str:
        raise ValueError
    return item


def _map(node: Node) -> Decoder:
    values = node.values
    assert values is not None
    if values.kind == "string":
        return _string_map
    read = _lazy(values)
    zero = "" if values.kind == "bytes" else zero_value(values)

    def read_map(value: Any, unknown: list[str]) -> Any:
        if type(value) is not dict:
            raise ValueError
        return {
            key: (zero if values.kind != "object" else zero_value(values)) if item is None else read(item, unknown)
            for key, item in sorted(value.items())
        }

    return read_map


def _string_map(value: Any, _unknown: list[str]) -> Any:
    if type(value) is not dict:
        raise ValueError
    for item in value.values():
        if type(item) is not str:
            return {key: _string_or_null(value[key]) for key in sorted(value)}
    if len(value) < 2:
        return value.copy()
    return dict(sorted(value.items()))


def _string(_node: Node) -> Decoder:
    def read(value: Any, _unknown: list[str]) -> Any:
        if type(value) is not str:
            raise ValueError
        return value

    return read


def _boolean(_node: Node) -> Decoder:
    def read(value: Any, _unknown: list[str]) -> Any:
        if type(value) is not bool:
            raise ValueError
        return value

    return read


def _integer(node: Node) -> Decoder:
    low, high = scalars.INTEGER_RANGES[node.format]

    def read(value: Any, _unknown: list[str]) -> Any:
        if type(value) is int and low <= value <= high:
            return value
        raise ValueError

    return read


def _any(node: Node) -> Decoder:
    if node.values is not None:
        return _UNIONS[node.go_type](node.values)
    if node.go_type == "v1.JSON":
        return lambda value, _unknown: scalars.canonical_json(value)
    return lambda value, _unknown: value


def _schema_or_bool(schema: Node) -> Decoder:
    read = _lazy(schema)

    def read_union(value: Any, _unknown: list[str]) -> Any:
        if type(value) is dict:
            return read(value, [])
        if type(value) is bool:
            return value
        raise ValueError

    return read_union


def _schema_or_array(schema: Node) -> Decoder:
    read = _lazy(schema)

    def read_union(value: Any, _unknown: list[str]) -> Any:
        if type(value) is dict:
            return read(value, [])
        if type(value) is list:
            return [zero_value(schema) if item is None else read(item, []) for item in value]
        return None

    return read_union


def _schema_or_strings(schema: Node) -> Decoder:
    read = _lazy(schema)

    def read_union(value: Any, _unknown: list[str]) -> Any:
        if type(value) is dict:
            return read(value, [])
        if type(value) is list:
            return [_string_or_null(item) for item in value]
        return None

    return read_union


_UNIONS: Final[Mapping[str, Callable[[Node], Decoder]]] = {
    "v1.JSONSchemaPropsOrBool": _schema_or_bool,
    "v1.JSONSchemaPropsOrArray": _schema_or_array,
    "v1.JSONSchemaPropsOrStringArray": _schema_or_strings,
}


def _scalar(convert: Callable[[Any], Any]) -> Callable[[Node], Decoder]:
    def build(_node: Node) -> Decoder:
        return lambda value, _unknown: convert(value)

    return build


_BUILDERS: Final[Mapping[str, Callable[[Node], Decoder]]] = {
    "object": _object,
    "map": _map,
    "list": _list,
    "string": _string,
    "bytes": _scalar(scalars.base64_text),
    "integer": _integer,
    "number": _scalar(scalars.number),
    "boolean": _boolean,
    "quantity": _scalar(scalars.quantity),
    "int-or-string": _scalar(scalars.int_or_string),
    "time": _scalar(scalars.time),
    "microtime": _scalar(scalars.micro_time),
    "duration": _scalar(scalars.duration),
    "fieldsv1": lambda _node: lambda value, _unknown: value,
    "any": _any,
}
