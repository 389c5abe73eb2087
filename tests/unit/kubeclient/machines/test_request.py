"""Paths, names and headers of requests."""

from __future__ import annotations

import pytest

from kubeclient.machines.request import (
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_MERGE_PATCH,
    RequestHeaders,
    ResourcePath,
    check_name,
    check_namespace,
    check_subresource,
    default_user_agent,
    patch_content_type,
    proxy_name,
)


@pytest.mark.parity("REQ-01")
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (ResourcePath("", "v1", "pods").item("ns", "a", "log"), "/api/v1/namespaces/ns/pods/a/log"),
        (ResourcePath("apps", "v1", "deployments").collection("ns"), "/apis/apps/v1/namespaces/ns/deployments"),
        (ResourcePath("apps", "v1", "deployments").collection(""), "/apis/apps/v1/deployments"),
        (ResourcePath("", "v1", "nodes").item("", "n1"), "/api/v1/nodes/n1"),
        (ResourcePath("", "v1", "PODS").collection(""), "/api/v1/pods"),
    ],
)
def test_a_path_names_group_version_namespace_resource_name_and_subresource(path: str, expected: str) -> None:
    assert path == expected


@pytest.mark.parity("REQ-05")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "resource name may not be empty"),
        (".", "invalid resource name \".\": [may not be '.']"),
        ("..", "invalid resource name \"..\": [may not be '..']"),
        ("a/b", "invalid resource name \"a/b\": [may not contain '/']"),
        ("a/%", "invalid resource name \"a/%\": [may not contain '/' may not contain '%']"),
    ],
)
def test_a_name_that_cannot_stand_in_a_path_is_refused_in_the_words_of_client_go(name: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        check_name(name)

    assert str(caught.value) == message


@pytest.mark.parity("REQ-05")
def test_namespaces_and_subresources_are_checked_like_names() -> None:
    with pytest.raises(ValueError, match="invalid namespace"):
        check_namespace("a/b")
    with pytest.raises(ValueError, match="invalid subresource"):
        check_subresource("..")


def test_a_name_is_percent_encoded_as_go_does_it() -> None:
    assert check_name("a b:c@d?é") == "a%20b:c@d%3F%C3%A9"


@pytest.mark.parity("REQ-14")
@pytest.mark.parametrize(
    ("patch", "patch_type", "expected"),
    [
        ({}, None, MERGE_PATCH),
        ([], None, JSON_PATCH),
        ({}, "strategic", STRATEGIC_MERGE_PATCH),
        (b"", "application/apply-patch+cbor", "application/apply-patch+cbor"),
    ],
)
def test_the_form_of_a_patch_tells_its_type_unless_it_is_named(patch: object, patch_type: str, expected: str) -> None:
    assert patch_content_type(patch, patch_type) == expected


def test_a_patch_of_bytes_needs_a_type() -> None:
    with pytest.raises(TypeError, match="needs patch_type"):
        patch_content_type(b"{}", None)


def test_an_unknown_patch_type_is_refused() -> None:
    with pytest.raises(ValueError, match='unknown patch type "smart"'):
        patch_content_type({}, "smart")


@pytest.mark.parity("CFG-18")
def test_the_user_agent_says_unknown_for_what_it_does_not_know() -> None:
    assert default_user_agent("/usr/bin/app", version="v1.2.3-rc1", os="linux", arch="amd64") == (
        "app/v1.2.3 (linux/amd64) kubernetes/unknown"
    )
    assert default_user_agent("", version="", os="", arch="", commit="0123456789") == (
        "unknown/unknown (unknown/unknown) kubernetes/0123456"
    )


@pytest.mark.parity("CFG-18")
@pytest.mark.parametrize(
    ("command", "version", "commit", "expected"),
    [
        ("/usr/local/bin/kubectl", "v1.2.3", "abcdef0123", "kubectl/v1.2.3 (linux/amd64) kubernetes/abcdef0"),
        ("kubectl", "v1.2.3-a-b", "abc", "kubectl/v1.2.3 (linux/amd64) kubernetes/abc"),
        ("./kubectl", "1", "abcdef0", "kubectl/1 (linux/amd64) kubernetes/abcdef0"),
        ("", "", "", "unknown/unknown (linux/amd64) kubernetes/unknown"),
    ],
)
def test_the_parts_of_a_user_agent_are_cut_as_go_does(command: str, version: str, commit: str, expected: str) -> None:
    assert default_user_agent(command, version=version, os="linux", arch="amd64", commit=commit) == expected


def test_headers_are_made_once_per_content_type() -> None:
    headers = RequestHeaders(user_agent="me")

    assert headers.json is headers.body("application/json")
    assert headers.body(MERGE_PATCH) is headers.body(MERGE_PATCH)
    assert headers.bare == (("accept", "application/json"), ("user-agent", "me"))


def test_a_proxied_port_is_part_of_the_name() -> None:
    assert [proxy_name("", "a", ""), proxy_name("", "a", "80"), proxy_name("https", "a", "")] == [
        "a",
        "a:80",
        "https:a:",
    ]
