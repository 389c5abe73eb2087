"""The `timeout` parameter: how long a request may take, as a duration in Go's form.

Requests complete at once here, so a limit counts only where no server could keep it. Follows
k8s.io/apiserver/pkg/server/filters/timeout.go and pkg/endpoints/filters/request_deadline.go.
"""

from __future__ import annotations

from typing import Final

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.times import Duration
from kubeclient.transport.protocol import QueryList, Response
from kubefake.wire.query import first

__all__ = ["LEAST_NS", "timed_out"]

_STREAMS: Final = frozenset({"attach", "exec", "proxy", "log", "portforward"})
LEAST_NS: Final = 100_000
"""Requests that may take less than this time out: a real server does not get them done."""

_HEADERS: Final = (("cache-control", "no-cache, private"), ("content-type", "text/plain; charset=utf-8"))
_TEXT: Final = (
    b'{"metadata":{},"status":"Failure","message":"Timeout: request did not complete within the allotted timeout",'
    b'"reason":"Timeout","details":{},"code":504}\n'
)


def timed_out(query: QueryList, verb: str, subresource: str = "") -> Response | None:
    """The answer to a request whose time is over before it begins, else None; watches and streams may take as long as they like.

    Raises BadRequest for a timeout that is no duration.
    """
    text = first(query, "timeout")
    if not text or verb in ("watch", "proxy") or subresource in _STREAMS:
        return None
    try:
        allowed = Duration.parse(text).ns
    except ValueError as exc:
        raise errors.new_bad_request(f"invalid timeout specified in the request URL - {exc}") from exc
    return Response(504, _HEADERS, _TEXT) if 0 < allowed < LEAST_NS else None
