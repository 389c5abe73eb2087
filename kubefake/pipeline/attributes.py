"""What an authoriser is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kubefake.pipeline.caller import UserInfo
from kubefake.wire.request_info import RequestInfo

__all__ = ["ALLOWED", "Attributes", "Authorizer", "Decision", "Question"]


@dataclass(slots=True)
class Attributes:
    """A question that is not a request's own: an impersonation, a review, a right to grant rights.

    The fields mean what they mean in `RequestInfo`.
    """

    verb: str
    path: str = ""
    is_resource_request: bool = True
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""


Question = RequestInfo | Attributes
"""A request is asked about as it is; making attributes of every one of them would cost more than most decisions."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether somebody may do something.

    Attributes:
        allowed: they may.
        reason: why, or why not, as reviews and refusals tell it; often empty.
    """

    allowed: bool
    reason: str = ""


ALLOWED = Decision(True)


class Authorizer(Protocol):
    """Decides on requests."""

    def authorize(self, user: UserInfo, asked: Question) -> Decision:
        """Whether that user may do that."""
        ...
