"""API errors say what the server says, and are told apart as client-go tells them."""

from __future__ import annotations

import pickle

import pytest

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery import status as s
from kubeclient.apimachinery.gvk import GroupKind, GroupResource
from kubeclient.apimachinery.status import Status, StatusCause, StatusDetails

PODS = GroupResource("", "pods")
DEPLOYMENTS = GroupResource("apps", "deployments")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (errors.new_not_found(DEPLOYMENTS, "x"), 404, 'deployments.apps "x" not found'),
        (errors.new_already_exists(PODS, "x"), 409, 'pods "x" already exists'),
        (errors.new_conflict(PODS, "x", "changed"), 409, 'Operation cannot be fulfilled on pods "x": changed'),
        (errors.new_forbidden(PODS, "x", "no"), 403, 'pods "x" is forbidden: no'),
        (errors.new_forbidden(PODS, "", "no"), 403, "pods is forbidden: no"),
        (errors.new_forbidden(GroupResource(), "", "no"), 403, "forbidden: no"),
        (errors.new_unauthorized(), 401, "not authorized"),
        (
            errors.new_method_not_supported(DEPLOYMENTS, "patch"),
            405,
            'patch is not supported on resources of kind "deployments.apps"',
        ),
        (
            errors.new_server_timeout(PODS, "get", 2),
            500,
            "The get operation against pods could not be completed at this time, please try again.",
        ),
        (errors.new_timeout_error("late", 1), 504, "Timeout: late"),
        (errors.new_internal_error("boom"), 500, "Internal error occurred: boom"),
        (errors.new_request_entity_too_large("big"), 413, "Request entity too large: big"),
        (errors.new_resource_expired("old"), 410, "old"),
        (errors.new_invalid(GroupKind("apps", "D"), "x", []), 422, 'D.apps "x" is invalid'),
    ],
)
def test_builders_give_code_and_words_of_go(error: errors.StatusError, code: int, message: str) -> None:
    assert (error.code, str(error)) == (code, message)
    assert type(errors.from_status(error.status)) is type(error)


def test_status_json_is_that_of_the_server() -> None:
    error = errors.new_not_found(DEPLOYMENTS, "x")

    assert error.status.to_json() == (
        b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",'
        b'"message":"deployments.apps \\"x\\" not found","reason":"NotFound",'
        b'"details":{"name":"x","group":"apps","kind":"deployments"},"code":404}'
    )


def test_success_has_only_what_is_set() -> None:
    assert Status.success().to_json() == b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}'


def test_one_invalid_field_stands_alone_and_several_in_brackets() -> None:
    path = field.Path("spec")
    one = errors.new_invalid(GroupKind("apps", "D"), "x", [field.required(path.child("a"))])
    two = errors.new_invalid(
        GroupKind("", "Pod"),
        "x",
        [field.required(path.child("a"), "why"), field.invalid(path.child("b").index(0), -1, "must be positive")],
    )

    assert str(one) == 'D.apps "x" is invalid: spec.a: Required value'
    assert str(two) == (
        'Pod "x" is invalid: [spec.a: Required value: why, spec.b[0]: Invalid value: -1: must be positive]'
    )
    assert two.status.details is not None
    assert two.status.details.causes[0] == StatusCause("FieldValueRequired", "Required value: why", "spec.a")


def test_repeated_field_errors_are_said_once_and_kept_twice() -> None:
    error = errors.new_invalid(GroupKind("", "Pod"), "x", [field.required("a"), field.required("a")])

    assert str(error) == 'Pod "x" is invalid: a: Required value'
    assert error.status.details is not None
    assert len(error.status.details.causes) == 2


@pytest.mark.parity("ERR-01")
def test_every_reason_has_a_class_of_its_own() -> None:
    classes = {type(errors.from_status(Status(reason=reason))) for reason in errors.KNOWN_REASONS}

    assert len(classes) == len(errors.KNOWN_REASONS) == 19
    assert errors.StatusError not in classes


@pytest.mark.parity("ERR-02")
def test_code_decides_only_when_the_reason_is_unknown() -> None:
    assert isinstance(errors.from_status(Status(code=404)), errors.NotFound)
    assert isinstance(errors.from_status(Status(code=404, reason="Novel")), errors.NotFound)
    assert isinstance(errors.from_status(Status(code=404, reason="Forbidden")), errors.Forbidden)
    assert type(errors.from_status(Status(code=418))) is errors.StatusError

    assert errors.is_not_found(errors.StatusError(Status(code=404)))
    assert not errors.is_not_found(errors.StatusError(Status(code=404, reason="Forbidden")))


@pytest.mark.parity("ERR-02")
def test_some_predicates_look_at_the_code_alone_and_some_never() -> None:
    assert errors.is_too_many_requests(errors.StatusError(Status(code=429, reason="InternalError")))
    assert errors.is_request_entity_too_large(errors.StatusError(Status(code=413, reason="InternalError")))
    assert not errors.is_already_exists(errors.StatusError(Status(code=409)))
    assert not errors.is_resource_expired(errors.StatusError(Status(code=410)))
    assert not errors.is_server_timeout(errors.StatusError(Status(code=500)))


