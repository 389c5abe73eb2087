"""A cluster to test against: the server, its doors, and clients that act as whom you like.

    cluster = Cluster(objects=["manifests/"])
    client = cluster.client()
    client.core_v1.pods("default").list()

Time is the machine's (and freezegun's, where it is in force). For simulated time see `World`.
"""

from __future__ import annotations

import builtins
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kubeclient.apimachinery.errors import from_status
from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.apimachinery.json import decode, encode
from kubeclient.apimachinery.status import Status
from kubeclient.runtime.clock import RealClock
from kubeclient.runtime.current import current_async_runtime, current_runtime
from kubeclient.runtime.protocol import AsyncRuntime, Clock, Runtime
from kubeclient.transport.protocol import QueryList, Request, Response
from kubefake.faults.door import Door
from kubefake.faults.plan import FaultPlan
from kubefake.faults.rules import Rule
from kubefake.keys import shared_signer
from kubefake.pipeline.access import AccessLog
from kubefake.pipeline.caller import ADMIN, Caller, UserInfo
from kubefake.pipeline.identify import account_groups, split_account
from kubefake.ports import Ids
from kubefake.realtime import SeededIds, SeededRandom
from kubefake.resources.registry import Registry
from kubefake.resources.resource import Resource
from kubefake.server import ApiServer
from kubefake.store import Snapshot

from .manifests import Manifest, objects_of
from .pods import Pods
from .references import find_resource

if TYPE_CHECKING:
    from kubeclient import AsyncClientset, AsyncDynamicClient, Clientset, DynamicClient
    from kubefake.serve.thread import ServerThread
    from kubefake.transport.aio import AsyncInProcessTransport
    from kubefake.transport.threads import InProcessTransport

__all__ = ["Cluster", "ClusterSnapshot"]


@lru_cache(maxsize=2)
def _template(*, legacy: bool = False) -> ApiServer:
    """A server as it is after its start; every cluster is a fork of it, which costs next to nothing."""
    return ApiServer(clock=_Stopped(), ids=SeededIds("template"), signer=shared_signer(), legacy=legacy)


class _Stopped:
    """The clock of the template: its objects were made when the year 2026 began, whenever the process runs."""

    def monotonic_ns(self) -> int:
        return 0

    def time_ns(self) -> int:
        return 1_767_225_600 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class ClusterSnapshot:
    """A moment of a cluster, from `Cluster.snapshot`.

    Attributes:
        state: what the server keeps of it.
        revision: the newest one then.
    """

    state: tuple[Snapshot, Registry] = field(repr=False)
    revision: int


