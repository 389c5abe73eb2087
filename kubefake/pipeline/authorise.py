"""Whether they may: the seam for authorisers, and the refusal in the server's words.

Follows k8s.io/apiserver/pkg/endpoints/filters/authorization.go and handlers/responsewriters/errors.go.
"""

from __future__ import annotations

from typing import Protocol

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gvk import GroupResource
from kubefake.pipeline.caller import UserInfo
from kubefake.pipeline.identify import AUTHENTICATED, Attributes
from kubefake.wire.request_info import RequestInfo

__all__ = ["MASTERS", "Attributes", "Authorizer", "MastersOnly", "attributes_of", "refusal"]

MASTERS = "system:masters"
_PUBLIC = frozenset({"/healthz", "/livez", "/readyz", "/version", "/version/"})
_DISCOVERY = ("/api", "/apis", "/openapi", "/version", "/healthz", "/livez", "/readyz", "/.well-known/")


class Authorizer(Protocol):
    """Decides on requests."""

    def authorize(self, user: UserInfo, attributes: Attributes) -> str | None:
        """None when allowed; else the reason why not, which may be empty."""
        ...


class MastersOnly:
    """Allows the group system:masters everything, and others what every cluster lets them read: discovery and health."""

    def authorize(self, user: UserInfo, attributes: Attributes) -> str | None:
        if MASTERS in user.groups:
            return None
        if not attributes.is_resource_request and attributes.verb == "get":
            path = attributes.path
            if path in _PUBLIC or (AUTHENTICATED in user.groups and path.startswith(_DISCOVERY)):
                return None
        return ""


def attributes_of(info: RequestInfo) -> Attributes:
    """What a request asks to be allowed."""
    return Attributes(
        verb=info.verb,
        path=info.path,
        is_resource_request=info.is_resource_request,
        group=info.group,
        version=info.version,
        resource=info.resource,
        subresource=info.subresource,
        namespace=info.namespace,
        name=info.name,
    )


def refusal(user: UserInfo, attributes: Attributes, reason: str) -> errors.Forbidden:
    """The Forbidden that a refused request gets."""
    if not attributes.is_resource_request:
        text = f'User "{user.name}" cannot {attributes.verb} path "{attributes.path}"'
        about = GroupResource("", "")
    else:
        resource = attributes.resource
        if attributes.subresource:
            resource += f"/{attributes.subresource}"
        text = f'User "{user.name}" cannot {attributes.verb} resource "{resource}" in API group "{attributes.group}"'
        if attributes.namespace:
            text += f' in the namespace "{attributes.namespace}"'
        else:
            text += " at the cluster scope"
        about = GroupResource(attributes.group, attributes.resource)
    return errors.new_forbidden(about, attributes.name, f"{text}: {reason}" if reason else text)
