"""Hollow nodes: pods get a node, run and are ready after a while, and go when they are told to. Nothing really runs.

Stands in for scheduler and kubelet. How long things take is drawn from the client's runtime, so in a simulation from its
seed: a pod is bound and ready after START_SECONDS, and gone after STOP_SECONDS or its grace period, whichever is shorter.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from zlib import crc32

from kubeclient import AsyncClientset
from kubeclient.api.copying import deep_copy
from kubeclient.api.core_v1 import (
    Binding,
    ContainerState,
    ContainerStateRunning,
    ContainerStatus,
    HostIP,
    Node,
    NodeAddress,
    NodeCondition,
    NodeStatus,
    ObjectReference,
    Pod,
    PodCondition,
    PodIP,
)
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.meta import split_meta_namespace_key
from kubeclient.apimachinery.quantity import Quantity
from kubeclient.apimachinery.times import Time
from kubeclient.errors import AlreadyExists, NotFound
from kubeclient.informers import AsyncSharedInformerFactory
from kubeclient.kubernetes import Preconditions
from kubeclient.runtime.protocol import AsyncEvent

from .controller import Controller
from .pods import is_terminal

__all__ = ["HollowNodes", "hollow_node", "pick_node", "run", "running_pod"]

NODES = ("hollow-0", "hollow-1", "hollow-2")
START_SECONDS = (0.5, 3.0)
STOP_SECONDS = (0.1, 2.0)
REGISTER_SECONDS = 1.0

logger = logging.getLogger("kubefake.actors")


def hollow_node(name: str, index: int, now: Time) -> Node:
    """A node with room for everything."""
    room = {"cpu": Quantity("64"), "memory": Quantity("256Gi"), "pods": Quantity("1000")}
    ready = NodeCondition(
        type="Ready",
        status="True",
        reason="KubeletReady",
        message="hollow kubelet is posting ready status",
        last_heartbeat_time=now,
        last_transition_time=now,
    )
    addresses = [
        NodeAddress(type="InternalIP", address=f"10.1.0.{index + 1}"),
        NodeAddress(type="Hostname", address=name),
    ]
    return Node(
        metadata=ObjectMeta(name=name, labels={"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}),
        status=NodeStatus(capacity=room, allocatable=room, conditions=[ready], addresses=addresses),
    )


def pick_node(pods: list[Pod]) -> str:
    """The node with the fewest pods, the first of equals."""
    load = dict.fromkeys(NODES, 0)
    for pod in pods:
        if pod.spec.node_name in load and not is_terminal(pod):
            load[pod.spec.node_name] += 1
    return min(NODES, key=lambda name: load[name])


def running_pod(pod: Pod, now: Time) -> Pod:
    """The pod as its kubelet reports it once every container runs and is ready."""
    changed = deep_copy(pod)
    status = changed.status
    status.phase = "Running"
    status.start_time = status.start_time or now
    status.host_ip = f"10.1.0.{NODES.index(pod.spec.node_name) + 1}"
    status.host_ips = [HostIP(ip=status.host_ip)]
    number = crc32(pod.metadata.uid.encode())
    ip = f"10.244.{number >> 8 & 255}.{number % 254 + 1}"
    status.pod_ip, status.pod_ips = ip, [PodIP(ip=ip)]
    kept = [one for one in status.conditions if one.type not in _CONDITIONS]
    status.conditions = [
        *kept,
        *(PodCondition(type=type_, status="True", last_transition_time=now) for type_ in _CONDITIONS),
    ]
    status.container_statuses = [
        ContainerStatus(
            name=container.name,
            image=container.image,
            image_id=f"hollow://{container.image}",
            container_id=f"hollow://{pod.metadata.uid}/{container.name}",
            ready=True,
            started=True,
            state=ContainerState(running=ContainerStateRunning(started_at=now)),
        )
        for container in pod.spec.containers
    ]
    return changed


_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


class HollowNodes:
    """Scheduler and kubelets in one."""

    def __init__(self, client: AsyncClientset, factory: AsyncSharedInformerFactory) -> None:
        self.controller = Controller(client, self.reconcile, name="hollow-nodes")
        self._client = client
        self._runtime = client.runtime
        self._due_ns: dict[tuple[str, str], int] = {}  # uid and what is to happen: when
        pods = client.core_v1.pods("")
        self._pods = factory.lister(pods)
        self.controller.watch(factory.informer(pods), self.controller.enqueue)

    async def register(self, stop: AsyncEvent) -> None:
        """Makes the nodes that are not there, however often that takes."""
        for index, name in enumerate(NODES):
            while not stop.is_set():
                try:
                    await self._client.core_v1.nodes().create(hollow_node(name, index, self._now()))
                except AlreadyExists:
                    break
                except Exception as error:  # noqa: BLE001  as a kubelet, it tries until it is heard
                    logger.info("hollow-nodes: %s: %s: %s", name, type(error).__name__, error)
                    await self._runtime.sleep(REGISTER_SECONDS, stop)
                else:
                    break

    def _now(self) -> Time:
        return Time(self._runtime.clock.time_ns())

    def _is_time(self, key: str, pod: Pod, what: str, span: tuple[float, float]) -> bool:
        """Whether the time for something has come; the first time it is asked, that time is drawn."""
        now_ns = self._runtime.clock.monotonic_ns()
        due_ns = self._due_ns.get((pod.metadata.uid, what))
        if due_ns is None:
            low, high = span
            seconds = low + (high - low) * self._runtime.random()
            due_ns = self._due_ns[pod.metadata.uid, what] = now_ns + round(seconds * 1e9)
        if now_ns >= due_ns:
            return True
        self.controller.queue.add_after(key, (due_ns - now_ns) * 1e-9)
        return False

    async def reconcile(self, key: str) -> None:
        """Brings one pod a step further in its life."""
        namespace, name = split_meta_namespace_key(key)
        try:
            pod = self._pods.namespace(namespace).get(name)
        except NotFound:
            return
        if pod.spec.node_name and pod.spec.node_name not in NODES:
            return  # somebody else's
        pods = self._client.core_v1.pods(namespace)
        if pod.metadata.deletion_timestamp is not None:
            await self._stop(key, pod)
        elif not pod.spec.node_name:
            if self._is_time(key, pod, "start", START_SECONDS) and not pod.spec.scheduling_gates:
                target = ObjectReference(kind="Node", name=pick_node(self._pods.list()))
                await pods.bind(Binding(metadata=ObjectMeta(name=name, namespace=namespace), target=target))
        elif pod.status.phase == "Pending" and self._is_time(key, pod, "start", START_SECONDS):
            await pods.update_status(running_pod(pod, self._now()))

    async def _stop(self, key: str, pod: Pod) -> None:
        grace = pod.metadata.deletion_grace_period_seconds or 0
        if not self._is_time(key, pod, "stop", (min(STOP_SECONDS[0], grace), min(STOP_SECONDS[1], grace))):
            return
        uid = pod.metadata.uid
        with suppress(NotFound):
            await self._client.core_v1.pods(pod.metadata.namespace).delete(
                pod.metadata.name, grace_period_seconds=0, preconditions=Preconditions(uid=uid)
            )
        self._due_ns = {what: due for what, due in self._due_ns.items() if what[0] != uid}


async def run(client: AsyncClientset, stop: AsyncEvent) -> None:
    """The program."""
    factory = AsyncSharedInformerFactory(client)
    nodes = HollowNodes(client, factory)
    await nodes.register(stop)
    await nodes.controller.run(stop, factory)
