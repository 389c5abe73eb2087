"""Refusals that several verbs share and that no constructor of client-go's errors makes."""

from __future__ import annotations

from kubeclient.apimachinery.status import CAUSE_RESOURCE_VERSION_TOO_LARGE, FAILURE, Status, StatusCause, StatusDetails
from kubeclient.apimachinery.status_error import StatusError, Timeout

__all__ = ["MODIFIED", "internal", "too_large_revision"]

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"
"""Why an update by a stale version fails (registry.OptimisticLockErrorMsg)."""


def internal(message: str) -> StatusError:
    """A plain error of the server's code: status 500 without a reason."""
    return StatusError(Status(status=FAILURE, message=message, code=500))


def too_large_revision(revision: int, current: int, *, cached: bool = True) -> Timeout:
    """A revision that has not happened; a real server waits three seconds for it first, where a cache is asked."""
    cause = StatusCause(reason=CAUSE_RESOURCE_VERSION_TOO_LARGE, message="Too large resource version")
    return Timeout(
        Status(
            status=FAILURE,
            message=f"Timeout: Too large resource version: {revision}, current: {current}",
            reason="Timeout",
            details=StatusDetails(causes=[cause], retry_after_seconds=1 if cached else 0),
            code=504,
        )
    )
