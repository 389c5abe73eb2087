"""Reads the generated table of protobuf's field numbers, a type at a time.

A line of the table has a field between semicolons: `number wire-name[=GoName] type`. A type is a scalar, the name of a type
with a form of its own (Time, Quantity), the name of a message (".PodSpec" in the same package), or one of these behind `*`
(it may be missing), `[]` (repeated) or `{}` (a map with keys of text). The wire name of an embedded struct is `+`.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from .protobuf_table import TYPES

__all__ = ["ProtoField", "fields_of", "go_names", "known"]


class ProtoField(NamedTuple):
    """A field of a message.

    Attributes:
        number: in protobuf. name: in JSON; "+" for an embedded struct. go_name: in Go, for errors.
        shape: "" for one value, "*" for one that may be missing, "[]" for many, "{}" for a map.
        type: string, bytes, bool, int32, int64, double; "strings" for a message around a list of them; Time, Quantity and
            the like; or "" for a message.
        message: its name in the table.
    """

    number: int
    name: str
    go_name: str
    shape: str
    type: str
    message: str


def known(message: str) -> bool:
    """Whether a type has a form in protobuf: Table has none, nor have the types of custom resources."""
    return message in TYPES


@cache
def fields_of(message: str) -> tuple[ProtoField, ...]:
    """The fields of a message by number. Raises KeyError for a type that has no form in protobuf."""
    return tuple(_field(line, message.rpartition(".")[0]) for line in TYPES[message].split("; ") if line)


@cache
def go_names(message: str) -> dict[int, str]:
    """The Go names of a message's fields by number."""
    return {one.number: one.go_name for one in fields_of(message)}


def _field(line: str, package: str) -> ProtoField:
    number, names, type = line.split(" ")
    name, _, go_name = names.partition("=")
    shape = next((sign for sign in ("*", "[]", "{}") if type.startswith(sign)), "")
    type = type.removeprefix(shape)
    message = f"{package}{type}" if type.startswith(".") else type if "." in type else ""
    return ProtoField(int(number), name, go_name or name[0].upper() + name[1:], shape, "" if message else type, message)
