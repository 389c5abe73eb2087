"""The refusal of what somebody may not do, in the server's words.

Follows k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go.
"""

from __future__ import annotations

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gotext import quote
from kubeclient.apimachinery.gvk import GroupResource
from kubefake.pipeline.attributes import Question
from kubefake.pipeline.caller import UserInfo

__all__ = ["refusal"]


def refusal(user: UserInfo, asked: Question, reason: str, *, verb: str = "") -> errors.Forbidden:
    """The Forbidden that a refused request gets; `verb` stands for another verb than the request's own."""
    verb = verb or asked.verb
    if not asked.is_resource_request:
        text = f'User {quote(user.name)} cannot {verb} path "{asked.path}"'
        about = GroupResource("", "")
    else:
        resource = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
        text = f'User {quote(user.name)} cannot {verb} resource "{resource}" in API group "{asked.group}"'
        text += f' in the namespace "{asked.namespace}"' if asked.namespace else " at the cluster scope"
        about = GroupResource(asked.group, asked.resource)
    return errors.new_forbidden(about, asked.name, f"{text}: {reason}" if reason else text)
