"""The parts of an answer that belong to HTTP rather than to Kubernetes: compression, and Go's plain error texts."""

from __future__ import annotations

import gzip

from kubeclient.transport.protocol import HeaderList, Response, header

__all__ = ["GZIP_THRESHOLD_BYTES", "compressed", "plain_error"]

GZIP_THRESHOLD_BYTES = 128 * 1024
"""apiserver endpoints/handlers/responsewriters: defaultGzipThresholdBytes."""

_GZIP_LEVEL = 1
_PHRASES = {
    400: "400 Bad Request",
    413: "413 Request Entity Too Large",
    431: "431 Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "501 Not Implemented",
}


def compressed(response: Response, request_headers: HeaderList) -> tuple[HeaderList, bytes]:
    """Headers and body as they go out: in gzip where the body is large and the client takes it."""
    body = response.body
    if len(body) <= GZIP_THRESHOLD_BYTES or response.status != 200:
        return response.headers, body
    accepted = header(request_headers, "accept-encoding") or ""
    takes_gzip = any(item.split(";")[0].strip() == "gzip" for item in accepted.split(","))
    if not takes_gzip or header(response.headers, "content-encoding") is not None:
        return response.headers, body
    headers = [*response.headers, ("content-encoding", "gzip"), ("vary", "Accept-Encoding")]
    return headers, gzip.compress(body, _GZIP_LEVEL, mtime=0)


def plain_error(status: int) -> Response:
    """An error that never reached the apiserver's handlers, as Go's net/http words it."""
    text = _PHRASES.get(status, str(status))
    return Response(status, [("content-type", "text/plain; charset=utf-8")], text.encode("ascii"))
