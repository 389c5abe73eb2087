"""What discovery asks for, how it reads each form of the answer, and what it makes of parts that are missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kubeclient.api.meta_v1 import APIResource, APIResourceList
from kubeclient.apimachinery.errors import Forbidden, NotFound, ServiceUnavailable
from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionKind, GroupVersionResource
from kubeclient.config.rest import Config
from kubeclient.discovery import (
    DiscoveryClient,
    DiscoveryError,
    DiscoveryFiles,
    DiskDiscoveryClient,
    FakeDiscoveryClient,
    MemoryDiscoveryClient,
    StaleGroupVersionError,
    UnsupportedVersionError,
    VersionInfo,
    VersionMismatchError,
    content_type_is_gvk,
    filtered_by,
    group_version_resources,
    supports_all_verbs,
)
from kubeclient.machines.discovery import AGGREGATED, accepted
from kubeclient.machines.reactors import Fake
from kubeclient.transport.protocol import ConnectFailed, header
from tests.unit.kubeclient.client.serving import V2, V2BETA1, Transport, aggregated, rest_over

V1, APPS = GroupVersion("", "v1"), GroupVersion("apps", "v1")


def resource(name: str, kind: str, *subresources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resource": name,
        "responseKind": {"group": "", "version": "v1", "kind": kind},
        "scope": "Namespaced",
        "singularResource": kind.lower(),
        "verbs": ["get", "list"],
        "subresources": list(subresources),
        **more,
    }


def group(name: str, *versions: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": name}, "versions": list(versions)}


def version(name: str, *resources: dict[str, Any], freshness: str = "Current") -> dict[str, Any]:
    return {"version": name, "resources": list(resources), "freshness": freshness}


CORE = aggregated(
    group(
        "",
        version(
            "v1", resource("pods", "Pod", {"subresource": "log", "responseKind": {"kind": "Pod", "version": "v1"}})
        ),
    )
)
OTHERS = aggregated(
    group(
        "apps",
        version("v1", resource("deployments", "Deployment")),
        version("v1beta1", resource("deployments", "Deployment"), resource("oldies", "Oldie", scope="Cluster")),
    )
)


def whole(**more: Any) -> Transport:
    server = Transport()
    server.answers = {"/api": (V2, CORE), "/apis": (V2, OTHERS), **more}
    return server


def legacy() -> Transport:
    v1, apps = {"groupVersion": "v1", "version": "v1"}, {"groupVersion": "apps/v1", "version": "v1"}
    server = Transport()
    server.answers = {
        "/api": {"versions": [v1["version"]]},
        "/apis": {"groups": [{"name": "apps", "versions": [apps], "preferredVersion": apps}]},
        "/api/v1": {"groupVersion": "v1", "resources": [{"name": "pods", "kind": "Pod", "namespaced": True}]},
        "/apis/apps/v1": {"groupVersion": "apps/v1", "resources": [{"name": "deployments", "kind": "Deployment"}]},
    }
    return server


@pytest.mark.parity("DSC-01")
def test_a_client_of_its_own_has_the_limits_of_discovery() -> None:
    rest = DiscoveryClient.from_config(Config(host="http://127.0.0.1:1")).rest_client
    assert (rest.timeout, rest.rules.limiter.burst) == (32.0, 300)  # type: ignore[union-attr]
    assert "kubernetes/" in (header(rest.headers.bare, "user-agent") or "")

    rest = DiscoveryClient.from_config(Config(host="http://127.0.0.1:1", timeout=5, burst=7)).rest_client
    assert (rest.timeout, rest.rules.limiter.burst) == (5, 7)  # type: ignore[union-attr]


@pytest.mark.parity("DSC-01")
def test_a_request_has_a_time_limit_that_the_server_is_told() -> None:
    server = whole()
    DiscoveryClient(rest_over(server)).server_groups()

    assert [(request.timeout, list(request.query)) for request in server.requests] == [(32.0, [("timeout", "32s")])] * 2


@pytest.mark.parity("DSC-02")
def test_what_is_wanted_most_is_named_first() -> None:
    v2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    assert AGGREGATED.split(",") == [v2, v2.replace("v=v2", "v=v2beta1"), "application/json"]
    assert accepted(no_peer=True).split(",") == [f"{v2};profile=nopeer", *AGGREGATED.split(",")]
    assert accepted(legacy=True, no_peer=True) == "application/json"

    server = whole()
    DiscoveryClient(rest_over(server), no_peer=True).server_groups()
    assert header(server.requests[0].headers, "accept") == accepted(no_peer=True)


@pytest.mark.parity("DSC-03")
@pytest.mark.parametrize(
    ("content_type", "known"),
    [
        ("application/json; g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", True),
        ("application/json; as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io;charset=utf-8", True),
        ("application/json; as=APIGroupDiscoveryList;v=v2beta1;g=apidiscovery.k8s.io", False),
        ("application/json", False),
        ("application/json; charset=UTF-8", False),
        ("application/json; g=apidiscovery.k8s.io;v=v2", False),
        ("text/plain; g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", False),
    ],
)
def test_parameters_of_a_content_type_say_what_is_in_the_body(content_type: str, known: bool) -> None:
    assert (
        content_type_is_gvk(content_type, GroupVersionKind("apidiscovery.k8s.io", "v2", "APIGroupDiscoveryList"))
        is known
    )


@pytest.mark.parity("DSC-03")
@pytest.mark.parametrize("content_type", ["", "malformed content type"])
def test_what_is_no_content_type_is_refused_and_read_as_legacy(content_type: str) -> None:
    with pytest.raises(ValueError, match=r"^mime: "):
        content_type_is_gvk(content_type, GroupVersionKind("g", "v", "k"))
    server = legacy()
    server.answers["/apis"] = (content_type, server.answers["/apis"])
    assert [one.name for one in DiscoveryClient(rest_over(server)).server_groups()] == ["", "apps"]


@pytest.mark.parity("DSC-03", "DSC-18")
@pytest.mark.parametrize("kind", [V2, V2BETA1])
@pytest.mark.parametrize("client", [DiscoveryClient, MemoryDiscoveryClient])
def test_aggregated_documents_need_no_further_request(kind: str, client: type[DiscoveryClient]) -> None:
    server = whole()
    server.answers = {"/api": (kind, CORE), "/apis": (kind, OTHERS)}
    groups, resources = client(rest_over(server)).server_groups_and_resources()

    assert server.asked == ["/api", "/apis"]
    assert [one.name for one in groups] == ["", "apps"]
    assert list(resources) == [V1, APPS, GroupVersion("apps", "v1beta1")]
    assert [(one.name, one.singular_name, one.kind) for one in resources[V1].resources] == [
        ("pods", "pod", "Pod"),
        ("pods/log", "pod", "Pod"),
    ]


@pytest.mark.parity("DSC-05")
@pytest.mark.parametrize("path", ["/api", "/apis"])
def test_where_one_document_is_not_aggregated_resources_are_asked_for_one_by_one(path: str) -> None:
    server = legacy()
    server.answers[path] = whole().answers[path]
    server.answers["/apis/apps/v1beta1"] = {"groupVersion": "apps/v1beta1", "resources": []}
    resources = DiscoveryClient(rest_over(server)).server_groups_and_resources()[1]

    assert {"/api/v1", "/apis/apps/v1"} <= set(server.asked)
    assert [one.name for one in resources[V1].resources] == ["pods"]


@pytest.mark.parity("DSC-04")
def test_a_server_without_a_core_group_keeps_what_is_aggregated() -> None:
    server = whole()
    server.answers["/api"] = 404
    groups, resources = DiscoveryClient(rest_over(server)).server_groups_and_resources()
    assert ([one.name for one in groups], APPS in resources, server.asked) == (["apps"], True, ["/api", "/apis"])

    server.answers["/apis"] = 404
    with pytest.raises(NotFound):
        DiscoveryClient(rest_over(server)).server_groups()


@pytest.mark.parity("DSC-06", "DSC-08")
def test_stale_versions_are_left_out_and_told_of() -> None:
    stale = aggregated(
        group("apps", version("v2", freshness="Stale"), version("v1", resource("deployments", "Deployment"))),
        group("gone", version("v1", freshness="Stale")),
    )
    server = whole(**{"/apis": (V2, stale)})
    with pytest.raises(DiscoveryError) as caught:
        DiscoveryClient(rest_over(server)).server_groups_and_resources()

    error = caught.value
    assert str(error) == (
        "unable to retrieve the complete list of server APIs: "
        "apps/v2: stale GroupVersion discovery: apps/v2, gone/v1: stale GroupVersion discovery: gone/v1"
    )
    assert isinstance(error.failed[GroupVersion("apps", "v2")], StaleGroupVersionError)
    assert {one.name: one.preferred_version.version for one in error.groups} == {"": "v1", "apps": "v1", "gone": ""}
    assert list(error.resources) == [V1, APPS]
    assert [one.group_version for one in error.preferred] == ["v1", "apps/v1"]


@pytest.mark.parity("DSC-06")
def test_a_resource_without_a_kind_is_left_out_and_its_subresources_are_not() -> None:
    scale = {"subresource": "scale", "responseKind": {"group": "autoscaling", "version": "v1", "kind": "Scale"}}
    only = group(
        "apps",
        version(
            "v1",
            resource("ghosts", "Ghost", scale, {"subresource": "empty"}, responseKind=None),
            resource("shades", "Shade", scale, responseKind={"group": "", "version": "", "kind": ""}),
        ),
    )
    server = whole(**{"/apis": (V2, aggregated(only))})
    listed = DiscoveryClient(rest_over(server)).server_groups_and_resources()[1][APPS].resources

    assert [(one.name, one.group, one.kind) for one in listed] == [
        ("ghosts/scale", "autoscaling", "Scale"),
        ("shades/scale", "autoscaling", "Scale"),
    ]


@pytest.mark.parity("DSC-08")
def test_a_part_that_answers_the_second_time_is_no_failure() -> None:
    server = legacy()
    answers = [503, server.answers["/apis/apps/v1"]]

    class Twice(Transport):
        def round_trip(self, request: Any) -> Any:
            if request.path == "/apis/apps/v1":
                self.answers[request.path] = answers.pop(0)
            return super().round_trip(request)

    twice = Twice(**server.answers)
    assert APPS in DiscoveryClient(rest_over(twice)).server_groups_and_resources()[1]
    with pytest.raises(ServiceUnavailable):
        DiscoveryClient(rest_over(Transport(**{"/api": 503}))).server_groups_and_resources()


@pytest.mark.parity("DSC-11")
def test_each_resource_is_preferred_in_one_version() -> None:
    lists = DiscoveryClient(rest_over(whole())).server_preferred_resources()
    assert [(one.group_version, [found.name for found in one.resources]) for one in lists] == [
        ("v1", ["pods"]),
        ("apps/v1", ["deployments"]),
        ("apps/v1beta1", ["oldies"]),
    ]

    lists = DiscoveryClient(rest_over(whole())).server_preferred_namespaced_resources()
    assert [one.group_version for one in lists] == ["v1", "apps/v1"]


@pytest.mark.parity("DSC-11")
def test_the_version_that_the_server_prefers_goes_before_those_that_come_first() -> None:
    server = legacy()
    versions = [{"groupVersion": f"apps/{one}", "version": one} for one in ("v1beta1", "v1")]
    server.answers["/apis"] = {"groups": [{"name": "apps", "versions": versions, "preferredVersion": versions[1]}]}
    server.answers["/apis/apps/v1beta1"] = {**server.answers["/apis/apps/v1"], "groupVersion": "apps/v1beta1"}
    lists = DiscoveryClient(rest_over(server)).server_preferred_resources()

    assert [(one.group_version, len(one.resources)) for one in lists] == [
        ("v1", 1),
        ("apps/v1beta1", 0),
        ("apps/v1", 1),
    ]


@pytest.mark.parity("DSC-12")
def test_a_server_says_its_version_and_its_schemas() -> None:
    server = whole(
        **{"/version": {"major": "1", "minor": "36", "gitVersion": "v1.36.3"}, "/openapi/v2": {"swagger": "2.0"}}
    )
    client = DiscoveryClient(rest_over(server))

    assert client.server_version() == VersionInfo(major="1", minor="36", git_version="v1.36.3")
    assert client.open_api_schema() == {"swagger": "2.0"}
    server.answers["/openapi/v2"] = b"\x0a\x032.0"
    assert client.open_api_schema_protobuf() == b"\x0a\x032.0"
    assert header(server.requests[-1].headers, "accept") == (
        "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    )
    server.answers["/openapi/v3"] = {"paths": {"version": {"serverRelativeURL": "/openapi/v3/version?hash=1"}}}
    assert client.open_api_v3().paths() == {"version": "/openapi/v3/version?hash=1"}
    server.answers["/version"] = b"nonsense"
    with pytest.raises(ValueError, match="unable to parse the server version"):
        client.server_version()


@pytest.mark.parity("DSC-12")
@pytest.mark.parametrize("client", [DiscoveryClient, MemoryDiscoveryClient])
def test_a_legacy_copy_asks_for_one_document_a_version(client: type[DiscoveryClient]) -> None:
    server = legacy()
    copy = client(rest_over(server)).with_legacy()
    copy.server_groups_and_resources()

    assert type(copy) is client
    assert {header(request.headers, "accept") for request in server.requests} == {"application/json"}


@pytest.mark.parity("DSC-13")
def test_a_resource_is_enabled_where_it_is_listed() -> None:
    server = legacy()
    client = DiscoveryClient(rest_over(server))
    assert client.is_enabled(GroupVersionResource("apps", "v1", "deployments"))
    assert not client.is_enabled(GroupVersionResource("apps", "v1", "statefulsets"))
    assert not client.is_enabled(GroupVersionResource("none", "v1", "x"))
    server.answers["/apis/apps/v1"] = 403
    with pytest.raises(Forbidden):
        client.is_enabled(GroupVersionResource("apps", "v1", "deployments"))


@pytest.mark.parity("DSC-13")
def test_a_server_supports_the_versions_that_it_names_or_any_when_it_names_none() -> None:
    server = legacy()
    client = DiscoveryClient(rest_over(server))
    client.server_supports_version("apps/v1")
    with pytest.raises(UnsupportedVersionError, match=r'^server does not support API version "apps/v9"$'):
        client.server_supports_version("apps/v9")
    server.answers.update({"/api": 404, "/apis": {"groups": []}})
    client.server_supports_version("apps/v9")
    server.answers["/apis"] = ConnectFailed("refused")
    with pytest.raises(ConnectFailed):
        client.server_supports_version("v1")


@pytest.mark.parity("DSC-13")
def test_builds_are_compared_by_version_commit_and_tree() -> None:
    server = whole(**{"/version": {"gitVersion": "v1", "gitCommit": "c", "gitTreeState": "clean", "goVersion": "x"}})
    client = DiscoveryClient(rest_over(server))
    client.matches_server_version(VersionInfo(git_version="v1", git_commit="c", git_tree_state="clean"))
    with pytest.raises(VersionMismatchError, match="differs from client version"):
        client.matches_server_version(VersionInfo(git_version="v1", git_commit="d", git_tree_state="clean"))


@pytest.mark.parity("DSC-13")
def test_resources_are_filtered_by_what_can_be_done_with_them() -> None:
    lists = [
        APIResourceList(
            group_version="v1", resources=[APIResource(name="a", verbs=["get", "list"]), APIResource(name="b")]
        ),
        APIResourceList(group_version="x/v2", resources=[APIResource(name="c", verbs=["list"])]),
    ]
    assert [one.group_version for one in filtered_by(supports_all_verbs("get", "list"), lists)] == ["v1"]
    assert filtered_by(lambda group_version, found: False, lists) == []
    assert [found.name for found in filtered_by(supports_all_verbs("list"), lists)[0].resources] == ["a"]
    assert len(lists[0].resources) == 2, "what is given stays as it is"

    names = group_version_resources(lists)
    assert GroupVersionResource("x", "v2", "c") in names
    assert len(names) == 3
    with pytest.raises(ValueError, match="unexpected GroupVersion string"):
        group_version_resources([APIResourceList(group_version="a/b/c", resources=[APIResource(name="d")])])


@pytest.mark.parity("DSC-18")
def test_what_a_memory_knows_of_schemas_it_forgets_with_the_rest() -> None:
    server = whole(**{"/openapi/v2": {"swagger": "2.0"}, "/openapi/v3": {"paths": {}}})
    client = MemoryDiscoveryClient(rest_over(server))
    assert not client.fresh
    for _ in range(2):
        client.server_groups()
        client.open_api_schema()
        client.open_api_v3().paths()
    assert sorted(server.asked) == ["/api", "/apis", "/openapi/v2", "/openapi/v3"]
    assert (client.fresh, client.open_api_v3() is client.open_api_v3()) == (True, True)

    client.invalidate()
    assert not client.fresh
    client.open_api_schema()
    client.open_api_v3().paths()
    assert len(server.asked) == 6


@pytest.mark.parity("DSC-14", "DSC-18")
def test_schemas_of_a_client_with_files_are_asked_for_once_until_they_are_forgotten(tmp_path: Path) -> None:
    server = whole(**{"/openapi/v3": {"paths": {"api/v1": {"serverRelativeURL": "/openapi/v3/api/v1"}}}})
    files = DiscoveryFiles(tmp_path / "cache", ttl=600, time_ns=lambda: 0)
    client = DiskDiscoveryClient(rest_over(server), files)

    for _ in range(2):
        assert list(client.open_api_v3().paths()) == ["api/v1"]
    assert server.asked == ["/openapi/v3"]

    client.invalidate()
    client.open_api_v3().paths()
    assert server.asked == ["/openapi/v3"] * 2


def faked(error: Exception | None = None) -> FakeDiscoveryClient:
    lists = [
        APIResourceList(group_version=text, resources=[APIResource(name="a", kind="A")])
        for text in ("v1", "apps/v1", "apps/v2")
    ]

    def react(action: Any) -> None:
        if error is not None:
            raise error

    fake = Fake()
    fake.prepend_reactor("*", "*", react)
    return FakeDiscoveryClient(fake, lists, faked_server_version=VersionInfo(major="1", minor="0"))


@pytest.mark.parity("DSC-19")
def test_a_fake_answers_from_its_lists_and_writes_down_what_it_was_asked() -> None:
    client = faked()
    assert client.server_version() == VersionInfo(major="1", minor="0")
    groups, resources = client.server_groups_and_resources()
    assert [(one.name, one.preferred_version.version, len(one.versions)) for one in groups] == [
        ("", "v1", 1),
        ("apps", "v1", 2),
    ]
    assert [str(one) for one in resources] == ["v1", "apps/v1", "apps/v2"]
    assert client.server_resources_for_group_version("apps/v2").resources[0].name == "a"
    assert client.server_preferred_resources() == client.server_preferred_namespaced_resources() == []
    with pytest.raises(NotFound, match='GroupVersion "none/v1" not found'):
        client.server_resources_for_group_version("none/v1")

    asked = [(action.verb, action.resource.resource) for action in client.fake.actions()]
    assert asked == [("get", what) for what in ("version", "group", "resource", "resource", "resource")]
    assert client.with_legacy() is client
    assert client.open_api_schema() == {}
    assert FakeDiscoveryClient(Fake()).server_version().git_version.startswith("v0.0.0-master")
    with pytest.raises(NotImplementedError):
        client.open_api_v3()


@pytest.mark.parity("DSC-19")
@pytest.mark.parametrize("call", ["server_version", "server_groups", "server_groups_and_resources"])
def test_what_a_reactor_raises_a_fake_raises(call: str) -> None:
    with pytest.raises(KeyError):
        getattr(faked(KeyError("no")), call)()
    with pytest.raises(KeyError):
        faked(KeyError("no")).server_resources_for_group_version("v1")


@pytest.mark.parity("DSC-14", "DSC-18")
@pytest.mark.parametrize("make", [whole, legacy])
def test_groups_are_read_through_files_in_both_forms(make: Callable[[], Transport], tmp_path: Path) -> None:
    server = make()
    names = [group.name for group in DiscoveryClient(rest_over(server)).server_groups()]
    files = DiscoveryFiles(tmp_path / "cache", ttl=600, time_ns=lambda: 0)
    first = DiskDiscoveryClient(rest_over(server), files).server_groups()
    server.requests.clear()

    second = DiskDiscoveryClient(rest_over(server), files).server_groups()

    assert [group.name for group in first] == names
    assert (second, server.asked) == (first, [])
