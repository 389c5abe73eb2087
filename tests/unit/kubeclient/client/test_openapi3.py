"""The schemas of a server: where they are, what is asked for once, and what is not there."""

from __future__ import annotations

import pytest

from kubeclient.apimachinery.errors import ServiceUnavailable
from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.openapi3 import (
    CachedOpenAPIV3Client,
    GroupVersionNotFoundError,
    OpenAPIV3Client,
    OpenAPIV3Root,
    group_version_to_path,
    path_to_group_version,
)
from kubeclient.transport.protocol import header
from tests.unit.kubeclient.client.serving import Transport, rest_over


def serving(prefix: str = "") -> Transport:
    transport = Transport()
    transport.answers = {
        "/openapi/v3": {
            "paths": {
                path: {"serverRelativeURL": f"{prefix}/openapi/v3/{path}?hash=AB"}
                for path in ("apis/apps/v1", "api/v1", "version", "apis/apps", "apis/batch/v1")
            }
        },
        "/openapi/v3/apis/apps/v1": {"openapi": "3.0.0"},
    }
    return transport


@pytest.mark.parity("OAP-01")
@pytest.mark.parametrize("prefix", ["", "/clusters/one"])
def test_a_document_is_at_the_url_of_the_index_below_the_address_of_the_server(prefix: str) -> None:
    transport = serving(prefix)
    client = OpenAPIV3Client(rest_over(transport))
    assert client.paths()["apis/apps/v1"] == f"{prefix}/openapi/v3/apis/apps/v1?hash=AB"

    client.schema("apis/apps/v1", accept="application/x-proto")

    request = transport.requests[-1]
    assert (request.path, list(request.query)) == ("/openapi/v3/apis/apps/v1", [("hash", "AB")])
    assert header(request.headers, "accept") == "application/x-proto"
    with pytest.raises(LookupError, match="apis/none/v1 has no OpenAPI V3 document"):
        client.schema("apis/none/v1")


@pytest.mark.parity("OAP-02")
def test_a_client_that_remembers_asks_once_for_each_form() -> None:
    transport = serving()
    client = CachedOpenAPIV3Client(rest_over(transport))
    for _ in range(2):
        for accept in ("application/json", "application/x-proto"):
            assert client.schema("apis/apps/v1", accept=accept) == b'{"openapi": "3.0.0"}'
    assert transport.asked == ["/openapi/v3", "/openapi/v3/apis/apps/v1", "/openapi/v3/apis/apps/v1"]

    client.invalidate()
    client.paths()
    assert len(transport.asked) == 4


@pytest.mark.parity("OAP-02")
def test_a_client_that_remembers_remembers_errors() -> None:
    transport = serving()
    client = CachedOpenAPIV3Client(rest_over(transport))
    transport.answers["/openapi/v3/apis/apps/v1"] = 503
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            client.schema("apis/apps/v1")
    transport.answers["/openapi/v3"] = 503
    client.invalidate()
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            client.paths()

    assert transport.asked == ["/openapi/v3", "/openapi/v3/apis/apps/v1", "/openapi/v3"]


@pytest.mark.parity("OAP-03")
def test_group_versions_are_sorted_and_other_documents_left_out() -> None:
    root = OpenAPIV3Root(OpenAPIV3Client(rest_over(serving())))
    assert [str(one) for one in root.group_versions()] == ["apps/v1", "batch/v1", "v1"]


@pytest.mark.parity("OAP-03")
def test_a_document_is_read_or_not_there() -> None:
    root = OpenAPIV3Root(OpenAPIV3Client(rest_over(serving())))
    assert root.gv_spec("apps/v1") == root.gv_spec_as_map(GroupVersion("apps", "v1")) == {"openapi": "3.0.0"}
    with pytest.raises(GroupVersionNotFoundError, match=r"^GroupVersion \(other/v1\) not found as OpenAPI V3 path$"):
        root.gv_spec("other/v1")


@pytest.mark.parity("OAP-03")
@pytest.mark.parametrize(("path", "text"), [("apis/apps/v1", "apps/v1"), ("api/v1", "v1")])
def test_keys_of_the_index_are_group_versions_and_back(path: str, text: str) -> None:
    assert str(path_to_group_version(path)) == text
    assert group_version_to_path(GroupVersion.parse(text)) == path


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("version", "Unable to parse api relative path: version"),
        ("logs/x", "Unable to parse"),
        ("apis/apps", "without Version"),
    ],
)
def test_other_keys_are_none(path: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        path_to_group_version(path)
