"""The types that a structural schema declares, with the sizes that it allows.

Follows k8s.io/apiserver/pkg/cel/common/schemas.go and escaping.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from . import types
from .parser import RESERVED
from .sizes import Size
from .types import Type

__all__ = ["REQUEST_SIZE", "Declared", "declare", "escape", "with_type_meta"]

Schema = Mapping[str, Any]

REQUEST_SIZE: Final = 3 * 1024 * 1024
"""The bytes that a request may have."""

_STRING: Final = REQUEST_SIZE - 2
_NAMED: Final = {"type": "string"}
_ESCAPED: Final = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_LEGAL: Final = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*")
_TIMES: Final = {
    "duration": (types.DURATION, 32, 3),
    "date": (types.TIMESTAMP, 12, 12),
    "date-time": (types.TIMESTAMP, 32, 21),
}


class Declared:
    """The type of a place in a schema.

    Attributes:
        type: what expressions see. largest: how many parts (characters, items) it may have.
        smallest: how many bytes its JSON has at least.
        item: the type of the items of a list, or of the values of a map. fields: those of an object, by escaped name.
    """

    __slots__ = ("fields", "item", "largest", "smallest", "type")

    def __init__(
        self,
        type: Type,
        *,
        largest: int = 0,
        smallest: int = 2,
        item: Declared | None = None,
        fields: Mapping[str, Declared] | None = None,
    ) -> None:
        self.type = type
        self.largest = largest
        self.smallest = smallest
        self.item = item
        self.fields = fields or {}

    def size(self, path: tuple[str, ...]) -> Size | None:
        """The size of what a path leads to; its first name is a variable of this type."""
        found: Declared | None = self
        for name in path[1:]:
            assert found is not None
            if name == "@keys" and found.type.kind == "map":
                found = _KEY
            else:
                found = found.item if name in ("@items", "@values") else found.fields.get(name)
            if found is None:
                return None
        assert found is not None
        return Size(0, found.largest)


_KEY: Final = Declared(types.STRING)


def escape(name: str) -> str | None:
    """The name by which expressions call a field; None when they cannot."""
    if name in RESERVED:
        return f"__{name}__"
    if not _LEGAL.fullmatch(name):
        return None
    return re.sub(r"__|[-./]", lambda match: _ESCAPED[match[0]], name)


def with_type_meta(schema: Schema) -> Schema:
    """A schema of a whole resource, with the fields that every one has."""
    metadata = {"type": "object", "properties": {"name": _NAMED, "generateName": _NAMED}}
    always = {"apiVersion": _NAMED, "kind": _NAMED, "metadata": metadata}
    return {**schema, "properties": {**(schema.get("properties") or {}), **always}}


def declare(schema: Schema, *, is_root: bool = False, name: str = "selfType") -> Declared | None:
    """The type that a schema declares; None for what expressions do not see."""
    if schema.get("x-kubernetes-int-or-string"):
        longest = schema.get("maxLength")
        return Declared(types.DYN, largest=_STRING if longest is None else max(longest, 0) * 4, smallest=1)
    if is_root:
        schema = with_type_meta(schema)
    kind = schema.get("type")
    if kind == "array":
        return _list(schema, name)
    if kind == "object":
        return _map(schema, name) if isinstance(schema.get("additionalProperties"), Mapping) else _object(schema, name)
    if kind == "string":
        return _string(schema)
    if kind == "boolean":
        return Declared(types.BOOL, smallest=4)
    if kind in ("number", "integer"):
        return Declared(types.DOUBLE if kind == "number" else types.INT, smallest=1)
    return None


def _below(schema: Schema, name: str) -> Declared | None:
    return declare(schema, is_root=bool(schema.get("x-kubernetes-embedded-resource")), name=name)


def _list(schema: Schema, name: str) -> Declared | None:
    items = schema.get("items")
    item = _below(items, f"{name}.@idx") if isinstance(items, Mapping) else None
    if item is None:
        return None
    most = schema.get("maxItems")
    largest = (REQUEST_SIZE - 2) // (item.smallest + 1) if most is None else max(most, 0)
    return Declared(types.list_of(item.type), largest=largest, item=item)


def _map(schema: Schema, name: str) -> Declared | None:
    item = _below(schema["additionalProperties"], f"{name}.@elem")
    if item is None:
        return None
    most = schema.get("maxProperties")
    largest = (REQUEST_SIZE - 2) // (item.smallest + 6) if most is None else max(most, 0)
    return Declared(types.map_of(types.STRING, item.type), largest=largest, item=item)


def _object(schema: Schema, name: str) -> Declared:
    required = frozenset(schema.get("required") or ())
    fields: dict[str, Declared] = {}
    smallest = 2
    for key, child in sorted((schema.get("properties") or {}).items()):
        escaped = escape(key)
        found = _below(child, f"{name}.{escaped or key}")
        if found is None:
            continue
        if escaped is not None:
            fields[escaped] = found
        if key in required and child.get("default") is None:
            smallest += len(key) + found.smallest + 4
    kind = types.object_type(name, {key: field.type for key, field in fields.items()})
    return Declared(kind, smallest=smallest, fields=fields)


def _string(schema: Schema) -> Declared:
    format, longest = schema.get("format"), schema.get("maxLength")
    if format == "byte":
        return Declared(types.BYTES, largest=_STRING if longest is None else max(longest, 0))
    if format in _TIMES:
        kind, largest, smallest = _TIMES[format]
        return Declared(kind, largest=largest, smallest=smallest)
    if longest is not None:
        return Declared(types.STRING, largest=max(longest, 0) * 4)
    if schema.get("enum"):
        lengths = (len(value.encode()) for value in schema["enum"] if isinstance(value, str))
        return Declared(types.STRING, largest=max(lengths, default=0))
    return Declared(types.STRING, largest=_STRING)
