"""What discovery remembers, in memory and in files, and what it does when parts of a server do not answer."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from kubeclient._async.rest_client import AsyncRESTClient
from kubeclient._sync.rest_client import RESTClient
from kubeclient.apimachinery.errors import ServiceUnavailable, StatusError
from kubeclient.apimachinery.gvk import GroupKind, GroupResource, GroupVersion, GroupVersionResource
from kubeclient.discovery import (
    AsyncDiscoveryClient,
    CacheNotFoundError,
    DiscoveryClient,
    DiscoveryError,
    DiscoveryFiles,
    DiskDiscoveryClient,
    MemoryDiscoveryClient,
)
from kubeclient.machines.discovery import AGGREGATED
from kubeclient.restmapper import NoKindMatchError, ResourceMap, RESTMapper
from kubeclient.runtime.aio import AioRuntime
from kubeclient.runtime.threads import ThreadRuntime
from kubeclient.transport.protocol import Request, Response, header

V1, APPS, METRICS = GroupVersion("", "v1"), GroupVersion("apps", "v1"), GroupVersion("metrics.k8s.io", "v1")


def _resource(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "singularName": kind.lower(), "kind": kind, "namespaced": True, "verbs": ["get"], **more}


def _list(group_version: str, *resources: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "APIResourceList", "groupVersion": group_version, "resources": list(resources)}


def _group(name: str) -> dict[str, Any]:
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


class Server:
    """Answers by path; a number is a status without a body."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.accepted: list[str | None] = []
        self.waiting = 0
        self.at_once = 0
        self.answers: dict[str, Any] = {
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/apis": {"kind": "APIGroupList", "groups": [_group("apps"), _group("metrics.k8s.io")]},
            "/api/v1": _list("v1", _resource("pods", "Pod", shortNames=["po"], categories=["all"])),
            "/apis/apps/v1": _list("apps/v1", _resource("deployments", "Deployment", categories=["all"])),
            "/apis/metrics.k8s.io/v1": _list("metrics.k8s.io/v1", _resource("pods", "PodMetrics", shortNames=["po"])),
        }

    def answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        self.accepted.append(header(request.headers, "accept"))
        found = self.answers.get(request.path, 404)
        if isinstance(found, int):
            return Response(found, [], b"")
        return Response(200, [("content-type", "application/json")], json.dumps(found).encode())


class Transport(Server):
    def round_trip(self, request: Request) -> Response:
        return self.answer(request)

    def open_stream(self, request: Request) -> Any:
        raise NotImplementedError("not needed by these tests")

    def close(self) -> None:
        return


class AsyncTransport(Server):
    async def round_trip(self, request: Request) -> Response:
        self.waiting += 1
        self.at_once = max(self.at_once, self.waiting)
        for _ in range(5):
            await asyncio.sleep(0)  # noqa: TID251 - lets the other requests of the test begin
        self.waiting -= 1
        return self.answer(request)

    async def open_stream(self, request: Request) -> Any:
        raise NotImplementedError("not needed by these tests")

    async def aclose(self) -> None:
        return


@pytest.fixture
def server() -> Transport:
    return Transport()


@pytest.fixture
def rest(server: Transport) -> RESTClient:
    return RESTClient(server, runtime=ThreadRuntime())


@pytest.mark.parity("DSC-02")
def test_the_whole_is_asked_for_at_once_where_that_is_not_ruled_out(rest: RESTClient, server: Transport) -> None:
    DiscoveryClient(rest).server_groups()
    DiscoveryClient(rest, legacy=True).server_groups()

    assert server.accepted == [AGGREGATED] * 2 + ["application/json"] * 2


@pytest.mark.parity("DSC-04")
@pytest.mark.parity("DSC-07")
def test_the_core_group_comes_first_and_may_be_missing(rest: RESTClient, server: Transport) -> None:
    groups = DiscoveryClient(rest).server_groups()
    assert [group.name for group in groups] == ["", "apps", "metrics.k8s.io"]
    assert groups[0].preferred_version.version == "v1"

    server.answers["/api"] = 404
    assert [group.name for group in DiscoveryClient(rest).server_groups()] == ["apps", "metrics.k8s.io"]
    server.answers["/api"] = 503
    with pytest.raises(ServiceUnavailable):
        DiscoveryClient(rest).server_groups()


@pytest.mark.parity("DSC-04", "DSC-07")
@pytest.mark.parametrize(
    ("path", "code"), [("/apis", 404), ("/apis", 403), ("/apis", 500), ("/api", 403), ("/api", 500)]
)
def test_a_server_whose_groups_cannot_be_read_is_an_error(
    rest: RESTClient, server: Transport, path: str, code: int
) -> None:
    server.answers[path] = code
    for legacy in (False, True):
        client = DiscoveryClient(rest, legacy=legacy)
        for ask in (client.server_groups, client.server_groups_and_resources):
            with pytest.raises(StatusError) as caught:
                ask()
            assert caught.value.code == code
        with pytest.raises(StatusError):
            client.server_supports_version("v1")


