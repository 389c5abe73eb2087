"""The Deployment controller: ReplicaSets, one for each template, scaled up and down. Follows pkg/controller/deployment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubeclient import AsyncClientset
from kubeclient.api.apps_v1 import Deployment, DeploymentStatus, ReplicaSet
from kubeclient.api.copying import deep_copy
from kubeclient.api.core_v1 import Pod
from kubeclient.apimachinery.labels import from_label_selector
from kubeclient.apimachinery.meta import controller_of, is_controlled_by, meta_namespace_key, split_meta_namespace_key
from kubeclient.apimachinery.times import Time
from kubeclient.errors import AlreadyExists, NotFound
from kubeclient.informers import AsyncSharedInformerFactory
from kubeclient.runtime.protocol import AsyncEvent

from .claims import adoption_patch, claim, owner_key, release_patch
from .controller import Controller, last_state
from .pods import is_terminal
from .recording import Recorder, reference_to
from .rollout import DESIRED_REPLICAS, new_set_size, old_set_sizes, proportional_sizes, size
from .rollout_status import NO_DEADLINE, PROGRESSING, counts, deadline_ns, find, is_complete, progress, with_condition
from .templates import (
    REVISION,
    annotations_for,
    find_new,
    new_replica_set,
    revision_of,
    same_template,
    size_annotations,
)

__all__ = ["DeploymentController", "run"]


class DeploymentController:
    """Watches Deployments, ReplicaSets and pods; writes the first two."""

    def __init__(self, client: AsyncClientset, factory: AsyncSharedInformerFactory) -> None:
        self.controller = Controller(client, self.reconcile, name="deployment-controller")
        self._client = client
        self._clock = client.runtime.clock
        self._recorder = Recorder(client, "deployment-controller")
        deployments, replica_sets = client.apps_v1.deployments(""), client.apps_v1.replica_sets("")
        pods = client.core_v1.pods("")
        self._deployments = factory.lister(deployments)
        self._replica_sets, self._pods = factory.lister(replica_sets), factory.lister(pods)
        self.controller.watch(factory.informer(deployments), self.controller.enqueue)
        self.controller.watch(factory.informer(replica_sets), self._replica_set_changed)
        factory.informer(pods).add_event_handler(on_delete=self._pod_deleted)

    def _replica_set_changed(self, obj: Any) -> None:
        replica_set = last_state(obj)
        key = owner_key(replica_set, Deployment.GVK)
        if key is not None:
            self.controller.queue.add(key)
        elif controller_of(replica_set) is None:
            for owner in self._deployments.namespace(replica_set.metadata.namespace).list():
                if from_label_selector(owner.spec.selector).matches(replica_set.metadata.labels):
                    self.controller.enqueue(owner)

    def _pod_deleted(self, obj: Any) -> None:
        """Recreate goes on once the last old pod is gone."""
        key = owner_key(last_state(obj), ReplicaSet.GVK)
        if key is None:
            return
        namespace, name = split_meta_namespace_key(key)
        try:
            replica_set = self._replica_sets.namespace(namespace).get(name)
        except NotFound:
            return
        self._replica_set_changed(replica_set)

    async def reconcile(self, key: str) -> None:
        """Brings one Deployment a step further."""
        namespace, name = split_meta_namespace_key(key)
        try:
            deployment: Deployment = deep_copy(self._deployments.namespace(namespace).get(name))
        except NotFound:
            return
        sets = await self._claim(deployment)
        if deployment.metadata.deletion_timestamp is not None:
            await self._write_status(deployment, counts(deployment, sets, find_new(deployment, sets), self._now()))
            return
        deployment = await self._tell_paused(deployment)
        if deployment.spec.paused or self._is_scaling(deployment, sets):
            await self._scale_only(deployment, sets)
        elif deployment.spec.strategy.type == "Recreate":
            await self._recreate(deployment, sets)
        else:
            await self._roll(deployment, sets)

    def _now(self) -> Time:
        return Time(self._clock.time_ns())

    async def _claim(self, deployment: Deployment) -> list[ReplicaSet]:
        namespace = deployment.metadata.namespace
        selector = from_label_selector(deployment.spec.selector)
        claims = claim(deployment, selector, self._replica_sets.namespace(namespace).list())
        sets, client = [deep_copy(one) for one in claims.owned], self._client.apps_v1.replica_sets(namespace)
        if claims.orphans:
            live = await self._client.apps_v1.deployments(namespace).get(deployment.metadata.name)
            if live.metadata.uid != deployment.metadata.uid or live.metadata.deletion_timestamp is not None:
                raise RuntimeError(f"{meta_namespace_key(deployment)} has just been deleted: it adopts nothing")
        for one in claims.orphans:
            patch = adoption_patch(deployment, Deployment.GVK, one)
            sets.append(await client.patch(one.metadata.name, patch, patch_type="strategic"))
        for one in claims.strayed:
            await client.patch(one.metadata.name, release_patch(deployment, one), patch_type="strategic")
        return sets

    async def _tell_paused(self, deployment: Deployment) -> Deployment:
        """Says in the Progressing condition that a Deployment was paused or resumed."""
        seconds = deployment.spec.progress_deadline_seconds
        if seconds is None or seconds == NO_DEADLINE:
            return deployment
        condition = find(deployment.status, PROGRESSING)
        if condition is not None and condition.reason == "ProgressDeadlineExceeded":
            return deployment
        told = condition is not None and condition.reason == "DeploymentPaused"
        if told == deployment.spec.paused:
            return deployment
        what = ("DeploymentPaused", "Deployment is paused") if deployment.spec.paused else _RESUMED
        with_condition(deployment.status, PROGRESSING, "Unknown", *what, self._now())
        return await self._client.apps_v1.deployments(deployment.metadata.namespace).update_status(deployment)

    # The ways to go on.

    @staticmethod
    def _is_scaling(deployment: Deployment, sets: Sequence[ReplicaSet]) -> bool:
        """Whether the Deployment's size was changed since its active ReplicaSets were written."""
        desired = str(deployment.spec.replicas or 0)
        known = (one.metadata.annotations.get(DESIRED_REPLICAS) for one in sets if size(one) > 0)
        return any(text is not None and text != desired for text in known)

    async def _scale_only(self, deployment: Deployment, sets: list[ReplicaSet]) -> None:
        new = find_new(deployment, sets)
        await self._scale(deployment, sets, new)
        if deployment.spec.paused:
            await self._clean_up(deployment, [one for one in sets if one is not new])
        await self._finish(deployment, sets, new, rolling=False)

    async def _scale(self, deployment: Deployment, sets: list[ReplicaSet], new: ReplicaSet | None) -> None:
        """Follows a change of size without moving from one template to another."""
        active = [one for one in sets if size(one) > 0]
        desired = deployment.spec.replicas or 0
        if len(active) <= 1:
            latest = active[0] if active else new or max(sets, key=revision_of, default=None)
            if latest is not None and (size(latest) != desired or active):
                await self._resize(deployment, sets, latest, desired)
        elif new is not None and size(new) == desired == new.status.available_replicas:
            for one in active:
                if one is not new:
                    await self._resize(deployment, sets, one, 0)
        elif deployment.spec.strategy.type == "RollingUpdate":
            sizes = proportional_sizes(deployment, active)
            for one in active:
                await self._resize(deployment, sets, one, sizes[one.metadata.name])

    async def _recreate(self, deployment: Deployment, sets: list[ReplicaSet]) -> None:
        new = await self._new_set(deployment, sets, create=False)
        old = [one for one in sets if new is None or one.metadata.uid != new.metadata.uid]
        shrinking = [one for one in old if size(one) > 0]
        for one in shrinking:
            await self._resize(deployment, sets, one, 0)
        if shrinking or self._old_pods_run(deployment, old):
            await self._finish(deployment, sets, new)
            return
        if new is None:
            new = await self._new_set(deployment, sets, create=True)
            assert new is not None
        await self._resize(deployment, sets, new, deployment.spec.replicas or 0)
        if is_complete(deployment, deployment.status):
            await self._clean_up(deployment, old)
        await self._finish(deployment, sets, new)

    def _old_pods_run(self, deployment: Deployment, old: Sequence[ReplicaSet]) -> bool:
        pods: list[Pod] = self._pods.namespace(deployment.metadata.namespace).list()
        return any(is_controlled_by(pod, one) and not is_terminal(pod) for one in old for pod in pods)

    async def _roll(self, deployment: Deployment, sets: list[ReplicaSet]) -> None:
        new = await self._new_set(deployment, sets, create=True)
        assert new is not None
        old = [one for one in sets if one.metadata.uid != new.metadata.uid]
        wanted = new_set_size(deployment, sets, new)
        if wanted != size(new):
            await self._resize(deployment, sets, new, wanted)
            await self._finish(deployment, sets, new)
            return
        smaller = old_set_sizes(deployment, old, new)
        for one in old:
            if one.metadata.name in smaller:
                await self._resize(deployment, sets, one, smaller[one.metadata.name])
        if not smaller and is_complete(deployment, deployment.status):
            await self._clean_up(deployment, old)
        await self._finish(deployment, sets, new)

    # Its steps.

    async def _new_set(self, deployment: Deployment, sets: list[ReplicaSet], *, create: bool) -> ReplicaSet | None:
        """The ReplicaSet of the template, with its annotations as they should be; made where there is none."""
        new = find_new(deployment, sets)
        revision = max((revision_of(one) for one in sets if one is not new), default=0) + 1
        client = self._client.apps_v1.replica_sets(deployment.metadata.namespace)
        if new is not None:
            annotations = annotations_for(deployment, new.metadata.annotations, revision, exists=True)
            if (annotations, deployment.spec.min_ready_seconds) != (
                new.metadata.annotations,
                new.spec.min_ready_seconds,
            ):
                changed = deep_copy(new)
                changed.metadata.annotations = annotations
                changed.spec.min_ready_seconds = deployment.spec.min_ready_seconds
                changed = await client.update(changed)
                sets[sets.index(new)] = new = changed
            await self._tell_revision(deployment, new, "FoundNewReplicaSet", "Found new replica set")
            return new
        if not create:
            return None
        wanted = new_replica_set(deployment, revision)
        wanted.spec.replicas = new_set_size(deployment, [*sets, wanted], wanted)
        try:
            new = await client.create(wanted)
        except AlreadyExists:
            new = await self._existing(deployment, wanted)
        else:
            await self._tell_size(deployment, new, 0)
        sets.append(new)
        await self._tell_revision(deployment, new, "NewReplicaSetCreated", "Created new replica set")
        return new

    async def _existing(self, deployment: Deployment, wanted: ReplicaSet) -> ReplicaSet:
        """What is there under the name of the wanted ReplicaSet; another template under the same hash is a collision."""
        namespace = deployment.metadata.namespace
        existing = await self._client.apps_v1.replica_sets(namespace).get(wanted.metadata.name)
        if is_controlled_by(existing, deployment) and same_template(existing.spec.template, wanted.spec.template):
            return existing
        deployment.status.collision_count = (deployment.status.collision_count or 0) + 1
        await self._client.apps_v1.deployments(namespace).update_status(deployment)
        raise RuntimeError(f"the hash of {meta_namespace_key(wanted)} is taken: trying another")

    async def _tell_revision(self, deployment: Deployment, new: ReplicaSet, reason: str, what: str) -> None:
        """Gives the Deployment the revision of its new ReplicaSet, and its Progressing condition where it has none."""
        # Through the status: a change of annotations there does not count as a new generation.
        client = self._client.apps_v1.deployments(deployment.metadata.namespace)
        revision = str(revision_of(new))
        news = deployment.metadata.annotations.get(REVISION) != revision
        deployment.metadata.annotations = {**deployment.metadata.annotations, REVISION: revision}
        seconds = deployment.spec.progress_deadline_seconds
        watched = seconds is not None and seconds != NO_DEADLINE
        if watched and (find(deployment.status, PROGRESSING) is None or reason == "NewReplicaSetCreated"):
            text = f'{what} "{new.metadata.name}"'
            with_condition(deployment.status, PROGRESSING, "True", reason, text, self._now())
            news = True
        if news:
            written = await client.update_status(deployment)
            deployment.metadata, deployment.status = written.metadata, written.status

    async def _resize(self, deployment: Deployment, sets: list[ReplicaSet], one: ReplicaSet, replicas: int) -> None:
        """Writes the size of a ReplicaSet, and the annotations that say for which size of the Deployment it holds."""
        annotations = {**one.metadata.annotations, **size_annotations(deployment)}
        if size(one) == replicas and annotations == one.metadata.annotations:
            return
        changed = deep_copy(one)
        changed.spec.replicas, changed.metadata.annotations = replicas, annotations
        before = size(one)
        written = await self._client.apps_v1.replica_sets(one.metadata.namespace).update(changed)
        await self._tell_size(deployment, written, before)
        index = next(i for i, known in enumerate(sets) if known.metadata.uid == one.metadata.uid)
        sets[index] = written
        one.spec, one.metadata = written.spec, written.metadata

    async def _tell_size(self, deployment: Deployment, one: ReplicaSet, before: int) -> None:
        if size(one) != before:
            way = "up" if size(one) > before else "down"
            text = f"Scaled {way} replica set {one.metadata.name} from {before} to {size(one)}"
            await self._recorder.event(reference_to(deployment), "Normal", "ScalingReplicaSet", text)

    async def _clean_up(self, deployment: Deployment, old: Sequence[ReplicaSet]) -> None:
        """Deletes the oldest of the old ReplicaSets beyond the history limit."""
        limit = deployment.spec.revision_history_limit
        if limit is None:
            return
        idle = [one for one in old if one.metadata.deletion_timestamp is None]
        for one in sorted(idle, key=revision_of)[: max(0, len(idle) - limit)]:
            status = one.status
            if status.replicas or size(one) or one.metadata.generation > status.observed_generation:
                continue
            try:
                await self._client.apps_v1.replica_sets(one.metadata.namespace).delete(one.metadata.name)
            except NotFound:
                continue

    async def _finish(
        self, deployment: Deployment, sets: Sequence[ReplicaSet], new: ReplicaSet | None, *, rolling: bool = True
    ) -> None:
        """Writes the status, and comes back when the deadline for progress is due."""
        now = self._now()
        status = counts(deployment, sets, new, now)
        if rolling:
            progress(deployment, sets, new, status, now)
        await self._write_status(deployment, status)
        deadline = deadline_ns(deployment, status) if rolling else None
        if deadline is not None and not is_complete(deployment, status):
            wait = max(0, deadline - self._clock.time_ns()) * 1e-9 + 1.0
            self.controller.queue.add_after(meta_namespace_key(deployment), wait)

    async def _write_status(self, deployment: Deployment, status: DeploymentStatus) -> None:
        if status == deployment.status:
            return
        changed = deep_copy(deployment)
        changed.status = status
        await self._client.apps_v1.deployments(deployment.metadata.namespace).update_status(changed)


_RESUMED = ("DeploymentResumed", "Deployment is resumed")


async def run(client: AsyncClientset, stop: AsyncEvent) -> None:
    """The program."""
    factory = AsyncSharedInformerFactory(client)
    await DeploymentController(client, factory).controller.run(stop, factory)
