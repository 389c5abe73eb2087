"""OpenAPI of either version says which resources there are and what their objects look like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubeclient.apimachinery import json
from kubeclient.codegen import inputs, openapi
from kubeclient.codegen.package import files
from kubeclient.codegen.source import CodegenError

from .definitions import loaded

GVK = {"group": "example.com", "version": "v1", "kind": "Widget"}
ROOT = "/apis/example.com/v1"
META = "io.k8s.apimachinery.pkg.apis.meta.v1."


def _schemas(prefix: str) -> dict[str, Any]:
    def reference(name: str) -> dict[str, Any]:
        return {"$ref": f"{prefix}{name}"}

    node = {"type": "object", "properties": {"next": reference("com.example.v1.Node"), "size": {"type": "integer"}}}
    spec = {
        "type": "object",
        "required": ["tree"],
        "properties": {
            "tree": {"allOf": [reference("com.example.v1.Node")], "default": {}},
            "template": reference("io.k8s.api.core.v1.PodTemplateSpec"),
            "after": reference(f"{META}Time"),
            "name": reference("com.example.v1.Name"),
        },
    }
    return {
        "com.example.v1.Name": {"type": "string"},
        "com.example.v1.Node": node,
        "com.example.v1.WidgetSpec": spec,
        "com.example.v1.Widget": {
            "type": "object",
            "x-kubernetes-group-version-kind": [GVK],
            "properties": {
                "metadata": reference(f"{META}ObjectMeta"),
                "spec": reference("com.example.v1.WidgetSpec"),
            },
        },
        "com.example.v1.Widgets": {"x-kubernetes-group-version-kind": [{**GVK, "kind": "Widgets"}]},
    }


def _paths(listed: dict[str, Any]) -> dict[str, Any]:
    def operation(action: str, **more: Any) -> dict[str, Any]:
        return {"x-kubernetes-action": action, "x-kubernetes-group-version-kind": GVK, **more}

    collection = f"{ROOT}/namespaces/{{namespace}}/widgets"
    return {
        f"{ROOT}/": {"get": {}},
        f"{ROOT}/watch/widgets": {"get": operation("watchlist")},
        f"{ROOT}/widgets": {"get": operation("list", responses={"200": listed})},
        collection: {"get": operation("list", responses={"200": listed}), "post": operation("post"), "parameters": []},
        f"{collection}/{{name}}": {"get": operation("get")},
        f"{collection}/{{name}}/status": {"get": operation("get")},
        f"{ROOT}/reviews": {"post": {"x-kubernetes-action": "post", "x-kubernetes-group-version-kind": GVK}},
    }


def _v3() -> dict[str, Any]:
    prefix = "#/components/schemas/"
    listed = {"content": {"application/json": {"schema": {"$ref": f"{prefix}com.example.v1.Widgets"}}}}
    return {"openapi": "3.0.0", "components": {"schemas": _schemas(prefix)}, "paths": _paths(listed)}


def _v2() -> dict[str, Any]:
    prefix = "#/definitions/"
    listed = {"schema": {"$ref": f"{prefix}com.example.v1.Widgets"}}
    return {"swagger": "2.0", "definitions": _schemas(prefix), "paths": _paths(listed)}


def _read(document: dict[str, Any]) -> list[Any]:
    return list(openapi.resources(document, source="openapi.json", where="openapi.json"))


@pytest.mark.parametrize("document", [_v2(), _v3()], ids=["v2", "v3"])
def test_paths_say_what_there_is(document: dict[str, Any]) -> None:
    reviews, widgets = _read(document)

    assert (widgets.plural, widgets.kind, widgets.list_kind, widgets.namespaced) == (
        "widgets",
        "Widget",
        "Widgets",
        True,
    )
    assert "update_status" in widgets.calls
    assert "get_scale" not in widgets.calls
    assert reviews.calls == {"create"}
    assert not reviews.namespaced


@pytest.mark.parametrize("document", [_v2(), _v3()], ids=["v2", "v3"])
def test_references_become_types_recursive_ones_too(
    document: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "openapi.json").write_bytes(json.encode(document))
    found = inputs.selected(inputs.read([str(tmp_path / "openapi.json")]), [])
    loaded(found, tmp_path, "openapi_made")
    from openapi_made.api import example_v1  # type: ignore[import-not-found]  # made just now

    body = {
        "after": "2026-01-01T00:00:00Z",
        "name": "text",
        "template": {"spec": {"containers": [{"name": "c", "resources": {}}]}, "metadata": {}},
        "tree": {"next": {"next": {"size": 1}}, "size": 0},
    }
    spec = json.convert(body, example_v1.WidgetSpec)

    assert type(spec.template).__name__ == "PodTemplateSpec"
    assert spec.tree.next.next.size == 1
    assert json.decode(json.encode(spec), dict[str, Any]) == body
    assert json.encode(example_v1.WidgetSpec()) == b'{"tree":{}}'


def test_what_has_no_schema_and_what_refers_to_nothing_are_told() -> None:
    document = _v3()
    del document["components"]["schemas"]["com.example.v1.Widget"]
    with pytest.raises(
        CodegenError, match=r"resource reviews of example.com/v1: no schema says that it is of kind Widget"
    ):
        _read(document)
    with pytest.raises(CodegenError, match=r"is OpenAPI 1.2; known are 2 and 3"):
        _read({"swagger": "1.2"})


def test_a_group_of_which_nothing_can_be_listed_has_clients_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    reviews = [one for one in _read(_v3()) if one.plural == "reviews"]

    package = loaded(reviews, tmp_path, "reviews_made")

    assert hasattr(package.Clientset.__mro__[0], "example_v1")
    assert not hasattr(package.SharedInformerFactory, "example_v1")
    assert not (tmp_path / "reviews_made" / "listers" / "example_v1.py").exists()


@pytest.mark.parametrize("version", ["openapi-v2.json", "openapi-v3"])
def test_all_that_a_real_server_publishes_can_be_read(version: str, shared: Path, tmp_path: Path) -> None:
    found = inputs.selected(inputs.read([str(shared / "facts" / "default" / version)]), [])

    made = files(found)

    assert len({one.group_version for one in found}) > 20
    for path, source in made.items():
        compile(source, path, "exec")
    assert "NamespaceLister: TypeAlias = listers.Lister[Namespace]\n" in made["listers/core_v1.py"]
    other = "openapi-v3" if version == "openapi-v2.json" else "openapi-v2.json"
    again = files(inputs.selected(inputs.read([str(shared / "facts" / "default" / other)]), []))
    assert {path: text.partition("\n# From: ")[2].partition("\n")[2] for path, text in made.items()} == {
        path: text.partition("\n# From: ")[2].partition("\n")[2] for path, text in again.items()
    }
