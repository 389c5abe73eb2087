"""What is left of a strategic merge patch when it was carried out."""

from __future__ import annotations

from kubefake.merge.leftover import leftover
from kubefake.schema.builtin import node_for

POD = node_for("", "v1", "Pod")
LIVE = {
    "metadata": {"labels": {"a": "1"}},
    "spec": {"containers": [{"name": "c", "image": "i", "env": [{"name": "A", "value": "1"}]}]},
}


def test_an_order_goes_and_takes_its_list_along() -> None:
    patch = {"spec": {"$setElementOrder/containers": [{"name": "c"}], "containers": [{"name": "c"}], "nodeName": "n"}}

    assert leftover(POD, LIVE, patch) == {"spec": {"nodeName": "n"}}


def test_directives_of_maps_go_when_they_were_followed() -> None:
    patch = {
        "metadata": {"labels": {"$patch": "replace", "b": "2"}},
        "spec": {"$retainKeys": ["nodeName"], "nodeName": "n"},
    }

    assert leftover(POD, LIVE, patch) == {"metadata": {"labels": {"b": "2"}}, "spec": {"nodeName": "n"}}


def test_nulls_go_from_what_is_new_and_stay_where_something_stood() -> None:
    new = {"name": "d", "image": None}
    patch = {"spec": {"containers": [{"name": "c", "image": None, "resources": {"limits": None}}, new]}}

    left = leftover(POD, LIVE, patch)

    assert left == {"spec": {"containers": [{"name": "c", "image": None, "resources": {}}, new]}}


def test_the_patch_itself_stays_as_it_was() -> None:
    patch = {"spec": {"$retainKeys": ["containers"], "containers": [{"name": "c", "$setElementOrder/env": []}]}}

    leftover(POD, LIVE, patch)

    assert patch == {"spec": {"$retainKeys": ["containers"], "containers": [{"name": "c", "$setElementOrder/env": []}]}}
