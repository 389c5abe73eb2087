"""A server that answers by path, in both colours, for tests of discovery and of what is built on it."""

from __future__ import annotations

import json
from typing import Any

from kubeclient._sync.rest_client import RESTClient
from kubeclient.runtime.threads import ThreadRuntime
from kubeclient.transport.protocol import Request, Response

__all__ = ["V2", "V2BETA1", "Transport", "aggregated", "rest_over"]

V2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
V2BETA1 = "application/json;as=APIGroupDiscoveryList;v=v2beta1;g=apidiscovery.k8s.io;charset=utf-8"


def aggregated(*groups: dict[str, Any]) -> dict[str, Any]:
    """A document of aggregated discovery."""
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": list(groups)}


class Transport:
    """Answers with what is under a path: a number is a status, bytes are a body, all else is JSON; also with a type."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = dict(answers)
        self.requests: list[Request] = []

    @property
    def asked(self) -> list[str]:
        return [request.path for request in self.requests]

    def round_trip(self, request: Request) -> Response:
        self.requests.append(request)
        found = self.answers.get(request.path, 404)
        kind = "application/json"
        if isinstance(found, tuple):
            kind, found = found
        if isinstance(found, Exception):
            raise found
        if isinstance(found, int):
            return Response(found, [], b"")
        return Response(
            200, [("content-type", kind)], found if isinstance(found, bytes) else json.dumps(found).encode()
        )

    def open_stream(self, request: Request) -> Any:
        raise NotImplementedError("not needed by these tests")

    def close(self) -> None:
        return


def rest_over(transport: Transport) -> RESTClient:
    """A REST client over such a server."""
    return RESTClient(transport, runtime=ThreadRuntime())
