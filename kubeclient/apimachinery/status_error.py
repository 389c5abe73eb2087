"""The exceptions that carry a Status: one class a reason, chosen by `from_status`.

Ports the types of apimachinery pkg/api/errors. How they are built is in `error_builders`, how they are asked in
`error_predicates`; users import `errors`.
"""

from __future__ import annotations

from typing import Any, Final

from . import status as s
from .status import Status

__all__ = [
    "KNOWN_REASONS",
    "AlreadyExists",
    "BadRequest",
    "Conflict",
    "Expired",
    "Forbidden",
    "Gone",
    "InternalError",
    "Invalid",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "RequestEntityTooLarge",
    "ServerTimeout",
    "ServiceUnavailable",
    "StatusError",
    "StoreReadError",
    "Timeout",
    "TooManyRequests",
    "Unauthorized",
    "UnexpectedObjectError",
    "UnsupportedMediaType",
    "from_object",
    "from_status",
]


class StatusError(Exception):
    """The server refused a request, and said so in a Status. `str()` is its message."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status: Final = status

    @property
    def code(self) -> int:
        """The HTTP status code, 0 when the Status names none."""
        return self.status.code

    @property
    def reason(self) -> str:
        """The machine-readable reason, empty when it is unknown."""
        return self.status.reason

    @property
    def message(self) -> str:
        return self.status.message

    def __str__(self) -> str:
        return self.status.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.status.code} {self.status.reason or 'Unknown'}: {self.status.message!r})"


class BadRequest(StatusError):
    """400: the request itself makes no sense, whatever the object."""


class Unauthorized(StatusError):
    """401: the server does not know who asks."""


class Forbidden(StatusError):
    """403: who asks may not do that."""


class NotFound(StatusError):
    """404: no such object or resource."""


class MethodNotAllowed(StatusError):
    """405: the resource does not support the verb."""


class NotAcceptable(StatusError):
    """406: none of the accepted media types can be served."""


class AlreadyExists(StatusError):
    """409: an object of that name is there."""


class Conflict(StatusError):
    """409: the object has changed meanwhile, or another manager owns a field."""


class Gone(StatusError):
    """410: what was asked for is gone for good."""


class Expired(StatusError):
    """410: the resource version or the continue token is too old; list again."""


class RequestEntityTooLarge(StatusError):
    """413: the body is too large."""


class UnsupportedMediaType(StatusError):
    """415: the body is of a type the server cannot read."""


class Invalid(StatusError):
    """422: the object fails validation; the causes name the fields."""


class TooManyRequests(StatusError):
    """429: ask again later."""


class InternalError(StatusError):
    """500: the server failed."""


class ServerTimeout(StatusError):
    """500: the server could not finish in time; nothing was done, ask again."""


class StoreReadError(StatusError):
    """500: the server could not read what it has stored."""


class ServiceUnavailable(StatusError):
    """503: the server, or one behind it, cannot answer now."""


class Timeout(StatusError):
    """504: the request did not finish in time; it may have been carried out."""


class UnexpectedObjectError(Exception):
    """An object came where a Status was expected."""

    def __init__(self, object: Any) -> None:
        super().__init__(object)
        self.object: Final = object

    def __str__(self) -> str:
        return f"unexpected object: {self.object}"


_BY_REASON: Final[dict[str, type[StatusError]]] = {
    s.REASON_UNAUTHORIZED: Unauthorized,
    s.REASON_FORBIDDEN: Forbidden,
    s.REASON_NOT_FOUND: NotFound,
    s.REASON_ALREADY_EXISTS: AlreadyExists,
    s.REASON_CONFLICT: Conflict,
    s.REASON_GONE: Gone,
    s.REASON_INVALID: Invalid,
    s.REASON_SERVER_TIMEOUT: ServerTimeout,
    s.REASON_STORE_READ_ERROR: StoreReadError,
    s.REASON_TIMEOUT: Timeout,
    s.REASON_TOO_MANY_REQUESTS: TooManyRequests,
    s.REASON_BAD_REQUEST: BadRequest,
    s.REASON_METHOD_NOT_ALLOWED: MethodNotAllowed,
    s.REASON_NOT_ACCEPTABLE: NotAcceptable,
    s.REASON_REQUEST_ENTITY_TOO_LARGE: RequestEntityTooLarge,
    s.REASON_UNSUPPORTED_MEDIA_TYPE: UnsupportedMediaType,
    s.REASON_INTERNAL_ERROR: InternalError,
    s.REASON_EXPIRED: Expired,
    s.REASON_SERVICE_UNAVAILABLE: ServiceUnavailable,
}
KNOWN_REASONS: Final = frozenset(_BY_REASON)

# As the predicates of Go fall back to the code when the reason is not a known one.
_BY_CODE: Final[dict[int, type[StatusError]]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    406: NotAcceptable,
    409: Conflict,
    410: Gone,
    413: RequestEntityTooLarge,
    415: UnsupportedMediaType,
    422: Invalid,
    429: TooManyRequests,
    500: InternalError,
    503: ServiceUnavailable,
    504: Timeout,
}


def from_status(status: Status) -> StatusError:
    """The exception for a Status: its class is chosen by the reason, and by the code when the reason is not a known one."""
    cls = _BY_REASON.get(status.reason) or _BY_CODE.get(status.code, StatusError)
    return cls(status)


def from_object(object: Any) -> Exception:
    """The exception for an object that came instead of another (as in an ERROR event of a watch).

    A Status, or a mapping that is one (kind Status of v1 or meta.k8s.io/v1), gives a StatusError, else an
    UnexpectedObjectError. The exception is returned, not raised.
    """
    if isinstance(object, Status):
        return from_status(object)
    if (
        isinstance(object, dict)
        and object.get("kind") == "Status"
        and object.get("apiVersion") in ("v1", "meta.k8s.io/v1")
    ):
        status = s.convert(object)
        if status is not None:
            return from_status(status)
    return UnexpectedObjectError(object)
