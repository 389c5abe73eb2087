"""What fake clients read of what was put in, and what watchers of fakes hear."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap, Container, Pod, PodSpec
from kubeclient.api.meta_v1 import ObjectMeta, PartialObjectMetadata
from kubeclient.apimachinery.errors import BadRequest, InternalError, NotFound, UnsupportedMediaType, new_internal_error
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList
from kubefake.testing import FakeClients


def config_map(name: str = "a", namespace: str = "default", **data: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name=name, namespace=namespace), data=data)


def pod(name: str = "a") -> Pod:
    return Pod(
        metadata=ObjectMeta(name=name, namespace="default"), spec=PodSpec(containers=[Container(name="c", image="i")])
    )


@pytest.mark.parity("FAK-12")
@pytest.mark.parametrize("typed", [False, True])
def test_an_unstructured_fake_reads_what_is_put_in(typed: bool) -> None:
    untyped = Unstructured(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}, "data": {"x": "1"}}
    )
    fake = FakeClients(config_map("a", x="1") if typed else untyped)
    maps = fake.dynamic().resource("v1", "configmaps").namespace("default")

    found, listed = maps.get("a"), maps.list()

    assert (type(found), type(listed)) == (Unstructured, UnstructuredList)
    assert (found["kind"], found["apiVersion"], found["data"]) == ("ConfigMap", "v1", {"x": "1"})
    assert (listed["kind"], [item["kind"] for item in listed.items]) == ("ConfigMapList", ["ConfigMap"])
    assert FakeClients().dynamic().resource("v1", "configmaps").namespace("default").list().items == []


def test_a_fake_clientset_keeps_what_it_is_given() -> None:
    client = FakeClients(config_map("a"), config_map("b")).clientset().core_v1.config_maps("default")

    client.create(config_map("c"))
    client.delete("a")

    assert [item.metadata.name for item in client.list().items] == ["b", "c"]


def test_a_name_is_matched_whole() -> None:
    client = FakeClients(config_map("a-b"), config_map("c", "other")).clientset().core_v1

    assert client.config_maps("default").get("a-b").metadata.name == "a-b"
    for namespace, name in (("default", "a"), ("default", "b"), ("default", "c"), ("other", "a-b")):
        with pytest.raises(NotFound, match=f'configmaps "{name}" not found'):
            client.config_maps(namespace).get(name)


@pytest.mark.parametrize(
    ("form", "patch"),
    [
        ("json", b'[{"op":"add","path":"/metadata/labels","value":{"x":"1"}}]'),
        ("merge", b'{"metadata":{"labels":{"x":"1"}}}'),
        ("strategic", b'{"metadata":{"labels":{"x":"1"}}}'),
    ],
)
def test_patches_of_every_form_reach_a_fake(form: Any, patch: bytes) -> None:
    fake = FakeClients(config_map("a", kept="yes"))
    maps = fake.dynamic().resource("v1", "configmaps").namespace("default")

    assert maps.patch("a", patch, patch_type=form)["metadata"]["labels"] == {"x": "1"}
    assert maps.get("a")["data"] == {"kept": "yes"}
    metadata = fake.metadata().resource("v1", "configmaps").namespace("default")
    again = metadata.patch("a", patch.replace(b'"1"', b'"2"'), patch_type=form)
    assert isinstance(again, PartialObjectMetadata)
    assert again.metadata.labels == {"x": "2"}
    assert [item.metadata.name for item in metadata.list().items] == ["a"]
    with pytest.raises(NotFound):
        maps.patch("missing", patch, patch_type=form)


@pytest.mark.parametrize(
    ("form", "patch"),
    [("json", b'{"metadata":{}}'), ("merge", b'[{"op":"remove"}]'), ("strategic", b"[]"), ("merge", b"{")],
)
def test_a_patch_of_another_form_than_it_says_is_refused(form: Any, patch: bytes) -> None:
    maps = FakeClients(config_map("a")).dynamic().resource("v1", "configmaps").namespace("default")

    with pytest.raises(BadRequest):
        maps.patch("a", patch, patch_type=form)
    with pytest.raises(UnsupportedMediaType):
        maps.patch("a", patch, patch_type="application/odd-patch")


def test_watchers_of_a_fake_get_what_happens_in_their_namespace() -> None:
    fake = FakeClients()
    client = fake.clientset().core_v1
    watched = ["one", "two", "", "one", ""]
    now = client.config_maps("").list().metadata.resource_version
    watches = [client.config_maps(namespace).watch(resource_version=now) for namespace in watched]
    for watch in watches:
        watch.open()

    for namespace, name in (("one", "a"), ("two", "b"), ("one", "c")):
        fake.tracker.add(config_map(name, namespace))
    fake.cluster.delete("configmaps/a", namespace="one")

    def read(watch: Any, count: int) -> list[tuple[str, str]]:
        events = iter(watch)
        return [(event.type, event.object.metadata.name) for event in (next(events) for _ in range(count))]

    of_one = [("ADDED", "a"), ("ADDED", "c"), ("DELETED", "a")]
    of_all = [("ADDED", "a"), ("ADDED", "b"), ("ADDED", "c"), ("DELETED", "a")]
    expected = {"one": of_one, "two": [("ADDED", "b")], "": of_all}
    assert [read(watch, len(expected[of])) for watch, of in zip(watches, watched, strict=True)] == [
        expected[of] for of in watched
    ]
    for watch in watches:
        watch.close()


def test_nothing_breaks_when_something_happens_after_a_watch() -> None:
    fake = FakeClients()
    watch = fake.clientset().core_v1.config_maps("default").watch().open()
    watch.close()

    fake.tracker.add(config_map("a"))

    assert list(watch) == []


def test_dynamic_watches_read_events() -> None:
    fake = FakeClients(config_map("a"))
    fake.tracker.add(Unstructured({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}))

    for resource, namespace, name in (("configmaps", "default", "a"), ("nodes", "", "n")):
        maps = fake.dynamic().resource("v1", resource)
        scoped = maps.namespace(namespace) if namespace else maps
        with scoped.watch(resource_version="0") as events:
            event = next(iter(events))
        assert (event.type, type(event.object), event.object.name) == ("ADDED", Unstructured, name)


def test_a_fake_reads_logs_and_reactors_answer_for_them() -> None:
    fake = FakeClients(pod("a"))
    pods = fake.clientset().core_v1.pods("default")
    fake.cluster.pods.script("default/a", logs=["one", "two"])
    assert pods.get_logs("a") == "one\ntwo\n"
    assert fake.actions()[-1].matches("get", "pods/log")

    fake.prepend_reactor("get", "pods/log", lambda action: b"of the reactor")
    assert pods.get_logs("a") == "of the reactor"

    def fail(action: Any) -> None:
        raise new_internal_error(ValueError("no logs today"))

    fake.prepend_reactor("get", "pods/log", fail)
    with pytest.raises(InternalError, match="no logs today"):
        pods.get_logs("a")
