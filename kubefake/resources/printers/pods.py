"""Cells of pods: the state that people read is put together from phase, conditions and container states."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .text import Cells, JSONMapping, age, container_cells, format_labels, meta_age, name_of

__all__ = ["pod", "pod_conditions", "pod_template"]

_COMPLETED = [
    {
        "type": "Completed",
        "status": "True",
        "reason": "Succeeded",
        "message": "The pod has completed successfully.",
    }
]
_FAILED = [{"type": "Completed", "status": "True", "reason": "Failed", "message": "The pod failed."}]


def pod_conditions(obj: JSONMapping) -> list[dict[str, str]] | None:
    """The conditions of a pod's row: set when the pod has ended."""
    phase = (obj.get("status") or {}).get("phase")
    return _COMPLETED if phase == "Succeeded" else _FAILED if phase == "Failed" else None


class _Restarts:
    """Counts restarts, and remembers the last one."""

    __slots__ = ("count", "last")

    def __init__(self) -> None:
        self.count, self.last = 0, ""

    def add(self, container: JSONMapping) -> None:
        self.count += container.get("restartCount") or 0
        finished = ((container.get("lastState") or {}).get("terminated") or {}).get("finishedAt") or ""
        self.last = max(self.last, finished)

    def text(self, now: datetime) -> str:
        return f"{self.count} ({age(self.last, now)} ago)" if self.count and self.last else str(self.count)


def _ended(terminated: JSONMapping) -> str:
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _is_true(status: JSONMapping, condition: str) -> bool:
    return any(c.get("type") == condition and c.get("status") == "True" for c in status.get("conditions") or ())


class _State:
    """Goes through the containers as printPod does."""

    def __init__(self, obj: JSONMapping) -> None:
        self.spec, self.status = obj.get("spec") or {}, obj.get("status") or {}
        self.reason: str = self.status.get("reason") or self.status.get("phase") or ""
        for condition in self.status.get("conditions") or ():
            if condition.get("type") == "PodScheduled" and condition.get("reason") == "SchedulingGated":
                self.reason = "SchedulingGated"
        inits = self.spec.get("initContainers") or ()
        self.sidecars = {c["name"] for c in inits if c.get("restartPolicy") == "Always"}
        self.total = len(self.spec.get("containers") or ()) + len(self.sidecars)
        self.ready = 0
        self.restarts, self.sidecar_restarts = _Restarts(), _Restarts()
        if not self._initializing() or _is_true(self.status, "Initialized"):
            self.restarts = self.sidecar_restarts
            self._containers()
        self._deletion(obj)

    def _initializing(self) -> bool:
        """Whether an init container has still to end; says which in `reason`."""
        for index, container in enumerate(self.status.get("initContainerStatuses") or ()):
            self.restarts.add(container)
            sidecar = container.get("name") in self.sidecars
            if sidecar:
                self.sidecar_restarts.add(container)
            state = container.get("state") or {}
            terminated, waiting = state.get("terminated"), state.get("waiting")
            if terminated is not None and not terminated.get("exitCode"):
                continue
            if sidecar and container.get("started"):
                self.ready += bool(container.get("ready"))
                continue
            if terminated is not None:
                self.reason = "Init:" + (terminated.get("reason") or _ended(terminated))
            elif waiting is not None and waiting.get("reason") not in (None, "", "PodInitializing"):
                self.reason = "Init:" + waiting["reason"]
            else:
                self.reason = f"Init:{index}/{len(self.spec.get('initContainers') or ())}"
            return True
        return False

    def _containers(self) -> None:
        running = False
        for container in reversed(self.status.get("containerStatuses") or ()):
            self.restarts.add(container)
            state = container.get("state") or {}
            terminated, waiting = state.get("terminated"), state.get("waiting")
            if waiting is not None and waiting.get("reason"):
                self.reason = waiting["reason"]
            elif terminated is not None:
                self.reason = terminated.get("reason") or _ended(terminated)
            elif container.get("ready") and state.get("running") is not None:
                running = True
                self.ready += 1
        if self.reason == "Completed" and running:
            self.reason = "Running" if _is_true(self.status, "Ready") else "NotReady"

    def _deletion(self, obj: JSONMapping) -> None:
        if not obj["metadata"].get("deletionTimestamp"):
            return
        if self.status.get("reason") == "NodeLost":
            self.reason = "Unknown"
        elif self.status.get("phase") not in ("Succeeded", "Failed"):
            self.reason = "Terminating"


def _gates(spec: JSONMapping, status: JSONMapping) -> str:
    gates = spec.get("readinessGates") or ()
    if not gates:
        return "<none>"
    return f"{sum(_is_true(status, gate.get('conditionType', '')) for gate in gates)}/{len(gates)}"


def pod(obj: JSONMapping, now: datetime) -> Cells:
    state = _State(obj)
    spec, status = state.spec, state.status
    addresses: Any = status.get("podIPs") or ({},)
    return [
        name_of(obj),
        f"{state.ready}/{state.total}",
        state.reason,
        state.restarts.text(now),
        meta_age(obj, now),
        addresses[0].get("ip") or "<none>",
        spec.get("nodeName") or "<none>",
        status.get("nominatedNodeName") or "<none>",
        _gates(spec, status),
    ]


def pod_template(obj: JSONMapping, now: datetime) -> Cells:  # noqa: ARG001
    template = obj.get("template") or {}
    names, images = container_cells(template.get("spec") or {})
    return [name_of(obj), names, images, format_labels((template.get("metadata") or {}).get("labels"))]
