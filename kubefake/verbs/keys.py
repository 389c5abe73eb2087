"""Where objects are kept, as some errors tell it: keys that can be none, and what is said when nothing stands there.

Follows k8s.io/apiserver/pkg/registry/generic/registry/store.go (NamespaceKeyFunc, NoNamespaceKeyFunc). A key is looked at
only when nothing was found under it: what is stored has a good one.
"""

from __future__ import annotations

from kubeclient.apimachinery import errors, validation
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.status_error import StatusError
from kubefake.verbs.call import Call
from kubefake.verbs.failures import internal

__all__ = ["check_folder", "missing", "registry_path"]

_FOLDERS = {
    "endpoints": "services/endpoints",
    "services": "services/specs",
    "nodes": "minions",
    "ingresses": "ingress",
    "replicationcontrollers": "controllers",
}
_PREFIXED = frozenset({"apiextensions.k8s.io", "apiregistration.k8s.io"})
_DOTS = (".", "..")


def registry_path(call: Call) -> str:
    """Where a real server keeps the object in etcd."""
    return f"{_folder(call)}/{call.resource.key(call.namespace, call.name)}"


def _folder(call: Call) -> str:
    resource = call.resource
    folder = _FOLDERS.get(resource.plural, resource.plural)
    return f"{resource.group}/{folder}" if resource.custom or resource.group in _PREFIXED else folder


def missing(call: Call) -> StatusError:
    """Why there is no object of the call's name: the name or the namespace can be none, or it is not there."""
    resource = call.resource
    if resource.namespaced and not call.namespace:
        return errors.new_bad_request("Namespace parameter required.")
    problems = validation.is_path_segment_name(call.name)
    if problems:
        return errors.new_bad_request(f'Name parameter invalid: "{call.name}": {";".join(problems)}')
    if call.namespace in _DOTS:
        return internal(f'invalid key: "/{registry_path(call)}"')
    if resource.strategy.computed:
        return errors.new_not_found(GroupResource(resource.group, resource.singular), call.name)
    return errors.new_not_found(resource.group_resource, call.name)


def check_folder(call: Call) -> None:
    """Raises a plain internal error for a namespace that would lead out of the resource's folder."""
    if call.namespace in _DOTS:
        raise internal(f'invalid key: "/{_folder(call)}/{call.namespace}"')
