"""Laws of the generator: whatever a structural schema says, source comes out that runs, and holds what the schema allows."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubeclient.apimachinery import json
from kubeclient.codegen.package import files
from kubeclient.codegen.source import Resource

JSON = dict[str, Any]

_names = st.text("abcXYZ019_-$./é' ", max_size=6) | st.sampled_from(
    [
        "class",
        "list",
        "int",
        "str",
        "field",
        "always",
        "required",
        "name",
        "labels",
        "kind",
        "apiVersion",
        "items",
        "self",
    ]
)
_texts = st.text(st.characters(codec="utf-8"), max_size=8)
_described: st.SearchStrategy[JSON] = st.one_of(st.just({}), _texts.map(lambda text: {"description": text}))

_SCALARS: tuple[JSON, ...] = (
    {"type": "string"},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "byte"},
    {"type": "integer"},
    {"type": "number"},
    {"type": "boolean"},
    {"x-kubernetes-int-or-string": True},
    {"x-kubernetes-preserve-unknown-fields": True},
    {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
)


def _objects(inner: st.SearchStrategy[JSON]) -> st.SearchStrategy[JSON]:
    def made(properties: JSON, chosen: list[bool]) -> JSON:
        required = [name for name, is_required in zip(sorted(properties), chosen, strict=False) if is_required]
        return {"type": "object", "properties": properties, **({"required": required} if required else {})}

    return st.builds(made, st.dictionaries(_names, inner, min_size=1, max_size=5), st.lists(st.booleans(), max_size=5))


_enums = st.lists(_texts, min_size=1, max_size=3, unique=True).map(lambda values: {"type": "string", "enum": values})
_leaves = st.builds(lambda one, more: one | more, st.sampled_from(_SCALARS) | _enums, _described)
_schemas = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        _objects(inner),
        st.builds(lambda one: {"type": "array", "items": one}, inner),
        st.builds(lambda one: {"type": "object", "additionalProperties": one}, inner),
    ),
    max_leaves=8,
)


def _value(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema allows, with what is required."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("x-kubernetes-int-or-string"):
        return st.integers(0, 9) | _texts
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return st.dictionaries(_texts, st.none() | st.integers(0, 9) | _texts, max_size=2)
    form = schema["type"]
    if form == "object" and "properties" in schema:
        required = schema.get("required", ())
        given = {name: _value(inner) for name, inner in schema["properties"].items() if name in required}
        free = {name: _value(inner) for name, inner in schema["properties"].items() if name not in required}
        return st.fixed_dictionaries(given, optional=free)
    if form == "object":
        return st.dictionaries(_texts, _value(schema["additionalProperties"]), max_size=2)
    if form == "array":
        return st.lists(_value(schema["items"]), max_size=2)
    texts = {"date-time": st.just("2026-01-02T03:04:05Z"), "byte": st.just("YQ==")}
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "string": texts.get(schema.get("format", ""), _texts),
        "integer": st.integers(-(2**31), 2**31),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
    }
    return scalars[form]


def _without_empty(value: Any, schema: Mapping[str, Any]) -> Any:
    """What is sent of a value: optional lists and maps only where something is in them."""
    if "properties" in schema and isinstance(value, dict) and not schema.get("x-kubernetes-preserve-unknown-fields"):
        inner = {name: _without_empty(one, schema["properties"][name]) for name, one in value.items()}
        return {name: one for name, one in inner.items() if not _left_out(name, one, schema)}
    if "items" in schema:
        return [_without_empty(one, schema["items"]) for one in value]
    if isinstance(schema.get("additionalProperties"), dict):
        return {name: _without_empty(one, schema["additionalProperties"]) for name, one in value.items()}
    return value


def _left_out(name: str, value: Any, schema: Mapping[str, Any]) -> bool:
    inner = schema["properties"][name]
    is_map = inner.get("type") == "object" and "properties" not in inner
    return name not in schema.get("required", ()) and value in ([], {}) and (inner.get("type") == "array" or is_map)


def _resource(spec: JSON, description: str) -> Resource:
    schema = {"type": "object", "description": description, "required": ["spec"], "properties": {"spec": spec}}
    calls = frozenset(("create", "update", "delete", "delete_collection", "get", "list", "watch", "patch", "apply"))
    return Resource("example.com", "v1", "widgets", "Widget", "WidgetList", True, schema, calls, "w.yaml", "w.yaml")


def _modules(made: Mapping[str, str]) -> Iterator[tuple[str, ast.Module]]:
    for path, source in made.items():
        if path.endswith(".py"):
            yield path, ast.parse(source, path)


@given(_objects(_schemas), _texts, st.data())
def test_what_a_schema_allows_goes_through_its_model_and_its_configuration(
    spec: JSON, description: str, data: st.DataObject
) -> None:
    made = files([_resource(spec, description)])
    modules = dict(_modules(made))
    models = sys.modules["laws_models"] = ModuleType("laws_models")  # where msgspec looks for what annotations name
    exec(compile(modules["api/example_v1.py"], "api/example_v1.py", "exec"), models.__dict__)
    value = data.draw(_value(spec))

    told = json.encode(json.convert({"spec": value}, models.Widget))

    assert json.decode(told, JSON)["spec"] == _without_empty(value, spec)


@given(_objects(_schemas), _texts)
def test_the_same_schema_makes_the_same_files_whatever_the_order_of_its_fields(spec: JSON, description: str) -> None:
    assert files([_resource(spec, description)]) == files([_resource(_reversed(spec), description)])


def _reversed(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {name: _reversed(schema[name]) for name in reversed(schema)}
    return schema


@given(_objects(_schemas), _texts)
def test_no_name_is_declared_twice(spec: JSON, description: str) -> None:
    for path, module in _modules(files([_resource(spec, description)])):
        classes = [one.name for one in module.body if isinstance(one, ast.ClassDef)]
        assert len(classes) == len(set(classes)), path
        for one in ast.walk(module):
            if isinstance(one, ast.ClassDef):
                declared = [line.target.id for line in one.body if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)]  # fmt: skip
                declared += [line.name for line in one.body if isinstance(line, ast.FunctionDef)]
                assert len(declared) == len(set(declared)), (path, one.name)
