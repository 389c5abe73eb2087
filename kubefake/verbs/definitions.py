"""What follows from a CustomResourceDefinition that was written: kinds come and go, statuses are written, instances deleted.

The real server does this a moment later, in controllers of its own; here it is done when the write returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.crd import (
    DeleteInstances,
    Installer,
    SetStatus,
    begin_deletion,
    deletion_in_progress,
    finish_deletion,
)
from kubefake.resources.registry import Registry
from kubefake.store import Store, Version
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.delete import check_preconditions, delete_version
from kubefake.verbs.keys import missing
from kubefake.verbs.metadata import ordered
from kubefake.watch.fanout import Fanout
from kubefake.wire.options import DeleteOptions

__all__ = ["Definitions", "delete_definition"]

_TABLE = "customresourcedefinitions.apiextensions.k8s.io"


class Definitions:
    """Keeps what is served in step with the definitions in the store."""

    __slots__ = ("_fanout", "_installer", "_registry", "_store")

    def __init__(self, store: Store, registry: Registry, fanout: Fanout) -> None:
        self._store = store
        self._fanout = fanout
        self._registry = registry
        self.reread()

    def reread(self) -> None:
        """Starts anew from the definitions in the store, after it was turned back."""
        self._installer = Installer(self._registry, [version.obj for version in self._store.list(_TABLE)])

    def committed(self, table: str, kind: str, obj: Mapping[str, Any], old: Mapping[str, Any] | None, now: str) -> None:
        """To be called after every commit; acts on those of definitions, and on instances of those that are to go."""
        if table != _TABLE:
            if kind == "DELETED":
                self._instance_gone(table, now)
            return
        if old is not None and (kind == "DELETED" or _serves_otherwise(obj, old)):
            names = old["spec"]
            self._fanout.end_soon(f"{names['names']['plural']}.{names['group']}")
        for change in self._installer.on_commit(kind, obj, old, now):
            if isinstance(change, SetStatus):
                self._set_status(change, now)
            elif isinstance(change, DeleteInstances):
                self._delete_instances(change, now)

    def _set_status(self, change: SetStatus, now: str) -> None:
        version = self._store.get(_TABLE, change.name)
        if version is not None:
            self._put(version, {**version.obj, "status": change.status}, now)

    def _put(self, version: Version, obj: dict[str, Any], now: str) -> None:
        obj["metadata"] = ordered(obj["metadata"])
        new = self._store.put(_TABLE, version.key, obj, version)
        self.committed(_TABLE, "MODIFIED", new.obj, version.obj, now)

    def _delete_instances(self, change: DeleteInstances, now: str) -> None:
        definition = self._store.get(_TABLE, change.name)
        status = None if definition is None else deletion_in_progress(definition.obj, now)
        if definition is not None and status is not None:
            self._put(definition, {**definition.obj, "status": status}, now)  # whose commit comes here again
            return
        table = f"{change.plural}.{change.group}"
        for version in self._store.list(table):
            meta = version.obj["metadata"]
            if not meta.get("finalizers"):
                last = {**version.obj, "metadata": {**meta}}
                self._store.delete(table, version.key, last, version)
            elif "deletionTimestamp" not in meta:
                marked = {**meta, "deletionTimestamp": now, "deletionGracePeriodSeconds": 0}
                marked["generation"] = meta.get("generation", 0) + 1
                self._store.put(table, version.key, {**version.obj, "metadata": ordered(marked)}, version)
        self._finish(change.name, table, now)

    def _instance_gone(self, table: str, now: str) -> None:
        """The last instance of a definition that is being deleted takes the definition along."""
        plural, _, group = table.partition(".")
        if group:
            version = self._store.get(_TABLE, f"{plural}.{group}")
            if version is not None and "deletionTimestamp" in version.obj["metadata"]:
                self._finish(version.key, table, now)

    def _finish(self, name: str, table: str, now: str) -> None:
        version = self._store.get(_TABLE, name)
        if version is None or self._store.list(table):
            return
        obj = {**version.obj, "metadata": {**version.obj["metadata"]}}
        finish_deletion(obj, now)
        if obj["metadata"].get("finalizers"):
            self._put(version, obj, now)
            return
        gone = self._store.delete(_TABLE, name, {**version.obj, "metadata": {**version.obj["metadata"]}}, version)
        self.committed(_TABLE, "DELETED", gone.obj, version.obj, now)


def _serves_otherwise(obj: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether the server takes its storage of a kind down and builds another: open watches end with the old one."""
    before, after = (one.get("status", {}).get("acceptedNames") for one in (old, obj))
    return bool(obj["spec"] != old["spec"] or before != after)


def delete_definition(core: Core, call: Call, options: DeleteOptions) -> Outcome:
    """Deletes a definition: it waits, terminating, until its instances are gone. Raises NotFound, Conflict."""
    version = core.store.get(_TABLE, call.name)
    if version is None:
        raise missing(call)
    old = version.obj
    check_preconditions(call, options, old["metadata"])
    core.validate(call, "DELETE", None, old)
    if "deletionTimestamp" in old["metadata"]:
        return delete_version(core, call, options, version)
    obj = version.copy()
    obj["metadata"]["deletionTimestamp"] = call.now
    begin_deletion(obj, call.now)
    obj["metadata"] = ordered(obj["metadata"])
    if not call.dry_run:
        new = core.store.put(_TABLE, version.key, obj, version)
        core.committed(call, "MODIFIED", new.obj, old)
        return Outcome(200, new)
    return Outcome(200, obj=obj)
