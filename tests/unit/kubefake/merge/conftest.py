"""Types and objects that the tests of merging share."""

from __future__ import annotations

from typing import Any

import pytest

from kubefake.merge.field_manager import FieldManager, excluding
from kubefake.merge.fieldset import FieldSet
from kubefake.schema.builtin import go_fields, node_for, node_for_type
from kubefake.schema.node import Node


def _zero(node: Node) -> dict[str, Any]:
    """A new object of a builtin kind, as Go's JSON writes it."""
    scalars = {"string": "", "boolean": False, "quantity": "0", "duration": "0s"}
    zero: dict[str, Any] = {}
    for field in go_fields(node):
        kind = field.node.kind
        if kind == "object" and not field.pointer:
            if field.omit != "zero":
                zero[field.name] = _zero(field.node)
        elif field.omit == "":
            is_nil = field.pointer or kind in ("list", "map", "any", "time", "bytes")
            zero[field.name] = None if is_nil else scalars.get(kind, 0)
    return zero


@pytest.fixture(scope="session")
def config_map() -> Node:
    return node_for("", "v1", "ConfigMap")


@pytest.fixture(scope="session")
def pod() -> Node:
    return node_for("", "v1", "Pod")


@pytest.fixture(scope="session")
def deployment() -> Node:
    return node_for("apps", "v1", "Deployment")


@pytest.fixture
def config_maps(config_map: Node) -> FieldManager:
    """The manager of config maps."""
    return FieldManager(config_map, "v1", "ConfigMap", zero=_zero(config_map))


@pytest.fixture
def pods(pod: Node) -> FieldManager:
    """The manager of pods, which may not touch their status."""
    status = FieldSet.from_paths([("f:status",)])
    return FieldManager(pod, "v1", "Pod", zero=_zero(pod), reset={"v1": excluding(status)})


@pytest.fixture(scope="session")
def thing() -> Node:
    """A custom type with one list or map of every sort."""
    text, number = Node("string"), Node("integer", format="int64")
    item = Node("object", fields={"k": text, "p": Node("string", default="TCP"), "v": number, "w": number})
    spec = Node(
        "object",
        fields={
            "s": text,
            "map": Node("list", items=item, list_type="map", map_keys=("k", "p")),
            "set": Node("list", items=text, list_type="set"),
            "numbers": Node("list", items=number, list_type="set"),
            "plain": Node("list", items=text),
            "gran": Node("map", values=text),
            "amap": Node("map", values=text, atomic=True),
            "obj": Node("object", fields={"a": number, "b": number}),
            "free": Node("object", fields={}, preserve_unknown=True),
        },
    )
    fields = {"apiVersion": text, "kind": text, "metadata": node_for_type("meta/v1.ObjectMeta"), "spec": spec}
    return Node("object", fields=fields)


@pytest.fixture
def things(thing: Node) -> FieldManager:
    """The manager of the custom type."""
    return FieldManager(thing, "example.com/v1", "Thing", checked=True)
