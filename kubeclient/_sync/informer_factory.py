# generated from kubeclient/_async/informer_factory.py by .ci/twin.py, do not edit
"""Informers that a program shares: one for a resource, however many ask for it.

    with SharedInformerFactory(client) as factory:      # starts, waits for the first lists, shuts down
        ...

    pods = factory.core_v1.pods                                    # the informer of pods, typed
    pods.lister.namespace("default").get("web")

    pods = factory.informer(client.core_v1.pods(""))               # the same, and for any client: dynamic ones, one's own
    lister = factory.lister(client.core_v1.pods(""))

Informers have to be asked for before the factory starts, or `start` called again after; it starts what is not running.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from kubeclient.machines.informer_metrics import InformerMetrics
from kubeclient.machines.lister import Lister
from kubeclient.runtime.protocol import Event, Task

from .client import ClientBase
from .dynamic import DynamicClient
from .group_informers import NamedInformers
from .informer import SharedIndexInformer
from .informer_groups import InformerGroups
from .reflector import SelectorKeywords
from .resource import ObjectClient

__all__ = ["InformerFactoryBase", "SharedInformerFactory"]

T = TypeVar("T")
L = TypeVar("L")
G = TypeVar("G")


class InformerFactoryBase:
    """Makes, starts and stops informers over one client; what a factory is besides its groups.

    Args:
        client: a clientset or a dynamic client; its runtime is the informers' too.
        resync_period: seconds after which handlers are told of everything again; 0: never.
        namespace: what `factory.<group>.<resource>` informers are restricted to; "" is all namespaces.
        options: list and watch options for every informer, as `label_selector`.
        transform: called with every object before it is stored.
        custom_resync: seconds by the type of the objects, in the place of `resync_period`.
        metrics: makes the hooks of an informer, by the group resource that it is of as text, or None for none of them.
    """

    def __init__(
        self,
        client: ClientBase | DynamicClient,
        *,
        resync_period: float = 0,
        namespace: str = "",
        options: SelectorKeywords | None = None,
        transform: Callable[[Any], Any] | None = None,
        custom_resync: Mapping[type, float] | None = None,
        metrics: Callable[[str], InformerMetrics | None] | None = None,
    ) -> None:
        self._client = client
        self._runtime = client.rest_client.runtime
        self._resync_period = resync_period
        self._namespace = namespace
        self._options: SelectorKeywords = options or {}
        self._transform = transform
        self._custom_resync = dict(custom_resync or {})
        self._metrics = metrics
        self._informers: dict[tuple[Any, ...], SharedIndexInformer[Any]] = {}
        self._tasks: dict[tuple[Any, ...], Task] = {}
        self._stops: dict[tuple[Any, ...], Event] = {}
        self._shut_down = False
        self._guard = self._runtime.guard()

    def informer(self, resource: ObjectClient[T, L]) -> SharedIndexInformer[T]:
        """The informer of what this client lists: the same one for the same resource, namespace and types."""
        path = resource.resource.path
        key = _key_of(resource)
        with self._guard:
            informer = self._informers.get(key)
            if informer is None:
                where = f" in {resource.scope}" if resource.scope else ""
                informer = self._informers[key] = SharedIndexInformer(
                    resource,
                    name=f"{path.group_resource}{where}",
                    resource=path.group_resource,
                    resync_period=self._custom_resync.get(resource.resource.type, self._resync_period),
                    options=self._options,
                    transform=self._transform,
                    metrics=self._metrics(str(path.group_resource)) if self._metrics is not None else None,
                    runtime=self._runtime,
                )
        return informer

    def lister(self, resource: ObjectClient[T, L]) -> Lister[T]:
        """Reads from the local copy of that informer."""
        return self.informer(resource).lister

    def _group(self, name: str, type_: type[G]) -> G:
        client = self._group_client(name)
        found: Any = type_  # a subclass of GroupInformers, all of which are made alike
        made: G = found(self, client, self._namespace)
        return made

    def __getattr__(self, name: str) -> NamedInformers:
        """`factory.stable_v1`: the informers of a group version that is not builtin, by name."""
        return NamedInformers(self, self._group_client(name), self._namespace)

    def _group_client(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(self._client, name):
            raise AttributeError(f"{type(self._client).__name__} has no group version {name!r}")
        return getattr(self._client, name)

    def start(self) -> None:
        """Starts the informers that are not running yet. Raises RuntimeError after a shutdown."""
        with self._guard:
            if self._shut_down:
                raise RuntimeError("the informer factory was shut down: make a new one")
            for key, informer in self._informers.items():
                if key not in self._tasks:
                    stop = self._stops[key] = self._runtime.event()
                    self._tasks[key] = self._runtime.spawn(informer.run, stop, name=f"informer {informer.name}")

    def release(self, resource: ObjectClient[T, L]) -> bool:
        """Stops one informer and forgets it, as when the definition of its kind was deleted; False when there is none.

        Who asks for it again gets a new one, to be started. Raises what the informer failed with.
        """
        key = _key_of(resource)
        with self._guard:
            informer = self._informers.pop(key, None)
            task, stop = self._tasks.pop(key, None), self._stops.pop(key, None)
        if stop is not None:
            stop.set()
        if task is not None:
            task.join()
        return informer is not None

    def wait_for_cache_sync(self, timeout: float | None = None) -> bool:
        """Waits until every started informer holds its first list; False when `timeout` seconds passed before."""
        clock = self._runtime.clock
        end = None if timeout is None else clock.monotonic_ns() + round(timeout * 1e9)
        for key in list(self._tasks):
            left = None if end is None else max(0, end - clock.monotonic_ns()) * 1e-9
            informer = self._informers.get(key)  # None: it was released meanwhile
            if informer is not None and not informer.wait_for_sync(left):
                return False
        return True

    def shutdown(self) -> None:
        """Stops the informers and waits until nothing of them runs any more. May be called twice.

        Raises what an informer failed with, once all have ended.
        """
        with self._guard:
            self._shut_down = True
            for stop in self._stops.values():
                stop.set()
            tasks = list(self._tasks.values())
        failed: Exception | None = None
        for task in tasks:
            try:
                task.join()
            except Exception as error:  # noqa: BLE001  the others have to end too
                failed = failed or error
        if failed is not None:
            raise failed

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_for_cache_sync()
        except BaseException:  # cancelled: nobody will leave what was not entered
            self.shutdown()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {len(self._informers)} informers, {len(self._tasks)} started>"


def _key_of(resource: ObjectClient[Any, Any]) -> tuple[Any, ...]:
    """Two clients of one collection share its informer when they share their connection, as all of a clientset do."""
    return resource.rest_client, resource.collection_path, resource.resource.type


class SharedInformerFactory(InformerFactoryBase, InformerGroups):
    """The informers of all builtin resources, and of any other by its client."""
