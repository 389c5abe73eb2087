"""Builtin admission that every cluster has: objects live in namespaces that exist and are not going away.

Follows k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.status import StatusCause, StatusDetails
from kubefake.resources.strategy import JSONObject
from kubefake.store import Store
from kubefake.verbs.call import Call

__all__ = ["PROTECTED_NAMESPACES", "NamespaceLifecycle"]

PROTECTED_NAMESPACES = frozenset({"default", "kube-system", "kube-public"})
_REVIEWS = frozenset({"localsubjectaccessreviews"})


class NamespaceLifecycle:
    """Refuses what would be created in a namespace that is not there or is being deleted, and the end of some namespaces."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Mapping[str, Any] | None) -> None:  # noqa: ARG002
        resource = call.resource
        if resource.plural == "namespaces" and not resource.group:
            if operation == "DELETE" and call.name in PROTECTED_NAMESPACES:
                raise errors.new_forbidden(resource.group_resource, call.name, "this namespace may not be deleted")
            return
        if operation == "DELETE" or not call.namespace or resource.plural in _REVIEWS:
            return
        namespace = self._store.get("namespaces", call.namespace)
        if namespace is None:
            raise errors.new_not_found(GroupResource("", "namespaces"), call.namespace)
        if operation == "CREATE" and namespace.obj.get("status", {}).get("phase") == "Terminating":
            raise _terminating(call, obj)

    def validate(
        self, call: Call, operation: str, obj: Mapping[str, Any] | None, old: Mapping[str, Any] | None
    ) -> None:
        """Everything is said before validation."""


def _terminating(call: Call, obj: JSONObject | None) -> errors.Forbidden:
    name = call.name or (obj or {}).get("metadata", {}).get("name", "")
    text = f"unable to create new content in namespace {call.namespace} because it is being terminated"
    refused = errors.new_forbidden(call.resource.group_resource, name, text)
    details = refused.status.details
    assert isinstance(details, StatusDetails)
    details.causes.append(
        StatusCause(
            reason="NamespaceTerminating",
            message=f"namespace {call.namespace} is being terminated",
            field="metadata.namespace",
        )
    )
    return refused
