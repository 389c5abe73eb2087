"""Definitions and documents are read wherever they lie, and what is no good is told in words for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubeclient.apimachinery import json
from kubeclient.codegen import inputs
from kubeclient.codegen.source import CodegenError

from .definitions import definition, object_schema, text

SCHEMA = object_schema({"size": {"type": "integer"}})


def _read(document: dict[str, Any]) -> list[Any]:
    return inputs.read_text(text(document), source="w.yaml")


def test_a_definition_gives_a_resource_for_every_served_version() -> None:
    document = definition(SCHEMA)
    served, old = document["spec"]["versions"][0], {"name": "v1alpha1", "served": False, "storage": False}
    document["spec"]["versions"] = [
        {**served, "subresources": {"status": {}}},
        {**served, "name": "v2", "subresources": {"scale": {}}},
        old,
    ]

    first, second = _read(document)

    assert (first.group_version, second.group_version) == ("example.com/v1", "example.com/v2")
    assert (first.kind, first.list_kind, first.namespaced) == ("Widget", "WidgetList", True)
    assert ("update_status" in first.calls, "get_scale" in first.calls) == (True, False)
    assert ("update_status" in second.calls, "get_scale" in second.calls) == (False, True)


def test_folders_files_lists_and_several_documents_are_read(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "list.yml").write_text(
        text({"kind": "List", "apiVersion": "v1", "items": [definition(SCHEMA)]})
    )
    (tmp_path / "two.yaml").write_text(
        "kind: ConfigMap\napiVersion: v1\n---\n" + text(definition(SCHEMA, version="v2")) + "---\n"
    )
    (tmp_path / "three.json").write_bytes(json.encode(definition(SCHEMA, version="v3")))
    (tmp_path / "notes.txt").write_text("not looked at")

    found = inputs.read([str(tmp_path)])

    assert [(one.version, one.source) for one in found] == [
        ("v1", "list.yml"),
        ("v3", "three.json"),
        ("v2", "two.yaml"),
    ]
    assert "two.yaml, document 2, CustomResourceDefinition widgets.example.com, version v2" in found[2].where
    assert inputs.read(["-"], stdin=text(definition(SCHEMA)))[0].source == "stdin"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"apiVersion": "apiextensions.k8s.io/v1beta1"}, "is not served any more: convert it"),
        ({"metadata": {"name": "things.example.com"}}, "metadata.name must be"),
        ({"spec.scope": "Everywhere"}, "spec.scope: 'Everywhere' is neither"),
        ({"spec.versions": []}, "spec.versions: must be a list"),
        ({"spec.versions": [{"name": "v 1", "served": True}]}, r"spec.versions\[0\].name: is not a name"),
        ({"spec.versions": [{"name": "v1", "served": True}]}, "version v1: schema.openAPIV3Schema: is missing"),
        ({"spec.names.kind": 'Wid"get'}, "spec.names.kind: .* is not a name that Kubernetes allows"),
        ({"spec.names.listKind": "a b"}, "spec.names.listKind: 'a b' is not a name"),
        ({"spec.names.plural": ""}, "spec.names.plural: is missing, or no text"),
        ({"spec.group": None}, "spec.group: is missing, or no text"),
    ],
)
def test_definitions_that_are_no_good_are_told(change: dict[str, Any], error: str) -> None:
    document = definition(SCHEMA)
    for path, value in change.items():
        *steps, last = path.split(".")
        place = document
        for step in steps:
            place = place[step]
        place[last] = value

    with pytest.raises(CodegenError, match=error) as caught:
        _read(document)
    assert str(caught.value).startswith("w.yaml, CustomResourceDefinition ")


def test_references_in_definitions_are_told_by_their_field() -> None:
    with pytest.raises(CodegenError, match=r"\.spec\.a\[\]: has a \$ref"):
        _read(definition(object_schema({"a": {"type": "array", "items": {"$ref": "#/x"}}})))


@pytest.mark.parametrize("content", ["kind: ConfigMap\napiVersion: v1\n", "[]", "", "null"])
def test_a_file_with_nothing_to_generate_from_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(content)
    with pytest.raises(CodegenError, match=r"x.yaml: holds neither a CustomResourceDefinition nor an OpenAPI document"):
        inputs.read([str(file)])


def test_what_is_no_yaml_and_what_is_not_there_are_told(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: [")
    (tmp_path / "y.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(CodegenError, match=r"x.yaml: is neither YAML nor JSON"):
        inputs.read([str(tmp_path / "x.yaml")])
    with pytest.raises(CodegenError, match=r"y.yaml: cannot be read"):
        inputs.read([str(tmp_path / "y.yaml")])
    with pytest.raises(CodegenError, match=r"z.yaml: there is no such file or folder"):
        inputs.read([str(tmp_path / "z.yaml")])


def test_groups_and_versions_are_selected() -> None:
    found = [*_read(definition(SCHEMA)), *_read(definition(SCHEMA, version="v2"))]

    assert [one.version for one in inputs.selected(found, ["example.com/v2"])] == ["v2"]
    assert [one.version for one in inputs.selected(found, ["example.com"])] == ["v1", "v2"]
    with pytest.raises(
        CodegenError, match=r"--group other: no input has such a group; there are example.com/v1, example.com/v2"
    ):
        inputs.selected(found, ["other"])


def test_the_same_definition_may_be_given_twice_but_not_two_of_one_name() -> None:
    once, other = _read(definition(SCHEMA)), _read(definition(object_schema({"other": {"type": "string"}})))

    assert inputs.selected([*once, *once], []) == once
    with pytest.raises(CodegenError, match=r"widgets is defined otherwise in w.yaml"):
        inputs.selected([*once, *other], [])
