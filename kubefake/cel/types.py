"""The types of expressions, and when one may stand for another.

Follows github.com/google/cel-go/checker/types.go and format.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

__all__ = [
    "BOOL",
    "BYTES",
    "DOUBLE",
    "DURATION",
    "DYN",
    "ERROR",
    "INT",
    "NULL",
    "STRING",
    "TIMESTAMP",
    "TYPE",
    "UINT",
    "Substitution",
    "Type",
    "list_of",
    "map_of",
    "most_general",
    "object_type",
    "opaque",
    "optional_of",
    "parameter",
    "type_of",
    "unwrap_optional",
]

Kind = Literal["scalar", "dyn", "error", "null", "list", "map", "object", "opaque", "param", "type"]


class Type:
    """A type. `text` is how errors print it, and what tells one from another."""

    __slots__ = ("fields", "kind", "name", "params", "text")

    def __init__(self, kind: Kind, name: str, params: tuple[Type, ...] = ()) -> None:
        self.kind = kind
        self.name = name
        self.params = params
        self.text: str = f"{name}({', '.join(param.text for param in params)})" if params else name
        self.fields: Mapping[str, Type] = {}
        """Of an object type: its fields, by the names that expressions use."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Type) and self.text == other.text and self.kind == other.kind

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return self.text


BOOL: Final = Type("scalar", "bool")
BYTES: Final = Type("scalar", "bytes")
DOUBLE: Final = Type("scalar", "double")
DURATION: Final = Type("scalar", "duration")
INT: Final = Type("scalar", "int")
STRING: Final = Type("scalar", "string")
TIMESTAMP: Final = Type("scalar", "timestamp")
UINT: Final = Type("scalar", "uint")
DYN: Final = Type("dyn", "dyn")
ERROR: Final = Type("error", "!error!")
NULL: Final = Type("null", "null")
TYPE: Final = Type("type", "type")


def list_of(item: Type) -> Type:
    """list(item)."""
    return Type("list", "list", (item,))


def map_of(key: Type, value: Type) -> Type:
    """map(key, value)."""
    return Type("map", "map", (key, value))


def type_of(inner: Type) -> Type:
    """The type of a type's name."""
    return Type("type", "type", (inner,))


def opaque(name: str, *params: Type) -> Type:
    """A type of a library, of which only functions know anything."""
    return Type("opaque", name, params)


def optional_of(inner: Type) -> Type:
    """optional_type(inner)."""
    return opaque("optional_type", inner)


def object_type(name: str, fields: Mapping[str, Type] | None = None) -> Type:
    """A type with named fields."""
    found = Type("object", name)
    found.fields = fields or {}
    return found


def parameter(name: str) -> Type:
    """A type that a use fills in."""
    return Type("param", name)


def unwrap_optional(type: Type) -> tuple[Type, bool]:
    """What an optional type is an option of, and whether it is one."""
    if type.kind == "opaque" and type.name == "optional_type":
        return type.params[0], True
    return type, False


def _less_specific(a: Type, b: Type) -> bool:
    if a.kind in ("dyn", "param"):
        return True
    if b.kind in ("dyn", "param") or a.kind != b.kind:
        return False
    if a.kind in ("opaque", "list", "map"):
        same = a.name == b.name and len(a.params) == len(b.params)
        return same and all(_less_specific(x, y) for x, y in zip(a.params, b.params, strict=True))
    return a.kind == "type" or a == b


def most_general(a: Type, b: Type) -> Type:
    """The one that accepts more."""
    return a if _less_specific(a, b) else b


class Substitution:
    """What the type parameters of an expression stand for so far."""

    def __init__(self) -> None:
        self._bound: dict[str, Type] = {}
        self._fresh = 0

    def fresh(self) -> Type:
        """A parameter that nothing else uses."""
        self._fresh += 1
        return parameter(f"_var{self._fresh - 1}")

    def assignable(self, expected: Sequence[Type], found: Sequence[Type]) -> bool:
        """Whether the types fit pairwise; binds parameters when all do, and nothing when one does not."""
        before = dict(self._bound)
        if self._all_fit(expected, found):
            return True
        self._bound = before
        return False

    def apply(self, type: Type, *, final: bool = False) -> Type:
        """With parameters replaced by what they stand for; with `final` those that are free are dyn."""
        if (bound := self._bound.get(type.text)) is not None and type.kind == "param":
            return self.apply(bound, final=final)
        if type.kind == "param":
            return DYN if final else type
        if type.params:
            params = tuple(self.apply(param, final=final) for param in type.params)
            if params != type.params:
                return Type(type.kind, type.name, params)
        return type

    def _all_fit(self, a: Sequence[Type], b: Sequence[Type]) -> bool:
        return len(a) == len(b) and all(self._fits(x, y) for x, y in zip(a, b, strict=True))

    def _fits(self, a: Type, b: Type) -> bool:
        if b.kind == "param":
            valid, bound = self._bind(a, b)
            if valid or bound:
                return valid
        if a.kind == "param":
            return self._bind(b, a)[0]
        if a.kind in ("dyn", "error") or b.kind in ("dyn", "error"):
            return True
        if a.kind == "null" or b.kind == "null":
            other = b if a.kind == "null" else a
            return other.kind in ("null", "opaque", "object") or other in (DURATION, TIMESTAMP)
        if a.kind in ("list", "map", "opaque"):
            return a.kind == b.kind and a.name == b.name and self._all_fit(a.params, b.params)
        return a.kind == b.kind == "type" or a == b

    def _bind(self, type: Type, param: Type) -> tuple[bool, bool]:
        """Whether `param` may stand for `type`, and whether it stands for something."""
        if type == param:
            return True, True
        bound = self._bound.get(param.text)
        if bound is not None:
            if type == bound:
                return True, True
            if not self._fits(type, bound):
                return False, True
            general = most_general(type, bound)
            if self._free_of(param, general):
                self._bound[param.text] = general
            return True, True
        if self._free_of(param, type):
            self._bound[param.text] = type
            return True, False
        return False, False

    def _free_of(self, param: Type, within: Type) -> bool:
        if param == within:
            return False
        if within.kind == "param":
            bound = self._bound.get(within.text)
            return bound is None or self._free_of(param, bound)
        return all(self._free_of(param, inner) for inner in within.params)
