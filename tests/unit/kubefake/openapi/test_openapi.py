from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient.apimachinery.gvk import GroupResource, GroupVersion, GroupVersionKind
from kubeclient.transport.protocol import Request, Response, header
from kubefake.openapi import OpenAPI
from kubefake.openapi.gnostic3 import write_document3
from kubefake.resources.registry import Registry
from kubefake.resources.resource import Resource, Subresource
from kubefake.resources.strategy import Strategy
from kubefake.schema.node import Node
from kubefake.wire.query import parse_query

SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "properties": {"n": {"type": "integer", "nullable": True}}},
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "inner": {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
        },
    },
}


def thing() -> Resource:
    return Resource(
        group="example.com",
        version="v1",
        plural="things",
        singular="thing",
        kind="Thing",
        list_kind="ThingList",
        namespaced=True,
        verbs=("get", "list"),
        node=Node("object"),
        strategy=Strategy(),
        storage=GroupResource("example.com", "things"),
        storage_version=GroupVersion("example.com", "v1"),
        subresources={"scale": Subresource("scale", GroupVersionKind("autoscaling", "v1", "Scale"), ("get",))},
        custom=True,
    )


@pytest.fixture
def registry() -> Registry:
    return Registry.builtin()


@pytest.fixture
def openapi(registry: Registry) -> OpenAPI:
    return OpenAPI(registry, schemas=lambda _: SCHEMA)


def ask(openapi: OpenAPI, path: str, **headers: str) -> Response:
    route, _, query = path.partition("?")
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    response = openapi.serve(Request("GET", route, parse_query(query), pairs), route)
    assert response is not None
    return response


def body(response: Response) -> Any:
    return json.loads(response.body)


def test_the_index_links_to_documents_that_never_change(openapi: OpenAPI) -> None:
    url = body(ask(openapi, "/openapi/v3"))["paths"]["apis/apps/v1"]["serverRelativeURL"]

    response = ask(openapi, url)

    assert response.status == 200
    assert header(response.headers, "cache-control") == "public, immutable"
    assert body(response)["openapi"] == "3.0.0"


def test_an_old_link_leads_to_the_new_document(openapi: OpenAPI) -> None:
    response = ask(openapi, "/openapi/v3/api/v1?hash=OLD")

    assert response.status == 301
    assert (header(response.headers, "location") or "").startswith("/openapi/v3/api/v1?hash=")


def test_a_known_document_is_not_sent_again(openapi: OpenAPI) -> None:
    etag = header(ask(openapi, "/openapi/v3/version").headers, "etag") or ""

    assert ask(openapi, "/openapi/v3/version", if_none_match=etag).status == 304


def test_versions_that_are_not_served_have_no_document(openapi: OpenAPI) -> None:
    assert ask(openapi, "/openapi/v3/apis/storage.k8s.io/v1beta1").status == 404
    assert ask(openapi, "/openapi/v3/none").status == 404


def test_version_2_is_told_in_the_form_that_is_asked_for_first(openapi: OpenAPI) -> None:
    protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    written = protobuf.replace("@", ".")

    for accept, media in [
        (protobuf, written),
        (written, written),
        (f"{protobuf},application/json", written),
        (f"application/json,{protobuf}", "application/json"),
        (f"{protobuf};q=0.5,*/*", "application/json"),
    ]:
        answer = ask(openapi, "/openapi/v2", accept=accept)
        assert (answer.status, header(answer.headers, "content-type")) == (200, media)
    assert ask(openapi, "/openapi/v2", accept="text/plain").status == 406


def test_version_3_is_told_in_protobuf_to_those_who_ask_for_it(openapi: OpenAPI) -> None:
    protobuf = "application/com.github.proto-openapi.spec.v3@v1.0+protobuf"
    plain = ask(openapi, "/openapi/v3/version")

    answer = ask(openapi, "/openapi/v3/version", accept=f"{protobuf},application/json")

    assert dict(answer.headers)["content-type"] == protobuf.replace("@", ".")
    assert dict(answer.headers)["etag"] == dict(plain.headers)["etag"]
    assert answer.body == write_document3(json.loads(plain.body))
    assert ask(openapi, "/openapi/v3/version", accept="application/yaml").status == 406


def test_custom_kinds_get_a_document(registry: Registry, openapi: OpenAPI) -> None:
    registry.add(thing())

    document = body(ask(openapi, "/openapi/v3/apis/example.com/v1"))

    schemas = document["components"]["schemas"]
    assert list(document["paths"]) == [
        "/apis/example.com/v1/namespaces/{namespace}/things",
        "/apis/example.com/v1/namespaces/{namespace}/things/{name}",
        "/apis/example.com/v1/namespaces/{namespace}/things/{name}/scale",
        "/apis/example.com/v1/things",
    ]
    assert schemas["com.example.v1.Thing"]["properties"]["inner"]["required"] == ["kind", "apiVersion"]
    assert schemas["com.example.v1.ThingList"]["properties"]["items"]["items"] == {
        "$ref": "#/components/schemas/com.example.v1.Thing"
    }
    assert {"io.k8s.api.autoscaling.v1.ScaleSpec", "io.k8s.apimachinery.pkg.apis.meta.v1.Time"} <= schemas.keys()


def test_every_reference_of_a_custom_document_leads_somewhere(registry: Registry, openapi: OpenAPI) -> None:
    registry.add(thing())
    text = ask(openapi, "/openapi/v3/apis/example.com/v1").body.decode()

    known = json.loads(text)["components"]["schemas"]
    used = {part.split('"', 1)[0] for part in text.split('"#/components/schemas/')[1:]}

    assert used <= known.keys()


def test_version_two_leaves_out_what_it_cannot_say(registry: Registry, openapi: OpenAPI) -> None:
    registry.add(thing())

    definition = body(ask(openapi, "/openapi/v2"))["definitions"]["com.example.v1.Thing"]

    assert definition["properties"]["spec"]["properties"] == {"n": {}}
    assert definition["properties"]["status"] == {"x-kubernetes-preserve-unknown-fields": True}
    assert definition["properties"]["metadata"] == {
        "$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    }
