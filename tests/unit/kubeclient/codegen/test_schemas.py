"""A schema becomes the type that holds what the schema allows, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.codegen.description import ModelField, ModelStruct
from kubeclient.codegen.known_types import by_reference
from kubeclient.codegen.models import render
from kubeclient.codegen.schemas import Models, describe
from kubeclient.codegen.source import CodegenError, Resource

from .definitions import object_schema, resources

STRING = {"type": "string"}
CONDITION = {
    "type": "object",
    "required": ["lastTransitionTime", "message", "reason", "status", "type"],
    "properties": {
        "lastTransitionTime": {"type": "string", "format": "date-time"},
        "observedGeneration": {"type": "integer"},
        **dict.fromkeys(("message", "reason", "status", "type"), STRING),
    },
}
SELECTOR = {
    "type": "object",
    "properties": {
        "matchLabels": {"type": "object", "additionalProperties": STRING},
        "matchExpressions": {
            "type": "array",
            "items": {"type": "object", "properties": dict.fromkeys(("key", "operator", "values"), STRING)},
        },
    },
}


def _described(properties: dict[str, Any], **more: Any) -> Models:
    return describe("example_v1", resources(object_schema(properties, **more)))


def _struct(models: Models, name: str) -> ModelStruct:
    return next(one for one in models.module.structs if one.name == name)


def _field(schema: dict[str, Any], *, required: bool = False) -> ModelField:
    models = _described({"x": schema}, required=["x"] if required else [])
    return _struct(models, "WidgetSpec").fields[0]


@pytest.mark.parametrize(
    ("schema", "annotation", "default"),
    [
        (STRING, "str | None", "None"),
        ({"type": "integer", "format": "int64"}, "int | None", "None"),
        ({"type": "number"}, "float | None", "None"),
        ({"type": "boolean"}, "bool | None", "None"),
        ({"type": "string", "format": "date-time"}, "Time | None", "None"),
        ({"type": "string", "format": "byte"}, "bytes | None", "None"),
        ({"type": "string", "format": "uuid"}, "str | None", "None"),
        ({"x-kubernetes-int-or-string": True}, "IntOrString | None", "None"),
        ({"format": "int-or-string", "type": "string"}, "IntOrString | None", "None"),
        ({"type": "array", "items": STRING}, "list[str]", "[]"),
        ({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}, "list[list[int]]", "[]"),
        ({"type": "array", "items": STRING, "nullable": True}, "list[str] | None", "None"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]", "{}"),
        ({"type": "object", "additionalProperties": True}, "dict[str, Any]", "{}"),
        ({"type": "object"}, "dict[str, Any]", "{}"),
        ({"type": "object", "x-kubernetes-preserve-unknown-fields": True}, "dict[str, Any]", "{}"),
        ({"type": "object", "x-kubernetes-embedded-resource": True}, "dict[str, Any]", "{}"),
        (
            {"type": "object", "properties": {"a": STRING}, "x-kubernetes-preserve-unknown-fields": True},
            "dict[str, Any]",
            "{}",
        ),
        ({"x-kubernetes-preserve-unknown-fields": True}, "Any", "None"),
        ({}, "Any", "None"),
        ({"type": "object", "properties": {"a": STRING}}, "WidgetSpecX | None", "None"),
        ({"properties": {"a": STRING}}, "WidgetSpecX | None", "None"),
        ({"type": "array", "items": {"type": "object", "properties": {"a": STRING}}}, "list[WidgetSpecX]", "[]"),
        ({"type": "string", "enum": ["a", "b"]}, "WidgetSpecX | None", "None"),
        ({"type": "number", "enum": [1.5]}, "float | None", "None"),
        (CONDITION, "Condition | None", "None"),
        ({"type": "array", "items": CONDITION}, "list[Condition]", "[]"),
        (SELECTOR, "LabelSelector | None", "None"),
    ],
)
def test_optional_fields(schema: dict[str, Any], annotation: str, default: str) -> None:
    made = _field(schema)

    assert (made.annotation, made.default) == (annotation, default)


@pytest.mark.parametrize(
    ("schema", "annotation", "default"),
    [
        (STRING, "str", "required()"),
        ({**STRING, "nullable": True}, "str | None", "always(None)"),
        ({"type": "array", "items": STRING}, "list[str]", "empty_list()"),
        ({"type": "object"}, "dict[str, Any]", "empty_map()"),
        ({}, "Any", "required()"),
        (
            {"type": "object", "properties": {"a": STRING}},
            "WidgetSpecX",
            "field(default_factory=lambda: WidgetSpecX())",
        ),
    ],
)
def test_required_fields(schema: dict[str, Any], annotation: str, default: str) -> None:
    made = _field(schema, required=True)

    assert (made.annotation, made.default) == (annotation, default)


def test_quantities_are_known_by_their_pattern() -> None:
    pattern = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE])?$"

    assert _field({"x-kubernetes-int-or-string": True, "pattern": pattern}).annotation == "Quantity | None"


def test_choices_are_named_after_the_way_to_them() -> None:
    models = _described({"x": {"type": "string", "enum": ["a", 'b"c', ""]}, "y": {"type": "integer", "enum": [1, 2]}})

    assert models.module.choices == {"WidgetSpecX": ('"a"', "'b\"c'", '""'), "WidgetSpecY": ("1", "2")}
    assert models.group.aliases == {"WidgetSpecX", "WidgetSpecY"}


def test_a_part_that_is_called_like_a_list_is_none() -> None:
    models = _described({"list": {"type": "object", "properties": {"items": {"type": "string"}}}})

    assert "class WidgetSpecList(Model, kw_only=True)" in render(models.module)


def test_parts_give_way_to_kinds_of_the_same_name() -> None:
    other = Resource(
        "example.com",
        "v1",
        "specs",
        "WidgetSpec",
        "WidgetSpecList",
        True,
        object_schema({"a": STRING}),
        frozenset(),
        "",
        "",
    )

    models = describe("example_v1", [*resources(object_schema({"a": STRING})), other])

    assert models.classes["WidgetSpec"] == ("WidgetSpec", "WidgetSpecList")
    assert [one.annotation for one in _struct(models, "Widget").fields] == ["ObjectMeta", "WidgetSpec2 | None"]


@pytest.mark.parametrize(
    ("schema", "error"),
    [
        ({"type": "array"}, r"\.spec\.x: is an array without items"),
        ({"type": "decimal"}, r"\.spec\.x: has the type 'decimal', which is none of Kubernetes'"),
        ({"type": ["string", "null"]}, r"\.spec\.x: has several types"),
        ({"type": "object", "properties": {'a"b': {}}}, r"\.spec\.x: has a field 'a\"b': quotes, backslashes and"),
        ({"type": "object", "properties": {"y": 3}}, r"\.spec\.x\.y: a schema is a mapping"),
        (
            {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "array"}}},
            r"\.spec\.x\[\]\.\*: is an array without items",
        ),
    ],
)
def test_errors_name_the_definition_and_the_field(schema: dict[str, Any], error: str) -> None:
    with pytest.raises(
        CodegenError, match=f"^w.yaml, CustomResourceDefinition widgets.example.com, version v1: {error}"
    ):
        _described({"x": schema})


def test_a_kind_of_which_nothing_is_known_is_refused() -> None:
    with pytest.raises(CodegenError, match="use a dynamic client"):
        describe("example_v1", resources({"type": "object", "x-kubernetes-preserve-unknown-fields": True}))


def test_builtin_types_are_known_by_their_names() -> None:
    for name, annotation in {
        "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "Time",
        "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector": "LabelSelector",
        "io.k8s.apimachinery.pkg.api.resource.Quantity": "Quantity",
        "io.k8s.api.core.v1.PodTemplateSpec": "api.core_v1.PodTemplateSpec",
    }.items():
        known = by_reference(name)
        assert known is not None
        assert known.annotation == annotation
    assert by_reference("io.k8s.api.core.v1.Nothing") is None
    assert by_reference("com.example.v1.Widget") is None
