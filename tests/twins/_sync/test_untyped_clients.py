# generated from tests/twins/_async/test_untyped_clients.py by .ci/twin.py, do not edit
"""What the dynamic, the metadata and the scale client send, and what they make of the answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient._sync.clientset import Clientset
from kubeclient._sync.dynamic import DynamicClient, DynamicResource
from kubeclient._sync.metadata import MetadataClient, MetadataResource
from kubeclient._sync.scale import ScaleClient
from kubeclient.api.autoscaling_v1 import Scale, ScaleSpec, ScaleStatus
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.errors import NotFound
from kubeclient.apimachinery.gvk import GroupResource, GroupVersionResource
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.config.rest import Config
from kubeclient.machines.options import Preconditions
from kubeclient.restmapper import NoResourceMatchError
from kubeclient.transport.protocol import Request, Response, header
from tests.twins.support import FakeRuntime, Script

WIDGETS = GroupVersionResource("shop.example", "v1", "widgets")
PATH = "/apis/shop.example/v1/namespaces/ns/widgets"
WIDGET: dict[str, Any] = {
    "apiVersion": "shop.example/v1",
    "kind": "Widget",
    "metadata": {"name": "w", "namespace": "ns"},
    "spec": {"size": 9007199254740993, "weight": 1.5, "extra": None},
}


def answer(obj: Any, status: int = 200) -> Response:
    return Response(status, [("content-type", "application/json")], json.dumps(obj).encode())


def client(*steps: Any, **options: Any) -> tuple[Clientset, Script]:
    script = Script(*steps)
    return Clientset(script, runtime=FakeRuntime(), **options), script


def widgets(*steps: Any, **options: Any) -> tuple[DynamicResource, Script]:
    made, script = client(*steps, **options)
    return made.dynamic.resource(WIDGETS).namespace("ns"), script


def metadata(*steps: Any, **options: Any) -> tuple[MetadataResource, Script]:
    made, script = client(*steps, **options)
    return MetadataClient(made.rest_client).resource(WIDGETS).namespace("ns"), script


def sent(request: Request) -> tuple[str, str, dict[str, str], Any]:
    """Verb, path, query and body of a request."""
    body = None if request.body is None else json.loads(request.body)
    return request.method, request.path, dict(request.query), body


@pytest.mark.parity("DYN-01", "DYN-02")
def test_every_verb_has_its_path_and_method() -> None:
    resource, script = widgets(
        *[answer(WIDGET)] * 6, answer({}), answer({}), answer({"items": []}), *[answer(WIDGET)] * 3
    )
    obj = Unstructured(WIDGET)
    resource.create(obj)
    resource.update(obj)
    resource.update_status(obj)
    resource.get("w")
    resource.apply(WIDGET, field_manager="me")
    resource.apply_status(WIDGET, field_manager="me")
    resource.delete("w")
    resource.delete_collection()
    resource.list()
    resource.patch("w", {"spec": {}})

    assert [(request.method, request.path) for request in script.requests] == [
        ("POST", PATH),
        ("PUT", f"{PATH}/w"),
        ("PUT", f"{PATH}/w/status"),
        ("GET", f"{PATH}/w"),
        ("PATCH", f"{PATH}/w"),
        ("PATCH", f"{PATH}/w/status"),
        ("DELETE", f"{PATH}/w"),
        ("DELETE", PATH),
        ("GET", PATH),
        ("PATCH", f"{PATH}/w"),
    ]


@pytest.mark.parity("DYN-01", "DYN-02")
def test_subresources_are_further_segments() -> None:
    resource, script = widgets(*[answer(WIDGET)] * 6)
    resource.create(Unstructured(WIDGET), subresource="a")
    resource.create(Unstructured(WIDGET), name="other", subresource=["a", "b"])
    resource.update(Unstructured(WIDGET), subresource="a")
    resource.get("w", subresource=["a", "b"])
    resource.delete("w", subresource="a")
    resource.patch("w", {}, subresource="a")

    assert [request.path.removeprefix(PATH) for request in script.requests] == [
        "/w/a",
        "/other/a/b",
        "/w/a",
        "/w/a/b",
        "/w/a",
        "/w/a",
    ]


@pytest.mark.parity("DYN-02")
def test_the_core_group_and_the_cluster_have_shorter_paths() -> None:
    made, script = client(answer({"items": []}), answer({"items": []}))
    made.dynamic.resource("v1", "nodes").list()
    made.dynamic.resource("shop.example/v1", "widgets").list()
    assert [request.path for request in script.requests] == ["/api/v1/nodes", "/apis/shop.example/v1/widgets"]
    with pytest.raises(TypeError, match="which resource"):
        made.dynamic.resource("v1")
    with pytest.raises(TypeError, match="names the resource already"):
        made.dynamic.resource(WIDGETS, "widgets")


@pytest.mark.parity("DYN-03")
def test_a_name_is_required_where_the_path_has_one() -> None:
    resource, script = widgets()
    nameless = Unstructured({"metadata": {}})
    for call in (
        lambda: resource.get(""),
        lambda: resource.delete(""),
        lambda: resource.patch("", {}),
        lambda: resource.update(nameless),
        lambda: resource.update_status(nameless),
        lambda: resource.create(nameless, subresource="a"),
        lambda: resource.apply(nameless, field_manager="me"),
        lambda: resource.apply_status(nameless, field_manager="me"),
    ):
        with pytest.raises(ValueError, match=r"^name is required$"):
            call()
    assert script.requests == []


@pytest.mark.parity("DYN-03")
@pytest.mark.parametrize("name", ["a/b", "..", "%2f"])
def test_names_and_namespaces_stay_in_their_segment(name: str) -> None:
    resource, script = widgets()
    for call in (
        lambda: resource.get(name),
        lambda: resource.delete(name),
        lambda: resource.patch(name, {}),
        lambda: resource.update(Unstructured({"metadata": {"name": name}})),
        lambda: resource.update_status(Unstructured({"metadata": {"name": name}})),
        lambda: resource.apply(Unstructured({"metadata": {"name": name}}), field_manager="m"),
        lambda: resource.apply_status(Unstructured({"metadata": {"name": name}}), field_manager="m"),
        lambda: resource.get("w", subresource=name),
    ):
        with pytest.raises(ValueError, match=r"invalid (resource name|subresource)"):
            call()
    with pytest.raises(ValueError, match="invalid namespace"):
        resource.namespace(name)
    assert script.requests == []


@pytest.mark.parity("DYN-04")
def test_all_is_json_whatever_typed_clients_speak() -> None:
    resource, script = widgets(answer(WIDGET), answer(WIDGET), content_type="protobuf")
    resource.create(Unstructured(WIDGET))
    resource.get("w")

    assert [header(request.headers, "accept") for request in script.requests] == ["application/json"] * 2
    assert header(script.requests[0].headers, "content-type") == "application/json"


@pytest.mark.parity("DYN-05")
def test_an_apply_is_a_patch_with_its_own_type() -> None:
    resource, script = widgets(answer(WIDGET))
    resource.apply(WIDGET, field_manager="", force=True, dry_run=True)

    assert sent(script.requests[0]) == (
        "PATCH",
        f"{PATH}/w",
        {"dryRun": "All", "force": "true"},
        WIDGET,
    )
    assert header(script.requests[0].headers, "content-type") == "application/apply-patch+yaml"


@pytest.mark.parity("DYN-05")
def test_what_was_read_from_the_server_is_not_applied() -> None:
    resource, script = widgets()
    known = {"metadata": {"name": "w", "managedFields": [{"manager": "me"}]}}
    for apply in (resource.apply, resource.apply_status):
        with pytest.raises(ValueError, match="cannot apply an object with managed fields already set"):
            apply(Unstructured(known), field_manager="me")
    assert script.requests == []


@pytest.mark.parity("DYN-06")
def test_options_go_into_the_query_and_those_of_deletes_into_the_body() -> None:
    resource, script = widgets(answer({}), answer({}), answer({"items": []}), [b""])
    resource.delete("w", propagation_policy="Foreground", preconditions=Preconditions(uid="u"))
    resource.delete_collection(label_selector="a=b", grace_period_seconds=0)
    resource.list(field_selector="x=y", limit=3)
    with resource.watch(resource_version="5", allow_watch_bookmarks=True) as watch:
        assert [event for event in watch] == []

    options = {"kind": "DeleteOptions", "apiVersion": "v1"}
    bodies = [sent(request)[3] for request in script.requests]
    assert {**options, **bodies[0]} == {
        **options,
        "propagationPolicy": "Foreground",
        "preconditions": {"uid": "u"},
        **{key: bodies[0][key] for key in options if key in bodies[0]},
    }
    assert bodies[1]["gracePeriodSeconds"] == 0
    assert [sent(request)[2] for request in script.requests] == [
        {},
        {"labelSelector": "a=b"},
        {"fieldSelector": "x=y", "limit": "3"},
        {"allowWatchBookmarks": "true", "resourceVersion": "5", "watch": "true"},
    ]


@pytest.mark.parity("DYN-07")
def test_objects_keep_what_nobody_knows_and_numbers_their_kind() -> None:
    listed = {
        "kind": "WidgetList",
        "apiVersion": "shop.example/v1",
        "metadata": {"resourceVersion": "7"},
        "items": [WIDGET],
    }
    resource, _ = widgets(answer(WIDGET), answer(listed))

    found = resource.get("w")
    assert found == WIDGET
    assert [type(found["spec"][key]) for key in ("size", "weight")] == [int, float]
    assert found["spec"]["size"] == 9007199254740993
    items = resource.list()
    assert (items.resource_version, items.items) == ("7", [Unstructured(WIDGET)])


@pytest.mark.parity("DYN-08")
def test_a_client_of_its_own_names_itself_and_leaves_the_config_alone() -> None:
    config = Config(host="http://127.0.0.1:1", content_type="application/vnd.kubernetes.protobuf")
    for kind in (DynamicClient, MetadataClient, ScaleClient):
        made = kind.from_config(config)
        assert "kubernetes/" in (header(made.rest_client.headers.bare, "user-agent") or "")
        made.close()
    assert (config.user_agent, config.content_type) == ("", "application/vnd.kubernetes.protobuf")


@pytest.mark.parity("MDC-01")
def test_metadata_is_asked_for_first_and_the_whole_object_last() -> None:
    item = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
    listed = item.replace("PartialObjectMetadata", "PartialObjectMetadataList")
    for options, prefix in (({}, ""), ({"content_type": "protobuf"}, "application/vnd.kubernetes.protobuf")):
        resource, script = metadata(answer(WIDGET), answer({"items": []}), [b""], answer(WIDGET), **options)
        resource.get("w")
        resource.list()
        resource.watch().open()
        resource.patch("w", {})

        first = [f"{prefix};{one.partition(';')[2].partition(',')[0]}," if prefix else "" for one in (item, listed)]
        accepted = [header(request.headers, "accept") for request in script.requests]
        assert accepted == [first[0] + item, first[1] + listed, first[0] + item, first[0] + item]


@pytest.mark.parity("MDC-02")
def test_a_server_that_sends_the_whole_object_is_read_all_the_same() -> None:
    resource, _ = metadata(answer(WIDGET), answer({"kind": "Widget", "metadata": {}}), answer({"kind": "Status"}))
    found = resource.get("w")
    assert (found.metadata.name, found.metadata.namespace) == ("w", "ns")
    for _ in range(2):
        with pytest.raises(ValueError, match="object does not appear to match the ObjectMeta schema"):
            resource.get("w")


@pytest.mark.parity("MDC-03")
def test_metadata_is_read_patched_and_deleted() -> None:
    resource, script = metadata(
        answer({"items": [WIDGET]}), [b""], answer(WIDGET), answer({}), answer({}), answer(WIDGET)
    )
    assert [one.metadata.name for one in (resource.list(limit=1)).items] == ["w"]
    resource.watch(timeout_seconds=7).open()
    resource.patch("w", {"metadata": {}}, subresource="status")
    resource.delete("w", grace_period_seconds=3, subresource="a")
    resource.delete_collection(label_selector="a=b")
    resource.get("w", subresource="b")

    assert [sent(request)[:3] for request in script.requests] == [
        ("GET", PATH, {"limit": "1"}),
        ("GET", PATH, {"timeout": "7s", "timeoutSeconds": "7", "watch": "true"}),
        ("PATCH", f"{PATH}/w/status", {}),
        ("DELETE", f"{PATH}/w/a", {}),
        ("DELETE", PATH, {"labelSelector": "a=b"}),
        ("GET", f"{PATH}/w/b", {}),
    ]
    assert header(script.requests[3].headers, "content-type") == "application/json"
    assert json.loads(script.requests[3].body or b"")["gracePeriodSeconds"] == 3
    assert not hasattr(resource, "create")
    assert not hasattr(resource, "update")
    with pytest.raises(ValueError, match="name is required"):
        resource.delete("")


def discovery(*, form: dict[str, str] | None = None, scaled: bool = True) -> list[Response]:
    """What is asked for before the first scale: the groups, their resources, and those of the version once more."""
    served = {"groupVersion": "shop.example/v1", "version": "v1"}
    below = [{"name": "widgets/scale", "kind": "Scale", **(form or {})}] if scaled else []
    listed = {"groupVersion": "shop.example/v1", "resources": [{"name": "widgets", "kind": "Widget"}, *below]}
    groups = {"groups": [{"name": "shop.example", "versions": [served], "preferredVersion": served}]}
    return [Response(404), answer(groups), answer(listed)]


FORMS: dict[str, dict[str, Any]] = {
    "autoscaling/v1": {"replicas": 2, "selector": "a=b"},
    "extensions/v1beta1": {"replicas": 2, "selector": {"a": "b"}},
    "apps/v1beta1": {"replicas": 2, "selector": {"x": "y"}, "targetSelector": "a=b"},
    "apps/v1beta2": {"replicas": 2, "targetSelector": "a=b"},
}


def scale(form: str) -> dict[str, Any]:
    return {
        "kind": "Scale",
        "apiVersion": form,
        "metadata": {"name": "w", "namespace": "ns"},
        "spec": {"replicas": 3},
        "status": FORMS[form],
    }


SCALE = Scale(
    metadata=ObjectMeta(name="w", namespace="ns"),
    spec=ScaleSpec(replicas=3),
    status=ScaleStatus(replicas=2, selector="a=b"),
)
RESOURCE = GroupResource("shop.example", "widgets")


@pytest.mark.parity("SCL-01", "SCL-02")
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_scale_is_read_as_one(form: str) -> None:
    made, script = client(*discovery(), answer(scale(form)))
    found = ScaleClient(made.rest_client).scales("ns").get(RESOURCE, "w")

    assert (found.spec, found.status, found.metadata) == (SCALE.spec, SCALE.status, SCALE.metadata)
    assert script.requests[-1].path == f"{PATH}/w/scale"


@pytest.mark.parity("SCL-02")
def test_what_is_no_scale_is_refused() -> None:
    made, _ = client(*discovery(), answer({"kind": "Widget", "apiVersion": "shop.example/v1"}))
    with pytest.raises(ValueError, match=r'no kind "Widget" is registered as a scale for version "shop.example/v1"'):
        ScaleClient(made.rest_client).scales("ns").get(RESOURCE, "w")


@pytest.mark.parity("SCL-01", "SCL-03")
@pytest.mark.parametrize("form", FORMS)
def test_a_scale_is_written_in_the_form_of_its_resource_which_is_asked_for_once(form: str) -> None:
    group, _, version = form.partition("/")
    steps = discovery(form={"group": group, "version": version})
    made, script = client(*steps, steps[-1], answer(scale(form)), answer(scale(form)))
    scales = ScaleClient(made.rest_client).scales("ns")
    for _ in range(2):
        assert (scales.update(RESOURCE, SCALE, dry_run=True)).spec.replicas == 3

    method, path, query, body = sent(script.requests[-1])
    assert (method, path, query) == ("PUT", f"{PATH}/w/scale", {"dryRun": "All"})
    assert (body["apiVersion"], body["kind"], body["spec"]) == (form, "Scale", {"replicas": 3})
    assert len(script.requests) == 6


@pytest.mark.parity("SCL-01")
def test_a_resource_without_a_scale_has_no_form_to_write_it_in() -> None:
    steps = discovery(scaled=False)
    made, _ = client(*steps, steps[-1])
    scales = ScaleClient(made.rest_client).scales("ns")
    with pytest.raises(LookupError, match=r"could not find scale subresource for shop.example/v1, Resource=widgets"):
        scales.update(RESOURCE, SCALE)

    made, _ = client(*discovery(), *discovery())
    with pytest.raises(NoResourceMatchError):
        ScaleClient(made.rest_client).scales("ns").get(GroupResource("shop.example", "gadgets"), "w")


@pytest.mark.parity("SCL-03")
def test_a_patch_of_a_scale_is_sent_as_it_is() -> None:
    made, script = client(answer(scale("apps/v1beta2")), answer({"kind": "Status", "code": 404}, 404))
    scales = ScaleClient(made.rest_client).scales("ns")
    assert (scales.patch(WIDGETS, "w", {"spec": {"replicas": 3}}, field_manager="me")).status == SCALE.status

    assert sent(script.requests[0]) == (
        "PATCH",
        f"{PATH}/w/scale",
        {"fieldManager": "me"},
        {"spec": {"replicas": 3}},
    )
    assert header(script.requests[0].headers, "content-type") == "application/merge-patch+json"
    with pytest.raises(NotFound):
        scales.patch(WIDGETS, "w", b"[]", patch_type="json")
