"""Which resource a path names, and whether it takes the method: before anything of the body is read.

Follows the routes that k8s.io/apiserver/pkg/endpoints/installer.go installs.
"""

from __future__ import annotations

from kubeclient.apimachinery import errors
from kubefake.resources.registry import Registry
from kubefake.resources.resource import Resource
from kubefake.wire.request_info import RequestInfo
from kubefake.wire.status import method_not_allowed, not_found_path

__all__ = ["PathNotFoundError", "route"]


class PathNotFoundError(Exception):
    """No such resource is served."""


def route(registry: Registry, method: str, info: RequestInfo) -> Resource:
    """The resource a path is about.

    Raises:
        PathNotFoundError: nothing is served under that name.
        NotFound: there is no such subresource, or not in that scope.
        MethodNotAllowed: it does not take the verb.
    """
    resource = registry.lookup(info.group, info.version, info.resource)
    if resource is None:
        raise PathNotFoundError(info.path)
    if resource.custom:
        return _route_custom(resource, info)
    if "" in info.parts[1:3] and len(info.parts) > 2:  # two slashes that follow each other
        raise not_found_path()
    # What is no resource's path is not found, by whatever method; what is one takes some methods.
    if info.legacy_verb:
        _check_legacy(resource, info)
        if method != "GET":
            raise method_not_allowed()
        return resource
    _check_scope(resource, info)
    verb = info.verb
    if info.subresource:
        verbs = _check_subresource(resource, info)
        if method == "OPTIONS" and info.subresource == "proxy" and verbs:
            return resource
        if verb not in verbs or (method == "HEAD" and info.subresource != "proxy"):
            raise method_not_allowed()
        return resource
    if not (_has_item_route(resource) if info.name else _has_collection_route(resource, info)):
        raise not_found_path()
    if verb == "watch" and "list" in resource.verbs and not info.name and method != "HEAD":
        return resource  # by the same route as a list, which then finds out
    if verb not in resource.verbs or method == "HEAD":
        raise method_not_allowed()
    if verb in ("create", "deletecollection") and (info.name or resource.namespaced != info.has_namespace):
        raise method_not_allowed()
    if verb in ("update", "patch") and not info.name:
        raise method_not_allowed()
    return resource


def _route_custom(resource: Resource, info: RequestInfo) -> Resource:
    """Custom resources have one handler for all paths, which refuses in its own words (customresource_handler.go)."""
    everywhere = resource.namespaced and info.verb in ("list", "watch")
    if bool(info.namespace) != resource.namespaced and not everywhere:
        raise PathNotFoundError(info.path)
    if info.subresource:
        subresource = resource.subresources.get(info.subresource)
        if subresource is None:
            raise errors.new_not_found(resource.group_resource, info.name)
        if info.verb not in subresource.verbs:
            raise errors.new_method_not_supported(resource.group_resource, info.verb)
        return resource
    if info.verb in ("update", "patch") and not info.name:
        raise errors.new_bad_request("name must be provided")
    if info.verb not in resource.verbs:
        raise errors.new_method_not_supported(resource.group_resource, info.verb)
    return resource


def _has_collection_route(resource: Resource, info: RequestInfo) -> bool:
    """Whether there is such a path without a name: across namespaces only for what can be listed."""
    return resource.namespaced == info.has_namespace or "list" in resource.verbs


def _has_item_route(resource: Resource) -> bool:
    return any(verb in resource.verbs for verb in ("get", "update", "patch", "delete"))


def _check_scope(resource: Resource, info: RequestInfo) -> None:
    if info.has_namespace:
        if not resource.namespaced:
            raise not_found_path()
    elif resource.namespaced and len(info.parts) > 1:
        raise not_found_path()


def _check_subresource(resource: Resource, info: RequestInfo) -> tuple[str, ...]:
    """The verbs of a subresource."""
    subresource = resource.subresources.get(info.subresource)
    if subresource is None or (len(info.parts) > 3 and info.subresource != "proxy"):
        raise not_found_path()
    return tuple(subresource.verbs)


def _check_legacy(resource: Resource, info: RequestInfo) -> None:
    if info.verb != "watch" or "watch" not in resource.verbs or info.subresource:
        raise not_found_path()
    if resource.namespaced != info.has_namespace and (info.name or info.has_namespace):
        raise not_found_path()
