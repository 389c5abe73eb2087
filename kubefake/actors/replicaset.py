"""The ReplicaSet controller: as many pods as asked for. Follows pkg/controller/replicaset/replica_set.go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from kubeclient import AsyncClientset
from kubeclient.api.apps_v1 import ReplicaSet, ReplicaSetCondition, ReplicaSetStatus
from kubeclient.api.copying import deep_copy
from kubeclient.api.core_v1 import Pod
from kubeclient.api.meta_v1 import ObjectMeta, OwnerReference
from kubeclient.apimachinery.labels import from_label_selector
from kubeclient.apimachinery.meta import meta_namespace_key, new_controller_ref, split_meta_namespace_key
from kubeclient.apimachinery.times import Time
from kubeclient.errors import NotFound, has_status_cause
from kubeclient.informers import AsyncSharedInformerFactory
from kubeclient.runtime.protocol import AsyncEvent

from .claims import adoption_patch, claim, owner_key, release_patch
from .controller import Controller, last_state
from .expectations import Expectations
from .pods import available_at_ns, is_active, is_ready, worth_keeping
from .recording import Recorder, reference_to

__all__ = ["ReplicaSetController", "new_pod", "new_status", "pods_to_delete", "run"]

BURST_REPLICAS = 500


def new_pod(owner: ReplicaSet) -> Pod:
    """A pod of the ReplicaSet's template; the server gives it its name."""
    template = deep_copy(owner.spec.template)
    metadata = ObjectMeta(
        generate_name=f"{owner.metadata.name}-",
        namespace=owner.metadata.namespace,
        labels=template.metadata.labels,
        annotations=template.metadata.annotations,
        finalizers=template.metadata.finalizers,
        owner_references=[new_controller_ref(owner, ReplicaSet.GVK, OwnerReference)],
    )
    return Pod(metadata=metadata, spec=template.spec)


def pods_to_delete(active: Sequence[Pod], count: int) -> list[Pod]:
    """The `count` pods that are missed least."""
    if count >= len(active):
        return list(active)
    crowds = Counter(pod.spec.node_name for pod in active)
    return sorted(active, key=lambda pod: worth_keeping(pod, crowds[pod.spec.node_name]))[:count]


def new_status(
    owner: ReplicaSet, pods: Sequence[Pod], failure: tuple[str, str] | None, now_ns: int
) -> ReplicaSetStatus:
    """The status that the pods amount to; `failure` is reason and message of a failed creation or deletion."""
    active = [pod for pod in pods if is_active(pod)]
    template_labels = owner.spec.template.metadata.labels.items()
    ready = [pod for pod in active if is_ready(pod)]
    times = [available_at_ns(pod, owner.spec.min_ready_seconds) for pod in ready]
    conditions = [one for one in owner.status.conditions if one.type != "ReplicaFailure"]
    if failure is not None:
        existing = next((one for one in owner.status.conditions if one.type == "ReplicaFailure"), None)
        fresh = ReplicaSetCondition(
            type="ReplicaFailure",
            status="True",
            reason=failure[0],
            message=failure[1],
            last_transition_time=Time(now_ns),
        )
        conditions.append(existing if existing is not None and existing.reason == failure[0] else fresh)
    return ReplicaSetStatus(
        replicas=len(active),
        fully_labeled_replicas=sum(template_labels <= pod.metadata.labels.items() for pod in active),
        ready_replicas=len(ready),
        available_replicas=sum(at is not None and at <= now_ns for at in times),
        terminating_replicas=sum(pod.metadata.deletion_timestamp is not None for pod in pods),
        observed_generation=owner.metadata.generation,
        conditions=conditions,
    )


