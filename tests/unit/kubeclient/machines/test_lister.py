"""Reading from a local copy."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.apimachinery import labels
from kubeclient.apimachinery.errors import NotFound
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.machines.indexer import NAMESPACE_INDEX, Indexer, meta_namespace_index
from kubeclient.machines.lister import Lister


def obj(name: str, namespace: str = "", **marks: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace, "labels": marks}}


def lister(*, indexed: bool = True) -> Lister[Any]:
    indexers = {NAMESPACE_INDEX: meta_namespace_index} if indexed else {}
    indexer: Indexer[Any] = Indexer(indexers=indexers)
    for one in (obj("a", "x", app="web"), obj("b", "x"), obj("c", "y", app="web"), obj("d")):
        indexer.add(one)
    return Lister(indexer, GroupResource("apps", "deployments"))


def names(objects: list[Any]) -> list[str]:
    return [one["metadata"]["name"] for one in objects]


@pytest.mark.parity("STO-13")
def test_a_list_can_be_narrowed_by_labels_in_text_or_parsed() -> None:
    found = lister()

    assert names(found.list()) == names(found.list("")) == ["a", "b", "c", "d"]
    assert names(found.list("app=web")) == names(found.list(labels.parse("app=web"))) == ["a", "c"]
    assert found.list(labels.nothing()) == []
    with pytest.raises(ValueError, match="found"):
        found.list("app=(")


@pytest.mark.parity("STO-13")
@pytest.mark.parametrize("indexed", [True, False])
def test_a_namespace_has_its_own_with_the_index_and_without(indexed: bool, caplog: pytest.LogCaptureFixture) -> None:
    found = lister(indexed=indexed).namespace("x")

    assert (names(found.list()), names(found.list("app=web"))) == (["a", "b"], ["a"])
    assert ("there is no index by namespace" in caplog.text) is not indexed


@pytest.mark.parity("STO-14")
def test_what_is_not_there_is_not_found_with_its_resource_and_name() -> None:
    found = lister()

    assert found.get("d")["metadata"]["name"] == "d"
    assert found.namespace("y").get("c")["metadata"]["name"] == "c"
    with pytest.raises(NotFound, match=r'deployments\.apps "a" not found'):
        found.get("a")
    with pytest.raises(NotFound, match=r'deployments\.apps "a" not found'):
        found.namespace("y").get("a")


@pytest.mark.parity("STO-06")
def test_a_list_is_the_readers_own_but_its_objects_are_shared() -> None:
    found = lister()
    first = found.list()
    first.clear()

    assert found.list()[0] is found.namespace("x").get("a")
