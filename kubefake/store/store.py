"""The only mutable state of a cluster: a log of revisions, and what follows from it.

Every commit writes one key and makes one revision. Nothing here knows of kinds, namespaces that must exist, watchers or
time. A store is not safe for use by several threads; whoever owns it holds a lock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from kubefake.wire.escape import escape

from .table import Table
from .version import Version

__all__ = ["CompactedError", "FutureRevisionError", "Snapshot", "StaleVersionError", "Store"]

_json = msgspec.json.Encoder().encode
_DECODED = 2048  # how many of the versions written last keep their decoded form
_EMPTY = Table()
_EMPTY.shared = True


def _encode(obj: dict[str, Any]) -> bytes:
    """The JSON of an object, in as much memory as it takes: encoders leave room behind what they have written."""
    return escape(bytes(memoryview(_json(obj))))


class StaleVersionError(Exception):
    """The version that a commit builds on is not the current one (any more)."""


class CompactedError(Exception):
    """History at that revision is no longer held."""

    def __init__(self, revision: int, compacted: int) -> None:
        super().__init__(f"revision {revision} was compacted; the oldest one held is {compacted}")
        self.revision = revision
        self.compacted = compacted


class FutureRevisionError(Exception):
    """That revision has not happened yet."""

    def __init__(self, revision: int, current: int) -> None:
        super().__init__(f"revision {revision} has not happened; the newest one is {current}")
        self.revision = revision
        self.current = current


class Snapshot:
    """A moment of a store, to fork from or to return to. Costs one small dict; the versions are shared."""

    __slots__ = ("compacted_revision", "history", "revision", "tables")

    def __init__(self, tables: dict[str, Table], revision: int, compacted_revision: int, history: int) -> None:
        self.tables = tables
        self.revision = revision
        self.compacted_revision = compacted_revision
        self.history = history

    def __repr__(self) -> str:
        return f"<Snapshot @{self.revision}>"


class Store:
    """Objects by table and key, at every revision that is held.

    Args:
        history_limit: how many events are held at least; when twice as many have gathered, the older half is compacted,
            and reads and watches from before it fail as expired. None: nothing is ever compacted on its own.
    """

    def __init__(self, *, history_limit: int | None = None) -> None:
        self.revision = 1  # etcd starts at 1, so that 0 can mean "any"
        self.compacted_revision = 0
        self.epoch = 0  # grows when time was turned back, which ends every watch
        self.history_limit = history_limit
        self.on_commit: Callable[[Version], None] | None = None
        self._tables: dict[str, Table] = {}
        self._history = 0
        self._shared_up_to = 0
        self._decoded: deque[Version] = deque()

    # Reading

    def table(self, name: str) -> Table:
        """The table as it is now, for readers; it may be another one after the next commit."""
        return self._tables.get(name, _EMPTY)

    def tables(self) -> Iterator[tuple[str, Table]]:
        """All tables that were ever written to, by name."""
        return iter(sorted(self._tables.items()))

    def get(self, table: str, key: str) -> Version | None:
        """The current version of an object, or None."""
        found = self._tables.get(table)
        return None if found is None else found.current.get(key)

    def get_at(self, table: str, key: str, revision: int) -> Version | None:
        """What an object was at a revision. Raises CompactedError or FutureRevisionError."""
        self.check_held(revision)
        return self.table(table).at(key, revision)

    def list(self, table: str, namespace: str | None = None, revision: int | None = None) -> list[Version]:
        """The objects of a table, or of one namespace in it, in key order. Raises CompactedError or FutureRevisionError."""
        if revision is None or revision == self.revision:
            return self.table(table).list_now(namespace)
        self.check_held(revision)
        return self.table(table).list_at(namespace, revision)

    def check_held(self, revision: int) -> None:
        """Raises CompactedError or FutureRevisionError when the state at a revision cannot be told."""
        if revision > self.revision:
            raise FutureRevisionError(revision, self.revision)
        if revision < self.compacted_revision:
            raise CompactedError(revision, self.compacted_revision)

    # Writing

    def put(self, table: str, key: str, obj: dict[str, Any], expected: Version | None) -> Version:
        """Commits a new object (`expected` None) or a new state of one; sets its resourceVersion and keeps it.

        The object belongs to the store from here on. Raises StaleVersionError when `expected` is not the current version.
        """
        mine = self._writable(table)
        if mine.current.get(key) is not expected:
            raise StaleVersionError(key)
        revision = self.revision + 1
        obj["metadata"]["resourceVersion"] = str(revision)
        prev = expected if expected is not None else mine.graves.get(key)
        version = Version(table, key, revision, prev, obj, _encode(obj), False)
        mine.put(version)
        decoded = self._decoded
        decoded.append(version)
        if len(decoded) > _DECODED:
            decoded.popleft().release()
        self._committed(version)
        return version

    def delete(self, table: str, key: str, obj: dict[str, Any], expected: Version) -> Version:
        """Commits a deletion; `obj` is the last state to tell watchers, a private copy. Raises StaleVersionError as `put`."""
        mine = self._writable(table)
        if mine.current.get(key) is not expected:
            raise StaleVersionError(key)
        revision = self.revision + 1
        obj["metadata"]["resourceVersion"] = str(revision)
        version = Version(table, key, revision, expected, obj, _encode(obj), True)
        mine.bury(version)
        self._committed(version)
        return version

    def _writable(self, name: str) -> Table:
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = Table()
        elif table.shared:
            table = self._tables[name] = table.clone()
        return table

    def _committed(self, version: Version) -> None:
        self.revision = version.revision
        self._history += 1
        if self.on_commit is not None:
            self.on_commit(version)
        limit = self.history_limit
        if limit is not None and self._history >= 2 * limit:
            self.compact(self.revision - limit)

    def compact(self, revision: int) -> None:
        """Forgets every state before a revision. Raises FutureRevisionError; compacting again or less does nothing."""
        if revision > self.revision:
            raise FutureRevisionError(revision, self.revision)
        if revision <= self.compacted_revision:
            return
        self.compacted_revision = revision
        for name, table in self._tables.items():
            if table.log and table.log[0].revision <= revision:
                self._history -= self._writable_for_compaction(name).compact(revision, self._shared_up_to)

    def _writable_for_compaction(self, name: str) -> Table:
        # The dict is being walked: replacing a value of an existing key is allowed, adding a key would not be.
        return self._writable(name)

    # Snapshots

    def snapshot(self) -> Snapshot:
        """This moment, for `restore` or `Store.of`. O(number of tables)."""
        for table in self._tables.values():
            table.shared = True
        self._shared_up_to = self.revision
        return Snapshot(self._tables.copy(), self.revision, self.compacted_revision, self._history)

    def restore(self, snapshot: Snapshot) -> None:
        """Returns to a moment; every watch that is open ends, because revisions will be given out anew."""
        self._tables = snapshot.tables.copy()
        self.revision = snapshot.revision
        self.compacted_revision = snapshot.compacted_revision
        self._history = snapshot.history
        self._shared_up_to = snapshot.revision
        self.epoch += 1

    def skip(self, revisions: int) -> None:
        """Leaves out that many revisions and forgets what was before: none that was given out before means anything now."""
        self.revision += revisions
        self.compact(self.revision)

    def fork(self) -> Store:
        """An independent store that continues from here; neither sees what the other does from now on."""
        return Store.of(self.snapshot(), history_limit=self.history_limit)

    @classmethod
    def of(cls, snapshot: Snapshot, *, history_limit: int | None = None) -> Store:
        """A store that continues from a moment of another one."""
        store = cls(history_limit=history_limit)
        store.restore(snapshot)
        store.epoch = 0
        return store

    def __repr__(self) -> str:
        live = sum(len(table.current) for table in self._tables.values())
        return f"<Store @{self.revision} {live} objects, history since {self.compacted_revision}>"
