from __future__ import annotations

import pytest

from kubefake.resources.registry import Registry
from kubefake.verbs.metadata import dedup_owner_references, ordered, parse_revision, validate_metadata_update

_REGISTRY = Registry.builtin()


def test_metadata_is_written_in_the_order_of_the_server() -> None:
    assert list(ordered({"labels": {}, "uid": "u", "name": "n", "selfLink": "/x"})) == ["name", "uid", "labels"]


@pytest.mark.parametrize("text", ["x", "-1", "", "1.0", "١"])
def test_a_revision_is_a_plain_number(text: str) -> None:
    with pytest.raises(ValueError, match="invalid syntax"):
        parse_revision(text)


def test_a_revision_beyond_64_bits_is_out_of_range() -> None:
    with pytest.raises(ValueError, match="out of range"):
        parse_revision(str(1 << 64))


def test_an_owner_that_is_named_twice_counts_once() -> None:
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"}
    obj = {"metadata": {"ownerReferences": [owner, dict(owner)]}}

    assert dedup_owner_references(obj) == ["u"]
    assert obj["metadata"]["ownerReferences"] == [owner]


def test_what_is_being_deleted_gets_no_new_finalizers() -> None:
    old = {"name": "a", "resourceVersion": "1", "deletionTimestamp": "t", "finalizers": ["x/a"]}

    found, _, _ = validate_metadata_update({**old, "finalizers": ["x/a", "x/b"]}, old)

    assert [error.field for error in found] == ["metadata.finalizers"]
    assert 'found new finalizers []string{"x/b"}' in found[0].detail


def test_two_names_of_one_resource_share_a_table() -> None:
    core, group = _REGISTRY.lookup("", "v1", "events"), _REGISTRY.lookup("events.k8s.io", "v1", "events")

    assert core is not None
    assert group is not None
    assert core.table == group.table == "events"
