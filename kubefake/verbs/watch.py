"""Watch: what happens to the objects of a list from a revision on.

Follows k8s.io/apiserver/pkg/storage/cacher/cacher.go: where a watch starts, which initial events it gets, its bookmarks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from kubeclient.apimachinery import errors
from kubeclient.transport.protocol import HeaderList
from kubefake.resources.resource import Resource
from kubefake.schema.decode import zero_value
from kubefake.verbs.call import Call, Core
from kubefake.verbs.failures import internal
from kubefake.verbs.metadata import parse_revision
from kubefake.verbs.selection import select
from kubefake.watch.frames import FrameEncoder
from kubefake.watch.subscription import Subscription, Terms
from kubefake.wire.options import ListOptions

__all__ = ["watch"]

_INITIAL_EVENTS_END = "k8s.io/initial-events-end"
_NS = 1_000_000_000
_MIN_TIMEOUT_NS = 1800 * _NS
"""What a watch that asks for no timeout gets at least; up to as much again is added, so that not all end at once."""

_encode = msgspec.json.Encoder().encode


def watch(
    core: Core, call: Call, options: ListOptions, encode: FrameEncoder | None, headers: HeaderList
) -> Subscription:
    """Opens a watch; `encode` makes its frames where they are not the objects as stored.

    Raises a plain internal error for a resourceVersion that is none, BadRequest for bad selectors.
    """
    store, resource = core.store, call.resource
    selection = select(resource, options)
    text = options.resource_version
    try:
        revision = parse_revision(text) if text else 0
    except ValueError as exc:
        raise internal(f'resourceVersion: Invalid value: "{text}": {exc}') from exc
    namespace = call.namespace
    name = call.name or selection.name
    terms = Terms(
        table=resource.table,
        start=store.revision,
        namespace=namespace,
        key=resource.key(namespace, name) if name and (namespace or not resource.namespaced) else "",
        matches=selection.matches,
        encode=encode,
        bookmark=_bookmarks(resource) if options.allow_watch_bookmarks else None,
        expired=_expired if resource.strategy.cached else _expired_in_storage,
        deadline_ns=_deadline(core, options),
        headers=headers,
    )
    # Unset and 0 start with what is there; so does a request for initial events, whatever its revision.
    initial = options.send_initial_events if options.send_initial_events is not None else revision == 0
    if initial:
        versions = store.list(resource.table, namespace or None)
        if terms.key:
            versions = [version for version in versions if version.key == terms.key]
        matches = selection.matches
        if matches is not None:
            versions = [version for version in versions if matches(version)]
        return core.fanout.subscribe(replace(terms, initial=versions, mark_initial=options.allow_watch_bookmarks))
    if options.send_initial_events is False and revision == 0:
        return core.fanout.subscribe(terms)
    return core.fanout.subscribe(replace(terms, start=revision))


def _deadline(core: Core, options: ListOptions) -> int | None:
    seconds = options.timeout_seconds
    if seconds and seconds > 0:
        return core.clock.monotonic_ns() + seconds * _NS
    more = core.random.random() if core.random is not None else 0
    return core.clock.monotonic_ns() + round(_MIN_TIMEOUT_NS * (1 + more))


def _bookmarks(resource: Resource) -> Callable[[int, bool], bytes]:
    """Makes the object of a bookmark: an empty one of the kind, as Go writes it."""
    head = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": {}}
    empty: dict[str, Any] = head if resource.custom else head | zero_value(resource.node) | head
    strategy = resource.strategy
    if strategy.zero_replicas:
        empty["spec"] = {"replicas": 0} | empty["spec"]

    def bookmark(revision: int, initial: bool) -> bytes:
        body = empty.copy()
        meta: dict[str, Any] = {"resourceVersion": str(revision)}
        annotations = dict(strategy.zero_annotations)
        if initial:
            annotations[_INITIAL_EVENTS_END] = "true"
        if annotations:
            meta["annotations"] = annotations
        body["metadata"] = meta
        return _encode(body)

    return bookmark


def _expired(position: int, compacted: int) -> bytes:
    text = f"too old resource version: {position} ({compacted})"
    return errors.new_resource_expired(text).status.to_json()


def _expired_in_storage(position: int, compacted: int) -> bytes:  # noqa: ARG001
    """As etcd's own watches end, which watches of kinds without a cache are (etcd3/errors.go)."""
    return errors.new_resource_expired("The resourceVersion for the provided watch is too old.").status.to_json()
