"""How a request is put together: its path, its query, and the first mistake."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kubeclient.api import core_v1, meta_v1
from kubeclient.machines.request_parts import RequestParts, join_path

Parts = Callable[[RequestParts], RequestParts]


def _get(root: str = "/") -> RequestParts:
    return RequestParts("GET", root)


@pytest.mark.parity("REQ-01")
def test_namespace_resource_name_subresource_and_suffix_follow_the_root_in_that_order() -> None:
    parts = _get("/apis/apps/v1").suffix("tail").subresource("status").name("web").resource("Deployments")

    assert (
        parts.namespace("ns").prefix("before").path == "/apis/apps/v1/before/namespaces/ns/deployments/web/status/tail"
    )


@pytest.mark.parity("REQ-01")
@pytest.mark.parametrize(
    ("parts", "path"),
    [
        (("a", "b"), "a/b"),
        (("", "a", ""), "a"),
        (("/", "/a/", "../b"), "/b"),
        (("", ""), ""),
        (("/", ""), "/"),
        (("//a", "b//c/"), "/a/b/c"),
    ],
)
def test_parts_are_joined_and_cleaned(parts: tuple[str, ...], path: str) -> None:
    assert join_path(*parts) == path


@pytest.mark.parity("REQ-02")
def test_an_empty_namespace_is_all_of_them_and_set() -> None:
    assert _get("/api/v1").namespace("").resource("pods").path == "/api/v1/pods"
    assert str(_get().namespace("").namespace("a").error) == 'namespace already set to "", cannot change to "a"'


@pytest.mark.parity("REQ-03")
@pytest.mark.parametrize(
    ("twice", "message"),
    [
        (lambda p: p.resource("a").resource("b"), 'resource already set to "a", cannot change to "b"'),
        (lambda p: p.name("a").name("b"), 'resource name already set to "a", cannot change to "b"'),
        (lambda p: p.namespace("a").namespace("b"), 'namespace already set to "a", cannot change to "b"'),
        (lambda p: p.subresource("a").subresource("b", "c"), 'subresource already set to "a", cannot change to "b/c"'),
    ],
)
def test_what_is_set_cannot_be_set_again(twice: Parts, message: str) -> None:
    assert str(twice(_get()).error) == message


@pytest.mark.parity("REQ-04")
def test_a_name_may_not_be_empty() -> None:
    assert str(_get().name("").error) == "resource name may not be empty"


@pytest.mark.parity("REQ-05")
@pytest.mark.parametrize("bad", ["a/b", "a%20b", ".", ".."])
@pytest.mark.parametrize(
    ("what", "call"),
    [
        ("resource", RequestParts.resource),
        ("resource name", RequestParts.name),
        ("namespace", RequestParts.namespace),
        ("subresource", RequestParts.subresource),
    ],
)
def test_no_part_may_be_another_path(bad: str, what: str, call: Callable[[RequestParts, str], RequestParts]) -> None:
    assert str(call(_get(), bad).error).startswith(f'invalid {what} "{bad}": [may not ')


@pytest.mark.parity("REQ-06")
def test_after_a_mistake_nothing_changes_and_the_first_one_is_told() -> None:
    parts = _get("/api/v1").name("a/b")
    before = (parts.path, parts.query, str(parts.error))

    parts.prefix("x").suffix("x").resource("x").subresource("x").name("").namespace("x").abs_path("/x")
    parts.request_uri("/x?y=z").param("x", "y").versioned_params({"x": "y"}).timeout(3)

    assert (parts.path, parts.query, str(parts.error)) == before
    assert parts.preflight() is parts.error


@pytest.mark.parity("REQ-07")
@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (RequestParts("POST").namespace(""), "an empty namespace may not be set during creation"),
        (_get().namespace("").name("a"), "an empty namespace may not be set when a resource name is provided"),
        (
            RequestParts("PUT").namespace("").name("a"),
            "an empty namespace may not be set when a resource name is provided",
        ),
        (
            RequestParts("DELETE").namespace("").name("a"),
            "an empty namespace may not be set when a resource name is provided",
        ),
        (RequestParts("PATCH").namespace("").name("a"), "None"),
        (_get().namespace(""), "None"),
        (_get().name("a"), "None"),
        (RequestParts("POST"), "None"),
    ],
)
def test_an_empty_namespace_is_refused_where_one_object_is_meant(parts: RequestParts, message: str) -> None:
    assert str(parts.preflight()) == message


@pytest.mark.parity("REQ-08")
@pytest.mark.parametrize(
    ("segments", "path"),
    [
        (("/foo",), "/foo"),
        (("/foo/",), "/foo/"),
        (("foo", "bar"), "/foo/bar"),
        (("/foo", "bar", "/baz/"), "/foo/bar/baz"),
        (("/",), "/"),
        (("",), "/"),
        ((), "/"),
    ],
)
def test_an_absolute_path_replaces_the_root_and_one_segment_keeps_its_slash(
    segments: tuple[str, ...], path: str
) -> None:
    assert _get("/api/v1").prefix("x").abs_path(*segments).path == path


@pytest.mark.parity("REQ-08")
def test_a_prefix_comes_after_those_before() -> None:
    assert _get("/api").prefix("p1", "p2").prefix("p3").path == "/api/p1/p2/p3"


@pytest.mark.parity("REQ-09")
def test_a_uri_replaces_path_and_parameters() -> None:
    parts = _get("/api/v1").param("old", "1").request_uri("/test/some%20place?a=b&a=c&empty=")

    assert (parts.path, list(parts.query)) == ("/test/some%20place", [("a", "b"), ("a", "c"), ("empty", "")])
    assert list(parts.request_uri("/test").query) == []


@pytest.mark.parity("REQ-10")
def test_subresources_and_suffixes_may_have_several_segments() -> None:
    parts = _get().resource("r").name("n").subresource("proxy", "to").suffix("a", "b").suffix("c")

    assert parts.path == "/r/n/proxy/to/a/b/c"


@pytest.mark.parity("REQ-11")
def test_parameters_add_up_and_empty_options_are_left_out() -> None:
    parts = _get().param("a", "1").param("a", "2").param("timeout", "x")
    parts.versioned_params(core_v1.PodLogOptions(follow=True, container="c", tail_lines=5))
    parts.versioned_params({"dryRun": ["All"], "labelSelector": "", "limit": 0, "watch": False, "a": "3"})

    assert list(parts.query) == [
        ("a", "1"),
        ("a", "2"),
        ("a", "3"),
        ("container", "c"),
        ("dryRun", "All"),
        ("follow", "true"),
        ("tailLines", "5"),
        ("timeout", "x"),
    ]


@pytest.mark.parity("REQ-11")
def test_list_options_are_parameters() -> None:
    options = meta_v1.ListOptions(resource_version="1", timeout_seconds=3, limit=5, watch=True)

    assert list(_get().versioned_params(options).query) == [
        ("limit", "5"),
        ("resourceVersion", "1"),
        ("timeoutSeconds", "3"),
        ("watch", "true"),
    ]
    assert "cannot be a query parameter" in str(_get().versioned_params({"a": 1.5}).error)


@pytest.mark.parity("REQ-12")
def test_a_header_that_is_set_replaces_all_its_values() -> None:
    parts = _get().set_header("X-One", "1", "2").set_header("x-one", "3").set_header("X-Two", "a", "b")

    assert list(parts.headers) == [("x-one", "3"), ("x-two", "a"), ("x-two", "b")]
    assert list(parts.set_header("x-two").headers) == [("x-one", "3")]


@pytest.mark.parity("REQ-21")
def test_a_time_limit_beats_the_parameter_of_its_name() -> None:
    assert list(_get().param("timeout", "x").timeout(60).query) == [("timeout", "1m0s")]
    assert list(_get().param("timeout", "x").query) == [("timeout", "x")]