class ReplicaSetController:
    """Watches ReplicaSets and pods, creates and deletes pods."""

    def __init__(self, client: AsyncClientset, factory: AsyncSharedInformerFactory) -> None:
        self.controller = Controller(client, self.reconcile, name="replicaset-controller")
        self._client = client
        self._clock = client.runtime.clock
        self._expectations = Expectations()
        self._recorder = Recorder(client, "replicaset-controller")
        replica_sets, pods = client.apps_v1.replica_sets(""), client.core_v1.pods("")
        self._replica_sets, self._pods = factory.lister(replica_sets), factory.lister(pods)
        self.controller.watch(factory.informer(replica_sets), self.controller.enqueue)
        factory.informer(pods).add_event_handler(
            on_add=self._pod_added, on_update=self._pod_updated, on_delete=self._pod_deleted
        )

    def _pod_added(self, pod: Pod) -> None:
        if pod.metadata.deletion_timestamp is not None:
            self._pod_deleted(pod)
            return
        key = owner_key(pod, ReplicaSet.GVK)
        if key is not None:
            self._expectations.created(key)
            self.controller.queue.add(key)
        else:
            self._enqueue_possible_owners(pod)

    def _pod_updated(self, old: Pod, new: Pod) -> None:
        key, old_key = owner_key(new, ReplicaSet.GVK), owner_key(old, ReplicaSet.GVK)
        if old_key is not None and old_key != key:
            self.controller.queue.add(old_key)
        if key is None:
            self._enqueue_possible_owners(new)
            return
        if new.metadata.deletion_timestamp is not None:
            self._expectations.deleted(key, new.metadata.uid)
        self.controller.queue.add(key)

    def _pod_deleted(self, obj: Any) -> None:
        pod = last_state(obj)
        key = owner_key(pod, ReplicaSet.GVK)
        if key is not None:
            self._expectations.deleted(key, pod.metadata.uid)
            self.controller.queue.add(key)

    def _enqueue_possible_owners(self, pod: Pod) -> None:
        for owner in self._replica_sets.namespace(pod.metadata.namespace).list():
            if from_label_selector(owner.spec.selector).matches(pod.metadata.labels):
                self.controller.enqueue(owner)

    async def reconcile(self, key: str) -> None:
        """Brings one ReplicaSet's pods to their number, then writes its status."""
        namespace, name = split_meta_namespace_key(key)
        try:
            owner = self._replica_sets.namespace(namespace).get(name)
        except NotFound:
            self._expectations.forget(key)
            return
        wait = not self._expectations.satisfied(key, self._clock.monotonic_ns())
        pods = await self._claim(owner)
        failure: tuple[str, str] | None = None
        error: Exception | None = None
        if not wait and owner.metadata.deletion_timestamp is None:
            difference = len([pod for pod in pods if is_active(pod)]) - (owner.spec.replicas or 0)
            try:
                await self._manage(key, owner, pods, difference)
            except Exception as raised:  # noqa: BLE001  the status tells of it; it is raised again below
                error = raised
                failure = ("FailedCreate" if difference < 0 else "FailedDelete", str(raised))
        now_ns = self._clock.time_ns()
        status = new_status(owner, pods, failure, now_ns)
        if status != owner.status:
            changed = deep_copy(owner)
            changed.status = status
            await self._client.apps_v1.replica_sets(namespace).update_status(changed)
        if error is not None:
            raise error
        self._look_again_when_available(key, owner, pods, now_ns)

    def _look_again_when_available(self, key: str, owner: ReplicaSet, pods: Sequence[Pod], now_ns: int) -> None:
        times = [available_at_ns(pod, owner.spec.min_ready_seconds) for pod in pods if is_active(pod)]
        later = [at for at in times if at is not None and at > now_ns]
        if later:
            self.controller.queue.add_after(key, (min(later) - now_ns) * 1e-9)

    async def _claim(self, owner: ReplicaSet) -> list[Pod]:
        """The pods of a ReplicaSet, after adopting and releasing."""
        namespace = owner.metadata.namespace
        claims = claim(owner, from_label_selector(owner.spec.selector), self._pods.namespace(namespace).list())
        pods, client = claims.owned, self._client.core_v1.pods(namespace)
        adoptable = [pod for pod in claims.orphans if is_active(pod)]
        if adoptable:
            live = await self._client.apps_v1.replica_sets(namespace).get(owner.metadata.name)
            if live.metadata.uid != owner.metadata.uid or live.metadata.deletion_timestamp is not None:
                raise RuntimeError(f"{meta_namespace_key(owner)} has just been deleted: it adopts nothing")
        for pod in adoptable:
            pods.append(
                await client.patch(
                    pod.metadata.name, adoption_patch(owner, ReplicaSet.GVK, pod), patch_type="strategic"
                )
            )
        for pod in claims.strayed:
            try:
                await client.patch(pod.metadata.name, release_patch(owner, pod), patch_type="strategic")
            except NotFound:
                continue
        return pods

    async def _manage(self, key: str, owner: ReplicaSet, pods: Sequence[Pod], difference: int) -> None:
        client = self._client.core_v1.pods(owner.metadata.namespace)
        now_ns = self._clock.monotonic_ns()
        if difference < 0:
            missing = min(-difference, BURST_REPLICAS)
            self._expectations.expect(key, now_ns, creations=missing)
            for made in range(missing):
                try:
                    pod = await client.create(new_pod(owner))
                except Exception as error:
                    self._expectations.created(key, missing - made)  # none of these will be seen
                    if has_status_cause(error, "NamespaceTerminating"):
                        return  # no try will ever succeed
                    await self._recorder.event(
                        reference_to(owner), "Warning", "FailedCreate", f"Error creating: {error}"
                    )
                    raise
                text = f"Created pod: {pod.metadata.name}"
                await self._recorder.event(reference_to(owner), "Normal", "SuccessfulCreate", text)
        elif difference > 0:
            doomed = pods_to_delete([pod for pod in pods if is_active(pod)], min(difference, BURST_REPLICAS))
            self._expectations.expect(key, now_ns, deletions={pod.metadata.uid for pod in doomed})
            for index, pod in enumerate(doomed):
                try:
                    await client.delete(pod.metadata.name)
                except NotFound:
                    self._expectations.deleted(key, pod.metadata.uid)
                except Exception:
                    for unseen in doomed[index:]:
                        self._expectations.deleted(key, unseen.metadata.uid)
                    raise
                else:
                    text = f"Deleted pod: {pod.metadata.name}"
                    await self._recorder.event(reference_to(owner), "Normal", "SuccessfulDelete", text)


async def run(client: AsyncClientset, stop: AsyncEvent) -> None:
    """The program."""
    factory = AsyncSharedInformerFactory(client)
    await ReplicaSetController(client, factory).controller.run(stop, factory)
