"""The namespace controller: empties a namespace that is being deleted, then lets it go.

Follows pkg/controller/namespace/deletion/namespaced_resources_deleter.go: pods go first, everything else once they are gone.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kubeclient import AsyncClientset, AsyncMetadataClient
from kubeclient.api.copying import deep_copy
from kubeclient.api.core_v1 import Namespace, NamespaceCondition
from kubeclient.api.meta_v1 import PartialObjectMetadata
from kubeclient.apimachinery.conditions import set_status_condition
from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionResource
from kubeclient.apimachinery.times import Time
from kubeclient.errors import NotFound
from kubeclient.informers import AsyncSharedInformerFactory
from kubeclient.kubernetes import Preconditions
from kubeclient.metadata import AsyncMetadataResource
from kubeclient.runtime.protocol import AsyncEvent

from .controller import Controller

__all__ = ["Found", "NamespaceController", "conditions_of", "estimate_seconds", "run"]

FINALIZER = "kubernetes"
PODS = GroupVersionResource("", "v1", "pods")
FINALIZER_SECONDS = 15
"""How long content with finalizers is assumed to need."""

logger = logging.getLogger("kubefake.actors")


@dataclass
class Found:
    """What a look at a namespace's content came to.

    Attributes:
        remaining: how many objects there are still, by resource.
        finalizers: how many objects bear each finalizer.
        undiscovered, failed: what went wrong, in words.
        seconds: when the next look may find less.
    """

    remaining: dict[str, int] = field(default_factory=dict)
    finalizers: Counter[str] = field(default_factory=Counter)
    undiscovered: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    seconds: int = 0


def estimate_seconds(gvr: GroupVersionResource, items: Sequence[PartialObjectMetadata]) -> int:
    """How long objects of a resource that were told to go may take: pods their grace, others what finalizers take."""
    if not items:
        return 0
    if gvr != PODS:
        return FINALIZER_SECONDS
    graces = [one.metadata.deletion_grace_period_seconds or 0 for one in items]
    held = any(one.metadata.finalizers for one in items)
    return max(*graces, FINALIZER_SECONDS if held else 0, 1)


def conditions_of(found: Found) -> list[NamespaceCondition]:
    """What the status says of a look at the content."""

    def say(type_: str, bad: tuple[str, str] | None, good: tuple[str, str]) -> NamespaceCondition:
        reason, message = bad or good
        return NamespaceCondition(type=type_, status="True" if bad else "False", reason=reason, message=message)

    remaining = ", ".join(f"{name} has {count} resource instances" for name, count in sorted(found.remaining.items()))
    held = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(found.finalizers.items()))
    return [
        say(
            "NamespaceDeletionDiscoveryFailure",
            ("DiscoveryFailed", "Discovery failed for some groups, " + _failures(found.undiscovered))
            if found.undiscovered
            else None,
            ("ResourcesDiscovered", "All resources successfully discovered"),
        ),
        say(
            "NamespaceDeletionGroupVersionParsingFailure",
            None,
            ("ParsedGroupVersions", "All legacy kube types successfully parsed"),
        ),
        say(
            "NamespaceDeletionContentFailure",
            ("ContentDeletionFailed", "Failed to delete all resource types, " + _failures(found.failed))
            if found.failed
            else None,
            ("ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
        ),
        say(
            "NamespaceContentRemaining",
            ("SomeResourcesRemain", f"Some resources are remaining: {remaining}") if remaining else None,
            ("ContentRemoved", "All content successfully removed"),
        ),
        say(
            "NamespaceFinalizersRemaining",
            ("SomeFinalizersRemain", f"Some content in the namespace has finalizers remaining: {held}")
            if held
            else None,
            ("ContentHasNoFinalizers", "All content-preserving finalizers finished"),
        ),
    ]


def _failures(texts: Sequence[str]) -> str:
    return f"{len(texts)} remaining: {', '.join(sorted(texts))}"


class NamespaceController:
    """Watches namespaces."""

    def __init__(self, client: AsyncClientset, factory: AsyncSharedInformerFactory) -> None:
        self.controller = Controller(client, self.reconcile, name="namespace-controller")
        self._client = client
        self._clock = client.runtime.clock
        self._metadata = AsyncMetadataClient(client.rest_client)
        namespaces = client.core_v1.namespaces()
        self._namespaces = factory.lister(namespaces)
        self.controller.watch(factory.informer(namespaces), self.controller.enqueue)

    async def reconcile(self, key: str) -> None:
        """Empties one namespace as far as it goes, and finalizes it when nothing is left."""
        try:
            namespace = self._namespaces.get(key)
        except NotFound:
            return
        if namespace.metadata.deletion_timestamp is None or FINALIZER not in namespace.spec.finalizers:
            return
        found = await self._empty(namespace.metadata.name)
        namespace = await self._write_conditions(namespace, found)
        if found.failed or found.undiscovered:
            raise RuntimeError(f"namespace {key}: {_failures(found.failed + found.undiscovered)}")
        if found.seconds:
            self.controller.queue.add_after(key, found.seconds // 2 + 1)
            return
        changed = deep_copy(namespace)
        changed.spec.finalizers = [name for name in changed.spec.finalizers if name != FINALIZER]
        await self._client.core_v1.namespaces().finalize(changed)

    async def _write_conditions(self, namespace: Namespace, found: Found) -> Namespace:
        changed = deep_copy(namespace)
        now = Time(self._clock.time_ns())
        news = [set_status_condition(changed.status.conditions, one, now=now) for one in conditions_of(found)]
        if not any(news):
            return namespace
        return await self._client.core_v1.namespaces().update_status(changed)

    async def _empty(self, namespace: str) -> Found:
        found = Found()
        resources = await self._resources(found)
        if PODS in resources:
            await self._remove(namespace, PODS, resources[PODS], found)
            if found.seconds:
                return Found(seconds=found.seconds, failed=found.failed, undiscovered=found.undiscovered)
        for gvr, verbs in resources.items():
            if gvr != PODS:
                await self._remove(namespace, gvr, verbs, found)
        return found

    async def _resources(self, found: Found) -> Mapping[GroupVersionResource, frozenset[str]]:
        """What is namespaced and can be deleted, and by which verbs."""
        try:
            served = await self._client.discovery.server_preferred_resources()
        except Exception as error:  # noqa: BLE001  told in a condition
            found.undiscovered.append(str(error))
            return {}
        return {
            GroupVersionResource(version.group, version.version, one.name): frozenset(one.verbs)
            for listed in served
            for version in (GroupVersion.parse(listed.group_version),)
            for one in listed.resources or ()
            if one.namespaced and "delete" in one.verbs
        }

    async def _remove(self, namespace: str, gvr: GroupVersionResource, verbs: frozenset[str], found: Found) -> None:
        client = self._metadata.resource(gvr).namespace(namespace)
        try:
            if "deletecollection" in verbs:
                await client.delete_collection(propagation_policy="Background")
            elif "list" in verbs:
                await self._delete_each(client)
            left = (await client.list()).items if "list" in verbs else []
        except Exception as error:  # noqa: BLE001  told in a condition
            found.failed.append(f"{gvr}: {error}")
            return
        if left:
            found.remaining[f"{gvr.group_resource}."] = len(left)
            found.finalizers.update(name for one in left for name in one.metadata.finalizers)
            found.seconds = max(found.seconds, estimate_seconds(gvr, left))

    async def _delete_each(self, client: AsyncMetadataResource) -> None:
        for one in (await client.list()).items:
            try:
                only_this = Preconditions(uid=one.metadata.uid)
                await client.delete(one.metadata.name, propagation_policy="Background", preconditions=only_this)
            except NotFound:
                continue


async def run(client: AsyncClientset, stop: AsyncEvent) -> None:
    """The program."""
    factory = AsyncSharedInformerFactory(client)
    await NamespaceController(client, factory).controller.run(stop, factory)
