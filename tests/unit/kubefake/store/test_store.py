from __future__ import annotations

from typing import Any

import pytest

from kubefake.store import CompactedError, FutureRevisionError, StaleVersionError, Store


def thing(name: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, **more}


def test_a_commit_makes_the_next_revision_and_writes_it_into_the_object() -> None:
    store = Store()

    version = store.put("t", "a", thing("a"), None)

    assert (version.revision, store.revision) == (2, 2)
    assert version.data == b'{"metadata":{"name":"a","resourceVersion":"2"}}'


def test_a_write_that_builds_on_another_version_than_the_current_one_is_refused() -> None:
    store = Store()
    first = store.put("t", "a", thing("a"), None)
    store.put("t", "a", thing("a", x=1), first)

    with pytest.raises(StaleVersionError):
        store.put("t", "a", thing("a", x=2), first)


def test_creating_what_exists_is_refused() -> None:
    store = Store()
    store.put("t", "a", thing("a"), None)

    with pytest.raises(StaleVersionError):
        store.put("t", "a", thing("a"), None)


def test_a_deletion_has_a_revision_and_a_last_state_of_its_own() -> None:
    store = Store()
    version = store.put("t", "a", thing("a"), None)

    gone = store.delete("t", "a", version.copy(), version)

    assert (gone.deleted, gone.revision) == (True, 3)
    assert gone.obj["metadata"]["resourceVersion"] == "3"
    assert store.get("t", "a") is None


def test_lists_come_in_the_order_of_whole_keys_as_etcd_sorts_them() -> None:
    store = Store()
    for key in ("a/x", "a-b/x", "a.c/x", "b/x"):
        store.put("t", key, thing("x"), None)

    assert [version.key for version in store.list("t")] == ["a-b/x", "a.c/x", "a/x", "b/x"]


def test_a_namespace_is_listed_without_its_neighbours_of_the_same_beginning() -> None:
    store = Store()
    for key in ("a/x", "a-b/x", "a0/x", "aa/x"):
        store.put("t", key, thing("x"), None)

    assert [version.key for version in store.list("t", "a")] == ["a/x"]


def test_a_past_revision_still_has_what_was_deleted_since() -> None:
    store = Store()
    version = store.put("t", "a", thing("a"), None)
    store.delete("t", "a", version.copy(), version)

    assert [found.key for found in store.list("t", revision=2)] == ["a"]
    assert store.list("t") == []


def test_a_revision_before_the_compaction_cannot_be_read() -> None:
    store = Store()
    version = store.put("t", "a", thing("a"), None)
    store.put("t", "a", thing("a", x=1), version)

    store.compact(3)

    with pytest.raises(CompactedError):
        store.list("t", revision=2)
    assert store.list("t", revision=3)[0].obj["x"] == 1


def test_a_revision_that_has_not_happened_cannot_be_read() -> None:
    with pytest.raises(FutureRevisionError):
        Store().list("t", revision=99)


def test_history_is_compacted_when_twice_its_limit_has_gathered() -> None:
    store = Store(history_limit=10)
    version = None
    for index in range(100):
        version = store.put("t", "a", thing("a", x=index), version)

    assert 10 <= len(store.table("t").log) < 20
    assert store.compacted_revision >= store.revision - 20


def test_a_fork_and_its_origin_do_not_see_each_others_writes() -> None:
    store = Store()
    store.put("t", "a", thing("a"), None)

    fork = store.fork()
    fork.put("t", "b", thing("b"), None)
    store.put("t", "c", thing("c"), None)

    assert [version.key for version in store.list("t")] == ["a", "c"]
    assert [version.key for version in fork.list("t")] == ["a", "b"]


def test_compacting_a_fork_leaves_the_history_of_its_origin_alone() -> None:
    store = Store()
    version = store.put("t", "a", thing("a"), None)
    store.put("t", "a", thing("a", x=1), version)

    fork = store.fork()
    fork.compact(fork.revision)

    assert "x" not in store.list("t", revision=2)[0].obj


def test_restoring_a_snapshot_returns_to_its_revision_and_ends_an_epoch() -> None:
    store = Store()
    store.put("t", "a", thing("a"), None)
    snapshot = store.snapshot()
    store.put("t", "b", thing("b"), None)

    store.restore(snapshot)

    assert [version.key for version in store.list("t")] == ["a"]
    assert (store.revision, store.epoch) == (2, 1)


def test_a_copy_of_a_version_can_be_changed_without_the_store_noticing() -> None:
    store = Store()
    version = store.put("t", "a", thing("a", data={"k": "v"}), None)

    version.copy()["data"]["k"] = "changed"

    assert version.obj["data"] == {"k": "v"}
