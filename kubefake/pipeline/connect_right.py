"""Commands and ports asked for with GET, as WebSockets are, take the right to create as well.

Follows pkg/registry/core/pod/rest/subresources.go (AuthorizePodWebsocketUpgradeCreatePermission).
"""

from __future__ import annotations

from kubeclient.apimachinery import errors
from kubefake.pipeline.attributes import Authorizer
from kubefake.pipeline.create_right import create_attributes
from kubefake.verbs.call import Call

__all__ = ["ConnectRight"]


class ConnectRight:
    """Asks for that right.

    Args:
        authorizer: is asked for the verb `create`.
    """

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def check(self, call: Call) -> None:
        """Raises Forbidden, in fewer words than refusals of requests have."""
        if call.verb != "get":
            return
        decision = self._authorizer.authorize(call.user, create_attributes(call, call.subresource))
        if not decision.allowed:
            raise errors.new_forbidden(call.resource.group_resource, call.name, decision.reason)
