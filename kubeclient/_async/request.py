"""One request, put together call by call and sent by a REST client.

    pods = await client.request("GET").namespace("default").resource("pods").param("limit", "5").do()
    print(pods.get().items)

What it consists of is `kubeclient.machines.request_parts`'; this adds bodies, and the ways to send it. Ported from
client-go rest/request.go.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList
from kubeclient.machines.codec import decoder, encode
from kubeclient.machines.content import ContentConfig
from kubeclient.machines.rate_limiter import RateLimiter
from kubeclient.machines.request import JSON, PROTOBUF, patch_content_type
from kubeclient.machines.request_parts import RequestParts
from kubeclient.machines.response import WarningHeader, error_from_response, is_success
from kubeclient.machines.result import Result
from kubeclient.machines.retry import RetryPolicy
from kubeclient.machines.url_backoff import URLBackoff
from kubeclient.transport.protocol import AsyncStream, HeaderList, Request, TransportError

from .watch import AsyncWatch

if TYPE_CHECKING:
    from .rest_client import AsyncRESTClient

__all__ = ["AsyncRequestBuilder"]


class AsyncRequestBuilder(RequestParts):
    """A request that a REST client sends. Each call returns the request itself; the first mistake is raised at the end."""

    def __init__(self, client: AsyncRESTClient, verb: str) -> None:
        super().__init__(verb, client.root)
        self._client = client
        self._content: ContentConfig = client.content
        self._rules = replace(client.rules)
        self._body: bytes | None = None
        self._source: Any = None
        self._timeout = client.rules.timeout
        self.set_header("accept", self._content.accept_header)

    def use_protobuf_as_default(self) -> Self:
        """Writes and prefers protobuf, unless the client's formats were chosen by somebody."""
        self._content = self._content.preferring_protobuf()
        return self.set_header("accept", self._content.accept_header)

    def max_retries(self, retries: int) -> Self:
        """How often the request is sent again; a negative number is none."""
        self._rules.max_retries = max(0, retries)
        return self

    def retry_policy(self, policy: RetryPolicy | None) -> Self:
        """Other rules than the client's for what is sent again."""
        self._rules.policy = policy
        return self

    def backoff(self, backoff: URLBackoff | None) -> Self:
        """Other waits than the client's before requests to a server that has too much to do; None: none."""
        self._rules.backoff = backoff
        return self

    def throttle(self, limiter: RateLimiter | None) -> Self:
        """Another limit than the client's; None: none."""
        self._rules.limiter = limiter
        return self

    def warning_handler(self, handler: Callable[[WarningHeader], None] | None) -> Self:
        """Who is told of warnings; None: whoever the process has for it."""
        from kubeclient.runtime.warnings import default_warning_handler

        self._rules.on_warning = default_warning_handler if handler is None else handler
        return self

    def patch_type(self, patch_type: str) -> Self:
        """The content type of a patch: "json", "merge", "strategic", "apply" or a media type."""
        try:
            return self.set_header("content-type", patch_content_type(b"", patch_type))
        except ValueError as error:
            self._error = self._error or error
            return self

    def body(self, body: Any) -> Self:
        """What is sent.

        The name of a file (text or a path) stands for its contents; bytes are sent as they are; what has `read` is read
        when the request is sent, and the request is not repeated then. A model, an Unstructured or a mapping is written
        in the client's format, with its content type. None is no body.
        """
        if self._error is not None or body is None:
            return self
        self._source = None
        try:
            if isinstance(body, str | os.PathLike):
                self._body = Path(body).read_bytes()
            elif isinstance(body, bytes | bytearray | memoryview):
                self._body = bytes(body)
            elif isinstance(body, msgspec.Struct | Unstructured | UnstructuredList | Mapping):
                self._body, content_type = self._encoded(body)
                if "content-type" not in self._headers:
                    self.set_header("content-type", content_type)
            elif callable(getattr(body, "read", None)):
                self._source, self._body = body, None
                self._rules.repeatable = False
            else:
                self._fail(f"unknown type used for body: {type(body).__name__}")
        except (OSError, ValueError, TypeError) as error:
            self._error = error
        return self

    def _encoded(self, body: Any) -> tuple[bytes, str]:
        kind, api_version = getattr(body, "kind", ""), getattr(body, "api_version", "")
        if self._content.in_protobuf and isinstance(body, msgspec.Struct) and kind and api_version:
            from kubeclient.machines.protobuf_decode import has_message
            from kubeclient.machines.protobuf_encode import encode_body

            if has_message(type(body)):
                return encode_body(body, api_version, kind), PROTOBUF
        return encode(body), JSON if self._content.in_protobuf else self._content.content_type

    @property
    def url(self) -> str:
        """Path and query as they are so far."""
        from urllib.parse import urlencode

        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def _made(self, *, limited: bool) -> Request:
        """The request to send. Raises what is wrong with it."""
        wrong = self.preflight()
        if wrong is not None:
            raise wrong
        body = self._body
        if self._source is not None:
            body = self._source.read()
            if isinstance(body, str):
                body = body.encode()
        headers: HeaderList = [*self.headers, *self._agent()]
        self._rules.timeout = None
        return Request(self._verb, self.path, self.query, headers, body, self._timeout if limited else None)

    def _agent(self) -> HeaderList:
        return [pair for pair in self._client.headers.bare if pair[0] == "user-agent" and pair[0] not in self._headers]

    @property
    def _about(self) -> GroupResource:
        return GroupResource(self._client.group if self._resource else "", self._resource)

    async def do(self) -> Result:
        """Sends the request; what went wrong is in the result and raised by who reads it."""
        try:
            request = self._made(limited=True)
            response = await self._client.send(request, self._rules)
        except (TransportError, ValueError, OSError) as error:
            return Result(error=error)
        return Result.of(
            response,
            content_type=self._content.content_type,
            method=self._verb,
            resource=self._about,
            name=self._name,
        )

    async def do_raw(self) -> bytes:
        """Sends the request and returns the body of a good answer. Raises StatusError, TransportError, ValueError."""
        response = await self._client.send(self._made(limited=True), self._rules)
        if is_success(response.status):
            return response.body
        raise error_from_response(
            response.status,
            response.headers,
            response.body,
            method=self._verb,
            resource=self._about,
            name=self._name,
        )

    async def stream(self) -> AsyncStream:
        """Sends the request and returns the answer for reading piece by piece. Raises as `do_raw`."""
        return await self._client.stream(self._made(limited=False), self._about, self._name, self._rules)

    def watch(self, type_: type[Any] = Unstructured) -> AsyncWatch[Any]:
        """The watch that the request asks for, whose objects are of a type. Raises ValueError for a request that is wrong.

        Errors of the server are raised when it is opened.
        """
        request = self._made(limited=False)
        if type_ is Unstructured:
            read = decoder(dict[str, Any])
            decode: Callable[[Any], Any] = lambda data: Unstructured(read(data))  # noqa: E731 - one of two readers
        else:
            decode = decoder(type_)
        return self._client.watch(
            request.path,
            request.query,
            decode,
            headers=request.headers,
            resource=self._about,
            name=self._name,
            rules=self._rules,
        )
