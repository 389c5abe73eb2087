"""What an answer comes to when somebody reads it."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.api import core_v1
from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.protobuf import wrap
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList
from kubeclient.machines.content import ContentConfig, check_stream
from kubeclient.machines.protobuf_encode import encode_body
from kubeclient.machines.result import Result
from kubeclient.transport.protocol import Response
from tests.twins.support import status_body

JSON = [("content-type", "application/json")]
POD = b'{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}'


def _result(status: int, body: bytes = b"", headers: Any = JSON, **more: Any) -> Result:
    known = {"content_type": "application/json", "method": "GET", "resource": GroupResource("", "pods"), "name": "a"}
    return Result.of(Response(status, headers, body), **{**known, **more})


@pytest.mark.parity("RES-07")
def test_an_object_is_of_its_model_or_unstructured() -> None:
    pod, widget = _result(200, POD).get(), _result(200, b'{"kind":"Widget","apiVersion":"example.com/v1"}').get()
    widgets = _result(200, b'{"kind":"WidgetList","apiVersion":"example.com/v1","items":[]}').get()

    assert isinstance(pod, core_v1.Pod)
    assert (type(widget), type(widgets)) == (Unstructured, UnstructuredList)
    assert (
        _result(200, encode_body(pod, "v1", "Pod"), [("content-type", "application/vnd.kubernetes.protobuf")]).get()
        == pod
    )


@pytest.mark.parity("RES-07")
def test_a_result_tells_its_status_its_type_and_its_bytes() -> None:
    created, accepted = _result(201, POD), _result(202, b"")

    assert (created.was_created, created.status_code, created.content_type) == (True, 201, "application/json")
    assert (accepted.was_created, accepted.raw(), accepted.error) == (False, b"", None)


@pytest.mark.parity("RES-07")
def test_a_status_that_is_no_success_is_an_error_even_in_a_good_answer() -> None:
    failed = _result(200, status_body(404, "NotFound", "gone"))
    good = _result(200, b'{"kind":"Status","apiVersion":"v1","status":"Success"}')

    with pytest.raises(errors.NotFound, match="gone"):
        failed.get()
    with pytest.raises(errors.NotFound, match="gone"):
        failed.into(core_v1.Pod)
    assert good.get().status == "Success"


@pytest.mark.parity("RES-03")
def test_the_status_in_a_bad_answer_is_the_error_and_what_is_read_raises_it() -> None:
    result = _result(403, status_body(403, "Forbidden", "no"))

    assert isinstance(result.error, errors.Forbidden)
    for read in (result.raw, result.get, lambda: result.into(core_v1.Pod)):
        with pytest.raises(errors.Forbidden):
            read()


@pytest.mark.parity("RES-01", "RES-04")
@pytest.mark.parametrize("code", [199, 401, 403, 404, 409, 422, 500])
@pytest.mark.parametrize(("body", "headers"), [(b"", []), (b"aaaaa", JSON), (b"aaaaa", [("content-type", "text/any")])])
def test_a_bad_answer_is_an_error_of_its_code_whatever_it_says(code: int, body: bytes, headers: Any) -> None:
    error = _result(code, body, headers).error

    assert isinstance(error, errors.StatusError)
    assert error.code == code
    assert str(error) != "aaaaa"


@pytest.mark.parity("RES-02")
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([], POD),
        ([("content-type", "application/json")], POD),
        ([("content-type", "application/json; charset=utf-8")], POD),
        ([("content-type", "application/vnd.kubernetes.protobuf")], encode_body(core_v1.Pod(), "v1", "Pod")),
    ],
)
def test_the_type_of_an_answer_tells_how_it_is_read(headers: Any, body: bytes) -> None:
    assert isinstance(_result(200, body, headers).get(), core_v1.Pod)


@pytest.mark.parity("RES-02")
def test_an_answer_without_a_type_is_read_as_the_request_was_written() -> None:
    assert _result(200, POD, []).get().metadata.name == "a"
    assert _result(200, POD, [], content_type="").content_type == ""
    with pytest.raises(errors.InternalError, match="expected a media type"):
        _result(200, POD, [("content-type", "not a type")]).raw()


@pytest.mark.parity("RES-02", "RES-06")
def test_a_type_that_nobody_reads_gives_bytes_or_a_plain_error() -> None:
    good = _result(200, b"<html>", [("content-type", "text/html; charset=utf-8")])
    bad = _result(502, b"<html>no</html>", [("content-type", "text/html")])

    assert good.raw() == b"<html>"
    with pytest.raises(ValueError, match="serializer for text/html; charset=utf-8 doesn't exist"):
        good.get()
    with pytest.raises(ValueError, match="serializer for text/html; charset=utf-8 doesn't exist"):
        good.into(core_v1.Pod)
    assert errors.is_unexpected_server_error(bad.error)
    assert "<html>no</html>" in str(bad.error.status.details.causes[0].message)  # type: ignore[union-attr]


@pytest.mark.parity("RES-06")
def test_an_empty_body_is_no_object() -> None:
    with pytest.raises(ValueError, match="0-length response with status code: 200 and content type: application/json"):
        _result(200, b"").into(core_v1.Pod)
    assert _result(200, POD).into(core_v1.Pod).metadata.name == "a"
    assert _result(200, POD).into(Unstructured).name == "a"
    assert _result(200, POD).into(dict)["kind"] == "Pod"


@pytest.mark.parity("RES-06")
def test_half_a_body_is_an_error_that_names_the_type() -> None:
    for body in (b'{"kind":"Po', b"\xff\xfe", wrap("v1", "Pod", b"\xff")):
        with pytest.raises(ValueError, match="cannot be read"):
            _result(200, body).get()


@pytest.mark.parity("RES-05")
@pytest.mark.parametrize(
    ("status", "text", "message"),
    [
        (403, "because", "because (get pods a)"),
        (415, "no yaml", "no yaml (get pods a)"),
        (406, "no csv", "no csv (get pods a)"),
        (406, "", "the server was unable to respond with a content type that the client supports (get pods a)"),
        (404, "because", "the server could not find the requested resource (get pods a)"),
    ],
)
def test_some_answers_keep_the_servers_own_words(status: int, text: str, message: str) -> None:
    error = _result(status, text.encode(), [("content-type", "text/plain")]).error

    assert str(error) == message


@pytest.mark.parity("PAIN-26", "RES-04")
def test_what_a_proxy_says_is_kept_with_status_and_an_excerpt() -> None:
    page = b"<html>" + b"x" * 5000
    error = _result(502, page, [("content-type", "text/html"), ("retry-after", "7")]).error

    assert isinstance(error, errors.StatusError)
    assert (error.code, error.status.details.retry_after_seconds) == (502, 7)  # type: ignore[union-attr]
    cause = error.status.details.causes[0]  # type: ignore[union-attr]
    assert (cause.reason, len(cause.message)) == ("UnexpectedServerResponse", 2048)


@pytest.mark.parity("RES-04")
def test_text_without_a_type_is_text() -> None:
    error = _result(500, b"panic", []).error

    assert error.status.details.causes[0].message == "panic"  # type: ignore[union-attr]


@pytest.mark.parity("REQ-15", "REQ-16")
def test_what_is_asked_for_follows_from_what_is_written_unless_it_is_said() -> None:
    plain, chosen = ContentConfig.of(""), ContentConfig.of("application/json")

    assert plain.accept_header == "application/json, */*"
    assert ContentConfig.of("protobuf").accept_header == "application/vnd.kubernetes.protobuf, */*"
    assert ContentConfig.of("", "a/b").accept_header == "a/b"
    assert plain.preferring_protobuf().accept_header == "application/vnd.kubernetes.protobuf,application/json"
    assert plain.preferring_protobuf().in_protobuf
    assert chosen.preferring_protobuf() is chosen
    assert not ContentConfig.of("", "application/json").preferring_protobuf().in_protobuf


@pytest.mark.parity("REQ-17")
def test_who_asks_for_cbor_is_given_json() -> None:
    found = ContentConfig.of("application/cbor", "application/cbor;q=0.9, application/vnd.kubernetes.protobuf;q=0.5")

    assert found.content_type == "application/json"
    assert found.accept == "application/json;q=0.9, application/vnd.kubernetes.protobuf;q=0.5"


@pytest.mark.parity("REQ-19")
@pytest.mark.parametrize("content_type", [None, "", "application/json", "application/vnd.x+json;stream=watch"])
def test_watches_are_json_or_protobuf(content_type: str | None) -> None:
    check_stream(content_type)
    check_stream("application/vnd.kubernetes.protobuf;stream=watch")
    for other in ("application/cbor", "application/cbor-seq", "text/html"):
        with pytest.raises(ValueError, match=f"no stream serializers registered for {other}"):
            check_stream(other)
