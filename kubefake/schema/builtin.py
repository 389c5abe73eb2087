"""The builtin types as nodes, from the generated table.

The table is text: a type is a few lines, read into nodes when somebody asks for it, because a test touches a handful of the
thousand types that are served. This module knows Go's types and what their JSON looks like; it decides nothing about
objects. What only Go's JSON needs (omitempty, pointers, embedded structs) hangs beside a node as `GoField`s.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any, Final, Literal, NamedTuple

import msgspec

from .node import Kind, Node

__all__ = ["GoField", "go_fields", "group_versions", "kinds_of", "node_for", "node_for_type", "type_name_for"]


class GoField(NamedTuple):
    """A field of a Go struct, as Go's JSON treats it.

    Attributes:
        name: on the wire.
        node: its type.
        omit: "" is always written, "empty" not when empty (Go's sense: false, 0, "", nil, no elements), "zero" also not
            when it is a zero struct.
        pointer: nil and zero differ.
        embedded: the names of the embedded structs it came by, each with a dot ("VolumeSource."), which Go's errors print.
    """

    name: str
    node: Node
    omit: Literal["", "empty", "zero"]
    pointer: bool
    embedded: str


_SCALARS: Final[dict[str, tuple[Kind, str]]] = {
    "string": ("string", ""),
    "bool": ("boolean", ""),
    "int32": ("integer", "int32"),
    "int64": ("integer", "int64"),
    "uint16": ("integer", "uint16"),
    "float64": ("number", "double"),
    "[]byte": ("bytes", "byte"),
    "any": ("any", ""),
}

_SPECIAL: Final[dict[str, tuple[Kind, str, str]]] = {
    "resource.Quantity": ("quantity", "", "resource.Quantity"),
    "intstr.IntOrString": ("int-or-string", "int-or-string", "intstr.IntOrString"),
    "meta/v1.Time": ("time", "date-time", "v1.Time"),
    "meta/v1.MicroTime": ("microtime", "date-time", "v1.MicroTime"),
    "meta/v1.Duration": ("duration", "", "v1.Duration"),
    "meta/v1.FieldsV1": ("fieldsv1", "", "v1.FieldsV1"),
    "runtime.RawExtension": ("any", "", "runtime.RawExtension"),
    "runtime.Object": ("any", "", "runtime.Object"),
    "apiextensions/v1.JSON": ("any", "", "v1.JSON"),
}

_UNIONS: Final = frozenset(
    {
        "apiextensions/v1.JSONSchemaPropsOrArray",
        "apiextensions/v1.JSONSchemaPropsOrBool",
        "apiextensions/v1.JSONSchemaPropsOrStringArray",
    }
)


class _Table(NamedTuple):
    packages: dict[str, str]
    kinds: dict[str, dict[str, str]]
    types: dict[str, str]


@functools.cache
def _table() -> _Table:
    data = resources.files("kubefake").joinpath("data", "schemas.json").read_bytes()
    document = msgspec.json.decode(data)
    return _Table(document["packages"], document["kinds"], document["types"])


@functools.cache
def _older() -> _Table:
    """The same of the API versions that servers have no longer: read when somebody asks for one of them."""
    data = resources.files("kubefake").joinpath("data", "legacy-schemas.json").read_bytes()
    document = msgspec.json.decode(data)
    return _Table({}, document["kinds"], document["types"])


def _text(name: str) -> str:
    found = _table().types.get(name)
    return _older().types[name] if found is None else found


def group_versions() -> tuple[str, ...]:
    """The API versions that the table has kinds of: "v1", "apps/v1" …, sorted."""
    return tuple(_table().kinds)


def kinds_of(group_version: str) -> tuple[str, ...]:
    """The kinds of an API version, sorted; empty for one that is unknown."""
    return tuple(_table().kinds.get(group_version, ()))


def type_name_for(group: str, version: str, kind: str) -> str:
    """The short name of a kind's type ("apps/v1.Deployment"). Raises KeyError when there is no such builtin kind."""
    api_version = f"{group}/{version}" if group else version
    found = _table().kinds.get(api_version, {}).get(kind)
    return _older().kinds[api_version][kind] if found is None else found


def node_for(group: str, version: str, kind: str) -> Node:
    """The type of a builtin kind. Raises KeyError when there is none."""
    return node_for_type(type_name_for(group, version, kind))


@functools.cache
def node_for_type(name: str) -> Node:
    """The type of that name: short ("core/v1.PodSpec") or as OpenAPI has it ("io.k8s.api.core.v1.PodSpec").

    The same name gives the same node. Raises KeyError when there is none.
    """
    if name.startswith("io.k8s."):
        return node_for_type(_short_name(name))
    if name in _SPECIAL:
        kind, format, go_type = _SPECIAL[name]
        return Node(kind, name=_openapi_name(name), go_type=go_type, format=format)
    if name in _UNIONS:
        return Node(
            "any",
            name=_openapi_name(name),
            go_type=_go_name(name),
            values=node_for_type("apiextensions/v1.JSONSchemaProps"),
        )
    text = _text(name)
    if text.startswith("="):
        return _expression(text[1:], _go_name(name))
    return Node(
        "object",
        name=_openapi_name(name),
        go_type=_go_name(name),
        fields=lambda: {field.name: field.node for field in _struct(name)},
        atomic=text.startswith("@atomic"),
    )


def go_fields(node: Node) -> tuple[GoField, ...]:
    """The Go fields of a builtin object node, in Go's order, embedded structs spread out."""
    return _struct(_short_name(node.name))


@functools.cache
def _struct(name: str) -> tuple[GoField, ...]:
    fields: list[GoField] = []
    for line in _text(name).split("\n"):
        if line.startswith("+ "):
            inner = line[2:].removeprefix("*")
            prefix = inner.rpartition(".")[2] + "."
            fields += [field._replace(embedded=prefix + field.embedded) for field in _struct(inner)]
        elif line and line != "@atomic":
            fields.append(_field(line))
    return tuple(fields)


def _field(line: str) -> GoField:
    wire, go_type, *options = line.split(" ", 2)
    name = wire.rstrip("?!")
    omit: Literal["", "empty", "zero"] = "" if name == wire else "zero" if wire.endswith("!") else "empty"
    pointer = go_type.startswith("*")
    node = _expression(go_type.removeprefix("*"))
    if options:
        node = _with_options(node, options[0])
    return GoField(name, node, omit, pointer, "")


def _with_options(node: Node, text: str) -> Node:
    """The node of a field that says more than its type does: merge keys, list type."""
    options: dict[str, Any] = {}
    for word in text.split(" "):
        key, _, value = word.partition("=")
        if key == "patch":
            options["patch_strategy"] = frozenset(value.split(","))
        elif key == "key":
            options["patch_merge_key"] = value
        elif key in ("atomic", "granular"):
            options["atomic"] = key == "atomic"
        elif key == "set":
            options["list_type"] = "set"
        elif key == "map":
            options["list_type"] = "map"
            options["map_keys"] = tuple(value.split(","))
        elif key == "defaults":
            options["key_defaults"] = msgspec.json.decode(value)
    return Node(
        node.kind,
        name=node.name,
        go_type=node.go_type,
        format=node.format,
        fields=(lambda: node.fields) if node.kind == "object" else None,
        values=node.values,
        items=node.items,
        **({"atomic": node.atomic} | options),
    )


@functools.cache
def _expression(go_type: str, go_name: str = "") -> Node:
    """The node of a Go type expression: `[]core/v1.Container`, `map[string]string`, `int32`; `go_name`: of a named one."""
    if go_type in _SCALARS:
        kind, format = _SCALARS[go_type]
        return Node(kind, go_type=go_name or _go_text(go_type), format=format)
    if go_type.startswith("[]"):
        return Node("list", go_type=go_name or _go_text(go_type), items=_expression(go_type[2:].removeprefix("*")))
    if go_type.startswith("map["):
        values = _expression(go_type.partition("]")[2].removeprefix("*"))
        return Node("map", go_type=go_name or _go_text(go_type), values=values)
    return node_for_type(go_type)


def _go_text(go_type: str) -> str:
    """A type expression as Go prints it: `map[v1.ResourceName]resource.Quantity`."""
    if go_type.startswith("[]byte"):
        return "[]uint8"
    for prefix in ("[]", "*"):
        if go_type.startswith(prefix):
            return prefix + _go_text(go_type.removeprefix(prefix))
    if go_type.startswith("map["):
        key, _, value = go_type.removeprefix("map[").partition("]")
        return f"map[{_go_text(key)}]{_go_text(value)}"
    return "interface {}" if go_type == "any" else _go_name(go_type)


def _go_name(name: str) -> str:
    """`core/v1.Pod` -> `v1.Pod`."""
    return name.rpartition("/")[2]


def _openapi_name(name: str) -> str:
    """`core/v1.Pod` -> `io.k8s.api.core.v1.Pod`."""
    package, _, kind = name.rpartition(".")
    path = _table().packages.get(package) or f"k8s.io/api/{package}"
    domain, *rest = path.split("/")
    return ".".join([*reversed(domain.split(".")), *rest, kind])


@functools.cache
def _prefixes() -> dict[str, str]:
    return {_openapi_name(short + ".")[:-1]: short for short in _table().packages}


def _short_name(openapi_name: str) -> str:
    """`io.k8s.api.core.v1.Pod` -> `core/v1.Pod`."""
    package, _, kind = openapi_name.rpartition(".")
    short = _prefixes().get(package) or package.removeprefix("io.k8s.api.").replace(".", "/")
    return f"{short}.{kind}"
