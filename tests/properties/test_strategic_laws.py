"""Laws of strategic merge patches: what is made of two objects makes the second of the first, here and on the server."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeclient.api.core_v1 import Pod
from kubeclient.strategicpatch import create_three_way_merge_patch, create_two_way_merge_patch, strategic_merge_patch
from kubefake.merge.strategic import apply_strategic_patch
from kubefake.schema.builtin import node_for

NAMES = st.sampled_from("abcd")
TEXTS = st.sampled_from(["x", "y", "z"])


# Lists are not empty, as objects leave empty ones out: what Go makes of patches of those is told by examples.


def keyed(key: str, values: st.SearchStrategy[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    item = st.fixed_dictionaries({key: values}, optional=fields)
    return st.lists(item, min_size=1, max_size=4, unique_by=lambda one: one[key])


CONTAINERS = keyed(
    "name",
    NAMES,
    image=TEXTS,
    command=st.lists(TEXTS, min_size=1, max_size=2),
    env=keyed("name", NAMES, value=TEXTS),
    ports=keyed("containerPort", st.integers(1, 3), name=TEXTS),
)
VOLUMES = keyed("name", NAMES, emptyDir=st.just({"medium": "Memory"}), hostPath=st.fixed_dictionaries({"path": TEXTS}))
PODS = st.fixed_dictionaries(
    {
        "metadata": st.fixed_dictionaries(
            {},
            optional={
                "labels": st.dictionaries(NAMES, TEXTS, max_size=3),
                "finalizers": st.lists(TEXTS, unique=True, min_size=1, max_size=3),
            },
        ),
        "spec": st.fixed_dictionaries(
            {"containers": CONTAINERS},
            optional={"volumes": VOLUMES, "nodeName": TEXTS, "hostNetwork": st.booleans()},
        ),
    }
)


@given(PODS, PODS)
@pytest.mark.parity("AMC-11")
def test_the_patch_of_two_objects_makes_the_second_of_the_first(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert strategic_merge_patch(one, create_two_way_merge_patch(one, other, Pod), Pod) == other


@given(PODS, PODS)
def test_client_and_server_carry_a_patch_out_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    patch = create_two_way_merge_patch(one, other, Pod)
    assert apply_strategic_patch(node_for("", "v1", "Pod"), one, patch) == strategic_merge_patch(one, patch, Pod)


@given(PODS, PODS, PODS)
def test_a_patch_onto_another_object_is_the_same_for_client_and_server(
    one: dict[str, Any], other: dict[str, Any], third: dict[str, Any]
) -> None:
    patch = create_two_way_merge_patch(one, other, Pod)
    assert apply_strategic_patch(node_for("", "v1", "Pod"), third, patch) == strategic_merge_patch(third, patch, Pod)


@given(PODS)
def test_an_object_has_no_patch_to_itself(one: dict[str, Any]) -> None:
    assert create_two_way_merge_patch(one, one, Pod) == {}
    assert create_three_way_merge_patch(one, one, one, Pod) == {}


@given(PODS, PODS)
def test_three_states_of_which_two_are_the_same_are_two(one: dict[str, Any], other: dict[str, Any]) -> None:
    patch = create_three_way_merge_patch(one, other, one, Pod)
    assert strategic_merge_patch(one, patch, Pod) == other
