"""The garbage collector's picture of who owns whom."""

from __future__ import annotations

from kubeclient.api.meta_v1 import ObjectMeta, OwnerReference
from kubeclient.apimachinery.times import Time
from kubefake.actors.graph import FOREGROUND, ORPHAN, Graph, Identity, Work


def identity(uid: str, namespace: str = "ns") -> Identity:
    return Identity("v1", "ConfigMap", namespace, f"n-{uid}", uid)


def owned_by(*uids: str, blocks: bool = False) -> ObjectMeta:
    owners = [
        OwnerReference(
            api_version="v1", kind="ConfigMap", name=f"n-{uid}", uid=uid, block_owner_deletion=blocks or None
        )
        for uid in uids
    ]
    return ObjectMeta(owner_references=owners)


def dying(*finalizers: str) -> ObjectMeta:
    return ObjectMeta(deletion_timestamp=Time(1), finalizers=list(finalizers))


def test_an_owner_nobody_has_seen_is_looked_at() -> None:
    graph = Graph()
    assert Work("delete", "o") in graph.seen(identity("d"), owned_by("o"))
    assert graph.nodes["o"].virtual


def test_dependents_are_looked_at_when_their_owner_is_gone() -> None:
    graph = Graph()
    graph.seen(identity("o"), ObjectMeta())
    graph.seen(identity("d"), owned_by("o"))
    assert graph.gone("o") == [Work("delete", "d")]


def test_a_virtual_owner_is_forgotten_with_its_last_dependent() -> None:
    graph = Graph()
    graph.seen(identity("d"), owned_by("o"))
    graph.gone("d")
    assert graph.nodes == {}


def test_foreground_deletion_has_dependents_looked_at_first() -> None:
    graph = Graph()
    graph.seen(identity("o"), ObjectMeta())
    graph.seen(identity("d"), owned_by("o", blocks=True))
    assert graph.seen(identity("o"), dying(FOREGROUND)) == [Work("delete", "d"), Work("delete", "o")]
    assert graph.nodes["d"].blocks(graph.nodes["o"])


def test_the_end_of_a_dependent_is_told_to_an_owner_that_waits() -> None:
    graph = Graph()
    graph.seen(identity("o"), dying(FOREGROUND))
    graph.seen(identity("d"), owned_by("o", blocks=True))
    assert Work("delete", "o") in graph.gone("d")


def test_an_owner_that_orphans_sets_its_dependents_free() -> None:
    assert Graph().seen(identity("o"), dying(ORPHAN)) == [Work("orphan", "o")]


def test_an_owner_in_another_namespace_is_told_of() -> None:
    graph = Graph()
    graph.seen(identity("o", "there"), ObjectMeta())
    assert Work("misplaced", "d") in graph.seen(identity("d", "here"), owned_by("o"))