@pytest.mark.parity("DSC-08")
def test_a_part_that_does_not_answer_leaves_the_others_and_is_named(rest: RESTClient, server: Transport) -> None:
    server.answers["/apis/metrics.k8s.io/v1"] = 503

    served, resources = DiscoveryClient(rest).partial_groups_and_resources()
    assert (list(resources), list(served.failed)) == ([V1, APPS], [METRICS])

    server.asked.clear()
    with pytest.raises(DiscoveryError, match="unable to retrieve the complete list of server APIs: metrics") as caught:
        DiscoveryClient(rest).server_groups_and_resources()
    assert (list(caught.value.resources), len(caught.value.groups)) == ([V1, APPS], 3)
    assert server.asked.count("/apis/metrics.k8s.io/v1") == 2


@pytest.mark.parity("DSC-09")
def test_group_versions_are_asked_for_side_by_side() -> None:
    transport = AsyncTransport()

    async def run() -> list[GroupVersion]:
        client = AsyncDiscoveryClient(AsyncRESTClient(transport, runtime=AioRuntime()))
        return list((await client.server_groups_and_resources())[1])

    assert asyncio.run(run()) == [V1, APPS, METRICS]
    assert transport.at_once == 3


@pytest.mark.parity("DSC-10")
def test_a_group_version_has_a_version_and_the_core_one_may_be_empty(rest: RESTClient, server: Transport) -> None:
    with pytest.raises(ValueError, match="groupVersion shouldn't be empty"):
        DiscoveryClient(rest).server_resources_for_group_version("")
    del server.answers["/api/v1"]
    assert DiscoveryClient(rest).server_resources_for_group_version("v1").resources == []


@pytest.mark.parity("DSC-17")
def test_a_memory_asks_once(rest: RESTClient, server: Transport) -> None:
    client = MemoryDiscoveryClient(rest)
    assert not client.fresh

    for _ in range(2):
        client.server_groups()
        client.server_groups_and_resources()
        client.server_resources_for_group_version("apps/v1")

    assert (len(server.asked), client.fresh) == (5, True)
    with pytest.raises(CacheNotFoundError, match="not found"):
        client.server_resources_for_group_version("other/v1")
    assert not client.is_resource_enabled("other/v1", "x")
    client.invalidate()
    client.server_groups()
    assert len(server.asked) == 10


@pytest.mark.parity("DSC-17")
@pytest.mark.parametrize("bad", [503, 429, _list("metrics.k8s.io/v1")])
def test_a_memory_asks_again_for_what_may_have_passed(bad: Any, rest: RESTClient, server: Transport) -> None:
    client, good = MemoryDiscoveryClient(rest), server.answers["/apis/metrics.k8s.io/v1"]
    server.answers["/apis/metrics.k8s.io/v1"] = bad
    assert METRICS not in client.partial_groups_and_resources()[1]

    server.answers["/apis/metrics.k8s.io/v1"] = good

    assert client.server_resources_for_group_version(METRICS).resources[0].kind == "PodMetrics"


@pytest.mark.parity("DSC-17")
def test_a_memory_keeps_no_failure_of_groups(rest: RESTClient, server: Transport) -> None:
    client, good = MemoryDiscoveryClient(rest), server.answers["/apis"]
    server.answers["/apis"] = 500
    for _ in range(2):
        with pytest.raises(StatusError):
            client.server_groups()

    server.answers["/apis"] = good

    assert [group.name for group in client.server_groups()] == ["", "apps", "metrics.k8s.io"]


@pytest.mark.parity("DSC-17")
def test_a_memory_keeps_what_will_not_pass(rest: RESTClient, server: Transport) -> None:
    server.answers["/apis/metrics.k8s.io/v1"] = 403
    client = MemoryDiscoveryClient(rest)
    client.partial_groups_and_resources()

    client.partial_groups_and_resources()

    assert server.asked.count("/apis/metrics.k8s.io/v1") == 1


class Now:
    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def now(tmp_path: Path) -> Now:
    (tmp_path / "clock").touch()
    return Now((tmp_path / "clock").stat().st_mtime_ns)


def _disk(rest: RESTClient, folder: Path, now: Now) -> DiskDiscoveryClient:
    return DiskDiscoveryClient(rest, DiscoveryFiles(folder / "cache", ttl=600, time_ns=now))


