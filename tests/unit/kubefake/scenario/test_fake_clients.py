"""Fake clients in client-go's manner: reactors, recorded actions, and a whole apiserver behind them."""

from __future__ import annotations

import asyncio
import threading

import pytest

from kubeclient import Clientset
from kubeclient.api.apps_v1 import Deployment
from kubeclient.api.core_v1 import ConfigMap, Container, Pod, PodSpec
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.api.policy_v1 import Eviction
from kubeclient.apimachinery.errors import AlreadyExists, Conflict, Forbidden, InternalError, NotFound, new_forbidden
from kubeclient.apimachinery.gvk import GroupResource, GroupVersionResource
from kubeclient.apimachinery.status import Status
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.rest import RESTClient
from kubeclient.runtime.current import current_runtime
from kubeclient.testing import (
    Action,
    CreateAction,
    Fake,
    FakeTransport,
    FunctionTransport,
    GetAction,
    PatchAction,
    UpdateAction,
)
from kubeclient.transport.protocol import Request, Response
from kubefake.testing import HANDLED, FakeClients, WatchFeed

PODS = GroupVersionResource("", "v1", "pods")
MAPS = GroupVersionResource("", "v1", "configmaps")


def pod(name: str = "a", **labels: str) -> Pod:
    return Pod(
        metadata=ObjectMeta(name=name, namespace="default", labels=labels),
        spec=PodSpec(containers=[Container(name="c", image="i")]),
    )


def config_map(name: str = "a", **data: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name=name, namespace="default"), data=data)


@pytest.mark.parity("FAK-01")
def test_every_call_is_recorded_as_it_was_sent() -> None:
    fake = FakeClients(config_map("a"))
    client = fake.clientset()

    client.core_v1.config_maps("default").get("a")
    client.core_v1.config_maps("default").create(config_map("b", x="1"))

    first, second = fake.actions()
    assert first == GetAction(resource=MAPS, namespace="default", name="a")
    assert isinstance(second, CreateAction)
    assert second.object["data"] == {"x": "1"}


@pytest.mark.parity("FAK-01")
def test_the_record_is_a_copy_and_can_be_cleared() -> None:
    fake = FakeClients()
    fake.clientset().core_v1.pods("default").list()

    fake.actions().clear()
    assert len(fake.actions()) == 1
    fake.clear_actions()
    assert fake.actions() == []


def test_the_record_keeps_no_more_than_its_limit() -> None:
    fake = FakeClients(limit=3)
    client = fake.clientset()

    for number in range(5):
        with pytest.raises(NotFound):
            client.core_v1.pods("default").get(f"p{number}")

    assert [action.name for action in fake.actions() if isinstance(action, GetAction)] == ["p2", "p3", "p4"]


@pytest.mark.parity("FAK-01")
def test_what_a_reactor_changes_is_not_in_the_record_but_reaches_the_server() -> None:
    fake = FakeClients()

    def mark(action: CreateAction) -> None:
        action.object["data"] = {"by": "reactor"}

    fake.prepend_reactor("create", "configmaps", mark)
    made = fake.clientset().core_v1.config_maps("default").create(config_map("a", by="caller"))

    assert made.data == {"by": "reactor"}
    recorded = fake.actions()[0]
    assert isinstance(recorded, CreateAction)
    assert recorded.object["data"] == {"by": "caller"}


def test_what_a_reactor_changes_of_a_patch_reaches_the_server() -> None:
    fake = FakeClients(config_map("a"))

    def other(action: PatchAction) -> None:
        action.patch = b'{"data":{"x":"2"}}'

    fake.prepend_reactor("patch", "configmaps", other)
    changed = fake.clientset().core_v1.config_maps("default").patch("a", {"data": {"x": "1"}})

    assert changed.data == {"x": "2"}


