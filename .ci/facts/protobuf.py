"""Condenses the protobuf tags of Go's API types into the one table that both packages read.

A type is one line of text, its fields in the order of their numbers, which is the order in which Go's generated code writes
them. Tags give the numbers only: their wire types are the authors' guesses, so the form of a field follows from its Go type.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from .models import BANNER
from .schemas import SPECIAL, short_name
from .types import DUMPS

__all__ = ["generate"]

OUTPUT = "kubeclient/apimachinery/protobuf_table.py"

_SCALARS = {"string", "bool", "int32", "int64"}
_PLAIN = {"[]byte": "bytes", "float64": "double"}
_OTHERS = ("runtime.", "resource.", "intstr.", "time.", "meta/v1.TypeMeta")
_NUMBER = re.compile(r"\w+,(\d+)")
_HEAD = '''
"""The numbers of every field that the API's types have in protobuf; `protobuf_fields` says how to read a line."""

from __future__ import annotations

from typing import Final

__all__ = ["TYPES"]

TYPES: Final[dict[str, str]] = {
'''


def generate(facts: Path) -> dict[str, bytes]:
    """The files made from the facts: repository path to content."""
    types = {}
    for name in DUMPS:
        types = json.loads((facts / name).read_text())["types"] | types
    lines = {}
    for full, info in types.items():
        name = short_name(full)
        if info["kind"] == "struct" and name not in SPECIAL and not name.startswith(_OTHERS):
            fields = [_field(one, name, types) for one in info.get("fields", []) if _NUMBER.match(one.get("proto", ""))]
            if fields or not info.get("fields"):
                lines[name] = "; ".join(text for _, text in sorted(fields))
    body = "".join(f"    {json.dumps(name)}: {json.dumps(lines[name])},\n" for name in sorted(lines))
    return {OUTPUT: f"{BANNER.format(source='protobuf.py')}{_HEAD.lstrip()}{body}}}\n".encode()}


def _field(one: dict[str, str], owner: str, types: dict[str, dict[str, str]]) -> tuple[int, str]:
    """The number, and `number wire-name[=GoName] type`; an embedded struct has the wire name `+`."""
    found = _NUMBER.match(one["proto"])
    assert found is not None
    number = int(found[1])
    wire = "+" if one.get("inline") else one["json"]
    name = wire if wire[0].upper() + wire[1:] == one["go"] else f"{wire}={one['go']}"
    return number, f"{number} {name} {_type(one['type'], owner, types)}"


def _type(go_type: str, owner: str, types: dict[str, dict[str, str]]) -> str:
    """A Go type as the table writes it: `*` a pointer, `[]` repeated, `{}` a map; the owner's package left out."""
    if go_type.startswith("*"):
        return f"*{_type(go_type[1:], owner, types)}"
    if go_type in _SCALARS or go_type in _PLAIN:
        return _PLAIN.get(go_type, go_type)
    if go_type.startswith("[]"):
        return f"[]{_type(go_type[2:], owner, types)}"
    if go_type.startswith("map["):
        return f"{{}}{_type(go_type.partition(']')[2], owner, types)}"
    name, info = short_name(go_type), types.get(go_type)
    if name in SPECIAL:
        return name.rpartition(".")[2]
    assert info is not None, go_type
    if info.get("underlying") == "[]string":
        return "strings"  # a named list of strings is a message of its own
    if "underlying" in info:
        return _type(info["underlying"], owner, types)
    package, _, short = name.rpartition(".")
    return f".{short}" if package == owner.rpartition(".")[0] else name
