"""Structural schemas of CustomResourceDefinitions: as nodes, and what reading an object by them does.

Reading prunes what no schema knows, coerces metadata, and says what was unknown; defaulting fills what is absent. Validation
of values is in `validate`, of schemas themselves in `rules`. Objects of custom kinds have no Go type: their keys are sorted,
nulls survive, and nothing is omitted for being empty.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final, Literal, cast

from .builtin import node_for_type
from .decode import READER_KEY, DecodeError, decode
from .explain import Pairs, read_pairs
from .node import UNSET, Kind, Node
from .scalars import canonical_json

__all__ = ["apply_defaults", "duplicate_fields", "join_path", "node_of", "read", "root_node_of", "unknown_fields"]

Schema = Mapping[str, Any]

_KINDS: Final[Mapping[str, Kind]] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "array": "list",
    "object": "object",
}
_NAME_PARTS: Final = ("apiVersion", "kind")
_NOTHING: Final = Node("string")
"""What stands for the items of a list where no list may be."""


def root_node_of(schema: Schema | None, *, name: str = "") -> Node:
    """The type of a custom kind by one version's openAPIV3Schema; without a schema everything is kept."""
    schema = schema or {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    node = _object(schema, name, _type_meta())
    node.cache[READER_KEY] = read
    return node


def node_of(schema: Schema) -> Node:
    """The type that a structural schema below the root describes."""
    if schema.get("x-kubernetes-int-or-string"):
        return Node("int-or-string", format="int-or-string", **_common(schema))
    kind = _KINDS.get(schema.get("type", ""))
    if kind is None:
        return Node("any", preserve_unknown=True, **_common(schema))
    if kind == "object":
        return _object(schema, "", _type_meta() if schema.get("x-kubernetes-embedded-resource") else {})
    if kind == "list":
        items = schema.get("items")
        return Node(
            "list",
            items=node_of(items) if isinstance(items, Mapping) else Node("any", preserve_unknown=True),
            **_common(schema) | _list_options(schema),
        )
    return Node(kind, format=schema.get("format", ""), **_common(schema))


def _type_meta() -> dict[str, Node]:
    return {
        "apiVersion": Node("string", go_type="string"),
        "kind": Node("string", go_type="string"),
        "metadata": node_for_type("meta/v1.ObjectMeta"),
    }


def _object(schema: Schema, name: str, type_meta: dict[str, Node]) -> Node:
    common = _common(schema) | {
        "name": name,
        "atomic": schema.get("x-kubernetes-map-type") == "atomic",
        "embedded": bool(type_meta),
        "required": tuple(schema.get("required") or ()),
        "preserve_unknown": bool(schema.get("x-kubernetes-preserve-unknown-fields")),
    }
    additional = schema.get("additionalProperties")
    if not type_meta and not schema.get("properties"):
        if isinstance(additional, Mapping):
            return Node("map", values=node_of(additional), **common)
        if additional is True:
            return Node("map", values=Node("any", preserve_unknown=True), **common)
    fields = {key: node_of(value) for key, value in sorted((schema.get("properties") or {}).items())}
    return Node("object", fields=fields | type_meta, **common)


def _common(schema: Schema) -> dict[str, Any]:
    return {
        "default": canonical_json(schema["default"]) if schema.get("default") is not None else UNSET,
        "nullable": bool(schema.get("nullable")),
        "constraints": schema,
    }


def _list_options(schema: Schema) -> dict[str, Any]:
    keys = tuple(schema.get("x-kubernetes-list-map-keys") or ())
    items = schema.get("items")
    properties: Schema = (items.get("properties") or {}) if isinstance(items, Mapping) else {}
    return {
        "list_type": cast('Literal["atomic", "set", "map"]', schema.get("x-kubernetes-list-type") or "atomic"),
        "map_keys": keys,
        "key_defaults": {
            key: properties[key]["default"] for key in keys if properties.get(key, {}).get("default") is not None
        },
    }


# --- reading


def read(node: Node, value: Any, *, raw: bytes | None = None, duplicates: bool = False) -> tuple[Any, list[str]]:
    """Reads `value` as an object of a custom kind; the counterpart of `decode.decode`.

    Returns:
        A new object, pruned, its keys sorted; and the strict decoding errors: duplicates in document order, then unknown
        fields by path.

    Raises:
        DecodeError: metadata does not fit its type.
    """
    strict = _duplicates(read_pairs(raw), "") if duplicates and raw is not None else []
    unknown: list[str] = []
    if not isinstance(value, dict):
        raise DecodeError(f"json: cannot unmarshal {_kind_of(value)} into Go value of type map[string]interface {{}}")
    metadata_unknown: list[str] = []
    result = _embedded(node, value, "", unknown, metadata_unknown)
    return result, [*strict, *metadata_unknown, *(f'unknown field "{path}"' for path in sorted(unknown))]


def unknown_fields(node: Node, value: Any) -> list[str]:
    """The paths in `value` that its schema does not know; what is wrong inside metadata is not counted."""
    unknown: list[str] = []
    try:
        _prune(node, value, "", unknown, [])
    except DecodeError as error:
        unknown.append(str(error))
    return unknown


def _kind_of(value: Any) -> str:
    return "array" if isinstance(value, list) else "string" if isinstance(value, str) else "number"


def _embedded(node: Node, value: dict[str, Any], path: str, unknown: list[str], strict: list[str]) -> dict[str, Any]:
    """An object that has metadata: the root, or an embedded resource."""
    result: dict[str, Any] = {}
    for key in sorted(value):
        item = value[key]
        if key == "metadata":
            if item is not None:
                result[key] = _metadata(node.fields[key], item, join_path(path, key), strict)
        elif key in _NAME_PARTS:
            if type(item) is not str and path:
                raise DecodeError(f"{join_path(path, key)}: Invalid value: {_compact(item)}: must be a string")
            result[key] = item
        else:
            _keep(node, key, item, path, unknown, strict, result)
    return result


def _metadata(node: Node, value: Any, path: str, strict: list[str]) -> Any:
    try:
        result, errors = decode(node, value)
    except DecodeError as error:
        if path == "metadata":
            decode(
                node, canonical_json(value)
            )  # which finds the first mistake as the server does, in the order of keys
            raise
        text = _compact(canonical_json(value))
        raise DecodeError(f"{path}: Invalid value: {text}: {error}") from None
    if len(errors) > 1:
        errors = decode(node, canonical_json(value))[1]
    strict += [error.replace('field "', f'field "{path}.', 1) for error in errors]
    return canonical_json(result)


def _keep(
    node: Node, key: str, item: Any, path: str, unknown: list[str], strict: list[str], result: dict[str, Any]
) -> None:
    child = node.fields.get(key)
    if child is not None:
        result[key] = _prune(child, item, join_path(path, key), unknown, strict)
    elif node.preserve_unknown:
        result[key] = canonical_json(item)
    else:
        unknown.append(join_path(path, key))


def _prune(node: Node, value: Any, path: str, unknown: list[str], strict: list[str]) -> Any:
    kind = type(value)
    if kind is dict:
        if node.kind == "object":
            if node.embedded:
                return _embedded(node, value, path, unknown, strict)
            result: dict[str, Any] = {}
            for key in sorted(value):
                _keep(node, key, value[key], path, unknown, strict, result)
            return result
        if node.kind == "map":
            values = node.values
            assert values is not None
            return {key: _prune(values, value[key], join_path(path, key), unknown, strict) for key in sorted(value)}
        if not node.preserve_unknown:  # an object where none may be: nobody knows any of its fields
            unknown += [join_path(path, key) for key in value]
            return {}
        return canonical_json(value)
    if kind is list:
        items = node.items if node.kind == "list" else None if node.preserve_unknown else _NOTHING
        if items is not None:
            return [_prune(items, item, f"{path}[{index}]", unknown, strict) for index, item in enumerate(value)]
    return canonical_json(value)


def join_path(path: str, key: str) -> str:
    """The path of a field below a path, which is empty at the root."""
    return f"{path}.{key}" if path else key


def duplicate_fields(raw: bytes) -> list[str]:
    """A strict error for every key that an object of a JSON text sets again, in document order."""
    return _duplicates(read_pairs(raw), "")


def _duplicates(value: Any, path: str) -> list[str]:
    found: list[str] = []
    if isinstance(value, Pairs):
        seen: set[str] = set()
        for key, item in value:
            if key in seen:
                found.append(f'duplicate field "{join_path(path, key)}"')
            seen.add(key)
            found += _duplicates(item, join_path(path, key))
    elif type(value) is list:
        for index, item in enumerate(value):
            found += _duplicates(item, f"{path}[{index}]")
    return found


def _compact(value: Any) -> str:
    import json

    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


# --- defaulting


def apply_defaults(node: Node, value: Any, *, keep_nulls: bool = False) -> None:
    """Fills absent fields with their schemas' defaults, in place, and drops nulls where null is not a value.

    With `keep_nulls` those without a default stay, for validation to refuse.
    """
    if type(value) is dict:
        if node.kind == "object":
            _default_fields(node, value, keep_nulls)
        elif node.kind == "map" and node.values is not None:
            for key in [key for key, item in value.items() if item is None and not node.values.nullable]:
                if node.values.default is not UNSET:
                    value[key] = copy.deepcopy(node.values.default)
                elif not keep_nulls:
                    del value[key]
            for item in value.values():
                apply_defaults(node.values, item, keep_nulls=keep_nulls)
    elif type(value) is list and node.items is not None:
        for index, item in enumerate(value):
            if item is None and not node.items.nullable and node.items.default is not UNSET:
                value[index] = copy.deepcopy(node.items.default)
            apply_defaults(node.items, value[index], keep_nulls=keep_nulls)


def _default_fields(node: Node, value: dict[str, Any], keep_nulls: bool) -> None:
    added = False
    for key, child in node.fields.items():
        if child.go_type:  # apiVersion, kind and metadata are no business of the schema
            continue
        item = value.get(key, UNSET)
        if item is UNSET or (item is None and not child.nullable):
            if child.default is UNSET:
                if not keep_nulls:
                    value.pop(key, None)
                continue
            item = value[key] = copy.deepcopy(child.default)
            added = True
        apply_defaults(child, item, keep_nulls=keep_nulls)
    if added:
        ordered = sorted(value.items())
        value.clear()
        value.update(ordered)
