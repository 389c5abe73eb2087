"""The Status object: how the server says what became of a request. Models and reason constants only.

Ports apimachinery pkg/apis/meta/v1 (Status, StatusDetails, StatusCause, ListMeta): field order and omitempty are Go's, so
that the bytes are the server's. Attributes are the snake_case of the wire names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

__all__ = [
    "CAUSE_FIELD_MANAGER_CONFLICT",
    "CAUSE_FORBIDDEN",
    "CAUSE_RESOURCE_VERSION_TOO_LARGE",
    "CAUSE_UNEXPECTED_SERVER_RESPONSE",
    "FAILURE",
    "REASON_ALREADY_EXISTS",
    "REASON_BAD_REQUEST",
    "REASON_CONFLICT",
    "REASON_EXPIRED",
    "REASON_FORBIDDEN",
    "REASON_GONE",
    "REASON_INTERNAL_ERROR",
    "REASON_INVALID",
    "REASON_METHOD_NOT_ALLOWED",
    "REASON_NOT_ACCEPTABLE",
    "REASON_NOT_FOUND",
    "REASON_REQUEST_ENTITY_TOO_LARGE",
    "REASON_SERVER_TIMEOUT",
    "REASON_SERVICE_UNAVAILABLE",
    "REASON_STORE_READ_ERROR",
    "REASON_TIMEOUT",
    "REASON_TOO_MANY_REQUESTS",
    "REASON_UNAUTHORIZED",
    "REASON_UNKNOWN",
    "REASON_UNSUPPORTED_MEDIA_TYPE",
    "SUCCESS",
    "ListMeta",
    "Status",
    "StatusCause",
    "StatusDetails",
    "convert",
    "decode",
]

SUCCESS: Final = "Success"
FAILURE: Final = "Failure"

REASON_UNKNOWN: Final = ""
REASON_UNAUTHORIZED: Final = "Unauthorized"
REASON_FORBIDDEN: Final = "Forbidden"
REASON_NOT_FOUND: Final = "NotFound"
REASON_ALREADY_EXISTS: Final = "AlreadyExists"
REASON_CONFLICT: Final = "Conflict"
REASON_GONE: Final = "Gone"
REASON_INVALID: Final = "Invalid"
REASON_SERVER_TIMEOUT: Final = "ServerTimeout"
REASON_STORE_READ_ERROR: Final = "StorageReadError"
REASON_TIMEOUT: Final = "Timeout"
REASON_TOO_MANY_REQUESTS: Final = "TooManyRequests"
REASON_BAD_REQUEST: Final = "BadRequest"
REASON_METHOD_NOT_ALLOWED: Final = "MethodNotAllowed"
REASON_NOT_ACCEPTABLE: Final = "NotAcceptable"
REASON_REQUEST_ENTITY_TOO_LARGE: Final = "RequestEntityTooLarge"
REASON_UNSUPPORTED_MEDIA_TYPE: Final = "UnsupportedMediaType"
REASON_INTERNAL_ERROR: Final = "InternalError"
REASON_EXPIRED: Final = "Expired"
REASON_SERVICE_UNAVAILABLE: Final = "ServiceUnavailable"

# Causes that are not validation errors; those are the types in `field`.
CAUSE_FORBIDDEN: Final = "FieldValueForbidden"
CAUSE_UNEXPECTED_SERVER_RESPONSE: Final = "UnexpectedServerResponse"
CAUSE_FIELD_MANAGER_CONFLICT: Final = "FieldManagerConflict"
CAUSE_RESOURCE_VERSION_TOO_LARGE: Final = "ResourceVersionTooLarge"


def _kind() -> str:
    return "Status"


def _api_version() -> str:
    return "v1"


class ListMeta(msgspec.Struct, omit_defaults=True, rename="camel", gc=False):
    """The metadata of lists and of Status."""

    self_link: str = ""
    resource_version: str = ""
    continue_: str = msgspec.field(default="", name="continue")
    remaining_item_count: int | None = None


class StatusCause(msgspec.Struct, omit_defaults=True, gc=False):
    """One reason why a request failed. Go calls the first attribute Type; on the wire it is `reason`."""

    reason: str = ""
    message: str = ""
    field: str = ""


class StatusDetails(msgspec.Struct, omit_defaults=True, rename="camel", gc=False):
    """What a failure is about. `kind` holds the resource where Go's constructors put it there."""

    name: str = ""
    group: str = ""
    kind: str = ""
    uid: str = ""
    causes: list[StatusCause] = msgspec.field(default_factory=list)
    retry_after_seconds: int = 0


class Status(msgspec.Struct, omit_defaults=True, rename="camel"):
    """The answer to a request that has no other object to answer with, and to every one that failed.

    `kind`, `api_version` and `metadata` are always written, the rest only when set.
    """

    # Factories, because msgspec leaves out a value that is the plain default.
    kind: str = msgspec.field(default_factory=_kind)
    api_version: str = msgspec.field(default_factory=_api_version)
    metadata: ListMeta = msgspec.field(default_factory=ListMeta)
    status: str = ""
    message: str = ""
    reason: str = ""
    details: StatusDetails | None = None
    code: int = 0

    @classmethod
    def success(cls, *, message: str = "", details: StatusDetails | None = None, code: int = 0) -> Status:
        """A Status that says the request was carried out (what a delete answers)."""
        return cls(status=SUCCESS, message=message, details=details, code=code)

    @classmethod
    def failure(cls, code: int, reason: str, message: str, details: StatusDetails | None = None) -> Status:
        """A Status that says the request was not carried out."""
        return cls(status=FAILURE, message=message, reason=reason, details=details, code=code)

    def to_json(self) -> bytes:
        """The bytes the server sends, without a line end."""
        return _encoder.encode(self)


class _TypeMeta(msgspec.Struct, rename="camel", gc=False):
    kind: str = ""
    api_version: str = ""


_encoder: Final = msgspec.json.Encoder()
_type_meta_decoder: Final = msgspec.json.Decoder(_TypeMeta)
_status_decoder: Final = msgspec.json.Decoder(Status, strict=False)


def decode(data: bytes | str) -> Status | None:
    """The Status in a JSON body, or None when the body is anything else (another kind, not JSON, fields of other types)."""
    try:
        meta = _type_meta_decoder.decode(data)
        if meta.kind != "Status" or meta.api_version not in ("v1", "meta.k8s.io/v1"):
            return None
        return _status_decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def convert(value: Mapping[str, Any]) -> Status | None:
    """The Status in a JSON value, or None when its fields are not of a Status' types. The kind is not looked at."""
    try:
        return msgspec.convert(dict(value), Status, strict=False)
    except msgspec.ValidationError:
        return None
