"""The texts of kinds and resources are Go's, and read back."""

from __future__ import annotations

import pickle

import pytest

from kubeclient.apimachinery.gvk import (
    GroupKind,
    GroupResource,
    GroupVersion,
    GroupVersionKind,
    GroupVersionResource,
    parse_kind_arg,
    parse_resource_arg,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (GroupKind("apps", "Deployment"), "Deployment.apps"),
        (GroupKind("", "Pod"), "Pod"),
        (GroupResource("apps", "deployments"), "deployments.apps"),
        (GroupResource("rbac.authorization.k8s.io", "roles"), "roles.rbac.authorization.k8s.io"),
        (GroupVersion("apps", "v1"), "apps/v1"),
        (GroupVersion("", "v1"), "v1"),
        (GroupVersionKind("apps", "v1", "Deployment"), "apps/v1, Kind=Deployment"),
        (GroupVersionKind("", "v1", "Pod"), "/v1, Kind=Pod"),
        (GroupVersionResource("", "v1", "pods"), "/v1, Resource=pods"),
    ],
)
def test_text_is_that_of_go_and_reads_back(value: object, text: str) -> None:
    assert str(value) == text
    assert type(value).parse(text) == value  # type: ignore[attr-defined]


def test_values_of_different_types_are_never_equal() -> None:
    assert GroupKind("a", "b") != GroupResource("a", "b")
    assert len({GroupKind("a", "b"), GroupResource("a", "b"), GroupKind("a", "b")}) == 2


def test_values_are_ordered_and_survive_pickling() -> None:
    kinds = [GroupVersionKind("b", "v1", "A"), GroupVersionKind("a", "v2", "A"), GroupVersionKind("a", "v1", "Z")]

    assert sorted(kinds) == [kinds[2], kinds[1], kinds[0]]
    assert pickle.loads(pickle.dumps(kinds)) == kinds


def test_more_than_one_slash_is_no_group_version() -> None:
    with pytest.raises(ValueError, match="unexpected GroupVersion string: a/b/c"):
        GroupVersion.parse("a/b/c")
    assert GroupVersionKind.from_api_version("a/b/c", "Pod") == GroupVersionKind("", "", "Pod")


def test_empty_group_version_reads_from_nothing_and_from_a_slash() -> None:
    assert GroupVersion.parse("").empty
    assert GroupVersion.parse("/").empty


def test_an_argument_of_three_parts_has_two_readings() -> None:
    assert parse_resource_arg("a.b.c.d") == (GroupVersionResource("c.d", "b", "a"), GroupResource("b.c.d", "a"))
    assert parse_resource_arg("a.b") == (None, GroupResource("b", "a"))
    assert parse_kind_arg("A.b.c") == (GroupVersionKind("c", "b", "A"), GroupKind("b.c", "A"))


def test_the_best_kind_for_a_version_is_exact_before_the_same_group() -> None:
    gv = GroupVersion("apps", "v1")
    exact, other = GroupVersionKind("apps", "v1", "A"), GroupVersionKind("apps", "v2", "B")

    assert gv.kind_for([other, exact]) == exact
    assert gv.kind_for([other]) == GroupVersionKind("apps", "v1", "B")
    assert gv.kind_for([GroupVersionKind("x", "v1", "A")]) is None
