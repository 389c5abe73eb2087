"""Requests, read back into the calls that made them."""

from __future__ import annotations

import pytest

from kubeclient.api.core_v1 import Pod
from kubeclient.apimachinery.gvk import GroupVersionResource
from kubeclient.apimachinery.json import encode
from kubeclient.machines.actions import (
    Action,
    CreateAction,
    DeleteAction,
    DeleteCollectionAction,
    GenericAction,
    GetAction,
    ListAction,
    PatchAction,
    ProxyGetAction,
    UpdateAction,
    WatchAction,
    action_of,
)
from kubeclient.machines.protobuf_encode import encode_body
from kubeclient.transport.protocol import Request

pytestmark = pytest.mark.parity("FAK-03")

PODS = GroupVersionResource("", "v1", "pods")
NAMESPACES = GroupVersionResource("", "v1", "namespaces")
DEPLOYMENTS = GroupVersionResource("apps", "v1", "deployments")
SERVICES = GroupVersionResource("", "v1", "services")
PATCHED = [("content-type", "application/merge-patch+json")]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request("GET", "/api/v1/namespaces/a/pods/x"), GetAction(resource=PODS, namespace="a", name="x")),
        (
            Request("GET", "/api/v1/namespaces/a/pods/x/log"),
            GetAction(resource=PODS, namespace="a", name="x", subresource="log"),
        ),
        (Request("GET", "/api/v1/namespaces/a"), GetAction(resource=NAMESPACES, name="a")),
        (
            Request("PUT", "/api/v1/namespaces/a/status", body=b"{}"),
            UpdateAction(resource=NAMESPACES, name="a", subresource="status", object={}),
        ),
        (
            Request("GET", "/apis/apps/v1/deployments", [("labelSelector", "a=b"), ("fieldSelector", "c=d")]),
            ListAction(
                resource=DEPLOYMENTS,
                label_selector="a=b",
                field_selector="c=d",
                options={"labelSelector": "a=b", "fieldSelector": "c=d"},
            ),
        ),
        (
            Request("GET", "/api/v1/pods", [("watch", "true"), ("resourceVersion", "7")]),
            WatchAction(resource=PODS, resource_version="7", options={"watch": "true", "resourceVersion": "7"}),
        ),
        (
            Request("POST", "/api/v1/namespaces/a/pods", body=b'{"kind":"Pod"}'),
            CreateAction(resource=PODS, namespace="a", object={"kind": "Pod"}),
        ),
        (
            Request("POST", "/api/v1/namespaces/a/pods/x/eviction", body=b"{}"),
            CreateAction(resource=PODS, namespace="a", name="x", subresource="eviction", object={}),
        ),
        (
            Request("PATCH", "/api/v1/namespaces/a/pods/x", headers=PATCHED, body=b"{}"),
            PatchAction(resource=PODS, namespace="a", name="x", patch_type="application/merge-patch+json", patch=b"{}"),
        ),
        (
            Request("DELETE", "/api/v1/namespaces/a/pods/x", body=b'{"gracePeriodSeconds":0}'),
            DeleteAction(resource=PODS, namespace="a", name="x", delete_options={"gracePeriodSeconds": 0}),
        ),
        (Request("DELETE", "/api/v1/namespaces/a/pods"), DeleteCollectionAction(resource=PODS, namespace="a")),
        (
            Request("GET", "/api/v1/namespaces/a/services/https:web:443/proxy/metrics/all"),
            ProxyGetAction(
                resource=SERVICES, namespace="a", scheme="https", name="web", port="443", path="metrics/all"
            ),
        ),
        (
            Request("GET", "/api/v1/namespaces/a/services/web/proxy"),
            ProxyGetAction(resource=SERVICES, namespace="a", name="web"),
        ),
        (Request("GET", "/version"), GenericAction(verb="get", resource=GroupVersionResource("", "", "version"))),
        (Request("GET", "/apis"), GenericAction(verb="get", resource=GroupVersionResource("", "", "group"))),
        (Request("GET", "/apis/apps/v1"), GenericAction(verb="get", resource=GroupVersionResource("", "", "resource"))),
        (Request("GET", "/readyz"), GenericAction(verb="get", resource=GroupVersionResource("", "", "/readyz"))),
    ],
    ids=lambda value: f"{value.method} {value.path}" if isinstance(value, Request) else "",
)
def test_a_request_is_read_back_into_its_call(request_: Request, expected: Action) -> None:
    assert action_of(request_) == expected


def test_an_object_in_protobuf_is_read_as_its_json() -> None:
    body = encode_body(Pod(), "v1", "Pod")

    action = action_of(Request("POST", "/api/v1/namespaces/a/pods", body=body))

    assert isinstance(action, CreateAction)
    assert (action.object["kind"], action.object["apiVersion"]) == ("Pod", "v1")


def test_the_object_of_an_action_can_be_read_as_a_model() -> None:
    body = encode({"metadata": {"name": "a"}, "spec": {"nodeName": "n"}})

    action = action_of(Request("POST", "/api/v1/namespaces/a/pods", body=body))

    assert isinstance(action, CreateAction)
    pod = action.as_(Pod)
    assert pod.spec is not None
    assert pod.spec.node_name == "n"


def test_an_action_matches_its_verb_and_resource_in_any_capitals() -> None:
    action = GetAction(resource=PODS, name="x", subresource="log")

    assert action.matches("get", "pods/log")
    assert action.matches("GET", "Pods/Log")
    assert not action.matches("get", "pods")
    assert not action.matches("list", "pods/log")


@pytest.mark.parity("FAK-02")
@pytest.mark.parametrize(
    ("resource", "heard"), [("*", True), ("pods", True), ("pods/log", True), ("pods/status", False)]
)
def test_a_reactor_of_a_resource_hears_of_its_subresources(resource: str, heard: bool) -> None:
    assert GetAction(resource=PODS, name="x", subresource="log").covered_by(resource) is heard
