"""Answers that are kept in files: when they are given, when they are asked about, and when they are forgotten."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kubeclient.config.rest import Config
from kubeclient.discovery import DiskDiscoveryClient, HTTPCache, HTTPCacheFiles
from kubeclient.transport.protocol import ConnectFailed, Request, Response, header

NOON = "Thu, 01 Jan 2026 12:00:00 GMT"
NOON_NS = 1767268800 * 10**9
SECOND = 10**9


class Origin:
    """Says the same until it is told to say something else, and confirms what it said."""

    def __init__(self) -> None:
        self.headers: list[tuple[str, str]] = [("etag", '"1"'), ("cache-control", "no-cache, private")]
        self.body, self.status = b"body", 200
        self.requests: list[Request] = []
        self.error: Exception | None = None

    def round_trip(self, request: Request) -> Response:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        if self.status == 200 and header(request.headers, "if-none-match") == '"1"':
            return Response(304, [("date", NOON), ("x-news", "yes"), ("connection", "close")])
        return Response(self.status, self.headers, self.body)

    def open_stream(self, request: Request) -> Any:
        return "stream"

    def close(self) -> None:
        self.body = b"closed"


@pytest.fixture
def origin() -> Origin:
    return Origin()


@pytest.fixture
def files(tmp_path: Path) -> HTTPCacheFiles:
    return HTTPCacheFiles(tmp_path / "http")


@pytest.fixture
def cache(origin: Origin, files: HTTPCacheFiles) -> HTTPCache:
    return HTTPCache(origin, files, time_ns=lambda: NOON_NS + 10 * SECOND)


GET = Request("GET", "/apis", [("timeout", "32s")], [("accept", "application/json")])


@pytest.mark.parity("DSC-15")
def test_an_answer_that_the_server_confirms_comes_from_the_files(cache: HTTPCache, origin: Origin) -> None:
    assert header(cache.round_trip(GET).headers, "x-from-cache") is None
    origin.body = b"is not sent"

    again = cache.round_trip(GET)

    assert (again.status, again.body) == (200, b"body")
    assert {name: header(again.headers, name) for name in ("x-from-cache", "x-news", "connection")} == {
        "x-from-cache": "1",
        "x-news": "yes",
        "connection": None,
    }
    assert [header(request.headers, "if-none-match") for request in origin.requests] == [None, '"1"']
    assert header(GET.headers, "if-none-match") is None, "the request of the caller stays as it is"


@pytest.mark.parity("DSC-15")
def test_an_answer_that_has_changed_takes_the_place_of_the_old_one(cache: HTTPCache, origin: Origin) -> None:
    cache.round_trip(GET)
    origin.headers, origin.body = [("last-modified", NOON)], b"new"
    origin.requests.clear()
    origin.status = 203
    assert cache.round_trip(GET).body == b"new"
    origin.status = 200
    assert cache.round_trip(GET).body == b"new"
    cache.round_trip(GET)
    asked = [
        (header(one.headers, "if-none-match"), header(one.headers, "if-modified-since")) for one in origin.requests
    ]
    assert asked == [('"1"', None), (None, None), (None, NOON)], "what is not simply good is forgotten"


@pytest.mark.parametrize(
    ("control", "fresh"),
    [
        ([("cache-control", "max-age=60")], True),
        ([("cache-control", "max-age=10")], False),
        ([("cache-control", "max-age=x")], False),
        ([("expires", "Thu, 01 Jan 2026 12:01:00 GMT")], True),
        ([("expires", "never")], False),
        ([("cache-control", "max-age=60, no-cache")], False),
        ([], False),
    ],
)
def test_an_answer_that_is_good_for_a_while_is_not_asked_about(
    cache: HTTPCache, origin: Origin, control: list[tuple[str, str]], fresh: bool
) -> None:
    origin.headers = [("etag", '"1"'), ("date", NOON), *control]
    for _ in range(2):
        assert cache.round_trip(GET).body == b"body"
    assert len(origin.requests) == (1 if fresh else 2)


def test_an_answer_without_a_date_is_asked_about(cache: HTTPCache, origin: Origin) -> None:
    origin.headers = [("cache-control", "max-age=60")]
    for _ in range(2):
        cache.round_trip(GET)
    assert len(origin.requests) == 2


def test_an_answer_in_another_form_is_another_answer(cache: HTTPCache, origin: Origin) -> None:
    origin.headers = [*origin.headers, ("vary", "Accept")]
    cache.round_trip(GET)
    cache.round_trip(Request("GET", "/apis", [("timeout", "32s")], [("accept", "application/yaml")]))
    assert header(origin.requests[1].headers, "if-none-match") is None


@pytest.mark.parametrize("who", ["server", "client"])
def test_what_must_not_be_kept_is_not(cache: HTTPCache, origin: Origin, who: str) -> None:
    never = ("cache-control", "no-store")
    request = Request("GET", "/apis", [], [never]) if who == "client" else GET
    if who == "server":
        origin.headers = [("etag", '"1"'), never]
    for _ in range(2):
        cache.round_trip(request)
    assert [header(one.headers, "if-none-match") for one in origin.requests] == [None, None]


def test_writes_pass_and_make_forget(cache: HTTPCache, origin: Origin) -> None:
    cache.round_trip(GET)
    cache.round_trip(Request("POST", "/apis", [("timeout", "32s")]))
    cache.round_trip(GET)
    assert [header(one.headers, "if-none-match") for one in origin.requests] == [None, None, None]
    assert cache.open_stream(GET) == "stream"  # type: ignore[comparison-overlap]
    cache.close()
    assert origin.body == b"closed"


def test_a_server_that_fails_is_covered_only_where_the_answer_allows_it(cache: HTTPCache, origin: Origin) -> None:
    origin.headers = [("etag", '"1"'), ("date", NOON), ("cache-control", "stale-if-error=60")]
    cache.round_trip(GET)
    origin.status = 503
    assert cache.round_trip(GET).body == b"body"
    origin.error = ConnectFailed("refused")
    assert cache.round_trip(GET).status == 200

    origin.error, origin.status, origin.headers = None, 200, [("etag", '"2"')]
    cache.round_trip(Request("POST", "/apis", [("timeout", "32s")]))
    cache.round_trip(GET)
    origin.error = ConnectFailed("refused")
    with pytest.raises(ConnectFailed):
        cache.round_trip(GET)


@pytest.mark.parity("DSC-15")
@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_a_file_that_is_not_what_was_written_is_none(files: HTTPCacheFiles, damage: bytes) -> None:
    files.set("key", b"content")
    assert files.get("key") == b"content"
    files.path("key").write_bytes(damage)
    assert (files.get("key"), files.get("other")) == (None, None)
    files.set("key", b"again")
    assert files.get("key") == b"again"
    files.delete("key")
    files.delete("key")
    assert files.get("key") is None


@pytest.mark.parity("DSC-15")
def test_files_have_names_that_say_nothing_and_are_not_for_everybody(files: HTTPCacheFiles) -> None:
    before = os.umask(0)
    try:
        files.set("/apis?timeout=32s", b"content")
    finally:
        os.umask(before)
    path = files.path("/apis?timeout=32s")
    assert (len(path.name), path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (64, 0o660, 0o750)


def test_a_folder_that_cannot_be_written_to_only_costs_time(tmp_path: Path, origin: Origin) -> None:
    (tmp_path / "file").touch()
    cache = HTTPCache(origin, HTTPCacheFiles(tmp_path / "file"), time_ns=lambda: 0)
    assert [cache.round_trip(GET).body for _ in range(2)] == [b"body", b"body"]


@pytest.mark.parity("DSC-15")
def test_a_client_with_folders_keeps_answers_where_it_is_told_to(tmp_path: Path) -> None:
    config = Config(host="http://127.0.0.1:1")
    plain = DiskDiscoveryClient.from_config_and_folders(config, tmp_path / "a", ttl=60)
    keeping = DiskDiscoveryClient.from_config_and_folders(config, tmp_path / "a", http_folder=tmp_path / "b", ttl=60)
    assert [isinstance(one.rest_client.transport, HTTPCache) for one in (plain, keeping)] == [False, True]
