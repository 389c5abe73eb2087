"""What an answer that was kept is good for: at once, after the server has confirmed it, or for nothing.

Bytes and headers in, decisions out. Ported from client-go third_party/forked/httpcache, as far as API servers use it: entity
tags, dates, Cache-Control (no-store, no-cache, max-age, stale-if-error), Expires and Vary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from kubeclient.transport.protocol import HeaderList, Request, Response, header, headers_all

__all__ = ["FROM_CACHE", "CachedAnswer", "cache_key", "is_cacheable", "kept"]

FROM_CACHE: Final = "x-from-cache"
"""A header that answers out of the cache carry."""

_SECOND: Final = 1_000_000_000
_HOP_BY_HOP: Final = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
    )
)


class _Kept(msgspec.Struct):
    """The head of an answer as it is written; the body stands behind it."""

    headers: list[tuple[str, str]]
    varied: dict[str, str]


def cache_key(request: Request) -> str:
    """What an answer is kept under."""
    return request.path + "".join(f"{'&' if at else '?'}{key}={value}" for at, (key, value) in enumerate(request.query))


def is_cacheable(request: Request) -> bool:
    """Whether answers to such requests are kept at all."""
    return request.method == "GET" and header(request.headers, "range") is None


def _cache_control(headers: HeaderList) -> dict[str, str]:
    parts = [part.strip() for line in headers_all(headers, "cache-control") for part in line.split(",")]
    pairs = [part.partition("=") for part in parts if part]
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _seconds(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _date_ns(headers: HeaderList, name: str) -> int | None:
    text = header(headers, name)
    try:
        return None if text is None else int(parsedate_to_datetime(text).timestamp()) * _SECOND
    except ValueError:
        return None


def kept(request: Request, response: Response) -> bytes | None:
    """A good answer as it is written; None for one that is not to be kept."""
    if response.status != 200:
        return None
    if any("no-store" in _cache_control(headers) for headers in (request.headers, response.headers)):
        return None
    names = [name.strip().lower() for line in headers_all(response.headers, "vary") for name in line.split(",")]
    varied = {name: header(request.headers, name) or "" for name in names if name}
    headers = [(name, value) for name, value in response.headers if name != FROM_CACHE]
    return msgspec.json.encode(_Kept(headers, varied)) + b"\n" + response.body


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer that was kept."""

    headers: HeaderList
    varied: Mapping[str, str]
    body: bytes

    @classmethod
    def read(cls, content: bytes) -> CachedAnswer | None:
        """What `kept` wrote; None for anything else."""
        head, mark, body = content.partition(b"\n")
        try:
            found = msgspec.json.decode(head, type=_Kept)
        except msgspec.MsgspecError:
            return None
        return cls(found.headers, found.varied, body) if mark else None

    def fits(self, request: Request) -> bool:
        """Whether the request asks for it in the form that it has."""
        return all((header(request.headers, name) or "") == value for name, value in self.varied.items())

    def is_fresh(self, request: Request, now_ns: int) -> bool:
        """Whether it can be given without asking."""
        mine, theirs = _cache_control(self.headers), _cache_control(request.headers)
        if "no-cache" in mine or "no-cache" in theirs:
            return False
        date = _date_ns(self.headers, "date")
        if date is None:
            return False
        lifetime = _seconds(mine["max-age"]) if "max-age" in mine else None
        expires = _date_ns(self.headers, "expires")
        if lifetime is None and "max-age" not in mine and expires is not None:
            lifetime = (expires - date) // _SECOND
        wanted = _seconds(theirs.get("max-age"))
        if wanted is not None:
            lifetime = wanted
        return now_ns - date < (lifetime or 0) * _SECOND

    def is_good_after_failure(self, request: Request, now_ns: int) -> bool:
        """Whether it can be given when the server fails, as `stale-if-error` allows."""
        for headers in (self.headers, request.headers):
            said = _cache_control(headers).get("stale-if-error")
            if said == "":
                return True
            seconds, date = _seconds(said), _date_ns(self.headers, "date")
            if seconds is not None and date is not None and now_ns - date < seconds * _SECOND:
                return True
        return False

    def question(self, request: Request) -> Request:
        """The request, asking whether the answer has changed."""
        more = []
        for ours, theirs in (("etag", "if-none-match"), ("last-modified", "if-modified-since")):
            value = header(self.headers, ours)
            if value is not None and header(request.headers, theirs) is None:
                more.append((theirs, value))
        return replace(request, headers=[*request.headers, *more])

    def answer(self, news: HeaderList = ()) -> Response:
        """It as an answer, with the headers that the server sent to confirm it."""
        newer = [(name, value) for name, value in news if name not in _HOP_BY_HOP and name != "content-length"]
        names = {name for name, _ in newer}
        headers = [pair for pair in self.headers if pair[0] not in names]
        return Response(200, [*headers, *newer, (FROM_CACHE, "1")], self.body)