@pytest.mark.parity("FAK-02")
def test_the_first_reactor_with_an_answer_has_the_say() -> None:
    fake = FakeClients()
    heard: list[str] = []

    def passing(action: Action) -> None:
        heard.append("passing")

    fake.add_reactor("get", "pods", lambda action: pod("late"))
    fake.prepend_reactor("get", "pods", lambda action: pod("early"))
    fake.prepend_reactor("*", "*", passing)

    assert fake.clientset().core_v1.pods("default").get("x").metadata.name == "early"
    assert heard == ["passing"]


@pytest.mark.parity("FAK-02")
def test_what_a_reactor_raises_the_caller_gets() -> None:
    fake = FakeClients()
    refusal = new_forbidden(GroupResource("", "pods"), "a", "not today")

    def refuse(action: Action) -> None:
        raise refusal

    fake.prepend_reactor("create", "pods", refuse)

    with pytest.raises(Forbidden) as caught:
        fake.clientset().core_v1.pods("default").create(pod())
    assert caught.value is refusal
    assert fake.cluster.list("pods") == []


def test_a_reactor_can_answer_with_a_status() -> None:
    fake = FakeClients()
    status = Status(status="Failure", reason="InternalError", code=500, message="out of order")
    fake.prepend_reactor("get", "pods", lambda action: status)

    with pytest.raises(InternalError, match="out of order"):
        fake.clientset().core_v1.pods("default").get("a")


def test_a_handled_call_does_not_reach_the_server() -> None:
    fake = FakeClients(pod("a"))
    fake.prepend_reactor("delete", "pods", lambda action: HANDLED)

    fake.clientset().core_v1.pods("default").delete("a")

    assert fake.cluster.get("pods/a") is not None


def test_a_reactor_of_a_subresource_hears_of_nothing_else() -> None:
    fake = FakeClients(pod("a"))
    heard: list[str] = []

    def note(action: UpdateAction) -> None:
        heard.append(action.subresource)

    fake.prepend_reactor("update", "pods/status", note)
    client = fake.clientset().core_v1.pods("default")
    found = client.get("a")
    client.update_status(found)
    client.update(client.get("a"))

    assert heard == ["status"]


@pytest.mark.parity("FAK-02")
def test_a_watch_reactor_answers_watches_alone() -> None:
    fake = FakeClients(pod("a"))
    watcher = WatchFeed()
    fake.prepend_watch_reactor("pods", lambda action: watcher)
    client = fake.clientset().core_v1.pods("default")
    watcher.add(pod("x"))
    watcher.modify(pod("x", l="1"))
    watcher.delete(pod("x"))
    watcher.stop()

    seen = [(event.type, event.object.metadata.name) for event in client.watch()]

    assert seen == [("ADDED", "x"), ("MODIFIED", "x"), ("DELETED", "x")]
    assert [item.metadata.name for item in client.list().items] == ["a"]


def test_a_reader_of_a_fake_watch_waits_for_what_comes() -> None:
    fake = FakeClients()
    watcher = WatchFeed()
    fake.prepend_watch_reactor("*", lambda action: watcher)
    seen: list[str] = []

    def read() -> None:
        seen.extend(event.object.metadata.name or "" for event in fake.clientset().core_v1.pods("default").watch())

    reader = threading.Thread(target=read)
    reader.start()
    watcher.add(pod("late"))
    watcher.stop()
    reader.join(10)

    assert seen == ["late"]


def test_a_fake_watch_works_under_asyncio() -> None:
    async def main() -> list[str]:
        fake = FakeClients()
        watcher = WatchFeed()
        fake.prepend_watch_reactor("pods", lambda action: watcher)
        async with fake.async_clientset().core_v1.pods("default").watch() as events:
            watcher.add(pod("x"))
            event = await anext(events)
        return [event.type, str(watcher.stopped)]

    assert asyncio.run(main()) == ["ADDED", "True"]


def test_an_error_event_of_a_fake_watch_is_raised() -> None:
    fake = FakeClients()
    watcher = WatchFeed()
    fake.prepend_watch_reactor("pods", lambda action: watcher)
    watcher.error(Status(status="Failure", reason="InternalError", code=500, message="lost"))

    with pytest.raises(InternalError, match="lost"):
        next(iter(fake.clientset().core_v1.pods("default").watch()))


