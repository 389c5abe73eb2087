"""The versions of one resource: what is alive, what was, and in which order it happened.

Tables are shared between a store and its forks until one of them writes, and are copied then; they know nothing of revisions
being global, of compaction's policy, or of watchers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

from .version import Version

__all__ = ["Table"]


def _revision(version: Version) -> int:
    return version.revision


class Table:
    """One resource's part of the log.

    Keys sort as etcd sorts them, by "namespace/name" as a whole, so that lists and their pages come in the server's order.
    """

    __slots__ = ("current", "graves", "keys", "log", "shared")

    def __init__(self) -> None:
        self.current: dict[str, Version] = {}
        self.keys: list[str] = []  # of current, sorted
        self.graves: dict[str, Version] = {}  # newest tombstones of keys that are gone, as far as history is held
        self.log: list[Version] = []  # every version held as an event, oldest first
        self.shared = False

    def clone(self) -> Table:
        """A private copy of the indexes; the versions stay shared."""
        table = Table()
        table.current = self.current.copy()
        table.keys = self.keys.copy()
        table.graves = self.graves.copy()
        table.log = self.log.copy()
        return table

    def put(self, version: Version) -> None:
        key = version.key
        old = self.current.get(key)
        if old is None:
            keys = self.keys
            if not keys or key > keys[-1]:
                keys.append(key)
            else:
                insort(keys, key)
            self.graves.pop(key, None)
        else:
            old.release()
        self.current[key] = version
        self.log.append(version)

    def bury(self, version: Version) -> None:
        key = version.key
        self.current.pop(key).release()
        del self.keys[bisect_left(self.keys, key)]
        self.graves[key] = version
        self.log.append(version)

    def span(self, namespace: str | None) -> list[str]:
        """The live keys of a namespace, or all of them; not to be changed."""
        if not namespace:
            return self.keys
        low = bisect_left(self.keys, namespace + "/")
        return self.keys[low : bisect_left(self.keys, namespace + "0", low)]  # "0" follows "/"

    def list_now(self, namespace: str | None) -> list[Version]:
        current = self.current
        return [current[key] for key in self.span(namespace)]

    def list_at(self, namespace: str | None, revision: int) -> list[Version]:
        """What was alive at a revision."""
        keys: list[str] = self.span(namespace)
        if self.graves:
            prefix = f"{namespace}/" if namespace else ""
            keys = sorted([*keys, *(key for key in self.graves if key.startswith(prefix))])
        found = []
        for key in keys:
            version = self.at(key, revision)
            if version is not None:
                found.append(version)
        return found

    def at(self, key: str, revision: int) -> Version | None:
        """What a key held at a revision, None when it was not alive."""
        version = self.current.get(key) or self.graves.get(key)
        while version is not None and version.revision > revision:
            version = version.prev
        return None if version is None or version.deleted else version

    def position(self, revision: int) -> int:
        """Where in the log the first event after a revision stands, or will stand."""
        log = self.log
        if not log or log[-1].revision <= revision:
            return len(log)
        return bisect_right(log, revision, key=_revision)

    def compact(self, revision: int, shared_up_to: int) -> int:
        """Forgets what was superseded by a revision; returns how many events that were.

        Versions up to `shared_up_to` may belong to somebody else's history too, so their chains are left alone.
        """
        end = self.position(revision)
        graves = self.graves
        for version in self.log[:end]:
            if version.revision > shared_up_to:
                version.prev = None
            if version.deleted and graves.get(version.key) is version:
                del graves[version.key]
        del self.log[:end]
        return end
