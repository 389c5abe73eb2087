"""Informers under observation, for tests of what they do."""

from __future__ import annotations

from typing import Any

from kubeclient.api.core_v1 import ConfigMap
from kubeclient.cache import AsyncHandlerRegistration, AsyncSharedIndexInformer, DeletedFinalStateUnknown
from kubeclient.runtime.protocol import AsyncEvent, AsyncTask
from tests.twins.support import AsyncSim

__all__ = ["Notes", "Running", "cut_off"]


class Notes:
    """A handler that notes what it hears; it can be slow, or fail."""

    def __init__(self, sim: AsyncSim, seconds: float = 0, refuse: str = "") -> None:
        self._sim, self._seconds, self._refuse = sim, seconds, refuse
        self.heard: list[Any] = []
        self.times: list[float] = []

    async def on_add(self, obj: ConfigMap, *, is_initial_list: bool) -> None:
        await self._note(obj, "first" if is_initial_list else "add", obj.metadata.name)

    async def on_update(self, old: ConfigMap, new: ConfigMap) -> None:
        kind = "same" if old.metadata.resource_version == new.metadata.resource_version else "update"
        await self._note(new, kind, new.metadata.name)

    async def on_delete(self, obj: ConfigMap | DeletedFinalStateUnknown[ConfigMap]) -> None:
        if isinstance(obj, DeletedFinalStateUnknown):
            await self._note(obj.obj, "lost", obj.obj.metadata.name)
        else:
            await self._note(obj, "delete", obj.metadata.name)

    async def _note(self, obj: ConfigMap, kind: str, name: str) -> None:
        self.heard.append((kind, name))
        self.times.append(self._sim.now)
        if name == self._refuse:
            raise ValueError("cannot handle this")
        await self._sim.runtime.sleep(self._seconds)


class Running:
    """An informer for the ConfigMaps of a simulated cluster, and its task."""

    def __init__(self, sim: AsyncSim, **options: Any) -> None:
        self._sim = sim
        self.stop: AsyncEvent = sim.runtime.event()
        self.errors: list[Exception] = []
        self.informer: AsyncSharedIndexInformer[ConfigMap] = AsyncSharedIndexInformer(
            sim.client().core_v1.config_maps("default"),
            name="maps",
            runtime=sim.runtime,
            on_watch_error=self.errors.append,
            **options,
        )
        self.task: AsyncTask | None = None

    def notes(self, seconds: float = 0, refuse: str = "", **options: Any) -> Notes:
        """Adds a handler that notes."""
        notes = Notes(self._sim, seconds, refuse)
        self.registration: AsyncHandlerRegistration[ConfigMap] = self.informer.add_event_handler(notes, **options)
        return notes

    def start(self) -> None:
        self.task = self._sim.runtime.spawn(self.informer.run, self.stop, name="informer")

    async def end(self) -> None:
        self.stop.set()
        assert self.task is not None
        await self.task.join()
        assert self._sim.running() == []


def cut_off(sim: AsyncSim) -> None:
    """Breaks every watch there is."""
    for watch in list(sim.faults._watches):
        watch.cut()
