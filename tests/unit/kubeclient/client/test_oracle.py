"""The clients against a real apiserver: set KUBEFAKE_ORACLE_KUBECONFIG to its kubeconfig. Skipped without."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest

from kubeclient import AsyncClientset, Clientset, errors
from kubeclient.api.apps_v1 import Deployment
from kubeclient.api.authentication_v1 import TokenRequest
from kubeclient.api.core_v1 import ConfigMap, Container, PodSpec, PodTemplateSpec, ServiceAccount
from kubeclient.api.meta_v1 import LabelSelector, ObjectMeta
from kubeclient.apimachinery.gvk import GroupKind, GroupResource, GroupVersionResource
from kubeclient.kubernetes import Preconditions
from kubeclient.manifests import apply_yaml
from kubeclient.metadata import MetadataClient
from kubeclient.pager import ListPager
from kubeclient.restmapper import RESTMapper
from kubeclient.scale import ScaleClient

KUBECONFIG = os.environ.get("KUBEFAKE_ORACLE_KUBECONFIG", "")

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not KUBECONFIG, reason="KUBEFAKE_ORACLE_KUBECONFIG names no real apiserver"),
]


@pytest.fixture
def client() -> Iterator[Clientset]:
    from kubeclient.config.loading import load_client_config

    config = load_client_config(KUBECONFIG).config
    config.qps = -1
    with Clientset.from_config(config) as made:
        for name in ("one", "two", "three"):
            try:
                made.core_v1.config_maps("default").delete(name)
            except errors.NotFound:
                continue
        yield made


def test_an_object_lives_through_all_verbs(client: Clientset) -> None:
    maps = client.core_v1.config_maps("default")
    created = maps.create(ConfigMap(metadata=ObjectMeta(name="one", labels={"t": "x"}), data={"k": "1"}))
    created.data["k"] = "2"
    updated = maps.update(created, field_manager="me")
    patched = maps.patch("one", [{"op": "add", "path": "/data/z", "value": "3"}])
    merged = maps.patch("one", {"data": {"z": None}})
    applied = maps.apply({"metadata": {"name": "one"}, "data": {"a": "4"}}, field_manager="applier")

    assert [updated.data, patched.data, merged.data] == [{"k": "2"}, {"k": "2", "z": "3"}, {"k": "2"}]
    assert applied.data == {"k": "2", "a": "4"}
    with pytest.raises(errors.Conflict):
        maps.update(created.__class__(metadata=ObjectMeta(name="one", resource_version="1")))
    with pytest.raises(errors.Conflict):
        maps.apply({"metadata": {"name": "one"}, "data": {"k": "5"}}, field_manager="applier")
    with pytest.raises(errors.Conflict):
        maps.delete("one", preconditions=Preconditions(uid="other"))
    assert [one.metadata.name for one in maps.list(label_selector="t=x").items] == ["one"]
    events = [(event.type, event.object.metadata.name) for event in _changes(client, created)]
    maps.delete_collection(label_selector="t=x", propagation_policy="Background")
    with pytest.raises(errors.NotFound, match='configmaps "one" not found'):
        maps.get("one")
    assert events == [("MODIFIED", "one")] * 4


def _changes(client: Clientset, since: ConfigMap) -> list[object]:
    maps = client.core_v1.config_maps("default")
    with maps.watch(resource_version=since.metadata.resource_version, timeout_seconds=1) as watch:
        return list(watch)


def test_pages_of_a_list_are_all_of_it(client: Clientset) -> None:
    maps = client.core_v1.config_maps("default")
    for name in ("one", "two", "three"):
        maps.create(ConfigMap(metadata=ObjectMeta(name=name)))

    whole, paginated = ListPager(maps.list, page_size=1).list()

    assert paginated
    assert {"one", "two", "three"} <= {one.metadata.name for one in whole.items}


def test_both_forms_of_discovery_say_the_same(client: Clientset) -> None:
    groups, resources = client.discovery.server_groups_and_resources()
    legacy_groups, legacy = client.discovery.with_legacy().server_groups_and_resources()

    assert [group.name for group in groups] == [group.name for group in legacy_groups]
    for version, listed in resources.items():
        expected = {(one.name, one.kind, one.namespaced, *sorted(one.verbs)) for one in legacy[version].resources}
        assert {(one.name, one.kind, one.namespaced, *sorted(one.verbs)) for one in listed.resources} == expected


def test_kinds_and_short_names_lead_to_resources(client: Clientset) -> None:
    mapper = RESTMapper(client.discovery)

    assert mapper.rest_mapping(GroupKind("apps", "Deployment")).resource == GroupVersionResource(
        "apps", "v1", "deployments"
    )
    assert mapper.resource_for(GroupVersionResource("", "", "deploy")).group == "apps"
    assert mapper.kind_for(GroupVersionResource("", "", "po")).kind == "Pod"


def test_the_scale_is_read_and_written_by_types_and_without(client: Clientset) -> None:
    deployments = client.apps_v1.deployments("default")
    template = PodTemplateSpec(
        metadata=ObjectMeta(labels={"a": "b"}), spec=PodSpec(containers=[Container(name="c", image="i")])
    )
    wanted = Deployment(metadata=ObjectMeta(name="web"))
    wanted.spec.selector = LabelSelector(match_labels={"a": "b"})
    wanted.spec.template = template
    deployments.create(wanted)
    scale = deployments.get_scale("web")
    scale.spec.replicas = 5
    deployments.update_scale("web", scale)
    scales = ScaleClient(client.rest_client).scales("default")

    found = scales.get(GroupResource("apps", "deployments"), "web")
    found.spec.replicas = 7
    scales.update(GroupResource("apps", "deployments"), found)

    assert deployments.get("web").spec.replicas == 7
    deployments.delete("web")


def test_metadata_travels_alone(client: Clientset) -> None:
    resource = MetadataClient(client.rest_client).resource("v1", "namespaces")

    assert resource.get("default").metadata.name == "default"
    assert "kube-system" in [one.metadata.name for one in resource.list().items]


def test_a_token_is_made_for_a_service_account(client: Clientset) -> None:
    accounts = client.core_v1.service_accounts("default")
    accounts.create(ServiceAccount(metadata=ObjectMeta(name="robot")))

    token = accounts.create_token("robot", TokenRequest()).status.token
    accounts.delete("robot")

    assert token.count(".") == 2


def test_manifests_are_applied_in_their_order_to_their_namespaces(client: Clientset) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\ndata: {day: 2026-01-01}\n---\n---\n"

    [applied] = apply_yaml(client, text, field_manager="me")

    assert (applied.namespace, applied["data"]) == ("default", {"day": "2026-01-01"})


def test_the_other_colour_does_the_same() -> None:
    async def run() -> str:
        async with AsyncClientset.from_kubeconfig(KUBECONFIG) as client:
            return (await client.core_v1.namespaces().get("default")).metadata.name

    assert asyncio.run(run()) == "default"