@pytest.mark.parity("ERR-03")
def test_predicates_look_through_wrapped_errors() -> None:
    wrapped = RuntimeError("could not sync")
    wrapped.__cause__ = errors.new_not_found(PODS, "x")
    grouped = ExceptionGroup("several", [ValueError("a"), wrapped])
    looped = RuntimeError("itself")
    looped.__cause__ = looped

    assert errors.is_not_found(wrapped)
    assert errors.is_not_found(grouped)
    assert errors.reason_for_error(ValueError("x")) == ""
    assert not errors.is_not_found(None)
    assert not errors.is_not_found(looped)


@pytest.mark.parity("ERR-04")
def test_delay_is_suggested_by_server_timeouts_and_by_seconds() -> None:
    assert errors.suggests_client_delay(errors.new_server_timeout(PODS, "get", 0)) == 0
    assert errors.suggests_client_delay(errors.new_too_many_requests("x", 7)) == 7
    assert errors.suggests_client_delay(errors.new_too_many_requests("x", 0)) is None
    assert errors.suggests_client_delay(errors.new_bad_request("x")) is None


@pytest.mark.parity("ERR-05")
def test_objects_become_errors_only_when_they_are_statuses() -> None:
    status = {"kind": "Status", "apiVersion": "v1", "reason": "Gone", "message": "m", "code": 410}

    assert isinstance(errors.from_object(status), errors.Gone)
    assert isinstance(errors.from_object({**status, "apiVersion": "meta.k8s.io/v1"}), errors.Gone)
    unexpected = errors.from_object({**status, "apiVersion": "v2"})
    assert errors.is_unexpected_object_error(unexpected)
    assert str(errors.from_object("pod")) == "unexpected object: pod"


@pytest.mark.parity("ERR-06")
def test_unexpected_answers_are_known_by_their_cause() -> None:
    error = errors.new_generic_server_response(500, "GET", PODS, "x", "<html>", 3, True)

    assert errors.is_unexpected_server_error(error)
    assert errors.has_status_cause(error, s.CAUSE_UNEXPECTED_SERVER_RESPONSE)
    assert str(error) == 'an error on the server ("<html>") has prevented the request from succeeding (get pods x)'
    assert errors.suggests_client_delay(error) == 3


def test_a_conflict_on_post_means_the_object_exists() -> None:
    assert errors.new_generic_server_response(409, "POST", PODS, "", "", 0, False).reason == "AlreadyExists"
    assert errors.new_generic_server_response(409, "PUT", PODS, "", "", 0, False).reason == "Conflict"


@pytest.mark.parity("WCH-03")
def test_client_reports_unreadable_answers_with_two_causes() -> None:
    status = errors.client_error_status(500, "GET", "ClientWatchDecoding", "bad json")

    assert status.details is not None
    assert [cause.reason for cause in status.details.causes] == ["UnexpectedServerResponse", "ClientWatchDecoding"]


def test_errors_survive_pickling_and_say_what_they_are() -> None:
    error = pickle.loads(pickle.dumps(errors.new_not_found(PODS, "x")))

    assert isinstance(error, errors.NotFound)
    assert repr(error) == "NotFound(404 NotFound: 'pods \"x\" not found')"


def test_decode_takes_only_statuses() -> None:
    assert s.decode(errors.new_bad_request("x").status.to_json()) == errors.new_bad_request("x").status
    assert s.decode(b'{"kind":"Pod","apiVersion":"v1"}') is None
    assert s.decode(b"<html>") is None
    assert s.decode(b"{}") is None
    assert s.decode(b'{"kind":"Status","apiVersion":"v1","details":{}}') == Status(details=StatusDetails())


@pytest.mark.parametrize(
    ("error", "body"),
    [
        (field.not_supported("a", "x", ["b", "c"]), 'Unsupported value: "x": supported values: "b", "c"'),
        (field.duplicate("a", {"b": "<"}), 'Duplicate value: {"b":"\\u003c"}'),
        (field.too_long("a", 1), "Too long: may not be more than 1 byte"),
        (field.too_many("a", 3, 2), "Too many: 3: must have at most 2 items"),
        (field.too_many("a", -1, 2), "Too many: must have at most 2 items"),
        (field.too_few("a", 0, 1), "Too few: 0: must have at least 1 item"),
        (field.invalid("a", None, "d"), "Invalid value: null: d"),
        (field.type_invalid("a", 1.5, "d"), "Invalid value: 1.5: d"),
        (field.forbidden("a", "d"), "Forbidden: d"),
        (field.not_found("a", True), "Not found: true"),
    ],
)
def test_field_errors_use_the_words_of_go(error: field.FieldError, body: str) -> None:
    assert error.body == body