def test_a_bounded_watch_says_when_it_is_full() -> None:
    watcher = WatchFeed(bound=1)
    watcher.add(pod())

    with pytest.raises(OverflowError, match="1 events wait unread"):
        watcher.add(pod())
    watcher.reset()
    watcher.add(pod())


def test_a_stopped_watch_takes_nothing() -> None:
    watcher = WatchFeed()
    watcher.stop()

    with pytest.raises(ValueError, match="stopped"):
        watcher.add(pod())


@pytest.mark.parity("FAK-02")
def test_a_proxy_reactor_answers_reads_through_proxies() -> None:
    fake = FakeClients()
    fake.prepend_proxy_reactor("services", lambda action: f"{action.name} {action.port} {action.path}".encode())

    answer = fake.clientset().core_v1.services("default").proxy_get("web", "metrics", port="80")

    assert answer == b"web 80 metrics"


@pytest.mark.parity("FAK-02")
def test_without_a_server_a_call_that_nobody_answers_is_an_error() -> None:
    client = Clientset(FakeTransport(Fake(), current_runtime()))

    with pytest.raises(LookupError, match="unhandled get of pods"):
        client.core_v1.pods("default").get("a")
    with pytest.raises(LookupError, match="unhandled watch of pods"):
        next(iter(client.core_v1.pods("default").watch()))


@pytest.mark.parity("FAK-04")
def test_the_tracker_reaches_objects_behind_the_reactors() -> None:
    fake = FakeClients()

    def refuse(action: Action) -> None:
        raise AssertionError("reactors hear nothing of the tracker")

    fake.prepend_reactor("*", "*", refuse)
    tracker = fake.tracker
    tracker.add(pod("a"))
    tracker.create(MAPS, config_map_dict("m"), "default")
    tracker.update(MAPS, {**config_map_dict("m"), "data": {"x": "1"}}, "default")
    tracker.patch(MAPS, "m", {"data": {"y": "2"}}, "default")
    tracker.apply(MAPS, {**config_map_dict("m"), "data": {"z": "3"}}, "default", field_manager="t")
    with tracker.watch(MAPS, "default", resource_version="0") as events:
        assert next(iter(events)).object["metadata"]["name"] == "m"

    assert tracker.get(MAPS, "m", "default")["data"] == {"x": "1", "y": "2", "z": "3"}
    assert [item["metadata"]["name"] for item in tracker.list(PODS, "default")] == ["a"]
    tracker.delete(MAPS, "m", "default")
    assert tracker.list(MAPS, "default") == []
    assert fake.actions() == []


def config_map_dict(name: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}


@pytest.mark.parity("FAK-05")
def test_objects_that_exist_or_are_missing_are_told_as_a_server_tells_them() -> None:
    client = FakeClients(config_map("a")).clientset().core_v1.config_maps("default")

    with pytest.raises(AlreadyExists):
        client.create(config_map("a"))
    with pytest.raises(NotFound):
        client.update(config_map("b"))
    with pytest.raises(NotFound):
        client.delete("b")


@pytest.mark.parity("FAK-06")
def test_lists_are_sorted_and_their_revision_grows() -> None:
    client = FakeClients(config_map("b"), config_map("a")).clientset().core_v1.config_maps("default")
    first = client.list()
    client.create(config_map("c"))
    second = client.list()

    assert [item.metadata.name for item in first.items] == ["a", "b"]
    assert int(second.metadata.resource_version) > int(first.metadata.resource_version)


@pytest.mark.parity("FAK-07", "PAIN-46")
def test_a_watch_replays_what_came_after_its_revision() -> None:
    fake = FakeClients(config_map("a"))
    client = fake.clientset().core_v1.config_maps("")
    revision = client.list().metadata.resource_version
    fake.tracker.add(config_map("b"))

    with client.watch(resource_version=revision) as events:
        assert next(iter(events)).object.metadata.name == "b"


