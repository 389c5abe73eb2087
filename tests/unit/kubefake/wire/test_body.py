from __future__ import annotations

from typing import Any

import pytest

from kubeclient.apimachinery.errors import RequestEntityTooLarge, StatusError
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubefake.wire.body import BodyReader

CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")
DEPLOYMENT = GroupVersionKind("apps", "v1", "Deployment")
THING = GroupVersionKind("example.com", "v1", "Thing")
YAML = "application/yaml"


@pytest.fixture(scope="module")
def reader() -> BodyReader:
    return BodyReader()


def refusal(reader: BodyReader, *args: Any, **kwargs: Any) -> str:
    try:
        body = reader.read(*args, **kwargs)
    except StatusError as refused:
        return refused.message if refused.code == 400 else f"{refused.code}: {refused.message}"
    assert body.refusal  # told once it could be read
    return body.refusal


def test_a_builtin_body_may_leave_out_its_kind(reader: BodyReader) -> None:
    body = reader.read(b'{"metadata":{"name":"a"}}', None, CONFIG_MAP)

    assert body.value == {"metadata": {"name": "a"}}
    assert body.kind == CONFIG_MAP


def test_null_is_an_empty_object(reader: BodyReader) -> None:
    assert reader.read(b"null", None, CONFIG_MAP).value == {}


UNRECOGNIZED = "the object provided is unrecognized (must be of type ConfigMap): "
PARSE = UNRECOGNIZED + "couldn't get version/kind; json parse error: "


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", PARSE + "unexpected end of JSON input (<empty>)"),
        (b"x", PARSE + "invalid character 'x' looking for beginning of value (78)"),
        (
            b'{"kind":{}}',
            PARSE + "json: cannot unmarshal object into Go struct field .kind of type string " + '({"kind":{}})',
        ),
        (
            b'{"apiVersion":"a/b/c"}',
            UNRECOGNIZED + "unexpected GroupVersion string: a/b/c " + '({"apiVersion":"a/b/c"})',
        ),
        (
            b'{"kind":"Secret"}',
            (
                'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown '
                "conversion"
            ),
        ),
        (
            b'{"apiVersion":"a.com/v2","kind":"Thing"}',
            (
                'Thing in version "v2" cannot be handled as a ConfigMap: no kind "Thing" is registered for version "a.com/v2" '
                'in scheme "pkg/runtime/scheme.go:111"'
            ),
        ),
    ],
)
def test_refuses_json_in_the_servers_words(reader: BodyReader, data: bytes, message: str) -> None:
    assert refusal(reader, data, "application/json", CONFIG_MAP) == message


def test_another_version_of_the_kind_is_named(reader: BodyReader) -> None:
    data = b'{"apiVersion":"extensions/v1beta1","kind":"Deployment"}'

    body = reader.read(data, None, DEPLOYMENT)

    assert body.refusal == (
        "the API version in the data (extensions/v1beta1) does not match the expected API version (apps/v1)"
    )
    assert body.kind.api_version == "extensions/v1beta1"


def test_a_custom_body_names_its_kind(reader: BodyReader) -> None:
    missing = refusal(reader, b"{}", None, THING, custom=True)
    other = reader.read(b'{"kind":"Thing"}', None, THING, custom=True).refusal

    assert missing == (
        "the object provided is unrecognized (must be of type Thing): Object 'Kind' is missing in '{}' ({})"
    )
    assert other == "the API version in the data () does not match the expected API version (example.com/v1)"


def test_refuses_more_than_three_mebibytes(reader: BodyReader) -> None:
    with pytest.raises(RequestEntityTooLarge, match="limit is 3145728"):
        reader.read(b" " * 3145729, None, CONFIG_MAP)


def test_yaml_values_are_those_of_go(reader: BodyReader) -> None:
    data = b"data: {a: yes, b: 017, c: 1_000, d: 1e3, e: 2020-01-01, f: 1:30, g: !!str 5, h: ~, 1: x, true: z}"

    assert reader.read(data, YAML, CONFIG_MAP).value["data"] == {
        "a": True,
        "b": 15,
        "c": 1000,
        "d": 1000,
        "e": "2020-01-01",
        "f": "1:30",
        "g": "5",
        "h": None,
        "1": "x",
        "true": "z",
    }


def test_yaml_keeps_the_last_of_two_and_tells(reader: BodyReader) -> None:
    body = reader.read(b"metadata:\n  name: a\n  name: b\n---\nx: y\n", YAML, CONFIG_MAP)

    assert body.value == {"metadata": {"name": "b"}}
    assert body.yaml_duplicates == ['line 3: key "name" already set in map']


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a: b: c", "yaml: mapping values are not allowed in this context"),
        (b"metadata:\n  name: q\n foo: 1", "yaml: line 2: did not find expected key"),
        (b'"a\n', "yaml: line 2: found unexpected end of stream"),
        (b"a: *x", "yaml: unknown anchor 'x' referenced"),
        (b"a: &x [*x]", "yaml: anchor 'x' value contains itself"),
        (b"a: .inf", "json: unsupported value: +Inf"),
    ],
)
def test_yaml_errors_are_those_of_go(reader: BodyReader, data: bytes, problem: str) -> None:
    assert refusal(reader, data, YAML, CONFIG_MAP) == f"{UNRECOGNIZED}{problem} ({data.hex()})"


def test_a_delete_without_a_body_has_no_body_options(reader: BodyReader) -> None:
    assert reader.read_delete(None, None) is None
    assert reader.read_delete(b'{"kind":"DeleteOptions","apiVersion":"foo/v1"}', None) is not None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b'{"kind":"Pod","apiVersion":"v1"}',
            'no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
        ),
        (
            b'{"gracePeriodSeconds":1.5}',
            "json: cannot unmarshal number 1.5 into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
        ),
        (
            b'{"preconditions":{"uid":5}}',
            "json: cannot unmarshal number into Go struct field Preconditions.preconditions.uid of type types.UID",
        ),
    ],
)
def test_delete_bodies_are_delete_options(reader: BodyReader, data: bytes, message: str) -> None:
    with pytest.raises(StatusError) as caught:
        reader.read_delete(data, None)

    assert caught.value.message == message
