"""From definitions to served resources: names are accepted or not, versions appear and vanish, instances go at the end.

What the controllers of the real server do behind a CustomResourceDefinition, as decisions: an `Installer` keeps its registry
right and returns what must be written; whoever owns the store writes it. It knows the definitions it was told of, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from kubeclient.apimachinery.field import aggregate
from kubefake.resources.resource import Resource

from .conditions import condition, is_true, with_condition
from .served import resources_of

__all__ = [
    "FINALIZER",
    "DeleteInstances",
    "Installer",
    "Registry",
    "SetStatus",
    "begin_deletion",
    "deletion_in_progress",
    "finish_deletion",
]

FINALIZER: Final = "customresourcecleanup.apiextensions.k8s.io"

CRD = Mapping[str, Any]


class Registry(Protocol):
    """What the installer needs of a registry of resources."""

    def add(self, resource: Resource) -> None: ...

    def remove(self, group: str, version: str, plural: str) -> None: ...


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Write this status to the definition `name`; several are written one after the other."""

    name: str
    status: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeleteInstances:
    """Delete all instances of a definition; when none is left, write what `finish_deletion` says."""

    name: str
    group: str
    plural: str


Change = SetStatus | DeleteInstances


class Installer:
    """Keeps a registry in step with definitions.

    Args:
        registry: what the server serves.
        definitions: those that exist already; their resources are registered at once.
    """

    def __init__(self, registry: Registry, definitions: Iterable[CRD] = ()) -> None:
        self._registry = registry
        self._definitions: dict[str, CRD] = {}
        self._served: dict[str, list[tuple[str, str, str]]] = {}
        self._settled: dict[str, int] = {}
        for crd in definitions:
            self._definitions[crd["metadata"]["name"]] = crd
            self._settle(crd)
            self._serve(crd)

    def on_commit(self, kind: str, obj: CRD, old: CRD | None, now: str) -> list[Change]:
        """To be called after a definition was ADDED, MODIFIED or DELETED.

        Returns:
            What must be written next, in order. Each write is a commit of its own, for which this is called again.
        """
        name = obj["metadata"]["name"]
        if kind == "DELETED":
            self._definitions.pop(name, None)
            self._settled.pop(name, None)
            self._withdraw(name)
            return self._reconsider(obj["spec"]["group"], now)
        self._definitions[name] = obj
        if old is None or old.get("spec") != obj.get("spec"):
            self._settle(obj)
        if old is not None and old.get("spec") == obj.get("spec") and _served_alike(old, obj):
            changes: list[Change] = []
        else:
            self._withdraw(name)
            self._serve(obj)
            changes = []
        if obj["metadata"].get("deletionTimestamp"):
            condemned = FINALIZER in (obj["metadata"].get("finalizers") or ())
            return [DeleteInstances(name, obj["spec"]["group"], obj["spec"]["names"]["plural"])] if condemned else []
        if status := self._next_status(obj, now):
            changes.append(SetStatus(name, status))
        elif old is not None and old.get("status") != obj.get("status"):
            changes += self._reconsider(obj["spec"]["group"], now)
        return changes

    def _reconsider(self, group: str, now: str) -> list[Change]:
        """Names that became free may be what another of the group waits for; one at a time, for it may take them all."""
        for name, crd in sorted(self._definitions.items()):
            if crd["spec"]["group"] == group and not crd["metadata"].get("deletionTimestamp"):
                status = self._next_status(crd, now)
                if status is not None:
                    return [SetStatus(name, status)]
        return []

    def _settle(self, crd: CRD) -> None:
        """Notes since when a definition says what it says; nothing was written before its first generation."""
        metadata = crd["metadata"]
        changed = metadata.get("generation", 1) > 1
        self._settled[metadata["name"]] = int(metadata["resourceVersion"]) if changed else 0

    def _serve(self, crd: CRD) -> None:
        if not is_true(crd, "Established"):
            return
        resources = resources_of(crd, self._settled[crd["metadata"]["name"]])
        for resource in resources:
            self._registry.add(resource)
        self._served[crd["metadata"]["name"]] = [(item.group, item.version, item.plural) for item in resources]

    def _withdraw(self, name: str) -> None:
        for key in self._served.pop(name, ()):
            self._registry.remove(*key)

    def _next_status(self, crd: CRD, now: str) -> dict[str, Any] | None:
        """The status after the next step of naming or establishing; None when there is nothing to do."""
        status = dict(crd.get("status") or {})
        accepted, problem = self._names(crd)
        value, reason, message = ("False", *problem) if problem else ("True", "NoConflicts", "no conflicts found")
        named = with_condition(status, "NamesAccepted", value, reason, message, now) | {"acceptedNames": accepted}
        if condition(crd, "Established") is None or (value == "True" and not is_true(crd, "Established")):
            established = _established(crd, value == "True")
            named = with_condition(named, "Established", *established, now)
        named = {key: named[key] for key in ("conditions", "acceptedNames", "storedVersions") if key in named}
        return None if _same(named, status) else named

    def _names(self, crd: CRD) -> tuple[dict[str, Any], tuple[str, str] | None]:
        """The names that the definition may have, and why not all it asks for."""
        wanted = crd["spec"]["names"]
        accepted = dict(_accepted(crd))
        resources, kinds = self._taken(crd)
        problem: tuple[str, str] | None = None
        for key, reason, taken in (  # the last conflict is the one that is told
            ("plural", "PluralConflict", resources),
            ("singular", "SingularConflict", resources),
            ("shortNames", "ShortNamesConflict", resources),
            ("kind", "KindConflict", kinds),
            ("listKind", "ListKindConflict", kinds),
        ):
            clashes = [
                name for name in _several(wanted.get(key)) if name not in _several(accepted.get(key)) and name in taken
            ]
            if clashes:
                problem = (reason, aggregate(f'"{name}" is already in use' for name in clashes))
            else:
                accepted[key] = wanted.get(key)
        accepted["categories"] = wanted.get("categories")
        order = ("plural", "singular", "shortNames", "kind", "listKind", "categories")
        return {
            key: accepted.get(key) or "" for key in order if accepted.get(key) or key in ("plural", "kind")
        }, problem

    def _taken(self, crd: CRD) -> tuple[set[str], set[str]]:
        resources: set[str] = set()
        kinds: set[str] = set()
        for other in self._definitions.values():
            if other["spec"]["group"] == crd["spec"]["group"] and other["metadata"]["name"] != crd["metadata"]["name"]:
                names = _accepted(other)
                resources.update([names.get("plural", ""), names.get("singular", ""), *(names.get("shortNames") or ())])
                kinds.update([names.get("kind", ""), names.get("listKind", "")])
        return resources - {""}, kinds - {""}


