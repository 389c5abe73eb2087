"""The requests that change something: reads their options and bodies, and hands them to their verb."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.transport.protocol import Request, Response, header
from kubefake.merge.field_manager import FieldManager
from kubefake.pipeline.decode import decode_body
from kubefake.pipeline.patches import APPLY_PATCH, patch_decoder, read_configuration, read_patch
from kubefake.pipeline.reviews import Reviews
from kubefake.pipeline.token_requests import TokenRequests
from kubefake.resources.strategy import JSONObject
from kubefake.schema.node import Node
from kubefake.verbs.apply import apply
from kubefake.verbs.binding import bind
from kubefake.verbs.call import Call, Core, Listing, Outcome
from kubefake.verbs.connect import CONNECTS, connect
from kubefake.verbs.create import create
from kubefake.verbs.definitions import delete_definition
from kubefake.verbs.delete import delete
from kubefake.verbs.deletecollection import delete_collection
from kubefake.verbs.eviction import EVICTION_VERSIONS, evict
from kubefake.verbs.failures import internal
from kubefake.verbs.get import get
from kubefake.verbs.metadata import match_namespace
from kubefake.verbs.namespaces import delete_namespace
from kubefake.verbs.patch import patch, patched_object
from kubefake.verbs.selection import select
from kubefake.verbs.subresources import get_scale, owned_scale, write_scale
from kubefake.verbs.update import check_name, update
from kubefake.watch.stream import WatchStream
from kubefake.wire.body import BodyReader, check_size
from kubefake.wire.negotiate import patch_type
from kubefake.wire.options import (
    DeleteOptions,
    read_create_options,
    read_delete_options,
    read_get_options,
    read_list_options,
    read_patch_options,
    read_update_options,
)
from kubefake.wire.status import not_implemented

__all__ = ["Writes"]

_OF_THE_OBJECT = frozenset({"", "status", "finalize", "approval", "ephemeralcontainers", "resize"})
"""Subresources whose bodies are the object itself; what they may change is the strategy's."""

_NO_CONVERSION = "request to convert CR to an invalid group/version: autoscaling/v1"
# What the server never learned: to apply to the scales of custom objects, where that changes something.
_UNREADABLE_SCALE = (
    "failed to create manager for existing fields: failed to convert live object (/; autoscaling/v1, Kind=Scale) to "
    f"proper version: {_NO_CONVERSION}"
)
_UNAPPLIED_SCALE = (
    "failed to convert new object ({}/{}; autoscaling/v1, Kind=Scale) to proper version: " + _NO_CONVERSION
)

Result = Outcome | Listing | Response | WatchStream


