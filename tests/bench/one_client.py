"""One client library in a process of its own: what it gets through to a server, and at what cost. Prints JSON.

python tests/bench/one_client.py NAME URL TOKEN COUNT
"""

from __future__ import annotations

import asyncio
import copy
import json
import resource
import sys
import time
import warnings
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

from pods import pod

LISTED = "listed"
"""The namespace with the 1,000 pods that are listed; there must be one pod `web-7d9f8c6b5-000000` in it too."""

Calls = tuple[Callable[[str], Any], Callable[[Any], Any], Callable[[], Any], Callable[[dict[str, Any]], Any]]
"""Get by name, create from what the last function makes of a dict, list. All may be coroutine functions."""


def _config(url: str, token: str, content_type: str) -> Any:
    from kubeclient.rest import Config, TLSClientConfig

    return Config(
        host=url, bearer_token=token, qps=-1, content_type=content_type, tls=TLSClientConfig(insecure=_is_tls(url))
    )


def _is_tls(url: str) -> bool:
    """Whether it is a real apiserver, whose certificate nobody knows."""
    return url.startswith("https:")


def kubeclient_(url: str, token: str, content_type: str) -> Calls:
    from kubeclient import Clientset
    from kubeclient.api.core_v1 import Pod
    from kubeclient.apimachinery.json import convert

    pods = Clientset.from_config(_config(url, token, content_type)).core_v1.pods
    listed, made = pods(LISTED), pods("default")
    return listed.get, made.create, lambda: listed.list(resource_version="0").items, lambda body: convert(body, Pod)


def async_kubeclient(url: str, token: str, content_type: str) -> Calls:
    from kubeclient import AsyncClientset
    from kubeclient.api.core_v1 import Pod
    from kubeclient.apimachinery.json import convert

    pods = AsyncClientset.from_config(_config(url, token, content_type)).core_v1.pods
    listed, made = pods(LISTED), pods("default")

    async def items() -> Any:
        return (await listed.list(resource_version="0")).items

    return listed.get, made.create, items, lambda body: convert(body, Pod)


def kubernetes_(url: str, token: str) -> Calls:
    import kubernetes

    configuration = kubernetes.client.Configuration(host=url)
    configuration.api_key = {"authorization": token}
    configuration.api_key_prefix = {"authorization": "Bearer"}
    configuration.verify_ssl = not _is_tls(url)
    warnings.simplefilter("ignore")  # of the certificate that nobody looks at
    core = kubernetes.client.CoreV1Api(kubernetes.client.ApiClient(configuration))
    return (
        lambda name: core.read_namespaced_pod(name, LISTED),
        lambda body: core.create_namespaced_pod("default", body),
        lambda: core.list_namespaced_pod(LISTED).items,
        lambda body: body,
    )


def kubernetes_asyncio_(url: str, token: str) -> Calls:
    from kubernetes_asyncio import client

    configuration = client.Configuration(host=url)
    configuration.api_key = {"BearerToken": token}
    configuration.api_key_prefix = {"BearerToken": "Bearer"}
    configuration.verify_ssl = not _is_tls(url)
    core = client.CoreV1Api(client.ApiClient(configuration))

    async def items() -> Any:
        return (await core.list_namespaced_pod(LISTED)).items

    return (
        lambda name: core.read_namespaced_pod(name, LISTED),
        lambda body: core.create_namespaced_pod("default", body),
        items,
        lambda body: body,
    )


def _kubeconfig(url: str, token: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "here", "cluster": {"server": url, "insecure-skip-tls-verify": _is_tls(url)}}],
        "users": [{"name": "me", "user": {"token": token}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me", "namespace": "default"}}],
    }


async def kr8s_(url: str, token: str) -> Calls:
    import kr8s
    from kr8s.asyncio.objects import Pod

    warnings.simplefilter("ignore")
    api = await kr8s.asyncio.api(kubeconfig=_kubeconfig(url, token))

    async def items() -> Any:
        return [one async for one in api.get("pods", namespace=LISTED)]

    async def create(body: dict[str, Any]) -> Any:
        made = await Pod(body, api=api)
        await made.create()
        return made

    return lambda name: Pod.get(name, namespace=LISTED, api=api), create, items, lambda body: body


def lightkube_(url: str, token: str) -> Calls:
    import lightkube
    from lightkube.config.kubeconfig import KubeConfig
    from lightkube.resources.core_v1 import Pod

    client = lightkube.Client(config=KubeConfig.from_dict(_kubeconfig(url, token)), namespace="default")
    return (
        lambda name: client.get(Pod, name, namespace=LISTED),
        client.create,
        lambda: list(client.list(Pod, namespace=LISTED, chunk_size=None)),
        Pod.from_dict,
    )


CLIENTS: dict[str, Callable[[str, str], Calls | Awaitable[Calls]]] = {
    "kubeclient": lambda url, token: kubeclient_(url, token, "json"),
    "kubeclient, protobuf": lambda url, token: kubeclient_(url, token, "protobuf"),
    "kubeclient, async": lambda url, token: async_kubeclient(url, token, "json"),
    "kubeclient, async, protobuf": lambda url, token: async_kubeclient(url, token, "protobuf"),
    "kubernetes": kubernetes_,
    "kubernetes_asyncio": kubernetes_asyncio_,
    "kr8s": kr8s_,
    "lightkube": lightkube_,
}


async def measure(name: str, url: str, token: str, count: int) -> dict[str, float]:
    """Medians of seconds a call, processor seconds a call, and what the process weighs at its peak in bytes."""
    connected = CLIENTS[name](url, token)
    get, create, items, made = await connected if isinstance(connected, Awaitable) else connected
    stem = name.replace(", ", "-").replace("_", "-")
    bodies = []
    for index in range(count):
        body = copy.deepcopy(pod(index))
        body["metadata"]["name"] = f"{stem}-{index}"
        bodies.append(made(body))
    one = pod(0)["metadata"]["name"]
    found = {}
    for what, function, arguments in (
        ("get", get, [one] * count),
        ("create", create, bodies),
        ("list", lambda _: items(), range(7)),
    ):
        await _call(function, one) if what == "get" else None  # the connection is made before the clock runs
        found |= {f"{what}_{kind}": value for kind, value in (await _timed(function, arguments)).items()}
    assert len(await _call(lambda _: items(), None)) == 1000
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return found


async def _call(function: Callable[[Any], Any], argument: Any) -> Any:
    result = function(argument)
    return await result if isinstance(result, Awaitable) else result


async def _timed(function: Callable[[Any], Any], arguments: Any) -> dict[str, float]:
    seconds = []
    processor = time.process_time()
    for argument in arguments:
        began = time.perf_counter()
        await _call(function, argument)
        seconds.append(time.perf_counter() - began)
    return {"seconds": median(seconds), "cpu": (time.process_time() - processor) / len(seconds)}


if __name__ == "__main__":
    client, server, secret, times = sys.argv[1:]
    print(json.dumps(asyncio.run(measure(client, server, secret, int(times)))))
