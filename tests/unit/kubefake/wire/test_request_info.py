from __future__ import annotations

import pytest

from kubefake.wire.request_info import RequestInfoReader

# The table of kube-apiserver's own requestinfo tests, in short: method, path, verb, group/version, namespace, resource,
# subresource, name.
CASES = [
    ("GET", "/api/v1/namespaces", "list", "", "v1", "", "namespaces", "", ""),
    ("GET", "/api/v1/namespaces/other", "get", "", "v1", "other", "namespaces", "", "other"),
    ("GET", "/api/v1/namespaces/other/pods", "list", "", "v1", "other", "pods", "", ""),
    ("GET", "/api/v1/namespaces/other/pods/foo", "get", "", "v1", "other", "pods", "", "foo"),
    ("HEAD", "/api/v1/namespaces/other/pods/foo", "get", "", "v1", "other", "pods", "", "foo"),
    ("GET", "/api/v1/pods", "list", "", "v1", "", "pods", "", ""),
    ("HEAD", "/api/v1/pods", "list", "", "v1", "", "pods", "", ""),
    ("GET", "/api/v1/proxy/namespaces/other/pods/foo", "proxy", "", "v1", "other", "pods", "", "foo"),
    ("GET", "/api/v1/proxy/namespaces/other/pods/foo/sub/path", "proxy", "", "v1", "other", "pods", "", "foo"),
    ("GET", "/api/v1/watch/pods", "watch", "", "v1", "", "pods", "", ""),
    ("GET", "/api/v1/watch/namespaces/other/pods", "watch", "", "v1", "other", "pods", "", ""),
    ("GET", "/api/v1/namespaces/other/pods/foo/status", "get", "", "v1", "other", "pods", "status", "foo"),
    ("PUT", "/api/v1/namespaces/other/finalize", "update", "", "v1", "other", "namespaces", "finalize", "other"),
    ("PUT", "/api/v1/namespaces/other/status", "update", "", "v1", "other", "namespaces", "status", "other"),
    ("DELETE", "/api/v1/namespaces/other/pods", "deletecollection", "", "v1", "other", "pods", "", ""),
    ("POST", "/apis/batch/v1/namespaces/other/jobs", "create", "batch", "v1", "other", "jobs", "", ""),
    (
        "PATCH",
        "/apis/apps/v1/namespaces/x/deployments/d/scale",
        "patch",
        "apps",
        "v1",
        "x",
        "deployments",
        "scale",
        "d",
    ),
    ("GET", "/api/v1/namespaces/x/pods/a%2Eb/", "get", "", "v1", "x", "pods", "", "a.b"),
    ("TRACE", "/api/v1/pods", "", "", "v1", "", "pods", "", ""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]}")
def test_reads_paths_as_the_server_does(case: tuple[str, ...]) -> None:
    info = RequestInfoReader()(case[0], case[1])

    found = (info.verb, info.group, info.version, info.namespace, info.resource, info.subresource, info.name)
    assert info.is_resource_request
    assert found == case[2:]


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/v1", "/apis/apps/v1", "/version", "//api/v1/pods", "/x/y/z", "/api/v1/watch"]
)
def test_other_paths_are_no_resource_requests(path: str) -> None:
    info = RequestInfoReader()("GET", path)

    assert not info.is_resource_request


@pytest.mark.parametrize(
    ("value", "verb"), [("1", "watch"), ("", "watch"), ("maybe", "watch"), ("0", "list"), ("FALSE", "list")]
)
def test_the_watch_parameter_turns_a_list_into_a_watch(value: str, verb: str) -> None:
    info = RequestInfoReader()("GET", "/api/v1/pods", [("watch", value)])

    assert info.verb == verb


def test_a_selector_for_one_name_names_a_collection_request() -> None:
    info = RequestInfoReader()("GET", "/api/v1/pods", [("fieldSelector", "spec.x=1,metadata.name=foo")])

    assert (info.verb, info.name) == ("list", "foo")


def test_a_selector_that_excludes_a_name_names_nothing() -> None:
    info = RequestInfoReader()("GET", "/api/v1/pods", [("fieldSelector", "metadata.name!=foo")])

    assert info.name == ""


def test_remembers_no_more_paths_than_its_bound() -> None:
    reader = RequestInfoReader(bound=2)

    names = [reader("GET", f"/api/v1/nodes/{n}").name for n in range(5)]

    assert names == ["0", "1", "2", "3", "4"]
    assert len(reader._known) <= 2
