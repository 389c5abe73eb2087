"""Errors that the server answers with a bare message: a Status of code 500 without a reason, as Go's plain errors become."""

from __future__ import annotations

from kubeclient.apimachinery.errors import StatusError, new_generic_server_response
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.status import Status

__all__ = ["plain_failure", "unprocessable"]


def plain_failure(message: str) -> StatusError:
    """500 with this text and nothing else."""
    return StatusError(Status.failure(500, "", message))


def unprocessable() -> StatusError:
    """422 for a patch that cannot be carried out; the server keeps to itself why."""
    return new_generic_server_response(422, "", GroupResource("", ""), "", "", 0, False)
