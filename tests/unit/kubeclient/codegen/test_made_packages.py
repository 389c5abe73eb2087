"""What is made of small definitions does what its schemas say, down to the strange ones."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kubeclient.apimachinery import json
from kubeclient.apimachinery.quantity import Quantity
from kubeclient.apimachinery.times import Time
from kubeclient.codegen import crds

from .definitions import definition, loaded, object_schema, resources

STRING = {"type": "string"}
SCHEMA = object_schema(
    {
        "class": STRING,
        "list": {"type": "array", "items": STRING},
        "$ref-name": STRING,
        "at": {"type": "string", "format": "date-time"},
        "amount": {"x-kubernetes-int-or-string": True, "pattern": r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))$"},
        "tags": {"type": "array", "items": STRING, "x-kubernetes-list-type": "set"},
        "ports": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["number", "protocol"],
            "items": {
                "type": "object",
                "properties": {"number": {"type": "integer"}, "protocol": STRING, "name": STRING},
            },
        },
        "grid": {"type": "array", "items": {"type": "array", "items": {"type": "object", "properties": {"x": STRING}}}},
        "raw": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    }
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(tmp_path))
    return loaded(resources(SCHEMA), tmp_path, "small_made")


@pytest.fixture
def configurations(package: ModuleType) -> Any:
    return import_module(f"{package.__name__}.applyconfigurations.example_v1")


def test_models_read_and_write_what_the_wire_has(package: ModuleType) -> None:
    models = import_module(f"{package.__name__}.api.example_v1")
    body = {
        "class": "c",
        "list": ["a"],
        "$ref-name": "r",
        "at": "2026-01-01T00:00:00Z",
        "amount": "1Gi",
        "raw": {"a": None},
    }
    spec = json.convert({**body, "grid": [[{"x": "y"}]]}, models.WidgetSpec)

    assert (spec.class_, spec.list, spec.ref_name) == ("c", ["a"], "r")
    assert (spec.at, spec.amount) == (Time.parse("2026-01-01T00:00:00Z"), Quantity("1Gi"))
    assert spec.grid[0][0].x == "y"
    assert json.decode(json.encode(spec), dict[str, Any]) == {**body, "grid": [[{"x": "y"}]]}
    assert json.encode(models.WidgetSpec()) == b"{}"


def test_items_of_lists_with_keys_are_replaced(configurations: Any) -> None:
    port = configurations.WidgetSpecPorts
    spec = configurations.WidgetSpec().with_ports(port(number=1, name="a"), port(number=2, name="b"))
    spec.with_ports(port(number=1, name="c"), port(number=1, protocol="UDP"))

    assert spec.to_dict() == {
        "ports": [{"number": 1, "name": "c"}, {"number": 2, "name": "b"}, {"number": 1, "protocol": "UDP"}]
    }


def test_sets_hold_nothing_twice(configurations: Any) -> None:
    given = ["a"]
    spec = configurations.WidgetSpec(tags=given).with_tags("b", "a", "b").with_list("x", "x")

    assert spec.to_dict() == {"tags": ["a", "b"], "list": ["x", "x"]}
    assert given == ["a"]
    with pytest.raises(ValueError, match="nil value passed to WithTags"):
        spec.with_tags(None)


def test_clients_of_both_colours_share_their_names(package: ModuleType) -> None:
    for prefix, room in (("Async", "_async"), ("", "_sync")):
        module = import_module(f"{package.__name__}.{room}.typed.example_v1")
        assert module.__all__ == [f"{prefix}ExampleV1"]
        assert type(getattr(package, f"{prefix}Clientset")) is type
    listers = import_module(f"{package.__name__}.listers.example_v1")
    assert listers.__all__ == ["WidgetLister", "WidgetNamespaceLister"]


def test_a_kind_called_like_a_client_or_a_helper_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    names = {"plural": "statusclients", "singular": "statusclient", "kind": "StatusClient"}
    package = loaded(_renamed(names), tmp_path, "odd_made")

    models = import_module(f"{package.__name__}.api.example_v1")
    typed = import_module(f"{package.__name__}._sync.typed.example_v1")
    assert models.StatusClient2().kind == "StatusClient"
    assert typed.ExampleV1.status_clients.__doc__ == "StatusClient objects of a namespace."


def _renamed(names: dict[str, str]) -> list[Any]:
    document = definition(SCHEMA, names=names)
    document["metadata"]["name"] = f"{names['plural']}.example.com"
    return list(crds.resources(document, source="w.yaml", where="w.yaml"))
