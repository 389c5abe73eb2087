"""Requests to ports of scripted pods through the server's proxy, in process and over HTTP."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from typing import Any

import pytest

from kubeclient.apimachinery.errors import ServiceUnavailable
from kubefake import Cluster

POD = {
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 8080}]}]},
    "status": {"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}]},
}  # fmt: skip
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "s"},
    "spec": {"ports": [{"port": 80, "name": "http"}]},
}
ENDPOINTS = {
    "apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "s"},
    "subsets": [{
        "addresses": [{"ip": "10.0.0.1", "targetRef": {"kind": "Pod", "namespace": "default", "name": "web"}}],
        "ports": [{"name": "http", "port": 8080}],
    }],
}  # fmt: skip


def echo(connection: Any) -> None:
    """Answers with the first line of the request and its body."""
    first, length = connection.readline(), 0
    while line := connection.readline().strip():
        name, _, value = line.lower().partition(b": ")
        length = int(value) if name == b"content-length" else length
    said = first.split(b" HTTP")[0] + b"|" + (connection.read(length) if length else b"")
    connection.write(
        b"HTTP/1.1 200 OK\r\nx-by: pod\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(said), said)
    )


async def odd(connection: Any) -> None:
    await connection.write("this is no HTTP\r\n\r\n")


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(objects=[POD, SERVICE, ENDPOINTS])
    cluster.pods.script("web", ports={8080: echo, 81: odd})
    return cluster


def test_a_pod_is_asked_by_its_port_or_by_its_first_one(cluster: Cluster) -> None:
    pods = cluster.client().core_v1.pods("default")

    assert pods.proxy_get("web", "a/b", port="8080", params={"x": "1 2"}) == b"GET /a/b?x=1+2|"
    assert pods.proxy_get("web") == b"GET /|"


def test_a_service_leads_to_a_pod_behind_it(cluster: Cluster) -> None:
    services = cluster.client().core_v1.services("default")

    assert services.proxy_get("s", "x", port="80") == b"GET /x|"
    assert services.proxy_get("s", "x", port="http") == b"GET /x|"


def test_coroutines_ask_too(cluster: Cluster) -> None:
    async def main() -> bytes:
        return await cluster.async_client().core_v1.pods("default").proxy_get("web", "a")

    assert asyncio.run(main()) == b"GET /a|"


def test_a_port_that_nobody_answers_is_unavailable(cluster: Cluster) -> None:
    pods = cluster.client().core_v1.pods("default")

    with pytest.raises(ServiceUnavailable, match="error trying to reach service: connection refused"):
        pods.proxy_get("web", port="9")
    with pytest.raises(ServiceUnavailable, match="error trying to reach service: illegal status line"):
        pods.proxy_get("web", port="81")


def test_bodies_and_headers_go_both_ways_over_http(cluster: Cluster) -> None:
    with cluster.serve() as server:
        url = f"{server.url}/api/v1/namespaces/default/pods/web:8080/proxy/put?q=1"
        request = urllib.request.Request(url, b"body", {"content-type": "text/plain"}, method="PUT")
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert (answer.read(), answer.headers["x-by"]) == (b"PUT /put?q=1|body", "pod")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url.replace("8080", "81"), timeout=10)
        assert caught.value.code == 503
        caught.value.close()
