"""The laws of local copies and their indexes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeclient.api.core_v1 import Pod
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.machines.indexer import NAMESPACE_INDEX, Indexer, IndexerError, meta_namespace_index


def obj(name: str, namespace: str = "", *colours: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace}, "colours": list(colours)}


def by_colour(one: Any) -> list[str]:
    return list(one["colours"])


def coloured(**options: Any) -> Indexer[Any]:
    return Indexer(indexers={"colour": by_colour}, **options)


@pytest.mark.parity("STO-01")
def test_an_object_is_found_under_its_namespace_and_name() -> None:
    store: Indexer[Any] = Indexer()
    store.add(obj("a", "ns"))
    store.add(Pod(metadata=ObjectMeta(name="node")))

    assert store.list_keys() == ["ns/a", "node"]
    assert store.get(obj("a", "ns")) is store.get_by_key("ns/a")
    assert store.get_by_key("a") is None


@pytest.mark.parity("STO-06")
def test_what_is_returned_is_what_was_stored() -> None:
    store: Indexer[Any] = Indexer()
    one = obj("a")
    store.add(one)

    assert store.list()[0] is one


@pytest.mark.parity("STO-07")
def test_an_object_is_filed_under_each_value_of_an_index() -> None:
    store = coloured()
    for one in (obj("b", "", "red", "blue"), obj("a", "", "red"), obj("c")):
        store.add(one)

    assert [one["metadata"]["name"] for one in store.by_index("colour", "red")] == ["b", "a"]
    assert store.index_keys("colour", "red") == ["a", "b"]
    assert store.list_index_func_values("colour") == ["red", "blue"]
    assert [one["metadata"]["name"] for one in store.index("colour", obj("", "", "blue", "red"))] == ["b", "a"]
    assert store.by_index("colour", "green") == []


@pytest.mark.parity("STO-08")
def test_an_index_that_is_not_there_is_named() -> None:
    with pytest.raises(IndexerError, match="Index with name size does not exist"):
        coloured().by_index("size", "1")


@pytest.mark.parity("STO-08")
def test_an_index_that_comes_late_covers_what_is_stored() -> None:
    store = coloured()
    store.add(obj("a", "ns", "red"))
    store.add_indexers({NAMESPACE_INDEX: meta_namespace_index})

    assert store.index_keys(NAMESPACE_INDEX, "ns") == ["ns/a"]
    with pytest.raises(IndexerError, match="indexer conflict: colour"):
        store.add_indexers({"colour": by_colour, "new": by_colour})
    assert sorted(store.indexers) == ["colour", "namespace"]


@pytest.mark.parity("STO-10")
def test_a_value_without_objects_is_forgotten() -> None:
    store = coloured()
    store.add(obj("a", "", "red"))
    store.update(obj("a", "", "blue"))
    assert store.list_index_func_values("colour") == ["blue"]

    store.delete(obj("a"))
    assert store.list_index_func_values("colour") == []


@pytest.mark.parity("STO-09")
@pytest.mark.parametrize("write", ["put", "replace", "add_indexers"])
def test_an_index_function_that_raises_leaves_the_store_as_it_was(write: str) -> None:
    def fussy(one: Any) -> list[str]:
        if "bad" in one["colours"]:
            raise ValueError("bad colour")
        return ["fine"]

    store: Indexer[Any] = Indexer(indexers={"colour": by_colour, "fussy": fussy})
    store.add(obj("a", "", "red"))

    writes = {
        "put": lambda: store.add(obj("a", "", "bad")),
        "replace": lambda: store.replace([obj("b", "", "blue"), obj("c", "", "bad")]),
        "add_indexers": lambda: store.add_indexers({"late": lambda _: fussy(obj("", "", "bad"))}),
    }

    with pytest.raises(ValueError, match="bad colour"):
        writes[write]()

    assert (store.list_keys(), store.list_index_func_values("colour")) == (["a"], ["red"])
    assert [one["colours"] for one in store.by_index("fussy", "fine")] == [["red"]]
    assert "late" not in store.indexers


def test_every_operation_holds_the_guard() -> None:
    held: list[str] = []

    class Watched(dict[str, Any]):
        def __setitem__(self, key: str, value: Any) -> None:
            held.append(f"write {'in' if inside[0] else 'out of'} guard")
            super().__setitem__(key, value)

    inside = [False]

    @contextmanager
    def entering() -> Iterator[None]:
        inside[0] = True
        yield
        inside[0] = False

    class Guard:
        def __enter__(self) -> None:
            self.context = entering()
            self.context.__enter__()

        def __exit__(self, *error: object) -> None:
            self.context.__exit__(None, None, None)

    store = coloured(guard=Guard())
    store._items = Watched()
    store.add(obj("a"))

    assert held == ["write in guard"]


NAMES = st.sampled_from("abcd")
COLOURS = st.lists(st.sampled_from(["red", "green", "blue"]), max_size=3)
STEPS: st.SearchStrategy[list[Any]] = st.lists(
    st.one_of(
        st.tuples(st.just("put"), NAMES, COLOURS),
        st.tuples(st.just("remove"), NAMES, st.just([])),
        st.tuples(st.just("replace"), st.dictionaries(NAMES, COLOURS), st.just([])),
    ),
    max_size=20,
)


@given(STEPS)
def test_an_index_is_always_what_its_function_says_of_the_content(steps: list[Any]) -> None:
    store, model = coloured(), dict[str, list[str]]()
    for step, what, colours in steps:
        if step == "put":
            before = store.put(what, obj(what, "", *colours))
            assert (before is None) is (what not in model)
            model[what] = colours
        elif step == "remove":
            assert (store.remove(what) is None) is (model.pop(what, None) is None)
        else:
            store.replace([obj(name, "", *colours) for name, colours in what.items()])
            model = dict(what)

        expected: dict[str, set[str]] = {}
        for name, values in model.items():
            for value in values:
                expected.setdefault(value, set()).add(name)
        assert set(store.list_keys()) == set(model)
        assert set(store.list_index_func_values("colour")) == set(expected)
        assert {value: set(store.index_keys("colour", value)) for value in expected} == expected
