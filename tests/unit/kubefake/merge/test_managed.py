"""Entries of managedFields, and the window that a scale is."""

from __future__ import annotations

from typing import Any

import pytest

from kubefake.merge.managed import FieldSetCache, decode, encode, keep_timestamps
from kubefake.merge.scale import ScaleHandler

T1 = "2026-01-01T00:00:01Z"


def _entry(manager: str, fields: Any, **more: Any) -> dict[str, Any]:
    entry = {"manager": manager, "operation": "Apply", "apiVersion": "apps/v1", "time": T1, "fieldsType": "FieldsV1"}
    return {**entry, "fieldsV1": fields, **more}


def test_entries_are_sorted_by_operation_time_and_manager() -> None:
    entries = [
        _entry("b", {"f:x": {}}, operation="Update"),
        _entry("c", {"f:x": {}}),
        _entry("a", {"f:x": {}}),
        _entry("z", {"f:x": {}}, time="2020-01-01T00:00:00Z"),
    ]
    cache = FieldSetCache()

    encoded = encode(decode(entries, cache)) or []

    assert [entry["manager"] for entry in encoded] == ["z", "a", "c", "b"]


def test_an_entry_keeps_the_order_of_its_fields() -> None:
    cache = FieldSetCache()

    encoded = encode(decode([_entry("a", {"f:x": {}}, subresource="status")], cache)) or []

    assert list(encoded[0]) == ["manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"operation": "Nonsense"}, "operation must be `Apply` or `Update`"),
        ({"apiVersion": ""}, "apiVersion must not be empty"),
        ({"fieldsType": ""}, "missing fieldsType in managed fields entry 0"),
        ({"fieldsType": "Other"}, 'invalid fieldsType "Other" in managed fields entry 0'),
    ],
)
def test_entries_that_make_no_sense_cannot_be_read(change: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        decode([_entry("a", {"f:x": {}}, **change)], FieldSetCache())

    assert str(caught.value) == message


def test_documents_that_say_the_same_are_read_once() -> None:
    cache = FieldSetCache()

    assert cache.read({"f:x": {}}) is cache.read({"f:x": {}})


def test_the_cache_forgets_what_was_not_used_for_longest() -> None:
    cache = FieldSetCache(size=2)
    documents: list[dict[str, Any]] = [{f"f:{name}": {}} for name in "abc"]
    first = cache.read(documents[0])
    second = cache.read(documents[1])
    cache.read(documents[0])
    cache.read(documents[2])

    assert cache.read(documents[0]) is first
    assert cache.read(documents[1]) is not second


def test_times_alone_do_not_make_a_new_version() -> None:
    old: dict[str, Any] = {"metadata": {"managedFields": [_entry("a", {"f:x": {}})]}, "data": {"k": "1"}}
    new: dict[str, Any] = {
        "metadata": {"managedFields": [_entry("a", {"f:x": {}}, time="2027-01-01T00:00:00Z")]},
        "data": {"k": "1"},
    }

    assert keep_timestamps(new, old) == old["metadata"]["managedFields"]
    assert keep_timestamps({**new, "data": {}}, old) is None
    assert keep_timestamps({**new, "metadata": {**new["metadata"], "labels": {"a": "b"}}}, old) is None
    assert keep_timestamps(old, old) is None


PATHS = {"apps/v1": ("f:spec", "f:replicas")}


def test_a_scale_shows_who_owns_the_replicas() -> None:
    parent = [_entry("m1", {"f:spec": {"f:replicas": {}, "f:x": {}}}), _entry("m2", {"f:spec": {"f:x": {}}})]

    shown = ScaleHandler(parent, "apps/v1", PATHS, FieldSetCache()).to_subresource() or []

    assert [(entry["manager"], entry["apiVersion"], entry["fieldsV1"]) for entry in shown] == [
        ("m1", "autoscaling/v1", {"f:spec": {"f:replicas": {}}})
    ]


def test_a_write_to_a_scale_takes_the_replicas_from_the_parents_managers() -> None:
    parent = [_entry("m1", {"f:spec": {"f:replicas": {}, "f:x": {}}})]
    scale = [_entry("m2", {"f:spec": {"f:replicas": {}}}, apiVersion="autoscaling/v1", subresource="scale")]

    merged = ScaleHandler(parent, "apps/v1", PATHS, FieldSetCache()).to_parent(scale) or []

    assert [(entry["manager"], entry["apiVersion"], entry["fieldsV1"]) for entry in merged] == [
        ("m2", "apps/v1", {"f:spec": {"f:replicas": {}}}),
        ("m1", "apps/v1", {"f:spec": {"f:x": {}}}),
    ]
    assert "time" not in merged[0]


def test_a_manager_that_keeps_the_replicas_keeps_its_entry() -> None:
    parent = [_entry("m1", {"f:spec": {"f:replicas": {}, "f:x": {}}})]
    handler = ScaleHandler(parent, "apps/v1", PATHS, FieldSetCache())

    assert handler.to_parent(handler.to_subresource()) == parent
