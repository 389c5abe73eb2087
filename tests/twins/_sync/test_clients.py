# generated from tests/twins/_async/test_clients.py by .ci/twin.py, do not edit
"""What the clients of resources send, and what they make of the answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient._sync.clientset import Clientset
from kubeclient._sync.metadata import MetadataClient
from kubeclient._sync.pager import ListPager
from kubeclient._sync.retry import retry_on_conflict
from kubeclient.api.apps_v1 import Deployment
from kubeclient.api.core_v1 import ConfigMap, Event, ObjectReference, Pod
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.api.policy_v1 import Eviction
from kubeclient.api.resources import RESOURCES, by_resource
from kubeclient.apimachinery.errors import Conflict, Expired, new_conflict
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.transport.protocol import Response, header
from tests.twins.support import FakeRuntime, Script, status_body


def _answer(obj: Any, status: int = 200) -> Response:
    return Response(status, [("content-type", "application/json")], json.dumps(obj).encode())


def _client(*steps: Any) -> tuple[Clientset, Script]:
    script = Script(*steps)
    return Clientset(script, runtime=FakeRuntime(), user_agent="me"), script


CONFIG_MAP = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "ns"}, "data": {"k": "v"}}


def test_a_get_is_a_path_and_its_answer_a_typed_object() -> None:
    client, script = _client(_answer(CONFIG_MAP))

    found = client.core_v1.config_maps("ns").get("a")

    request = script.requests[0]
    assert (request.method, request.path, request.query) == ("GET", "/api/v1/namespaces/ns/configmaps/a", ())
    assert (header(request.headers, "user-agent"), found.data) == ("me", {"k": "v"})


def test_a_create_sends_kind_and_version() -> None:
    client, script = _client(_answer(CONFIG_MAP, 201))

    client.core_v1.config_maps("ns").create(ConfigMap(metadata=ObjectMeta(name="a")), dry_run=True)

    request = script.requests[0]
    assert (request.method, request.path, request.query) == (
        "POST",
        "/api/v1/namespaces/ns/configmaps",
        [("dryRun", "All")],
    )
    assert json.loads(request.body or b"")["kind"] == "ConfigMap"


def test_an_apply_completes_kind_and_version_and_names_its_manager() -> None:
    client, script = _client(_answer(CONFIG_MAP))

    client.core_v1.config_maps("ns").apply({"metadata": {"name": "a"}}, field_manager="me", force=True)

    request = script.requests[0]
    assert request.query == [("fieldManager", "me"), ("force", "true")]
    assert header(request.headers, "content-type") == "application/apply-patch+yaml"
    assert json.loads(request.body or b"") == {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}}


def test_an_apply_needs_a_name() -> None:
    client, _ = _client()

    with pytest.raises(ValueError, match=r"obj\.Name must be provided to Apply"):
        client.core_v1.config_maps("ns").apply({}, field_manager="me")


def test_the_status_and_the_scale_are_below_the_object() -> None:
    scale = {"kind": "Scale", "apiVersion": "autoscaling/v1", "spec": {"replicas": 3}}
    client, script = _client(_answer(scale), _answer({"kind": "Deployment", "apiVersion": "apps/v1"}))
    deployments = client.apps_v1.deployments("ns")

    found = deployments.get_scale("web")
    deployments.update_status(Deployment(metadata=ObjectMeta(name="web")))

    assert found.spec.replicas == 3
    assert [request.path.rpartition("deployments")[2] for request in script.requests] == ["/web/scale", "/web/status"]


def test_a_watch_is_read_until_its_stream_ends_and_closed_then() -> None:
    line = json.dumps({"type": "ADDED", "object": CONFIG_MAP}).encode() + b"\n"
    client, script = _client([line[:10], line[10:] + line])

    with client.core_v1.config_maps("").watch(resource_version="5") as watch:
        names = [event.object.metadata.name for event in watch]

    assert names == ["a", "a"]
    assert script.requests[0].path == "/api/v1/configmaps"
    assert script.requests[0].query == [("resourceVersion", "5"), ("watch", "true")]


def test_an_error_event_is_raised() -> None:
    line = b'{"type":"ERROR","object":' + status_body(410, "Expired", "too old") + b"}\n"
    client, _ = _client([line])

    with pytest.raises(Expired, match="too old"):
        client.core_v1.config_maps("ns").watch().__next__()


def test_an_eviction_is_posted_to_its_pod() -> None:
    client, script = _client(_answer({}, 201), _answer({}, 201))
    eviction = Eviction(metadata=ObjectMeta(name="web"))

    client.core_v1.pods("ns").evict(eviction)
    client.policy_v1.evictions("ns").evict(eviction)

    assert {request.path for request in script.requests} == {"/api/v1/namespaces/ns/pods/web/eviction"}


def test_logs_are_text() -> None:
    client, script = _client(Response(200, [], b"line\n"))

    assert client.core_v1.pods("ns").get_logs("web", container="c", tail_lines=1) == "line\n"
    assert script.requests[0].query == [("container", "c"), ("tailLines", "1")]


def test_an_event_is_written_where_it_belongs_unless_the_client_is_of_elsewhere() -> None:
    client, script = _client(_answer({"kind": "Event", "apiVersion": "v1"}, 201))
    event = Event(metadata=ObjectMeta(name="e", namespace="there"))

    client.core_v1.events("").create_with_event_namespace(event)

    assert script.requests[0].path == "/api/v1/namespaces/there/events"
    with pytest.raises(ValueError, match="can't create an event with namespace 'there' in namespace 'here'"):
        client.core_v1.events("here").create_with_event_namespace(event)


def test_a_search_asks_for_the_parts_of_the_reference_that_are_set() -> None:
    client, script = _client(_answer({"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": []}))

    client.core_v1.events("").search(ObjectReference(kind="Pod", name="a,b"))

    assert script.requests[0].query == [("fieldSelector", "involvedObject.name=a\\,b,involvedObject.kind=Pod")]


def test_dynamic_objects_keep_their_wire_names() -> None:
    client, script = _client(_answer({**CONFIG_MAP, "unknown": {"fooBar": 1}}), _answer(CONFIG_MAP))
    resource = client.dynamic.resource("v1", "configmaps").namespace("ns")

    found = resource.get("a")
    resource.apply(Unstructured(CONFIG_MAP), field_manager="me", subresource="status")

    assert found["unknown"] == {"fooBar": 1}
    assert script.requests[1].path == "/api/v1/namespaces/ns/configmaps/a/status"
    with pytest.raises(ValueError, match="name is required"):
        resource.get("")
    with pytest.raises(ValueError, match="managed fields already set"):
        resource.apply(Unstructured({"metadata": {"name": "a", "managedFields": [{}]}}), field_manager="me")


def test_the_metadata_client_asks_for_metadata_only() -> None:
    client, script = _client(_answer(CONFIG_MAP), _answer({}))
    resource = MetadataClient(client.rest_client).resource("v1", "configmaps").namespace("ns")

    found = resource.get("a")

    assert found.metadata.name == "a"
    assert "as=PartialObjectMetadata;" in (header(script.requests[0].headers, "accept") or "")
    with pytest.raises(ValueError, match="does not appear to match the ObjectMeta schema"):
        resource.get("a")


def test_pages_become_one_list() -> None:
    def page(name: str, continue_: str) -> Response:
        return _answer(
            {
                "kind": "PodList",
                "apiVersion": "v1",
                "metadata": {"continue": continue_},
                "items": [{"metadata": {"name": name}}],
            }
        )

    client, script = _client(page("a", "more"), page("b", ""))

    whole, paginated = ListPager(client.core_v1.pods("ns").list, page_size=1).list()

    assert ([pod.metadata.name for pod in whole.items], paginated, whole.metadata.continue_) == (["a", "b"], True, "")
    assert script.requests[1].query == [("continue", "more"), ("limit", "1")]


def test_a_conflict_is_tried_again_and_the_last_one_is_raised() -> None:
    runtime, tries = FakeRuntime(), []

    def change() -> None:
        tries.append(1)
        raise new_conflict(GroupResource("", "pods"), "a", "changed")

    with pytest.raises(Conflict):
        retry_on_conflict(change, runtime=runtime)

    assert (len(tries), len(runtime.slept)) == (5, 4)


def test_every_resource_has_a_client_that_can_do_what_client_go_can() -> None:
    client, _ = _client()
    for descriptor in RESOURCES:
        group = getattr(client, descriptor.module)
        names = [name for name in dir(group) if name.replace("_", "") == descriptor.plural]
        assert len(names) == 1, descriptor.plural
        made = getattr(group, names[0])(*(["ns"] if descriptor.namespaced else []))
        missing = [call for call in descriptor.calls if not hasattr(made, call)]
        assert missing == [], (descriptor.module, descriptor.plural)
        assert hasattr(made, "delete_collection") is ("delete_collection" in descriptor.calls)
        assert hasattr(made, "update_status") is ("update_status" in descriptor.calls)


def test_a_client_of_any_kind_is_made_from_its_descriptor() -> None:
    client, _ = _client(_answer({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a"}}))

    found = client.resource(by_resource()["", "v1", "pods"], "ns").get("a")

    assert isinstance(found, Pod)
