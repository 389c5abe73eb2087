"""Requests by way of the proxy to ports of scripted pods: what the handler of a port is asked, and which port is meant.

Follows pkg/registry/core/pod/strategy.go (ResourceLocation) and apimachinery pkg/util/proxy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from kubeclient.apimachinery import errors
from kubeclient.transport.protocol import Request
from kubefake.containers.opening import ProxyOpening
from kubefake.verbs.call import Core

__all__ = ["port_of_pod", "proxied"]

_BEFORE = 8
"""Segments of a path up to its proxy: /api/v1/namespaces/NS/pods/NAME/proxy has so many, with the empty one before it."""

_NOT_PASSED_ON = frozenset({"authorization", "connection", "content-length", "host", "transfer-encoding"})


def port_of_pod(pod: Mapping[str, Any], port: str) -> int:
    """The number of a port; without one the first that a container declares. 0 where that says nothing."""
    if port:
        return int(port) if port.isascii() and port.isdigit() else 0
    for container in pod["spec"].get("containers") or ():
        for declared in container.get("ports") or ():
            return int(declared["containerPort"])
    return 80


def proxied(core: Core, namespace: str, pod: str, port: int, request: Request) -> ProxyOpening | None:
    """What a port is asked; None for a pod without a script. Raises ServiceUnavailable where nobody answers there."""
    handlers = core.scripts.ports(namespace, pod) if core.scripts else None
    if handlers is None or core.scripts is None:
        return None
    if port not in handlers:
        raise errors.new_service_unavailable(
            f"error trying to reach service: connection refused: the script of pod {namespace}/{pod} has no handler for "
            f"port {port}"
        )
    target = "/" + "/".join(request.path.split("/")[_BEFORE:])
    if request.query:
        target += "?" + urlencode(list(request.query))
    headers = [pair for pair in request.headers if pair[0] not in _NOT_PASSED_ON]
    inner = Request(request.method, target, (), headers, request.body)
    return ProxyOpening(
        101, namespace=namespace, pod=pod, stage=core.scripts.stage, handlers=handlers, port=port, request=inner
    )
