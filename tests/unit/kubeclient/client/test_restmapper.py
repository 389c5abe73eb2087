"""From kinds to resources and back: priorities, short names, categories, and the errors of each."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.api.meta_v1 import APIGroup, APIResource, APIResourceList, GroupVersionForDiscovery
from kubeclient.apimachinery.gvk import GroupKind, GroupResource, GroupVersion, GroupVersionKind, GroupVersionResource
from kubeclient.discovery import MemoryDiscoveryClient
from kubeclient.restmapper import (
    AmbiguousKindError,
    AmbiguousResourceError,
    DiscoveryCategoryExpander,
    NoKindMatchError,
    NoResourceMatchError,
    ResourceMap,
    RESTMapper,
    SimpleCategoryExpander,
    UnionCategoryExpander,
    guess_kind_to_resource,
    is_ambiguous_error,
    is_no_match_error,
)
from tests.unit.kubeclient.client.serving import Transport, rest_over


def gvr(group: str, version: str, resource: str) -> GroupVersionResource:
    return GroupVersionResource(group, version, resource)


def one(name: str, kind: str, *short: str, **more: Any) -> APIResource:
    return APIResource(name=name, kind=kind, namespaced=True, short_names=list(short), **more)


def served(*versions: tuple[str, list[APIResource]], prefer: dict[str, str] | None = None, **more: Any) -> ResourceMap:
    """A map of group versions in their order; the first version of a group is preferred unless `prefer` says another."""
    groups: dict[str, APIGroup] = {}
    resources: dict[GroupVersion, APIResourceList] = {}
    for text, found in versions:
        known = GroupVersion.parse(text)
        named = GroupVersionForDiscovery(group_version=text, version=known.version)
        group = groups.setdefault(known.group, APIGroup(name=known.group, versions=[], preferred_version=named))
        group.versions.append(named)
        if (prefer or {}).get(known.group) == known.version:
            group.preferred_version = named
        resources[known] = APIResourceList(group_version=text, resources=found)
    return ResourceMap(groups.values(), resources, **more)


PODS, JOBS = one("pods", "Pod"), one("jobs", "Job")


@pytest.mark.parity("RMP-01")
def test_the_preferred_version_goes_before_the_others_in_the_order_of_discovery() -> None:
    known = served(("extensions/v1beta", [JOBS]), ("extensions/v1", [JOBS, PODS]), prefer={"extensions": "v1"})

    assert known.resource_for(gvr("", "", "jobs")) == gvr("extensions", "v1", "jobs")
    assert known.kind_for(gvr("extensions", "v1beta", "jobs")) == GroupVersionKind("extensions", "v1beta", "Job")
    assert known.rest_mapping(GroupKind("extensions", "Job")).resource.version == "v1"
    assert known.rest_mapping(GroupKind("extensions", "Job"), "v1beta", "v1").resource.version == "v1beta"
    assert [mapping.resource.version for mapping in known.rest_mappings(GroupKind("extensions", "Job"))] == [
        "v1beta",
        "v1",
    ]


@pytest.mark.parity("RMP-01")
def test_the_core_group_goes_before_all_and_groups_in_the_order_of_discovery() -> None:
    known = served(("z/v1", [PODS]), ("a/v1", [PODS, JOBS]), ("v1", [PODS]))
    assert known.resource_for(gvr("", "", "pods")).group == ""
    assert known.resources_for(gvr("", "", "pods")) == [
        gvr("z", "v1", "pods"),
        gvr("a", "v1", "pods"),
        gvr("", "v1", "pods"),
    ]
    assert served(("z/v1", [PODS]), ("a/v1", [PODS])).kind_for(gvr("", "v1", "pods")).group == "z"


@pytest.mark.parity("RMP-01")
def test_a_version_that_is_preferred_and_unknown_leaves_the_others_by_their_group() -> None:
    named = [GroupVersionForDiscovery(group_version=f"apps/{text}", version=text) for text in ("v2", "v1")]
    group = APIGroup(name="apps", versions=named, preferred_version=named[0])
    known = ResourceMap(
        [group], {GroupVersion("apps", "v1"): APIResourceList(group_version="apps/v1", resources=[JOBS])}
    )
    assert known.resource_for(gvr("apps", "", "job")) == gvr("apps", "v1", "jobs")


@pytest.mark.parity("RMP-02")
def test_kinds_are_known_in_lower_case_and_lists_and_singulars_too() -> None:
    known = served(
        ("apps/v1", [one("deployments", "Deployment", singular_name="deploy"), one("deployments/scale", "Scale")])
    )

    assert known.rest_mapping(GroupKind("apps", "deployment")).resource == gvr("apps", "v1", "deployments")
    assert known.rest_mapping(GroupKind("apps", "DeploymentList")).resource.resource == "deploymentlists"
    assert not known.rest_mapping(GroupKind("apps", "List")).namespaced
    assert known.resource_for(gvr("", "", "DEPLOY")).resource == "deployments"
    assert known.resource_singularizer("deployments") == "deploy"
    with pytest.raises(NoKindMatchError):
        known.rest_mapping(GroupKind("apps", "Scale"))


@pytest.mark.parity("RMP-02")
@pytest.mark.parametrize(
    ("kind", "plural", "singular"),
    [
        ("Pod", "pods", "pod"),
        ("Policy", "policies", "policy"),
        ("Ingress", "ingresses", "ingress"),
        ("Endpoints", "endpoints", "endpoints"),
        ("", "", ""),
    ],
)
def test_names_of_resources_are_guessed_from_kinds(kind: str, plural: str, singular: str) -> None:
    assert guess_kind_to_resource(kind) == (plural, singular)
    if kind:
        assert served(("v1", [one(plural, kind)])).resource_for(gvr("", "", singular)).resource == plural


def test_a_group_may_be_cut_short_unless_there_is_a_version() -> None:
    known = served(("autoscaling/v1", [one("scalers", "Scaler")]))
    assert known.resource_for(gvr("autoscal", "", "scaler")).group == "autoscaling"
    with pytest.raises(NoResourceMatchError):
        known.resource_for(gvr("autoscal", "v1", "scaler"))
    with pytest.raises(ValueError, match="a resource must be present"):
        known.resource_for(gvr("", "v1", ""))


@pytest.mark.parity("RMP-07")
def test_what_is_not_served_is_told_from_what_is_served_twice() -> None:
    known = served(("v1", [one("pods", "Pod", singular_name="box"), one("box", "Box")]))
    with pytest.raises(
        AmbiguousResourceError, match=r"matches multiple resources \[/v1, Resource=box /v1, Resource=pods\]"
    ) as twice:
        known.resource_for(gvr("", "", "box"))
    with pytest.raises(NoResourceMatchError, match=r"^no matches for /, Resource=none$") as never:
        known.resource_for(gvr("", "", "none"))

    assert (is_ambiguous_error(twice.value), is_no_match_error(twice.value)) == (True, False)
    assert (is_ambiguous_error(never.value), is_no_match_error(never.value)) == (False, True)
    assert not is_no_match_error(None)


@pytest.mark.parity("RMP-07")
@pytest.mark.parametrize(
    ("versions", "message"),
    [
        ((), 'no matches for kind "X" in group "g"'),
        (("v1",), 'no matches for kind "X" in version "g/v1"'),
        (("v2", "v1"), 'no matches for kind "X" in versions ["g/v1" "g/v2"]'),
    ],
)
def test_a_kind_that_is_not_served_is_named_with_where_it_was_looked_for(
    versions: tuple[str, ...], message: str
) -> None:
    with pytest.raises(NoKindMatchError) as caught:
        served(("g/v1", [PODS])).rest_mapping(GroupKind("g", "X"), *versions)
    assert str(caught.value) == message
    assert is_no_match_error(caught.value)


@pytest.mark.parity("RMP-07")
def test_what_is_ambiguous_says_between_what() -> None:
    kinds = [GroupVersionKind("g", "v1", "X"), GroupVersionKind("g", "v2", "X")]
    partial = GroupVersionKind("g", "", "X")
    assert str(AmbiguousKindError(partial)) == "g/, Kind=X matches multiple resources or kinds"
    assert str(AmbiguousKindError(partial, kinds=kinds)).endswith("multiple kinds [g/v1, Kind=X g/v2, Kind=X]")
    both = str(AmbiguousResourceError(gvr("g", "", "x"), resources=[gvr("g", "v1", "x")], kinds=kinds[:1]))
    assert both == "g/, Resource=x matches multiple resources [g/v1, Resource=x] and kinds [g/v1, Kind=X]"


@pytest.mark.parity("RMP-05")
def test_a_short_name_stands_for_the_first_resource_that_has_it() -> None:
    told: list[str] = []
    known = served(
        ("storage/v1", [one("classes", "Class", "sc")]),
        ("other/v1", [one("scopes", "Scope", "sc")]),
        ("other/v2", [one("scopes", "Scope", "sc")]),
        warn=told.append,
    )
    assert known.expanded(gvr("", "", "sc")) == gvr("storage", "", "classes")
    assert known.resource_for(gvr("", "", "sc")) == gvr("storage", "v1", "classes")
    assert known.resource_for(gvr("other", "", "sc")) == gvr("other", "v1", "scopes")
    assert known.resource_for(gvr("oth", "", "sc")) == gvr("other", "v1", "scopes")
    assert told == ['short name "sc" could also match lower priority resource scopes.other']


@pytest.mark.parity("RMP-05")
def test_whole_names_are_never_taken_for_short_ones() -> None:
    known = served(
        ("a/v1", [one("classes", "Class", "pods", "box")]), ("b/v1", [one("pods", "Pod", singular_name="box")])
    )
    assert known.resource_for(gvr("", "", "pods")) == gvr("b", "v1", "pods")
    assert known.resource_for(gvr("", "", "box")) == gvr("b", "v1", "pods")
    assert known.resource_for(gvr("a", "", "pods")) == gvr("a", "v1", "classes"), "there is no such name in that group"


def _discovered(transport: Transport) -> MemoryDiscoveryClient:
    transport.answers = {
        "/api": 404,
        "/apis": {"groups": [{"name": "apps", "versions": [{"groupVersion": "apps/v1", "version": "v1"}]}]},
        "/apis/apps/v1": {
            "groupVersion": "apps/v1",
            "resources": [
                {"name": "deployments", "kind": "Deployment", "categories": ["all"], "shortNames": ["deploy"]}
            ],
        },
    }
    return MemoryDiscoveryClient(rest_over(transport))


@pytest.mark.parity("RMP-06")
def test_categories_come_from_a_table_from_discovery_or_from_both() -> None:
    transport = Transport()
    table = SimpleCategoryExpander(
        {"all": [GroupResource("apps", "deployments"), GroupResource("", "pods")], "none": []}
    )
    discovered = DiscoveryCategoryExpander(_discovered(transport))
    union = UnionCategoryExpander(discovered, table)

    assert (table.expand("none"), table.expand("other")) == ([], None)
    assert discovered.expand("all") == [GroupResource("apps", "deployments")]
    assert union.expand("all") == [GroupResource("apps", "deployments"), GroupResource("", "pods")]
    assert (union.expand("none"), union.expand("other")) == ([], None)


@pytest.mark.parity("RMP-06")
def test_where_nothing_is_discovered_there_are_no_categories() -> None:
    empty = MemoryDiscoveryClient(rest_over(Transport(**{"/apis": {"groups": []}})))
    assert DiscoveryCategoryExpander(empty).expand("all") is None


@pytest.mark.parity("RMP-04")
def test_a_mapper_asks_on_first_use_and_answers_every_kind_of_question() -> None:
    transport = Transport()
    mapper = RESTMapper(_discovered(transport))
    assert transport.asked == []

    found = gvr("apps", "v1", "deployments")
    assert mapper.resource_for(gvr("", "", "deploy")) == found
    assert mapper.resources_for(gvr("", "", "deployment")) == [found]
    assert mapper.kinds_for(found) == [mapper.kind_for(found)] == [GroupVersionKind("apps", "v1", "Deployment")]
    assert [one.resource for one in mapper.rest_mappings(GroupKind("apps", "Deployment"), "v1")] == [found]
    assert mapper.resource_singularizer("deployments") == "deployment"
    assert len(transport.asked) == 3