@pytest.mark.parity("DSC-14")
def test_a_second_run_asks_for_nothing_while_the_files_are_good(
    rest: RESTClient, server: Transport, tmp_path: Path, now: Now
) -> None:
    first = _disk(rest, tmp_path, now).server_groups_and_resources()
    server.asked.clear()

    second = _disk(rest, tmp_path, now).server_groups_and_resources()
    assert (second, server.asked) == (first, [])
    written = sorted(str(path.relative_to(tmp_path / "cache")) for path in (tmp_path / "cache").rglob("*.json"))
    assert written == [
        "apps/v1/serverresources.json",
        "metrics.k8s.io/v1/serverresources.json",
        "servergroups.json",
        "v1/serverresources.json",
    ]

    now.now += 700 * 10**9
    _disk(rest, tmp_path, now).server_groups_and_resources()
    assert len(server.asked) == 5


@pytest.mark.parity("DSC-14")
def test_a_broken_file_is_none(rest: RESTClient, server: Transport, tmp_path: Path, now: Now) -> None:
    _disk(rest, tmp_path, now).server_groups_and_resources()
    (tmp_path / "cache" / "v1" / "serverresources.json").write_text("{")
    (tmp_path / "cache" / "apps" / "v1" / "serverresources.json").write_text("")
    server.asked.clear()

    resources = _disk(rest, tmp_path, now).server_groups_and_resources()[1]

    assert (set(resources), server.asked) == ({V1, APPS, METRICS}, ["/api/v1", "/apis/apps/v1"])


@pytest.mark.parity("DSC-14")
def test_files_are_not_for_everybody(rest: RESTClient, tmp_path: Path, now: Now) -> None:
    before = os.umask(0)
    try:
        _disk(rest, tmp_path, now).server_groups()
    finally:
        os.umask(before)

    folder = tmp_path / "cache" / "v1"
    assert (folder.stat().st_mode & 0o777, (folder / "serverresources.json").stat().st_mode & 0o777) == (0o750, 0o660)


@pytest.mark.parity("DSC-16")
def test_files_of_others_are_not_fresh_and_not_read_after_an_invalidation(
    rest: RESTClient, server: Transport, tmp_path: Path, now: Now
) -> None:
    first = _disk(rest, tmp_path, now)
    first.server_groups()
    assert first.fresh

    second = _disk(rest, tmp_path, now)
    second.server_groups()
    assert not second.fresh
    server.asked.clear()
    second.invalidate()
    second.server_groups()
    assert (len(server.asked), second.fresh) == (5, True)


@pytest.mark.parity("RMP-04")
def test_a_mapper_looks_behind_old_files_once(rest: RESTClient, server: Transport, tmp_path: Path, now: Now) -> None:
    _disk(rest, tmp_path, now).server_groups()
    server.answers["/apis/apps/v1"]["resources"].append(_resource("widgets", "Widget"))
    mapper = RESTMapper(_disk(rest, tmp_path, now))

    assert mapper.rest_mapping(GroupKind("apps", "Widget")).resource.resource == "widgets"
    server.asked.clear()
    with pytest.raises(NoKindMatchError):
        mapper.rest_mapping(GroupKind("apps", "Gadget"))
    assert server.asked == [], "what it knows is fresh"


@pytest.mark.parity("RMP-04")
def test_a_mapper_can_be_told_to_forget(rest: RESTClient, server: Transport) -> None:
    mapper = RESTMapper(MemoryDiscoveryClient(rest))
    with pytest.raises(NoKindMatchError):
        mapper.rest_mapping(GroupKind("apps", "Widget"))
    server.answers["/apis/apps/v1"]["resources"].append(_resource("widgets", "Widget"))

    mapper.reset()

    assert mapper.rest_mapping(GroupKind("apps", "Widget")).resource.resource == "widgets"


@pytest.mark.parity("RMP-05")
def test_a_short_name_of_several_resources_is_the_first_and_told_of_once(rest: RESTClient) -> None:
    told: list[str] = []
    mapper = RESTMapper(DiscoveryClient(rest), warn=told.append)

    for _ in range(2):
        assert mapper.resource_for(GroupVersionResource("", "", "po")) == GroupVersionResource("", "v1", "pods")
    assert mapper.resource_for(GroupVersionResource("metrics", "", "po")).group == "metrics.k8s.io"

    assert told == ['short name "po" could also match lower priority resource pods.metrics.k8s.io']


@pytest.mark.parity("RMP-03")
@pytest.mark.parity("RMP-06")
def test_a_category_is_its_resources_as_far_as_they_are_known(rest: RESTClient, server: Transport) -> None:
    served, resources = DiscoveryClient(rest).partial_groups_and_resources()
    known = ResourceMap(served.groups, resources)
    assert known.in_category("all") == [GroupResource("", "pods"), GroupResource("apps", "deployments")]
    assert known.in_category("none") == []

    server.answers["/apis/apps/v1"] = 503
    served, resources = DiscoveryClient(rest).partial_groups_and_resources()
    assert ResourceMap(served.groups, resources).in_category("all") == [GroupResource("", "pods")]
