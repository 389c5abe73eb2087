"""Asks an exception what the server meant: `is_not_found(exc)` and the like.

Ports the predicates of apimachinery pkg/api/errors. As Go's errors.As looks through wrapped errors, these look through
`__cause__` and exception groups; a context that was not chosen with `raise … from` does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from . import status as s
from .status import StatusCause
from .status_error import KNOWN_REASONS, StatusError, UnexpectedObjectError

__all__ = [
    "has_status_cause",
    "is_already_exists",
    "is_bad_request",
    "is_conflict",
    "is_forbidden",
    "is_gone",
    "is_internal_error",
    "is_invalid",
    "is_method_not_supported",
    "is_not_acceptable",
    "is_not_found",
    "is_request_entity_too_large",
    "is_resource_expired",
    "is_server_timeout",
    "is_service_unavailable",
    "is_store_read_error",
    "is_timeout",
    "is_too_many_requests",
    "is_unauthorized",
    "is_unexpected_object_error",
    "is_unexpected_server_error",
    "is_unsupported_media_type",
    "reason_for_error",
    "status_cause",
    "status_error_of",
    "suggests_client_delay",
]

Predicate = Callable[[BaseException | None], bool]


def _chain(exc: BaseException | None) -> Iterator[BaseException]:
    """The exception and what it wraps, depth first; every one once."""
    seen: set[int] = set()
    stack = [exc] if exc is not None else []
    while stack:
        current = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if current.__cause__ is not None:
            stack.append(current.__cause__)
        if isinstance(current, BaseExceptionGroup):
            stack.extend(reversed(current.exceptions))


def status_error_of(exc: BaseException | None) -> StatusError | None:
    """The StatusError that an exception is or wraps, or None."""
    for current in _chain(exc):
        if isinstance(current, StatusError):
            return current
    return None


def reason_for_error(exc: BaseException | None) -> str:
    """The reason in the Status, empty when there is none."""
    found = status_error_of(exc)
    return found.status.reason if found is not None else s.REASON_UNKNOWN


def status_cause(exc: BaseException | None, reason: str) -> StatusCause | None:
    """The first cause of that type in the details of the Status, or None."""
    found = status_error_of(exc)
    if found is not None and found.status.details is not None:
        for cause in found.status.details.causes:
            if cause.reason == reason:
                return cause
    return None


def has_status_cause(exc: BaseException | None, reason: str) -> bool:
    """True when the details of the Status have a cause of that type."""
    return status_cause(exc, reason) is not None


def _by_reason_or_code(reason: str, code: int, *, code_alone: bool = False) -> Predicate:
    """True for the reason; for the code only when the reason is not a known one, or always with `code_alone`."""

    def predicate(exc: BaseException | None) -> bool:
        found = status_error_of(exc)
        if found is None:
            return False
        status = found.status
        if status.reason == reason:
            return True
        return status.code == code and (code_alone or status.reason not in KNOWN_REASONS)

    predicate.__doc__ = f"True when the server answered {reason}, or {code} without a known reason."
    return predicate


def _by_reason(reason: str) -> Predicate:
    def predicate(exc: BaseException | None) -> bool:
        return reason_for_error(exc) == reason

    predicate.__doc__ = f"True when the server answered {reason}."
    return predicate


is_not_found: Final = _by_reason_or_code(s.REASON_NOT_FOUND, 404)
is_already_exists: Final = _by_reason(s.REASON_ALREADY_EXISTS)
is_conflict: Final = _by_reason_or_code(s.REASON_CONFLICT, 409)
is_invalid: Final = _by_reason_or_code(s.REASON_INVALID, 422)
is_gone: Final = _by_reason_or_code(s.REASON_GONE, 410)
is_resource_expired: Final = _by_reason(s.REASON_EXPIRED)
is_not_acceptable: Final = _by_reason_or_code(s.REASON_NOT_ACCEPTABLE, 406)
is_unsupported_media_type: Final = _by_reason_or_code(s.REASON_UNSUPPORTED_MEDIA_TYPE, 415)
is_method_not_supported: Final = _by_reason_or_code(s.REASON_METHOD_NOT_ALLOWED, 405)
is_service_unavailable: Final = _by_reason_or_code(s.REASON_SERVICE_UNAVAILABLE, 503)
is_bad_request: Final = _by_reason_or_code(s.REASON_BAD_REQUEST, 400)
is_unauthorized: Final = _by_reason_or_code(s.REASON_UNAUTHORIZED, 401)
is_forbidden: Final = _by_reason_or_code(s.REASON_FORBIDDEN, 403)
is_timeout: Final = _by_reason_or_code(s.REASON_TIMEOUT, 504)
is_server_timeout: Final = _by_reason(s.REASON_SERVER_TIMEOUT)
is_internal_error: Final = _by_reason_or_code(s.REASON_INTERNAL_ERROR, 500)
is_too_many_requests: Final = _by_reason_or_code(s.REASON_TOO_MANY_REQUESTS, 429, code_alone=True)
is_request_entity_too_large: Final = _by_reason_or_code(s.REASON_REQUEST_ENTITY_TOO_LARGE, 413, code_alone=True)
is_store_read_error: Final = _by_reason(s.REASON_STORE_READ_ERROR)


def is_unexpected_server_error(exc: BaseException | None) -> bool:
    """True when the answer was not in the form of the API: some other HTTP actor may have answered."""
    return has_status_cause(exc, s.CAUSE_UNEXPECTED_SERVER_RESPONSE)


def is_unexpected_object_error(exc: BaseException | None) -> bool:
    """True when an object came where a Status was expected."""
    return any(isinstance(current, UnexpectedObjectError) for current in _chain(exc))


def suggests_client_delay(exc: BaseException | None) -> int | None:
    """The seconds the server asks to wait before the next try, or None when it asks for no wait.

    A ServerTimeout asks for a wait even of 0 seconds. It says nothing about whether to try again.
    """
    found = status_error_of(exc)
    if found is None or found.status.details is None:
        return None
    seconds = found.status.details.retry_after_seconds
    return seconds if found.status.reason == s.REASON_SERVER_TIMEOUT or seconds > 0 else None
