"""JSON as the messages of gnostic's protobuf: tables of a message's members, and how each stands on the wire.

Both versions of OpenAPI are written with these. JSON that has no place in a message is a vendor extension, whose value is YAML
text, as Go writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from struct import pack
from typing import Any, Final

from kubeclient.apimachinery.protobuf import field, varint

__all__ = [
    "Member",
    "Writer",
    "any_of",
    "flag_member",
    "many_of",
    "map_of",
    "message_of",
    "named",
    "one_of",
    "real_member",
    "table",
    "text_member",
    "texts_member",
    "value_member",
    "values_member",
    "whole_member",
    "write_message",
]

Writer = Callable[[Any], bytes]
_EXTENSION: Final = "x-"


class Member:
    """How a JSON member stands in its message: under a number, written by a writer that gives tag and all."""

    __slots__ = ("number", "write")

    def __init__(self, number: int, write: Callable[[int, Any], bytes]) -> None:
        self.number = number
        self.write = write


def table(extensions: int, **members: Any) -> Mapping[str, Member]:
    """The members of a message by their JSON names (`ref_` is "$ref", `in_` is "in", `not_` is "not"), each a number and a
    writer; `extensions` is the number of the vendor extensions."""
    spelled = {"ref_": "$ref", "in_": "in", "not_": "not"}
    made = {spelled.get(name, name): Member(*member) for name, member in members.items()}
    return {**made, _EXTENSION: Member(extensions, value_member)}


def write_message(members: Mapping[str, Member], value: Mapping[str, Any]) -> bytes:
    """Members in the order of their numbers; vendor extensions in the order of their names.

    Raises KeyError for a member that the message has no place for.
    """
    parts = []
    extensions = []
    for name in value:
        if name in members:
            parts.append((members[name].number, members[name].write(members[name].number, value[name])))
        elif name.startswith(_EXTENSION):
            extensions.append(name)
        else:
            raise KeyError(name)
    if extensions:
        number = members[_EXTENSION].number
        texts = [field(number, named(name, any_of(value[name]))) for name in sorted(extensions)]
        parts.append((number, b"".join(texts)))
    parts.sort(key=lambda part: part[0])
    return b"".join(part for _, part in parts)


def named(name: str, value: bytes) -> bytes:
    """An entry of a map: a message of a name and a value."""
    return field(1, name.encode()) + field(2, value)


def any_of(value: Any) -> bytes:
    """The message Any: the value as YAML, its members in their order."""
    import yaml

    text: str = yaml.dump(value, Dumper=_dumper(), allow_unicode=True, width=1 << 30, default_flow_style=False)
    return field(2, text.encode().removesuffix(b"...\n"))


@cache
def _dumper() -> Any:
    from kubefake.wire.yamlwrite import Dumper  # brings PyYAML along, which few need

    class InOrder(Dumper):
        """Writes what stands in a document: nothing is sorted."""

    InOrder.add_representer(
        dict, lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value.items())
    )
    return InOrder


def text_member(number: int, value: Any) -> bytes:
    """A string; an empty one is left out."""
    return field(number, value.encode()) if value else b""


def flag_member(number: int, value: Any) -> bytes:
    """A bool; False is left out."""
    return varint(number << 3) + b"\x01" if value else b""


def whole_member(number: int, value: Any) -> bytes:
    """An int64; 0 is left out."""
    return varint(number << 3) + varint(value) if value else b""


def real_member(number: int, value: Any) -> bytes:
    """A double; 0 is left out."""
    return varint(number << 3 | 1) + pack("<d", value) if value else b""


def texts_member(number: int, value: Any) -> bytes:
    """Repeated strings."""
    return b"".join(field(number, text.encode()) for text in value)


def value_member(number: int, value: Any) -> bytes:
    """An Any."""
    return field(number, any_of(value))


def values_member(number: int, value: Any) -> bytes:
    """Repeated Anys."""
    return b"".join(field(number, any_of(one)) for one in value)


def one_of(write: Writer) -> Callable[[int, Any], bytes]:
    """A message."""
    return lambda number, value: field(number, write(value))


def many_of(write: Writer) -> Callable[[int, Any], bytes]:
    """Repeated messages."""
    return lambda number, value: b"".join(field(number, write(one)) for one in value)


def map_of(write: Writer) -> Writer:
    """A message whose one member is a list of names and values."""
    return lambda value: b"".join(field(1, named(name, write(one))) for name, one in value.items())


def message_of(members: Mapping[str, Member]) -> Writer:
    """The writer of a message."""
    return lambda value: write_message(members, value)
