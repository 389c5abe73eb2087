"""The `timeout` parameter: how long a request may take, as a duration in Go's form.

Requests complete at once here, so a limit is only read and checked. Follows
k8s.io/apiserver/pkg/endpoints/filters/request_deadline.go.
"""

from __future__ import annotations

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.times import Duration
from kubeclient.transport.protocol import QueryList
from kubefake.wire.query import first

__all__ = ["check_timeout"]


def check_timeout(query: QueryList, verb: str) -> None:
    """Raises BadRequest for a timeout that is no duration; a watch may take as long as it likes."""
    text = first(query, "timeout")
    if not text or verb in ("watch", "proxy"):
        return
    try:
        Duration.parse(text)
    except ValueError as exc:
        raise errors.new_bad_request(f"invalid timeout specified in the request URL - {exc}") from exc
