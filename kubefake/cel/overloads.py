"""Functions and what each of their overloads takes, gives and does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from . import types
from .types import Type
from .values import Duration, Optional, Timestamp, Uint

__all__ = ["Overload", "accepts", "function", "method", "named", "table", "type_name"]

Implementation = Callable[..., Any]


class Overload(NamedTuple):
    """One way to call a function. `args` begins with the target of a method."""

    function: str
    id: str
    member: bool
    args: tuple[Type, ...]
    result: Type
    implementation: Implementation


_SCALARS: Final[Mapping[str, Type]] = {
    type.name: type
    for type in (
        *(types.BOOL, types.BYTES, types.DOUBLE, types.DURATION, types.INT, types.STRING),
        *(types.TIMESTAMP, types.UINT, types.DYN, types.NULL, types.TYPE),
    )
}
_WORD: Final = re.compile(r"[A-Za-z_.]+|[(),]")
_STRUCTS: Final = ("kubernetes.Quantity", "kubernetes.URL", "kubernetes.Semver", "kubernetes.NamedFormat")


def named(text: str) -> Type:
    """The type that a text like `map(K, list(int))` names; single capitals are parameters."""
    words = _WORD.findall(text)
    found, rest = _read(words)
    assert not rest, text
    return found


def _read(words: list[str]) -> tuple[Type, list[str]]:
    name, rest = words[0], words[1:]
    params: list[Type] = []
    while rest and rest[0] in ("(", ",") and (rest[0] == "(" or params):
        if rest[0] == "," and not params:
            break
        param, rest = _read(rest[1:])
        params.append(param)
        if rest[0] == ")":
            return _made(name, params), rest[1:]
    return _made(name, params), rest


def _made(name: str, params: list[Type]) -> Type:
    if name == "list":
        return types.list_of(params[0])
    if name == "map":
        return types.map_of(params[0], params[1])
    if name == "optional":
        return types.optional_of(params[0])
    if name == "type" and params:
        return types.type_of(params[0])
    if name in _SCALARS:
        return _SCALARS[name]
    if len(name) == 1:
        return types.parameter(name)
    if name in _STRUCTS or name.startswith("kubernetes.authorization."):
        return types.object_type(name)
    return types.opaque(name)


def _declared(name: str, id: str, signature: str, implementation: Implementation, *, member: bool) -> Overload:
    args, _, result = signature.partition(" -> ")
    taken = tuple(named(arg) for arg in args.split("; ") if arg)
    return Overload(name, id, member, taken, named(result), implementation)


def function(name: str, id: str, signature: str, implementation: Implementation) -> Overload:
    """An overload of a function; its signature is written `int; int -> int`."""
    return _declared(name, id, signature, implementation, member=False)


def method(name: str, id: str, signature: str, implementation: Implementation) -> Overload:
    """An overload of a method; the first type of its signature is the target's."""
    return _declared(name, id, signature, implementation, member=True)


def table(*libraries: Iterable[Overload]) -> Mapping[str, tuple[Overload, ...]]:
    """The overloads of each function, in the order of their declaration."""
    found: dict[str, list[Overload]] = {}
    for library in libraries:
        for overload in library:
            found.setdefault(overload.function, []).append(overload)
    return {name: tuple(overloads) for name, overloads in found.items()}


_NAMES: Final[Mapping[type, str]] = {
    bool: "bool",
    int: "int",
    Uint: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    type(None): "null_type",
    Timestamp: "google.protobuf.Timestamp",
    Duration: "google.protobuf.Duration",
    Optional: "optional_type",
    Type: "type",
}


def type_name(value: Any) -> str:
    """The name of the type of a value, as errors print it."""
    found = _NAMES.get(type(value))
    if found is not None:
        return found
    if isinstance(value, list):
        return "list"
    if isinstance(value, dict):
        return "map"
    return str(value.type_name)


def accepts(type_: Type, value: Any) -> bool:
    """Whether a value is of a type, as far as it can be told without looking inside."""
    kind = type_.kind
    if kind in ("param", "dyn"):
        return True
    if kind == "list":
        return isinstance(value, list)
    if kind == "map":
        return isinstance(value, dict)
    if kind == "type":
        return isinstance(value, Type)
    name = type_name(value)
    if type_ is types.TIMESTAMP or type_ is types.DURATION:
        return name.lower().endswith(type_.name)
    return name == type_.name