class Cluster:
    """An apiserver in memory and what one needs around it.

    Args:
        objects: what exists from the start: dicts, typed objects, YAML text, files or folders.
        seed: of uids, name suffixes and faults; the same seed gives the same ones.
        faults: rules to begin with; more can be added to `cluster.faults` at any time.
        clock, ids: other ports than the machine's clock and the seed's identifiers.
        legacy: serve the API versions too that older servers had, as extensions/v1beta1.

    Attributes:
        pods: says what containers do: their logs, commands and ports.
    """

    def __init__(
        self,
        *,
        objects: Iterable[Manifest] = (),
        seed: int | str = 0,
        faults: Iterable[Rule] = (),
        clock: Clock | None = None,
        ids: Ids | None = None,
        lock: AbstractContextManager[Any] | None = None,
        legacy: bool = False,
        _server: ApiServer | None = None,
    ) -> None:
        self.seed = seed
        self.clock: Clock = clock if clock is not None else RealClock()
        origin = _server if _server is not None else _template(legacy=legacy)
        self.server = origin.fork(
            clock=self.clock,
            ids=ids if ids is not None else SeededIds(seed),
            random=SeededRandom(seed, "watches"),
        )
        store = self.server.store
        self.faults = FaultPlan(
            self.clock, lambda name: SeededRandom(seed, name), rules=faults, revision=lambda: store.revision
        )
        self._lock: AbstractContextManager[Any] = lock if lock is not None else threading.RLock()
        self.door = Door(self.server, self.faults, self._lock)
        self.pods = Pods(self.server.scripts, self._lock)
        self.load(*objects)

    @property
    def access(self) -> AccessLog:
        """What clients and users asked for, once `access.enabled` is set, and the least role for each of them."""
        return self.server.access

    # Clients.

    def client(self, *, name: str = "", user: str | None = None, groups: Sequence[str] = ()) -> Clientset:
        """A typed client for blocking code. `name` is what fault rules call it; without `user` it is an administrator."""
        from kubeclient import Clientset

        runtime = current_runtime()
        return Clientset(self.transport(name=name, user=user, groups=groups, runtime=runtime), runtime=runtime)

    def async_client(self, *, name: str = "", user: str | None = None, groups: Sequence[str] = ()) -> AsyncClientset:
        """A typed client for asyncio."""
        from kubeclient import AsyncClientset

        runtime = current_async_runtime()
        return AsyncClientset(
            self.async_transport(name=name, user=user, groups=groups, runtime=runtime), runtime=runtime
        )

    def dynamic_client(self, *, name: str = "", user: str | None = None, groups: Sequence[str] = ()) -> DynamicClient:
        """A client without types for blocking code."""
        return self.client(name=name, user=user, groups=groups).dynamic

    def async_dynamic_client(
        self, *, name: str = "", user: str | None = None, groups: Sequence[str] = ()
    ) -> AsyncDynamicClient:
        """A client without types for asyncio."""
        return self.async_client(name=name, user=user, groups=groups).dynamic

    def transport(
        self, *, name: str = "", user: str | None = None, groups: Sequence[str] = (), runtime: Runtime | None = None
    ) -> InProcessTransport:
        """What carries the requests of a blocking client into this cluster."""
        from kubefake.transport.threads import InProcessTransport

        return InProcessTransport(self.door, runtime or current_runtime(), _caller(name, user, groups))

    def async_transport(
        self,
        *,
        name: str = "",
        user: str | None = None,
        groups: Sequence[str] = (),
        runtime: AsyncRuntime | None = None,
    ) -> AsyncInProcessTransport:
        """What carries the requests of an asyncio client into this cluster."""
        from kubefake.transport.aio import AsyncInProcessTransport

        return AsyncInProcessTransport(self.door, runtime or current_async_runtime(), _caller(name, user, groups))

    def httpx_transport(self, module: ModuleType | None = None, *, name: str = "", user: str | None = None) -> Any:
        """For clients that are built on httpx (or on httpx2, given as `module`): `httpx.Client(transport=…)`."""
        from kubefake.transport.httpx_ import httpx_transport

        return httpx_transport(self.door, module, caller=_caller(name, user, ()))

    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> ServerThread:
        """A server over HTTP in a thread of its own; a context manager with a `url`."""
        from kubefake.serve.thread import ServerThread

        return ServerThread(self.door, host, port)

    # State.

    def load(self, *sources: Manifest) -> list[dict[str, Any]]:
        """Creates objects, definitions of custom resources before others; returns them as stored.

        A namespace that an object names and nobody made is made first. Raises the StatusError of the first object that
        the server refuses.
        """
        objects = sorted(objects_of(*sources), key=_load_order)
        return [self._create(obj) for obj in objects]

    def get(self, reference: str, *, namespace: str = "default") -> dict[str, Any] | None:
        """The stored object that `deployments/web`, `deploy/web` or `Deployment/web` names, or None."""
        resource, name = find_resource(self.server.registry, reference)
        answer = self._call("GET", self._path(resource, namespace, name))
        return None if answer.status == 404 else _body(answer)

    def list(self, resource: str, *, namespace: str = "") -> builtins.list[dict[str, Any]]:
        """The stored objects of a resource, of all namespaces or of one."""
        found, _ = find_resource(self.server.registry, f"{resource}/-")
        listed = _body(self._call("GET", self._path(found, namespace, "")))
        head = {"apiVersion": found.api_version, "kind": found.kind}
        return [{**head, **item} for item in listed["items"] or ()]

    def apply(self, *sources: Manifest, field_manager: str = "kubefake") -> builtins.list[dict[str, Any]]:
        """Applies objects (server-side apply), taking over fields that others own; returns them as stored."""
        out = []
        for obj in objects_of(*sources):
            resource = self._resource_of(obj)
            meta = obj.get("metadata") or {}
            path = self._path(resource, str(meta.get("namespace") or "default"), str(meta.get("name") or ""))
            query = (("fieldManager", field_manager), ("force", "true"))
            out.append(_body(self._call("PATCH", path, obj, query=query, content_type="application/apply-patch+yaml")))
        return out

    def patch(
        self, reference: str, patch: Mapping[str, Any], *, namespace: str = "default", subresource: str = ""
    ) -> dict[str, Any]:
        """Changes an object, or a subresource of it ("status"), by a merge patch; returns it as stored. Raises NotFound."""
        resource, name = find_resource(self.server.registry, reference)
        path = self._path(resource, namespace, name) + (f"/{subresource}" if subresource else "")
        return _body(self._call("PATCH", path, patch, content_type="application/merge-patch+json"))

    def delete(self, reference: str, *, namespace: str = "default") -> None:
        """Deletes an object, or asks for it where finalizers or a grace period keep it. Raises NotFound."""
        resource, name = find_resource(self.server.registry, reference)
        _body(self._call("DELETE", self._path(resource, namespace, name)))

    def compact(self, revision: int | None = None) -> None:
        """Forgets history up to a revision, by default all of it: watches from before it expire with 410."""
        with self._lock:
            self.server.store.compact(self.server.store.revision if revision is None else revision)

    def snapshot(self) -> ClusterSnapshot:
        """This moment, for `restore`. Costs next to nothing."""
        with self._lock:
            return ClusterSnapshot(self.server.snapshot(), self.server.store.revision)

    def restore(self, snapshot: ClusterSnapshot, *, bump_revision: int = 0) -> None:
        """Returns to a moment of this cluster, as operators do who restore etcd from a backup and start the apiservers again.

        Watches that are open end without a word, as connections of a server that goes down; revisions are given out anew from
        the one of the snapshot. Clients that know later ones are told nothing of it: a watch from a revision that has not
        happened (again) keeps silent until it has, a list of one answers 504 "Too large resource version", and an update that
        names one may meet another object of that version.

        Args:
            snapshot: of this cluster, however long ago; it can be restored more than once.
            bump_revision: leaves out that many revisions and compacts up to there, as `etcdutl snapshot restore
                --bump-revision=N --mark-compacted` does against just that: clients that go on from an earlier revision learn
                that it has expired (410) and list anew. More than were given out since the snapshot; etcd's advice is 1000000000.
        """
        with self._lock:
            self.server.restore(snapshot.state, bump_revision=bump_revision)

    def fork(self) -> Cluster:
        """An independent cluster that continues from this one's state."""
        with self._lock:
            return Cluster(seed=self.seed, clock=self.clock, ids=self.server.ids, _server=self.server)

    def _create(self, obj: dict[str, Any]) -> dict[str, Any]:
        resource = self._resource_of(obj)
        namespace = str((obj.get("metadata") or {}).get("namespace") or "default")
        if resource.namespaced and self.get(f"namespaces/{namespace}") is None:
            self._create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        status = obj.get("status")
        made = _body(self._call("POST", self._path(resource, namespace, ""), obj))
        if status and "status" in resource.subresources:
            path = self._path(resource, namespace, made["metadata"]["name"])
            made = _body(self._call("PUT", f"{path}/status", {**made, "status": status}))
        return made

    def _resource_of(self, obj: Mapping[str, Any]) -> Resource:
        group_version = GroupVersion.parse(str(obj["apiVersion"]))
        resource = self.server.registry.by_kind(group_version.group, group_version.version, str(obj["kind"]))
        if resource is None:
            raise ValueError(f"{obj['apiVersion']} {obj['kind']} is no kind that this cluster serves")
        return resource

    def _path(self, resource: Resource, namespace: str, name: str) -> str:
        root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
        where = f"/namespaces/{namespace}" if resource.namespaced and namespace else ""
        return f"{root}{where}/{resource.plural}" + (f"/{name}" if name else "")

    def _call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: QueryList = (),
        content_type: str = "application/json",
    ) -> Response:
        headers = [("content-type", content_type), ("user-agent", "kubefake")]
        request = Request(method, path, query, headers, None if body is None else encode(body))
        with self._lock:
            answer = self.server.handle(request, ADMIN)
        assert isinstance(answer, Response)
        return answer

    def __repr__(self) -> str:
        return f"<Cluster seed {self.seed!r} {self.server!r}>"


def _caller(name: str, user: str | None, groups: Sequence[str]) -> Caller:
    if user is None:
        return Caller(name, ADMIN.user)
    account = split_account(user)
    if account is not None and not groups:
        groups = account_groups(account[0])
    return Caller(name, UserInfo(user, (*groups, "system:authenticated")))


def _body(answer: Response) -> dict[str, Any]:
    if answer.status >= 400:
        raise from_status(decode(answer.body, Status))
    return decode(answer.body, dict[str, Any])


def _load_order(obj: dict[str, Any]) -> int:
    return {"Namespace": 0, "CustomResourceDefinition": 1}.get(str(obj.get("kind")), 2)
