from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient.apimachinery.errors import StatusError
from kubeclient.apimachinery.gvk import GroupResource, GroupVersion, GroupVersionKind
from kubeclient.transport.protocol import Request, Response, header
from kubefake import data
from kubefake.discovery import Discovery, Health
from kubefake.resources.registry import Registry
from kubefake.resources.resource import Resource, Subresource
from kubefake.resources.strategy import Strategy
from kubefake.schema.node import Node
from kubefake.wire.query import parse_query
from kubefake.wire.request_info import RequestInfoReader

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def thing(version: str = "v1") -> Resource:
    return Resource(
        group="example.com",
        version=version,
        plural="things",
        singular="thing",
        kind="Thing",
        list_kind="ThingList",
        namespaced=True,
        verbs=("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"),
        node=Node("object"),
        strategy=Strategy(),
        storage=GroupResource("example.com", "things"),
        storage_version=GroupVersion("example.com", "v1"),
        subresources={"status": Subresource("status", GroupVersionKind("example.com", version, "Thing"), ("get",))},
        custom=True,
    )


@pytest.fixture
def registry() -> Registry:
    return Registry.builtin()


@pytest.fixture
def discovery(registry: Registry) -> Discovery:
    return Discovery(registry)


def ask(discovery: Discovery, path: str, method: str = "GET", **headers: str) -> Response:
    route, _, query = path.partition("?")
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    request = Request(method, route, parse_query(query), pairs)
    info = RequestInfoReader()(method, route, request.query)
    return discovery.serve(request, info) or discovery.unknown(info)


def body(response: Response) -> Any:
    return json.loads(response.body)


def test_builtin_groups_come_in_the_recorded_order(discovery: Discovery) -> None:
    recorded = [group["name"] for group in data.load("resources.json") if group["name"]]

    assert [group["name"] for group in body(ask(discovery, "/apis"))["groups"]] == recorded


def test_storage_version_hashes_are_the_recorded_ones(discovery: Discovery) -> None:
    for group in data.load("resources.json"):
        for version in group["versions"]:
            path = f"/apis/{group['name']}/{version['version']}" if group["name"] else "/api/v1"
            served = {r["name"]: r.get("storageVersionHash", "") for r in body(ask(discovery, path))["resources"]}

            assert {r["plural"]: r["storageVersionHash"] for r in version["resources"]}.items() <= served.items()


def test_custom_groups_appear_with_the_preferred_version_first(registry: Registry, discovery: Discovery) -> None:
    ask(discovery, "/apis")
    for version in ("v1alpha1", "v2", "v1", "v2beta1", "other"):
        registry.add(thing(version))

    group = body(ask(discovery, "/apis"))["groups"][-1]

    assert group["preferredVersion"]["version"] == "v2"
    assert [v["version"] for v in group["versions"]] == ["v2", "v1", "v2beta1", "v1alpha1", "other"]


def test_aggregated_discovery_names_foreign_kinds_in_full(registry: Registry, discovery: Discovery) -> None:
    registry.add(thing())

    items = {item["metadata"]["name"]: item for item in body(ask(discovery, "/apis", accept=AGGREGATED))["items"]}

    deployments = next(r for r in items["apps"]["versions"][0]["resources"] if r["resource"] == "deployments")
    scale = next(s for s in deployments["subresources"] if s["subresource"] == "scale")
    custom = items["example.com"]["versions"][0]["resources"][0]
    assert deployments["responseKind"] == {"group": "", "version": "", "kind": "Deployment"}
    assert scale["responseKind"] == {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    assert custom["responseKind"] == {"group": "example.com", "version": "v1", "kind": "Thing"}


def test_aggregated_discovery_is_not_sent_twice(registry: Registry, discovery: Discovery) -> None:
    first = ask(discovery, "/apis", accept=AGGREGATED)
    etag = header(first.headers, "etag") or ""

    again = ask(discovery, "/apis", accept=AGGREGATED, if_none_match=etag)
    registry.add(thing())
    changed = ask(discovery, "/apis", accept=AGGREGATED, if_none_match=etag)

    assert (again.status, again.body) == (304, b"")
    assert changed.status == 200


def test_aggregated_discovery_comes_as_yaml_too(discovery: Discovery) -> None:
    response = ask(discovery, "/api", accept=AGGREGATED.replace("json", "yaml"))

    assert header(response.headers, "content-type") == AGGREGATED.replace("json", "yaml")
    assert response.body.startswith(b"apiVersion: apidiscovery.k8s.io/v2\nitems:\n- metadata: {}\n")


@pytest.mark.parametrize(
    "path", ["/nope", "/apis/none", "/apis/none/v1", "/readyz/", "/healthz/none", "/openapi/v2/", "//"]
)
def test_unknown_paths_are_plain_text(discovery: Discovery, path: str) -> None:
    response = ask(discovery, path)

    assert (response.status, response.body) == (404, b"404 page not found\n")
    assert header(response.headers, "content-type") == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["/apis/apps/v9", "/api/v2", "/api/v1/nope", "/apis/apps/v9/namespaces/x/deployments"])
def test_unknown_paths_of_builtin_groups_are_statuses(discovery: Discovery, path: str) -> None:
    with pytest.raises(StatusError) as caught:
        ask(discovery, path)

    assert (caught.value.code, caught.value.message) == (404, "the server could not find the requested resource")


def test_some_paths_take_any_method_and_some_only_get(discovery: Discovery) -> None:
    assert ask(discovery, "/apis", "POST").status == 200
    assert ask(discovery, "/healthz", "DELETE").status == 200
    with pytest.raises(StatusError, match="does not allow this method"):
        ask(discovery, "/api/v1", "POST")


def test_a_watch_path_without_a_resource_is_an_internal_error(discovery: Discovery) -> None:
    response = ask(discovery, "/api/v1/watch")

    assert response.status == 500
    assert response.body.endswith(b"unable to determine kind and namespace from url, /api/v1/watch\n")


def test_health_checks_can_be_excluded_and_fail() -> None:
    health = Health(failing=lambda: ["etcd"])

    failed = health.serve("/readyz", [])
    excluded = health.serve("/readyz", parse_query("exclude=etcd&exclude=none&verbose"))

    assert failed is not None
    assert excluded is not None
    assert failed.status == 500
    assert b"[-]etcd failed: reason withheld\n" in failed.body
    assert b"[+]etcd excluded: ok\n" in excluded.body
    assert excluded.body.endswith(
        b'warn: some health checks cannot be excluded: no matches for "none"\nreadyz check passed\n'
    )


def test_the_root_lists_custom_groups_too(registry: Registry, discovery: Discovery) -> None:
    registry.add(thing())

    paths = body(ask(discovery, "/"))["paths"]

    assert "/apis/example.com/v1" in paths
    assert paths == sorted(paths)


def test_what_is_not_offered_is_refused_by_name(discovery: Discovery) -> None:
    with pytest.raises(StatusError, match="kubefake does not implement /flagz") as caught:
        ask(discovery, "/flagz")

    assert caught.value.code == 501


def test_metrics_count_requests(discovery: Discovery) -> None:
    discovery.metrics.count(RequestInfoReader()("POST", "/api/v1/namespaces/x/pods"), 201)

    text = ask(discovery, "/metrics").body.decode()

    assert 'code="201",component="apiserver",dry_run="",group="",resource="pods",scope="resource"' in text
    assert 'verb="POST",version="v1"} 1\n' in text