@pytest.mark.parity("FAK-08", "FAK-09", "PAIN-45")
def test_apply_creates_and_conflicts_as_on_a_server() -> None:
    client = FakeClients().clientset().core_v1.config_maps("default")
    client.apply(config_map("a", x="1"), field_manager="one")

    with pytest.raises(Conflict):
        client.apply(config_map("a", x="2"), field_manager="two")
    assert client.apply(config_map("a", x="2"), field_manager="two", force=True).data == {"x": "2"}


@pytest.mark.parity("FAK-10", "PAIN-43", "PAIN-48")
def test_selectors_select_and_collections_are_deleted() -> None:
    client = FakeClients(pod("a", app="x"), pod("b", app="y")).clientset().core_v1.pods("default")

    assert [item.metadata.name for item in client.list(label_selector="app=x").items] == ["a"]
    assert [item.metadata.name for item in client.list(field_selector="metadata.name=b").items] == ["b"]
    client.delete_collection(label_selector="app=x", grace_period_seconds=0)
    assert [item.metadata.name for item in client.list().items] == ["b"]


@pytest.mark.parity("PAIN-44")
def test_a_watch_keeps_to_its_label_selector() -> None:
    fake = FakeClients(pod("a", app="x"), pod("b", app="y"))

    with fake.clientset().core_v1.pods("default").watch(label_selector="app=y", resource_version="0") as events:
        assert next(iter(events)).object.metadata.name == "b"


@pytest.mark.parity("FAK-12", "PAIN-47")
def test_all_kinds_of_clients_share_the_objects_and_the_record() -> None:
    fake = FakeClients()
    spec = {
        "selector": {"matchLabels": {"a": "b"}},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
    }
    fake.dynamic().resource("apps/v1", "deployments").namespace("default").create(
        Unstructured({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec})
    )

    found: Deployment = fake.clientset().apps_v1.deployments("default").get("d")
    metadata = fake.metadata().resource("apps/v1", "deployments").namespace("default").get("d")
    scale = fake.scale().scales("default").get(GroupResource("apps", "deployments"), "d")

    assert found.metadata.name == metadata.metadata.name == scale.metadata.name == "d"
    kinds = [(action.verb, action.resource.resource, action.subresource) for action in fake.actions()]
    assert kinds[:3] == [("create", "deployments", ""), ("get", "deployments", ""), ("get", "deployments", "")]
    assert kinds[-1] == ("get", "deployments", "scale")


def test_discovery_is_recorded_and_can_be_faked() -> None:
    fake = FakeClients()
    fake.prepend_reactor("get", "version", lambda action: {"major": "9", "minor": "9", "gitVersion": "v9.9.9"})

    version = fake.discovery().server_version()

    assert version.git_version == "v9.9.9"
    assert fake.actions()[0].matches("get", "version")


def test_an_eviction_is_a_create_of_its_subresource() -> None:
    fake = FakeClients(pod("a"))

    fake.clientset().core_v1.pods("default").evict(Eviction(metadata=ObjectMeta(name="a")))

    assert fake.actions()[0].matches("create", "pods/eviction")


@pytest.mark.parity("FAK-13")
def test_a_rest_client_over_a_function_keeps_its_request() -> None:
    transport = FunctionTransport(pod("a"), current_runtime())
    client = RESTClient(transport, root="/api/v1")

    answer = client.request("GET").namespace("default").resource("pods").name("a").do().into(Pod)

    assert answer.metadata.name == "a"
    assert transport.request is not None
    assert transport.request.path == "/api/v1/namespaces/default/pods/a"


@pytest.mark.parity("FAK-13")
def test_a_function_sees_each_request_and_may_raise() -> None:
    def answer(request: Request) -> Response:
        if request.method == "DELETE":
            raise ConnectionResetError("gone")
        return Response(200, [("content-type", "application/json")], b'{"kind":"Pod"}')

    client = Clientset(FunctionTransport(answer, current_runtime()))

    assert client.core_v1.pods("default").get("a").kind == "Pod"
    with pytest.raises(ConnectionResetError):
        client.core_v1.pods("default").delete("a")
