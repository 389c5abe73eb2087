"""The network transports of both colours under one name."""

from __future__ import annotations

from ._async.httpx_ import AsyncHTTPXTransport
from ._sync.httpx_ import HTTPXTransport

__all__ = ["AsyncHTTPXTransport", "HTTPXTransport"]