class Writes:
    """Carries out writes.

    Args:
        core: the rooms of verbs.
        reviews, token_requests: answer what is created to be answered, and is not stored.
    """

    def __init__(self, core: Core, reviews: Reviews, token_requests: TokenRequests) -> None:
        self._core = core
        self._reviews = reviews
        self._token_requests = token_requests
        self._bodies = BodyReader()

    def run(self, call: Call, request: Request) -> Result:
        """Raises StatusErrors."""
        call.manager = _manager(header(request.headers, "user-agent"))
        call.size = len(request.body or b"")
        if call.subresource == "scale":
            return self._scale(call, request)
        if call.subresource == "binding":
            return self._bind(call, request)
        if call.subresource == "token":
            return self._token(call, request)
        if call.subresource == "eviction":
            return self._evict(call, request)
        if call.subresource == "rollback":
            return self._rollback(call, request)
        if call.subresource in CONNECTS:
            return connect(self._core, call, request)
        if call.subresource not in _OF_THE_OBJECT:
            raise not_implemented(f"the subresource {call.resource.plural}/{call.subresource}")
        match call.verb:
            case "get":
                return get(self._core, call, read_get_options(request.query))
            case "patch":
                return self._patch(call, request)
            case "create":
                return self._create(call, request)
            case "update":
                return self._update(call, request)
            case "delete":
                return self._delete(call, request)
            case "deletecollection":
                return self._delete_collection(call, request)
        raise not_implemented(f"the verb {call.verb}")

    def _create(self, call: Call, request: Request) -> Result:
        options = read_create_options(request.query)
        call.dry_run, call.field_validation = options.dry_run, options.field_validation
        call.manager = options.field_manager or call.manager
        resource = call.resource
        obj = self._sent(call, request)
        if "get" in resource.verbs:
            return create(self._core, call, obj)
        if self._reviews.answers(resource):
            return self._reviews.create(call, obj)
        if resource.plural == "bindings" and not resource.group:
            return self._bind_named(call, obj)
        raise not_implemented(resource.plural)

    def _bind_named(self, call: Call, binding: JSONObject) -> Result:
        """A binding posted to its own resource: the pod is the one that it is named after."""
        pods = self._core.registry.lookup("", "v1", "pods")
        assert pods is not None
        name = binding["metadata"].get("name", "")
        match_namespace(call.resource, call.namespace, binding["metadata"])
        return bind(self._core, replace(call, resource=pods, name=name, subresource="binding"), binding)

    def _sent(self, call: Call, request: Request) -> JSONObject:
        """The object that is to be created or to be there, with its defaults."""
        resource, content_type = call.resource, header(request.headers, "content-type")
        obj = decode_body(call, self._bodies.read(request.body, content_type, resource.gvk, custom=resource.custom))
        resource.strategy.default(obj, resource.version)
        return obj

    def _posted(self, call: Call, request: Request, *, also: frozenset[str] = frozenset()) -> JSONObject:
        """What is posted to a subresource; its options are noted."""
        options = read_create_options(request.query)
        call.dry_run, call.field_validation = options.dry_run, options.field_validation
        subresource = call.resource.subresources[call.subresource]
        body = self._bodies.read(request.body, header(request.headers, "content-type"), subresource.kind, also=also)
        return decode_body(call, body, subresource.node)

    def _token(self, call: Call, request: Request) -> Result:
        return self._token_requests.create(call, self._posted(call, request))

    def _bind(self, call: Call, request: Request) -> Result:
        binding = self._posted(call, request)
        match_namespace(call.resource, call.namespace, binding["metadata"])
        return bind(self._core, call, binding)

    def _rollback(self, call: Call, request: Request) -> Result:
        from kubefake.verbs.rollback import rollback  # for servers with old API versions

        call.manager = read_create_options(request.query).field_manager or call.manager
        return rollback(self._core, call, self._posted(call, request))

    def _evict(self, call: Call, request: Request) -> Result:
        eviction = self._posted(call, request, also=EVICTION_VERSIONS)
        match_namespace(call.resource, call.namespace, eviction["metadata"])
        return evict(self._core, call, eviction)

    def _update(self, call: Call, request: Request) -> Result:
        options = read_update_options(request.query)
        call.dry_run, call.field_validation = options.dry_run, options.field_validation
        call.manager = options.field_manager or call.manager
        obj = self._sent(call, request)
        return update(self._core, call, obj)

    def _patch(self, call: Call, request: Request) -> Result:
        kind = patch_type(header(request.headers, "content-type"), custom=call.resource.custom)
        applies = kind == APPLY_PATCH
        options = read_patch_options(request.query, apply=applies)
        call.dry_run, call.field_validation = options.dry_run, options.field_validation
        call.manager = options.field_manager or call.manager
        decode = patch_decoder(call, kind)
        if applies:
            config, doubles = read_configuration(request.body)
            return apply(self._core, call, config, doubles, decode, force=bool(options.force))
        raw = check_size(request.body)
        return patch(self._core, call, kind, lambda: read_patch(raw, kind, call.field_validation), decode)

    def _scale(self, call: Call, request: Request) -> Result:
        core = self._core
        if call.verb == "get":
            return get_scale(core, call, read_get_options(request.query))
        subresource = call.resource.subresources["scale"]
        assert subresource.node is not None
        manager = core.ownership.subresource_manager(subresource.node, subresource.kind.api_version, "Scale", "scale")
        if call.verb == "update":
            options = read_update_options(request.query)
            call.dry_run, call.field_validation = options.dry_run, options.field_validation
            call.manager = options.field_manager or call.manager
            scale = self._read_scale(call, request, subresource.kind, subresource.node)
            if not call.resource.custom:
                match_namespace(call.resource, call.namespace, scale["metadata"])
                check_name(call, scale)
            current = owned_scale(core, call)
            managed = manager.update(current, scale, call.manager, call.now)
            return write_scale(core, call, scale, managed)
        return self._patch_scale(call, request, manager, subresource.node)

    def _read_scale(self, call: Call, request: Request, kind: GroupVersionKind, node: Node) -> JSONObject:
        try:
            return decode_body(
                call, self._bodies.read(request.body, header(request.headers, "content-type"), kind), node
            )
        except errors.BadRequest:
            if not call.resource.custom:
                raise
            # Telling what is wrong fails in its turn: the decoders of custom resources do not know the kind.
            text = 'no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"'
            raise errors.new_bad_request(text) from None

    def _patch_scale(self, call: Call, request: Request, manager: FieldManager, node: Node) -> Result:
        kind = patch_type(header(request.headers, "content-type"), custom=call.resource.custom)
        options = read_patch_options(request.query, apply=kind == APPLY_PATCH)
        call.dry_run, call.field_validation = options.dry_run, options.field_validation
        call.manager = options.field_manager or call.manager
        raw = check_size(request.body)
        current = owned_scale(self._core, call)
        decode = patch_decoder(call, kind, node, call.resource.subresources["scale"].kind.api_version, "Scale")
        managed: Any
        if kind == APPLY_PATCH:
            config, _ = read_configuration(raw)
            custom = call.resource.custom
            if custom and not current["metadata"].get("managedFields"):
                raise internal(_UNREADABLE_SCALE)
            scale, managed = manager.apply(current, config, call.manager, call.now, force=bool(options.force))
            if custom and _without_owners(scale) != _without_owners(current):
                raise internal(_UNAPPLIED_SCALE.format(config["metadata"].get("namespace", ""), call.name))
            scale, _ = decode(scale)
        else:
            body, doubles = read_patch(raw, kind, call.field_validation)
            scale = patched_object(call, kind, body, doubles, current, node, decode)
            managed = manager.update(current, scale, call.manager, call.now)
        return write_scale(self._core, call, scale, managed)

    def _delete(self, call: Call, request: Request) -> Result:
        body = self._bodies.read_delete(request.body, header(request.headers, "content-type"))
        options = read_delete_options(request.query, body)
        call.dry_run = options.dry_run
        _warn_of_deletion(call, options)
        if call.resource.plural == "namespaces" and not call.resource.group:
            return delete_namespace(self._core, call, options)
        if call.resource.plural == "customresourcedefinitions" and not call.resource.custom:
            return delete_definition(self._core, call, options)
        return delete(self._core, call, options)

    def _delete_collection(self, call: Call, request: Request) -> Result:
        selected = read_list_options(request.query)
        select(call.resource, selected)  # what cannot be selected by is told before what is wrong with the options
        body = self._bodies.read_delete(request.body, header(request.headers, "content-type"))
        options = read_delete_options(request.query, body)
        call.dry_run = options.dry_run
        _warn_of_deletion(call, options)
        return delete_collection(self._core, call, options, selected)


def _warn_of_deletion(call: Call, options: DeleteOptions) -> None:
    given = bool(options.propagation_policy) or options.orphan_dependents is not None
    for text in call.resource.strategy.delete_warnings(policy_given=given):
        call.warn(text)


def _without_owners(obj: JSONObject) -> JSONObject:
    meta = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    return {**obj, "metadata": meta}


def _manager(user_agent: str | None) -> str:
    """The field manager of who names none: the first part of the user agent (managerOrUserAgent)."""
    if not user_agent:
        return "unknown"
    name = user_agent.partition("/")[0]
    return "".join(char for char in name if char.isprintable())[:128]
