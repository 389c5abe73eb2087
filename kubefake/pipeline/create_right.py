"""Updates and patches that create what is not there take the right to create.

Follows withAuthorization of k8s.io/apiserver/pkg/endpoints/handlers/create.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.pipeline.attributes import Attributes, Authorizer
from kubefake.pipeline.authorise import refusal
from kubefake.resources.strategy import JSONObject
from kubefake.verbs.call import Call

__all__ = ["CreateRight", "create_attributes"]


def create_attributes(call: Call, subresource: str = "") -> Attributes:
    """What a caller has to be allowed to create what a call is about."""
    resource = call.resource
    return Attributes(
        "create",
        group=resource.group,
        version=resource.version,
        resource=resource.plural,
        subresource=subresource,
        namespace=call.namespace,
        name=call.name,
    )


class CreateRight:
    """Implements `Admission`. Stands before what else validates.

    Args:
        authorizer: is asked for the verb `create`.
    """

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Mapping[str, Any] | None) -> None:
        """The right is asked for once it is known what would be created."""

    def validate(
        self,
        call: Call,
        operation: str,
        obj: Mapping[str, Any] | None,  # noqa: ARG002
        old: Mapping[str, Any] | None,  # noqa: ARG002
    ) -> None:
        """Raises Forbidden."""
        if operation != "CREATE" or call.verb == "create":
            return
        asked = create_attributes(call)
        decision = self._authorizer.authorize(call.user, asked)
        if not decision.allowed:
            raise refusal(call.user, asked, decision.reason)
