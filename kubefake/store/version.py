"""One state of one object. Immutable and shared: by readers, watchers, snapshots and forks, so it must never change in meaning.

The JSON bytes are the truth. The decoded form is several times their size and work for the garbage collector, so it is kept
only of what was written last; what selectors look at is kept of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["Version"]

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_NONE: Mapping[str, str] = {}


class Version:
    """What one commit left of one object.

    Attributes:
        table: which table the object stands in ("pods", "deployments.apps").
        key: its key there: "namespace/name", or "name" for what is cluster-scoped.
        revision: the commit, which is the object's resourceVersion.
        prev: the version before it, a tombstone if the object came back; None for the first, or where history was compacted.
        data: the object as JSON, its resourceVersion included; of a tombstone the last state under the deletion's revision.
        deleted: it is a tombstone.
        labels: the object's labels.
        fields: what field selectors see of the object; kept here by who first asked.
    """

    __slots__ = ("_obj", "data", "deleted", "fields", "key", "labels", "prev", "revision", "table")

    def __init__(
        self, table: str, key: str, revision: int, prev: Version | None, obj: dict[str, Any], data: bytes, deleted: bool
    ) -> None:
        self.table = table
        self.key = key
        self.revision = revision
        self.prev = prev
        self.labels: Mapping[str, str] = obj["metadata"].get("labels") or _NONE
        self.fields: Mapping[str, str] | None = None
        self._obj: dict[str, Any] | None = obj
        self.data = data
        self.deleted = deleted

    @property
    def obj(self) -> dict[str, Any]:
        """The decoded object. Shared: whoever wants to change it decodes `data` anew."""
        obj = self._obj
        return _decode(self.data) if obj is None else obj

    def copy(self) -> dict[str, Any]:
        """A private decoded copy."""
        return _decode(self.data)

    def release(self) -> None:
        """Lets go of the decoded form, once the version is history or has not been touched for long."""
        self._obj = None

    @property
    def namespace(self) -> str:
        namespace, slash, _ = self.key.partition("/")
        return namespace if slash else ""

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]

    def __repr__(self) -> str:
        return f"<Version {self.table} {self.key} @{self.revision}{' deleted' if self.deleted else ''}>"
