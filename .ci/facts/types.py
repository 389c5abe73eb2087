"""Reads the dump of Go's API types into values that the other generators can walk.

It knows Go's rules of JSON (what is embedded, what is left out when empty, what becomes null) and the rule that turns wire
names into Python's. It knows nothing about the code that is made of them.
"""

from __future__ import annotations

import json
import keyword
import re
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

__all__ = ["DUMPS", "META", "Dump", "Field", "GoType", "Kind", "Omit", "load", "module_of", "python_name"]

DUMPS = ("types.json", "types-legacy.json")  # what today's client-go has, and what older ones had beside it

META = "k8s.io/apimachinery/pkg/apis/meta/v1"
_TYPE_META = f"{META}.TypeMeta"
_FRAMEWORK = ("k8s.io/apimachinery/pkg/runtime.", "k8s.io/apimachinery/pkg/util/", "k8s.io/apimachinery/pkg/api/")


class Omit(Enum):
    """When Go's encoder leaves a field out."""

    NEVER = "never"
    EMPTY = "empty"  # false, 0, "", nil, an empty slice or map; never a struct
    ZERO = "zero"  # also a struct that says it is zero


@dataclass(frozen=True)
class GoType:
    """A Go type expression: `*T`, `[]T`, `map[K]T`, or a name."""

    shape: str  # pointer, slice, map, name
    name: str = ""
    item: GoType | None = None

    @classmethod
    def parse(cls, text: str) -> GoType:
        if text.startswith("*"):
            return cls("pointer", item=cls.parse(text[1:]))
        if text == "[]byte":
            return cls("name", "[]byte")
        if text.startswith("[]"):
            return cls("slice", item=cls.parse(text[2:]))
        if text.startswith("map["):
            return cls("map", item=cls.parse(text[text.index("]") + 1 :]))
        return cls("name", text)


@dataclass(frozen=True)
class Field:
    """One member of a JSON object, embedded structs already unfolded."""

    wire: str
    python: str
    type: GoType
    omit: Omit


@dataclass(frozen=True)
class Kind:
    """A kind under which a Go type is registered."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


@dataclass
class Dump:
    """All types by Go name, and the kinds by which each is registered."""

    types: dict[str, dict[str, object]]
    kinds: dict[Kind, str]
    _registered: dict[str, list[Kind]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind, go_name in self.kinds.items():
            self._registered.setdefault(go_name, []).append(kind)

    def structs(self, package: str) -> list[str]:
        """The Go names of a package's structs that have a JSON form, ordered by name."""
        prefix = f"{package}."
        names = [name for name, body in self.types.items() if name.startswith(prefix) and body["kind"] == "struct"]
        return sorted(names, key=lambda name: name.removeprefix(prefix))

    def packages(self) -> list[str]:
        """Every package with API types, in order."""
        found = {name.rpartition(".")[0] for name in self.types if not name.startswith(_FRAMEWORK)}
        return sorted(package for package in found if "/" in package and module_of(package))

    def registered(self, go_name: str) -> list[Kind]:
        return self._registered.get(go_name, [])

    def has_type_meta(self, go_name: str) -> bool:
        return any(member["type"] == _TYPE_META for member in self._members(go_name))

    def resolve(self, go_type: GoType) -> GoType:
        """The type behind a defined one: strings behind enumerations, slices and maps behind their names."""
        body = self.types.get(go_type.name)
        if go_type.shape == "name" and body is not None and "underlying" in body and body["kind"] != "interface":
            return self.resolve(GoType.parse(str(body["underlying"])))
        return go_type

    def fields(self, go_name: str) -> list[Field]:
        """The JSON members in the order in which Go writes them, without those of TypeMeta."""
        fields: list[Field] = []
        for member in self._members(go_name):
            if member["type"] == _TYPE_META:
                continue
            if member.get("inline"):
                fields.extend(self.fields(str(member["type"])))
            elif member.get("json", "-") != "-":
                fields.append(_field(member))
        names = [one.python for one in fields]
        assert len(names) == len(set(names)), f"{go_name}: two members share a Python name"
        return fields

    def _members(self, go_name: str) -> list[dict[str, object]]:
        members = self.types[go_name].get("fields", [])
        assert isinstance(members, list)
        return members


def load(*paths: Path) -> Dump:
    """Read one dump, or several of which the later add to the earlier."""
    types: dict[str, dict[str, object]] = {}
    kinds: dict[Kind, str] = {}
    for path in paths:
        document = json.loads(path.read_bytes())
        for name, body in document["types"].items():
            types.setdefault(name, body)
        for key, go_name in document["kinds"].items():
            group_version, _, kind = key.rpartition("/")
            group, _, version = group_version.rpartition("/")
            if version != "__internal":
                kinds.setdefault(Kind(group, version, kind), go_name)
    return Dump(types, kinds)


def module_of(package: str) -> str:
    """`k8s.io/api/core/v1` -> "core_v1"; "" for a package that is not a version of an API group."""
    found = re.search(r"/([a-z]+)/(v\d+(?:(?:alpha|beta)\d+)?)$", package)
    return f"{found[1]}_{found[2]}" if found else ""


def python_name(wire: str) -> str:
    """A wire name in snake_case: podIPs -> pod_ips, clusterIP -> cluster_ip, from -> from_, $ref -> ref."""
    name = wire.lstrip("$").replace("-", "_")
    name = re.sub(r"([A-Z])([A-Z]+)s(?=[A-Z]|$)", lambda run: f"{run[1]}{run[2].lower()}s", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def _field(member: dict[str, object]) -> Field:
    options = str(member.get("omit", "")).split(",")
    omit = Omit.ZERO if "omitzero" in options else Omit.EMPTY if "omitempty" in options else Omit.NEVER
    wire = str(member["json"])
    return Field(wire, python_name(wire), GoType.parse(str(member["type"])), omit)
