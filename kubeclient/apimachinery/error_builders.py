"""Builds the errors of the server, with its codes, details and words, one function a constructor of Go.

Ports the constructors of apimachinery pkg/api/errors. Each returns the exception; raising it is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from . import status as s
from . import status_error as e
from .field import FieldError, aggregate
from .gotext import quote
from .gvk import GroupKind, GroupResource
from .status import Status, StatusCause, StatusDetails

__all__ = [
    "client_error_status",
    "new_already_exists",
    "new_apply_conflict",
    "new_bad_request",
    "new_conflict",
    "new_forbidden",
    "new_generate_name_conflict",
    "new_generic_server_response",
    "new_gone",
    "new_internal_error",
    "new_invalid",
    "new_method_not_supported",
    "new_not_found",
    "new_request_entity_too_large",
    "new_resource_expired",
    "new_server_timeout",
    "new_service_unavailable",
    "new_timeout_error",
    "new_too_many_requests",
    "new_too_many_requests_error",
    "new_unauthorized",
]


def _about(gr: GroupResource, name: str = "", retry_after: int = 0) -> StatusDetails:
    return StatusDetails(name=name, group=gr.group, kind=gr.resource, retry_after_seconds=retry_after)


def new_not_found(gr: GroupResource, name: str) -> e.NotFound:
    """404: `deployments.apps "x" not found`."""
    message = f"{gr} {quote(name)} not found"
    return e.NotFound(Status.failure(404, s.REASON_NOT_FOUND, message, _about(gr, name)))


def new_already_exists(gr: GroupResource, name: str) -> e.AlreadyExists:
    """409: `pods "x" already exists`."""
    message = f"{gr} {quote(name)} already exists"
    return e.AlreadyExists(Status.failure(409, s.REASON_ALREADY_EXISTS, message, _about(gr, name)))


def new_generate_name_conflict(gr: GroupResource, name: str, retry_after: int) -> e.AlreadyExists:
    """409: no free name was found for a generateName."""
    message = f"{gr} {quote(name)} already exists, the server was not able to generate a unique name for the object"
    return e.AlreadyExists(Status.failure(409, s.REASON_ALREADY_EXISTS, message, _about(gr, name, retry_after)))


def new_unauthorized(message: str = "") -> e.Unauthorized:
    """401; without a message "not authorized"."""
    return e.Unauthorized(Status.failure(401, s.REASON_UNAUTHORIZED, message or "not authorized"))


def new_forbidden(gr: GroupResource, name: str, message: object) -> e.Forbidden:
    """403: `pods "x" is forbidden: …`; without a name `pods is forbidden: …`; without a resource `forbidden: …`."""
    if gr.empty:
        text = f"forbidden: {message}"
    elif not name:
        text = f"{gr} is forbidden: {message}"
    else:
        text = f"{gr} {quote(name)} is forbidden: {message}"
    return e.Forbidden(Status.failure(403, s.REASON_FORBIDDEN, text, _about(gr, name)))


def new_conflict(gr: GroupResource, name: str, message: object) -> e.Conflict:
    """409: `Operation cannot be fulfilled on pods "x": …`."""
    text = f"Operation cannot be fulfilled on {gr} {quote(name)}: {message}"
    return e.Conflict(Status.failure(409, s.REASON_CONFLICT, text, _about(gr, name)))


def new_apply_conflict(causes: Sequence[StatusCause], message: str) -> e.Conflict:
    """409: a server-side apply met fields of other managers."""
    return e.Conflict(Status.failure(409, s.REASON_CONFLICT, message, StatusDetails(causes=list(causes))))


def new_gone(message: str) -> e.Gone:
    """410 Gone. For resource versions that are too old there is `new_resource_expired`."""
    return e.Gone(Status.failure(410, s.REASON_GONE, message))


def new_resource_expired(message: str) -> e.Expired:
    """410 Expired: the resource version or the continue token is too old."""
    return e.Expired(Status.failure(410, s.REASON_EXPIRED, message))


def new_invalid(gk: GroupKind, name: str, causes: Sequence[FieldError | StatusCause]) -> e.Invalid:
    """422: `Deployment.apps "x" is invalid: spec.a: Required value`, or `[a, b]` for several causes.

    A cause may be a FieldError or a StatusCause whose message is what follows the field. Every cause stays in the details,
    texts that repeat are said once in the message.
    """
    built = [c if isinstance(c, StatusCause) else StatusCause(c.type, c.body, c.field) for c in causes]
    details = StatusDetails(name=name, group=gk.group, kind=gk.kind, causes=built)
    message = f"{gk} {quote(name)} is invalid"
    if built:
        message = f"{message}: {aggregate(f'{cause.field}: {cause.message}' for cause in built)}"
    return e.Invalid(Status.failure(422, s.REASON_INVALID, message, details))


def new_bad_request(message: str) -> e.BadRequest:
    """400 with the message as it is."""
    return e.BadRequest(Status.failure(400, s.REASON_BAD_REQUEST, message))


def new_too_many_requests(message: str, retry_after: int) -> e.TooManyRequests:
    """429 with the message as it is, and the seconds to wait."""
    details = StatusDetails(retry_after_seconds=retry_after)
    return e.TooManyRequests(Status.failure(429, s.REASON_TOO_MANY_REQUESTS, message, details))


def new_too_many_requests_error(message: str) -> e.TooManyRequests:
    """429: `Too many requests: …`, without seconds to wait."""
    return e.TooManyRequests(Status.failure(429, s.REASON_TOO_MANY_REQUESTS, f"Too many requests: {message}"))


def new_service_unavailable(message: str) -> e.ServiceUnavailable:
    """503 with the message as it is."""
    return e.ServiceUnavailable(Status.failure(503, s.REASON_SERVICE_UNAVAILABLE, message))


def new_method_not_supported(gr: GroupResource, verb: str) -> e.MethodNotAllowed:
    """405: `patch is not supported on resources of kind "bindings"`."""
    message = f"{verb} is not supported on resources of kind {quote(str(gr))}"
    return e.MethodNotAllowed(Status.failure(405, s.REASON_METHOD_NOT_ALLOWED, message, _about(gr)))


def new_server_timeout(gr: GroupResource, verb: str, retry_after: int) -> e.ServerTimeout:
    """500: the operation could not be completed; the seconds say when to try again."""
    message = f"The {verb} operation against {gr} could not be completed at this time, please try again."
    return e.ServerTimeout(Status.failure(500, s.REASON_SERVER_TIMEOUT, message, _about(gr, verb, retry_after)))


def new_internal_error(error: object) -> e.InternalError:
    """500: `Internal error occurred: …`."""
    details = StatusDetails(causes=[StatusCause(message=str(error))])
    return e.InternalError(Status.failure(500, s.REASON_INTERNAL_ERROR, f"Internal error occurred: {error}", details))


def new_timeout_error(message: str, retry_after: int) -> e.Timeout:
    """504: `Timeout: …`; the operation may still complete."""
    details = StatusDetails(retry_after_seconds=retry_after)
    return e.Timeout(Status.failure(504, s.REASON_TIMEOUT, f"Timeout: {message}", details))


def new_request_entity_too_large(message: str) -> e.RequestEntityTooLarge:
    """413: `Request entity too large: …`."""
    text = f"Request entity too large: {message}"
    return e.RequestEntityTooLarge(Status.failure(413, s.REASON_REQUEST_ENTITY_TOO_LARGE, text))


# Reason and message of an answer that carries no Status. None: the server's own message is kept.
_GENERIC: Final[dict[int, tuple[str, str | None]]] = {
    400: (s.REASON_BAD_REQUEST, "the server rejected our request for an unknown reason"),
    401: (s.REASON_UNAUTHORIZED, "the server has asked for the client to provide credentials"),
    403: (s.REASON_FORBIDDEN, None),
    404: (s.REASON_NOT_FOUND, "the server could not find the requested resource"),
    405: (s.REASON_METHOD_NOT_ALLOWED, "the server does not allow this method on the requested resource"),
    406: (s.REASON_NOT_ACCEPTABLE, None),
    409: (s.REASON_CONFLICT, "the server reported a conflict"),
    415: (s.REASON_UNSUPPORTED_MEDIA_TYPE, None),
    422: (s.REASON_INVALID, "the server rejected our request due to an error in our request"),
    429: (s.REASON_TOO_MANY_REQUESTS, "the server has received too many requests and has asked us to try again later"),
    503: (s.REASON_SERVICE_UNAVAILABLE, "the server is currently unable to handle the request"),
    504: (
        s.REASON_TIMEOUT,
        "the server was unable to return a response in the time allotted, but may still be processing the request",
    ),
}


def _generic(code: int, verb: str, server_message: str) -> tuple[str, str]:
    if code == 409 and verb == "POST":
        return s.REASON_ALREADY_EXISTS, "the server reported a conflict"
    if code in _GENERIC:
        reason, message = _GENERIC[code]
        if message is None:
            message = server_message
            if code == 406 and message in ("", "unknown"):
                message = "the server was unable to respond with a content type that the client supports"
        return reason, message
    if code >= 500:
        message = f"an error on the server ({quote(server_message)}) has prevented the request from succeeding"
        return s.REASON_INTERNAL_ERROR, message
    message = f"the server responded with the status code {code} but did not return more information"
    return s.REASON_UNKNOWN, message


def new_generic_server_response(
    code: int,
    verb: str,
    gr: GroupResource,
    name: str,
    message: str,
    retry_after: int,
    is_unexpected: bool,
) -> e.StatusError:
    """The error for an answer whose body is not a Status.

    `verb` is the HTTP method; an unexpected answer keeps the server's text as a cause.
    """
    reason, text = _generic(code, verb, message)
    if not gr.empty:
        text = f"{text} ({verb.lower()} {gr} {name})" if name else f"{text} ({verb.lower()} {gr})"
    details = _about(gr, name, retry_after)
    if is_unexpected:
        details.causes = [StatusCause(s.CAUSE_UNEXPECTED_SERVER_RESPONSE, message)]
    return e.from_status(Status.failure(code, reason, text, details))


def client_error_status(code: int, verb: str, reason: str, error: object) -> Status:
    """The Status with which a client reports that it could not read an answer (in a watch: as an ERROR event).

    Two causes: UnexpectedServerResponse, and `reason` ("ClientError" when empty).
    """
    status = new_generic_server_response(code, verb, GroupResource(), "", str(error), 0, True).status
    assert status.details is not None
    status.details.causes.append(StatusCause(reason or "ClientError", str(error)))
    return status
