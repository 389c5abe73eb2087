from __future__ import annotations

import pytest

from kubeclient.apimachinery.errors import NotAcceptable, UnsupportedMediaType
from kubefake.wire.negotiate import (
    JSON,
    PROTOBUF,
    YAML,
    Media,
    Negotiator,
    body_type,
    check_produces,
    patch_type,
    wants_pretty,
)

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
METADATA = "as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, Media()),
        ("", Media()),
        ("*/*", Media()),
        ("application/*", Media()),
        ("application/yaml", Media(YAML)),
        ("application/json;q=0.1, application/yaml;q=0.5", Media(YAML)),
        ("application/json;q=0", Media()),
        (f"{PROTOBUF},application/json", Media(PROTOBUF)),
        (PROTOBUF, Media(PROTOBUF)),
        (f"{PROTOBUF};stream=watch", Media(PROTOBUF)),
        (f"{PROTOBUF};{METADATA}", Media(PROTOBUF, "PartialObjectMetadata", "meta.k8s.io", "v1")),
        ("application/cbor, */*", Media()),
        ("application/json;pretty=1", Media(pretty=True)),
        (TABLE, Media(JSON, "Table", "meta.k8s.io", "v1")),
        (f"{PROTOBUF};as=Table;v=v1;g=meta.k8s.io,{TABLE}", Media(JSON, "Table", "meta.k8s.io", "v1")),
        ("application/json;as=Nonsense;v=v1;g=meta.k8s.io,application/json", Media()),
    ],
)
def test_chooses_what_the_server_would(accept: str | None, media: Media) -> None:
    assert Negotiator().object(accept) == media


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "nonsense",
        f"{PROTOBUF};as=Table;v=v1;g=meta.k8s.io",
        "application/json;as=Table",
        "application/json;stream=x",
        TABLE + "2",
    ],
)
def test_refuses_what_it_cannot_produce(accept: str) -> None:
    with pytest.raises(NotAcceptable) as caught:
        Negotiator().object(accept)

    assert caught.value.message == (
        "only the following media types are accepted: application/json, application/yaml, "
        "application/vnd.kubernetes.protobuf"
    )


def test_of_custom_resources_only_the_metadata_is_protobuf() -> None:
    negotiator = Negotiator()

    assert negotiator.object(f"{PROTOBUF},application/json", custom=True) == Media()
    assert negotiator.stream(f"{PROTOBUF};{METADATA}", custom=True).type == PROTOBUF
    for negotiate in (negotiator.object, negotiator.stream):
        with pytest.raises(NotAcceptable):
            negotiate(PROTOBUF, custom=True)


def test_a_custom_resource_is_not_read_from_protobuf() -> None:
    assert body_type(PROTOBUF) == PROTOBUF
    with pytest.raises(UnsupportedMediaType, match="in an unknown format"):
        body_type(PROTOBUF, custom=True)


def test_a_watch_is_never_yaml() -> None:
    with pytest.raises(NotAcceptable, match="application/json;stream=watch"):
        Negotiator().stream("application/yaml")


def test_errors_are_json_when_nothing_else_fits() -> None:
    negotiator = Negotiator()

    assert negotiator.error("text/html") == Media(pretty=True)
    assert negotiator.error(TABLE) == Media(pretty=True)
    assert negotiator.error("application/yaml") == Media(YAML)
    assert negotiator.error(PROTOBUF) == Media(PROTOBUF)


def test_aggregated_discovery_is_for_discovery_only() -> None:
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    negotiator = Negotiator()

    assert negotiator.discovery(accept).kind == "APIGroupDiscoveryList"
    with pytest.raises(NotAcceptable):
        negotiator.plain(accept)


def test_the_router_wants_media_types_word_for_word() -> None:
    check_produces("text/html, */*;q=0.1")
    with pytest.raises(NotAcceptable) as caught:
        check_produces("application/*", lists=True)

    assert caught.value.message.startswith("406: Not Acceptable\n\nAvailable representations: application/json, ")
    assert caught.value.message.endswith("application/vnd.kubernetes.protobuf;stream=watch")


@pytest.mark.parametrize("text", [None, "", "application/json; charset=utf-8", "APPLICATION/JSON", " application/json"])
def test_bodies_are_json_unless_they_say_otherwise(text: str | None) -> None:
    assert body_type(text) == JSON


@pytest.mark.parametrize(
    "text", ["text/plain", "application/cbor", "application/json, text/plain", "application/x-yaml"]
)
def test_other_bodies_are_refused(text: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="in an unknown format"):
        body_type(text)


def test_custom_resources_have_no_strategic_merge() -> None:
    strategic = "application/strategic-merge-patch+json"

    assert patch_type(strategic, custom=False) == strategic
    with pytest.raises(UnsupportedMediaType, match=r"merge-patch\+json, application/apply-patch\+yaml$"):
        patch_type(strategic, custom=True)
    with pytest.raises(UnsupportedMediaType, match=r"^415: Unsupported Media Type$"):
        patch_type(None, custom=False)


def test_curl_and_the_pretty_parameter_get_indented_answers() -> None:
    assert wants_pretty([], [("user-agent", "curl/8")])
    assert wants_pretty([("pretty", "true")], [])
    assert not wants_pretty([("pretty", "0")], [("user-agent", "curl/8")])
    assert not wants_pretty([], [("user-agent", "kubectl")])
