# generated from kubeclient/_async/lease_candidate.py by .ci/twin.py, do not edit
"""Stands for election where a coordinator appoints leaders: a LeaseCandidate that is kept fresh.

    candidate = Candidate(client, "kube-system", pod_name, "web", binary_version="1.2.0")
    elector = LeaderElector(lock, on_started_leading=run, coordinated=True)

Ported from client-go tools/leaderelection/leasecandidate.go. The API is coordination.k8s.io/v1beta1, which servers have to
be told to serve.
"""

from __future__ import annotations

import logging
from typing import Any

from kubeclient.api.coordination_v1beta1 import LeaseCandidate, LeaseCandidateSpec
from kubeclient.api.copying import deep_copy
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.times import MicroTime
from kubeclient.machines.work_queue import QueueShutDown
from kubeclient.runtime.protocol import Event

from .clientset import Clientset
from .informer import SharedIndexInformer
from .work_queue import RateLimitingQueue

__all__ = ["Candidate"]

RENEW_SECONDS = 5 * 60.0

_LOG = logging.getLogger("kubeclient.leaderelection")
_MICROSECOND = 1_000


class Candidate:
    """One candidate's LeaseCandidate: made when it is not there, renewed every five minutes and whenever it is pinged.

    Args:
        client: needs to get, list, watch, create and update lease candidates.
        namespace: of the candidate and of the lease.
        name: of the candidate.
        lease_name: the lease it wants.
        binary_version, emulation_version: what it runs, as "1.2.0"; the coordinator goes by them.
        strategy: how the coordinator is to choose: "OldestEmulationVersion".
    """

    def __init__(
        self,
        client: Clientset,
        namespace: str,
        name: str,
        lease_name: str,
        *,
        binary_version: str,
        emulation_version: str = "",
        strategy: str = "OldestEmulationVersion",
    ) -> None:
        self._runtime = client.runtime
        self._candidates = client.coordination_v1beta1.lease_candidates(namespace)
        self._wanted = LeaseCandidate(
            metadata=ObjectMeta(name=name, namespace=namespace),
            spec=LeaseCandidateSpec(
                lease_name=lease_name,
                binary_version=binary_version,
                emulation_version=emulation_version or binary_version,
                strategy=strategy,
            ),
        )
        self._informer: SharedIndexInformer[LeaseCandidate] = SharedIndexInformer(
            self._candidates, options={"field_selector": f"metadata.name={name}"}, runtime=self._runtime
        )
        self._informer.add_event_handler(on_update=self._updated)
        self._queue: RateLimitingQueue[str] = RateLimitingQueue(name="leasecandidate", runtime=self._runtime)

    def run(self, stop: Event) -> None:
        """Keeps the candidate fresh until `stop` is set."""
        tasks = [
            self._runtime.spawn(self._informer.run, stop, name="lease candidate informer"),
            self._runtime.spawn(self._work, stop, name="lease candidate"),
        ]
        try:
            stop.wait()
        finally:
            self._queue.shut_down()
            for task in tasks:
                task.join()

    def _work(self, stop: Event) -> None:
        while not self._informer.wait_for_sync(1.0):
            if stop.is_set():
                return
        self._queue.add(self._wanted.metadata.name)
        while True:
            try:
                name = self._queue.get()
            except QueueShutDown:
                return
            try:
                self._ensure()
            except Exception as error:  # noqa: BLE001  whatever failed, the next try may work
                _LOG.warning("the lease candidate %s could not be renewed: %s", name, error)
                self._queue.add_rate_limited(name)
            else:
                self._queue.forget(name)
                self._queue.add_after(name, RENEW_SECONDS)
            finally:
                self._queue.done(name)

    def _ensure(self) -> None:
        clock = self._runtime.clock
        found = self._informer.store.get_by_key(f"{self._wanted.metadata.namespace}/{self._wanted.metadata.name}")
        candidate = deep_copy(found if found is not None else self._wanted)
        wall_ns = clock.time_ns()
        candidate.spec.renew_time = MicroTime(wall_ns - wall_ns % _MICROSECOND)
        if found is None:
            self._candidates.create(candidate)
        else:
            self._candidates.update(candidate)

    def _updated(self, old: Any, new: LeaseCandidate) -> None:  # noqa: ARG002  handlers are given both
        ping, renewed = new.spec.ping_time, new.spec.renew_time
        if ping is not None and (renewed is None or ping > renewed):
            self._queue.add(self._wanted.metadata.name)

    def __repr__(self) -> str:
        meta = self._wanted.metadata
        return f"<Candidate {meta.namespace}/{meta.name} for {self._wanted.spec.lease_name}>"
