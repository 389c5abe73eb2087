"""What a client sees of a fault: the answer of a refusal, the error of a broken connection, an ERROR event, a crash."""

from __future__ import annotations

import msgspec

from kubeclient.transport.protocol import ConnectFailed, ConnectionLost, Response, TimedOut, TransportError
from kubefake.faults.rules import Crash, Failure, Refuse
from kubefake.faults.subject import Subject

__all__ = ["crash", "expiry_frame", "failure", "refusal"]

_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Expired",
    413: "RequestEntityTooLarge",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}
_FAILURES: dict[Failure, tuple[type[TransportError], str]] = {
    "connect-failed": (ConnectFailed, "no connection to the server"),
    "connection-lost": (ConnectionLost, "the connection broke before the answer came"),
    "timed-out": (TimedOut, "no answer in time"),
}


def _status(refuse: Refuse) -> dict[str, object]:
    """A Status in the order in which the server writes its fields."""
    status: dict[str, object] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    status["message"] = refuse.message or f"refused by a fault rule ({refuse.code})"
    reason = refuse.reason or _REASONS.get(refuse.code, "")
    if reason:
        status["reason"] = reason
    if refuse.retry_after is not None:
        status["details"] = {"retryAfterSeconds": refuse.retry_after}
    status["code"] = refuse.code
    return status


def refusal(refuse: Refuse) -> Response:
    """The answer that a refused request gets."""
    headers = [("content-type", "application/json")]
    if refuse.retry_after is not None:
        headers.append(("retry-after", str(refuse.retry_after)))
    return Response(refuse.code, headers, msgspec.json.encode(_status(refuse)) + b"\n")


def expiry_frame() -> bytes:
    """The last event of a watch whose resource version the server holds no more."""
    status = _status(Refuse(410, message="The resourceVersion for the provided watch is too old."))
    return msgspec.json.encode({"type": "ERROR", "object": status}) + b"\n"


def failure(kind: Failure, subject: Subject) -> TransportError:
    """The error of a request that a fault kept from being answered."""
    error, text = _FAILURES[kind]
    return error(f"{subject}: {text} (fault)")


def crash(subject: Subject, when: str) -> Crash:
    """The end of a client at one of its requests."""
    return Crash(subject.client, f"{subject.client or 'the client'} was killed {when} its request: {subject}")
