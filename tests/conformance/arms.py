"""The servers and clients that the one body of tests runs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.awaitable import awaitable
from support.oracle import TOKEN, Oracle

from kubeclient import AsyncClientset, Config
from kubeclient.config.rest import TLSClientConfig
from kubefake import Cluster

__all__ = ["Arm", "http", "in_process_async", "in_process_sync", "oracle", "protobuf"]


@dataclass(frozen=True)
class Arm:
    """One way to run a test.

    Attributes:
        client: an AsyncClientset, or what looks like one.
        compact: makes the server forget its history; None where that cannot be arranged.
        close: stops what was started for this test.
    """

    client: Any
    compact: Callable[[], None] | None = None
    close: Callable[[], None] = lambda: None


def in_process_async() -> Arm:
    cluster = Cluster()
    return Arm(cluster.async_client(), cluster.compact)


def in_process_sync() -> Arm:
    cluster = Cluster()
    return Arm(awaitable(cluster.client()), cluster.compact)


def http(content_type: str = "json") -> Arm:
    cluster = Cluster()
    thread = cluster.serve().start()
    config = Config(host=thread.url, qps=-1, content_type=content_type)
    return Arm(AsyncClientset.from_config(config), cluster.compact, thread.stop)


def protobuf() -> Arm:
    return http("protobuf")


def oracle(running: Oracle) -> Arm:
    """The real server. Its watch cache keeps history of its own, so that no test can make it forget."""
    tls = TLSClientConfig(insecure=True)
    config = Config(host=running.url, bearer_token=TOKEN, tls=tls, qps=-1)
    return Arm(AsyncClientset.from_config(config))
