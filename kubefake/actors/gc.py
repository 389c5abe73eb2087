"""The garbage collector: what nobody owns any more goes. Follows pkg/controller/garbagecollector/garbagecollector.go.

Whether an owner is really gone is asked of the server, never of a cache. The kinds it watches come from discovery, which it
asks again every SYNC_SECONDS and when a definition changes, so custom kinds are collected too.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from kubeclient import AsyncClientset, AsyncMetadataClient
from kubeclient.api.copying import deep_copy
from kubeclient.api.core_v1 import ObjectReference
from kubeclient.api.meta_v1 import ObjectMeta, OwnerReference, PartialObjectMetadata
from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionKind, GroupVersionResource
from kubeclient.apimachinery.json import encode
from kubeclient.cache import AsyncSharedIndexInformer
from kubeclient.errors import NotFound
from kubeclient.kubernetes import Preconditions
from kubeclient.metadata import AsyncMetadataResource
from kubeclient.restmapper import AsyncRESTMapper
from kubeclient.runtime.protocol import AsyncEvent, AsyncTask

from .controller import Controller, last_state
from .graph import FOREGROUND, ORPHAN, Graph, Identity, Node, Work
from .recording import Recorder

__all__ = ["GarbageCollector", "deletion_policy", "run", "sort_references"]

SYNC_SECONDS = 30.0
NOT_WATCHED = frozenset({"events"})

logger = logging.getLogger("kubefake.actors")


def sort_references(
    references: Sequence[OwnerReference], owners: Mapping[str, PartialObjectMetadata | None]
) -> tuple[list[OwnerReference], list[OwnerReference], list[OwnerReference]]:
    """References to owners that hold an object, that do not exist, and that wait for it to be deleted.

    `owners`: by uid, what the server has under the name of the reference.
    """
    solid, dangling, waiting = [], [], []
    for reference in references:
        owner = owners[reference.uid]
        if owner is None or owner.metadata.uid != reference.uid:
            dangling.append(reference)
        elif owner.metadata.deletion_timestamp is not None and FOREGROUND in owner.metadata.finalizers:
            waiting.append(reference)
        else:
            solid.append(reference)
    return solid, dangling, waiting


def deletion_policy(metadata: ObjectMeta, *, awaited: bool) -> str:
    """How an object without owners is deleted: as its finalizers ask; in the foreground when its owner waits for it."""
    if awaited:
        return "Foreground"
    if ORPHAN in metadata.finalizers:
        return "Orphan"
    return "Foreground" if FOREGROUND in metadata.finalizers else "Background"


class _Monitor:
    """The watch of one resource."""

    def __init__(self, informer: AsyncSharedIndexInformer[PartialObjectMetadata], stop: AsyncEvent, task: AsyncTask):
        self.informer, self.stop, self.task = informer, stop, task


class GarbageCollector:
    """Watches the metadata of everything and deletes what has lost its last owner."""

    def __init__(self, client: AsyncClientset) -> None:
        self.controller = Controller(client, self.reconcile, name="garbage-collector")
        self._client = client
        self._runtime = client.runtime
        self._recorder = Recorder(client, "garbage-collector-controller")
        self._metadata = AsyncMetadataClient(client.rest_client)
        self._mapper = AsyncRESTMapper(client.discovery)
        self._graph = Graph()
        self._monitors: dict[GroupVersionResource, _Monitor] = {}
        self._kinds_changed = client.runtime.event()

    async def run(self, stop: AsyncEvent) -> None:
        """Works until `stop` is set."""
        await self._sync_monitors()
        for monitor in self._monitors.values():
            await monitor.informer.wait_for_sync()
        syncer = self._runtime.spawn(self._keep_synced, stop, name="garbage-collector discovery")
        await self.controller.run(stop)
        self._kinds_changed.set()
        await syncer.join()
        for monitor in self._monitors.values():
            monitor.stop.set()
            await monitor.task.join()

    async def _keep_synced(self, stop: AsyncEvent) -> None:
        while not stop.is_set():
            if await self._kinds_changed.wait(SYNC_SECONDS) and not await self._runtime.sleep(1.0, stop):
                return
            self._kinds_changed.clear()
            await self._sync_monitors()

    async def _sync_monitors(self) -> None:
        """Watches every resource that can be listed, watched and deleted, and nothing else."""
        try:
            self._mapper.reset()
            served = await self._client.discovery.server_preferred_resources()
        except Exception as error:  # noqa: BLE001  the next time may be better
            logger.info("garbage-collector: discovery: %s: %s", type(error).__name__, error)
            return
        wanted: dict[GroupVersionResource, GroupVersionKind] = {}
        for listed in served:
            version = GroupVersion.parse(listed.group_version)
            for one in listed.resources or ():
                if {"list", "watch", "delete"} <= set(one.verbs) and one.name not in NOT_WATCHED:
                    gvr = GroupVersionResource(version.group, version.version, one.name)
                    wanted[gvr] = GroupVersionKind(version.group, version.version, one.kind)
        for gvr in [gvr for gvr in self._monitors if gvr not in wanted]:
            self._monitors.pop(gvr).stop.set()
        for gvr, gvk in wanted.items():
            if gvr not in self._monitors:
                self._monitors[gvr] = self._monitor(gvr, gvk)

    def _monitor(self, gvr: GroupVersionResource, gvk: GroupVersionKind) -> _Monitor:
        informer: AsyncSharedIndexInformer[PartialObjectMetadata] = AsyncSharedIndexInformer(
            self._metadata.resource(gvr), name=f"metadata of {gvr.group_resource}", runtime=self._runtime
        )

        def seen(obj: PartialObjectMetadata) -> None:
            meta = obj.metadata
            identity = Identity(gvk.api_version, gvk.kind, meta.namespace, meta.name, meta.uid)
            self._enqueue(self._graph.seen(identity, meta))
            if gvk.kind == "CustomResourceDefinition":
                self._kinds_changed.set()

        informer.add_event_handler(
            on_add=seen,
            on_update=lambda _, new: seen(new),
            on_delete=lambda obj: self._enqueue(self._graph.gone(last_state(obj).metadata.uid)),
        )
        stop = self._runtime.event()
        return _Monitor(informer, stop, self._runtime.spawn(informer.run, stop, name=f"informer {informer.name}"))

    def _enqueue(self, work: Sequence[Work]) -> None:
        for what, uid in work:
            self.controller.queue.add(f"{what} {uid}")

    async def reconcile(self, key: str) -> None:
        """Does one piece of work."""
        what, _, uid = key.partition(" ")
        node = self._graph.nodes.get(uid)
        if node is None:
            return
        if what == "orphan":
            await self._orphan(node)
        elif what == "misplaced":
            await self._tell_misplaced(node)
        elif node.foreground or not node.deleting:
            await self._consider(node)

    async def _resource(self, identity: Identity, namespace: str) -> AsyncMetadataResource | None:
        """The client of an object's collection; None when its kind needs a namespace and there is none."""
        gvk = GroupVersionKind.from_api_version(identity.api_version, identity.kind)
        mapping = await self._mapper.rest_mapping(gvk.group_kind, gvk.version)
        resource = self._metadata.resource(mapping.resource)
        if not mapping.namespaced:
            return resource
        return resource.namespace(namespace) if namespace else None

    async def _live(self, identity: Identity, namespace: str) -> PartialObjectMetadata | None:
        """What the server has under that name. Raises _Unscoped when there can be nothing."""
        resource = await self._resource(identity, namespace)
        if resource is None:
            raise _UnscopedError
        try:
            return await resource.get(identity.name)
        except NotFound:
            return None

    async def _consider(self, node: Node) -> None:
        identity = node.identity
        try:
            live = await self._live(identity, identity.namespace)
            if live is None or live.metadata.uid != identity.uid:
                self._enqueue(self._graph.gone(identity.uid))
                return
            if node.virtual:
                return  # it is there; its own monitor will tell
            if node.foreground:
                await self._go_on_with_foreground(node, live)
                return
            if not live.metadata.owner_references:
                return
            owners = {
                one.uid: await self._live(
                    Identity(one.api_version, one.kind, identity.namespace, one.name, one.uid), identity.namespace
                )
                for one in live.metadata.owner_references
            }
        except _UnscopedError:
            return  # cluster-scoped, with an owner in a namespace: nothing can be said of it, so it stays
        await self._judge(node, live, *sort_references(live.metadata.owner_references, owners))

    async def _judge(
        self,
        node: Node,
        live: PartialObjectMetadata,
        solid: list[OwnerReference],
        dangling: list[OwnerReference],
        waiting: list[OwnerReference],
    ) -> None:
        if solid:
            if dangling or waiting:
                await self._patch(node, live, {"ownerReferences": solid})
            return
        if waiting and node.dependents:
            # A dependent that waits for its own dependents must not wait for one that waits for it.
            if any(one.foreground for one in self._graph.dependents_of(node)):
                unblocking = [_unblocking(one) for one in live.metadata.owner_references]
                live = await self._patch(node, live, {"ownerReferences": unblocking})
            await self._delete(node, live, deletion_policy(live.metadata, awaited=True))
            return
        await self._delete(node, live, deletion_policy(live.metadata, awaited=False))

    async def _go_on_with_foreground(self, node: Node, live: PartialObjectMetadata) -> None:
        """Lets an object go once nothing blocks it; until then sees to what does."""
        blocking = [one for one in self._graph.dependents_of(node) if one.blocks(node)]
        if not blocking:
            left = [name for name in live.metadata.finalizers if name != FOREGROUND]
            if left != live.metadata.finalizers:
                await self._patch(node, live, {"finalizers": left})
            return
        self._enqueue([Work("delete", one.identity.uid) for one in blocking if not one.foreground])

    async def _orphan(self, node: Node) -> None:
        """Takes the owner out of its dependents, then its finalizer out of itself."""
        for dependent in self._graph.dependents_of(node):
            live = await self._live(dependent.identity, dependent.identity.namespace)
            if live is None or live.metadata.uid != dependent.identity.uid:
                continue
            kept = [one for one in live.metadata.owner_references if one.uid != node.identity.uid]
            if kept != live.metadata.owner_references:
                await self._patch(dependent, live, {"ownerReferences": kept})
        live = await self._live(node.identity, node.identity.namespace)
        if live is not None and live.metadata.uid == node.identity.uid and ORPHAN in live.metadata.finalizers:
            await self._patch(node, live, {"finalizers": [name for name in live.metadata.finalizers if name != ORPHAN]})

    async def _patch(self, node: Node, live: PartialObjectMetadata, changes: dict[str, Any]) -> PartialObjectMetadata:
        """Changes the metadata of exactly the object that was read; a Conflict brings the work back."""
        resource = await self._resource(node.identity, node.identity.namespace)
        assert resource is not None
        guard = {"uid": live.metadata.uid, "resourceVersion": live.metadata.resource_version}
        return await resource.patch(node.identity.name, encode({"metadata": {**guard, **changes}}), patch_type="merge")

    async def _delete(self, node: Node, live: PartialObjectMetadata, policy: str) -> None:
        resource = await self._resource(node.identity, node.identity.namespace)
        assert resource is not None
        only_this = Preconditions(uid=live.metadata.uid, resource_version=live.metadata.resource_version)
        try:
            await resource.delete(node.identity.name, propagation_policy=policy, preconditions=only_this)
        except NotFound:
            self._enqueue(self._graph.gone(node.identity.uid))

    async def _tell_misplaced(self, node: Node) -> None:
        """An event on an object that names an owner in another namespace, which counts as absent."""
        identity = node.identity
        for reference in node.owners:
            owner = self._graph.nodes.get(reference.uid)
            if owner is None or owner.identity.namespace in ("", identity.namespace):
                continue
            about = ObjectReference(
                api_version=identity.api_version,
                kind=identity.kind,
                namespace=identity.namespace,
                name=identity.name,
                uid=identity.uid,
            )
            named = f"{reference.api_version}/{reference.kind}, namespace: {identity.namespace}, name: {reference.name}"
            text = f'ownerRef [{named}, uid: {reference.uid}] does not exist in namespace "{identity.namespace}"'
            await self._recorder.event(about, "Warning", "OwnerRefInvalidNamespace", text)


class _UnscopedError(Exception):
    """A namespaced kind is named where there is no namespace."""


def _unblocking(reference: OwnerReference) -> OwnerReference:
    copy = deep_copy(reference)
    copy.block_owner_deletion = False
    return copy


async def run(client: AsyncClientset, stop: AsyncEvent) -> None:
    """The program."""
    await GarbageCollector(client).run(stop)