def _several(names: str | list[str] | None) -> list[str]:
    return names if isinstance(names, list) else [names] if names else []


def _accepted(crd: CRD) -> Mapping[str, Any]:
    names: Mapping[str, Any] = (crd.get("status") or {}).get("acceptedNames") or {}
    return names


def _established(crd: CRD, names_accepted: bool) -> tuple[str, str, str]:
    if not names_accepted:
        return ("False", "NotAccepted", "not all names are accepted")
    text = "the initial names have been accepted"
    return ("True", "InitialNamesAccepted", text) if condition(crd, "Established") else ("False", "Installing", text)


def _served_alike(old: CRD, obj: CRD) -> bool:
    """Whether what is served by two statuses of one definition is the same."""
    return _accepted(old) == _accepted(obj) and all(
        is_true(old, name) == is_true(obj, name) for name in ("Established", "Terminating")
    )


def _same(status: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    return all((status.get(key) or None) == (old.get(key) or None) for key in ("conditions", "acceptedNames"))


def begin_deletion(crd: dict[str, Any], now: str) -> None:
    """What a first delete does to a definition besides the deletion timestamp: the finalizer, and the Terminating condition."""
    metadata = crd["metadata"]
    finalizers = metadata.get("finalizers") or []
    if FINALIZER not in finalizers:
        metadata["finalizers"] = [*finalizers, FINALIZER]
    message = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
    crd["status"] = with_condition(
        crd.get("status") or {}, "Terminating", "True", "InstanceDeletionPending", message, now
    )


def deletion_in_progress(crd: CRD, now: str) -> dict[str, Any] | None:
    """The status while instances are being deleted; None when the definition says so already."""
    told = condition(crd, "Terminating")
    if told is not None and told.get("reason") == "InstanceDeletionInProgress":
        return None
    text = "CustomResource deletion is in progress"
    return with_condition(crd.get("status") or {}, "Terminating", "True", "InstanceDeletionInProgress", text, now)


def finish_deletion(crd: dict[str, Any], now: str) -> None:
    """What happens to a definition when its last instance is gone: the finalizer goes, the condition says so."""
    metadata = crd["metadata"]
    metadata["finalizers"] = [name for name in metadata.get("finalizers") or () if name != FINALIZER]
    if not metadata["finalizers"]:
        del metadata["finalizers"]
    crd["status"] = with_condition(
        crd.get("status") or {}, "Terminating", "False", "InstanceDeletionCompleted", "removed all instances", now
    )
