"""The managedFields of an object: read, written, kept in order and within bounds.

Follows k8s.io/apimachinery/pkg/util/managedfields/internal: managedfields.go, capmanagers.go. Knows entries, not types.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from kubeclient.apimachinery.gotext import marshal, quote

from .fieldset import FieldSet

__all__ = [
    "MAX_UPDATE_MANAGERS",
    "Entry",
    "FieldSetCache",
    "Key",
    "Managed",
    "cap_update_managers",
    "decode",
    "encode",
    "is_reset",
    "keep_timestamps",
    "validate_managed_fields",
]

MAX_UPDATE_MANAGERS: Final = 10
"""How many managers of plain updates an object remembers; the oldest are merged beyond that."""

_ANCIENT: Final = "ancient-changes"
_json: Final = msgspec.json.Encoder().encode
_EPOCH: Final = "1970-01-01T00:00:00Z"


class Key(NamedTuple):
    """Who a manager is. Those who apply are the same in every version; for them `api_version` is ""."""

    manager: str
    operation: Literal["Apply", "Update"]
    api_version: str
    subresource: str

    def identifier(self) -> str:
        """The text by which Go tells managers apart and sorts them."""
        parts = {
            "manager": self.manager,
            "operation": self.operation,
            "apiVersion": self.api_version,
            "subresource": self.subresource,
        }
        return "{" + ",".join(f'"{name}":{marshal(value)}' for name, value in parts.items() if value) + "}"

    def __str__(self) -> str:
        """The manager as conflicts name it."""
        text = quote(self.manager)
        if self.subresource:
            text = f"{text} with subresource {quote(self.subresource)}"
        return text if self.operation == "Apply" else f"{text} using {self.api_version}"


class Entry(NamedTuple):
    """What a manager owns.

    Attributes:
        fields: never empty in what is encoded, except where a client wrote it so.
        api_version: the version that the fields are of.
        time: RFC 3339 with whole seconds; None for one who only joined owners.
    """

    fields: FieldSet
    api_version: str
    time: str | None


Managed = dict[Key, Entry]


class FieldSetCache:
    """Remembers the sets of FieldsV1 documents that were read before, by what they say.

    The objects of a cluster are of few shapes, so that the same document comes with many objects, all of which share its
    set. The bound is in documents; the one that was not used for longest is dropped.
    """

    __slots__ = ("_known", "_size")

    def __init__(self, size: int = 1024) -> None:
        self._size = size
        self._known: OrderedDict[bytes, FieldSet] = OrderedDict()

    def read(self, fields: Mapping[str, Any]) -> FieldSet:
        """The set of a document. Raises ValueError when it cannot be read."""
        try:
            text = _json(fields)
        except (TypeError, ValueError, OverflowError):  # what is no JSON may still be read, or is refused with a reason
            return FieldSet.from_fields(fields)
        known = self._known
        fieldset = known.get(text)
        if fieldset is not None:
            known.move_to_end(text)
            return fieldset
        fieldset = known[text] = FieldSet.from_fields(fields)
        if len(known) > self._size:
            known.popitem(last=False)
        return fieldset


def decode(entries: Sequence[Mapping[str, Any]], cache: FieldSetCache) -> Managed:
    """Reads metadata.managedFields.

    Raises:
        ValueError: with Go's text for an entry that makes no sense.
    """
    managed: Managed = {}
    for index, entry in enumerate(entries):
        operation = entry.get("operation", "")
        if operation not in ("Apply", "Update"):
            raise ValueError("operation must be `Apply` or `Update`")
        api_version = entry.get("apiVersion") or ""
        if not api_version:
            raise ValueError("apiVersion must not be empty")
        fields_type = entry.get("fieldsType") or ""
        if not fields_type:
            raise ValueError(f"missing fieldsType in managed fields entry {index}")
        if fields_type != "FieldsV1":
            raise ValueError(f"invalid fieldsType {quote(fields_type)} in managed fields entry {index}")
        key = Key(
            entry.get("manager") or "",
            operation,
            "" if operation == "Apply" else api_version,
            entry.get("subresource") or "",
        )
        fields = entry.get("fieldsV1")
        try:
            fieldset = cache.read(fields) if fields else FieldSet({})
        except ValueError as error:
            raise ValueError(
                f"error decoding versioned set from {marshal(dict(entry))}: error decoding set: {error}"
            ) from error
        managed[key] = Entry(fieldset, api_version, entry.get("time"))
    return managed


def validate_managed_fields(entries: Sequence[Mapping[str, Any]], cache: FieldSetCache) -> None:
    """Raises ValueError with Go's text when the entries, as admission left them, cannot be read."""
    decode(entries, cache)


def encode(managed: Managed) -> list[dict[str, Any]] | None:
    """What goes into metadata.managedFields: sorted as Go sorts it; None when nobody manages anything."""
    if not managed:
        return None
    ordered = sorted(managed.items(), key=_encoded_order) if len(managed) > 1 else managed.items()
    return [_encode_entry(key, entry) for key, entry in ordered]


def _encoded_order(item: tuple[Key, Entry]) -> tuple[str, ...]:
    key, entry = item
    return (key.operation, entry.time or _EPOCH, key.manager, entry.api_version, key.subresource)


def _encode_entry(key: Key, entry: Entry) -> dict[str, Any]:
    encoded: dict[str, Any] = {}
    if key.manager:
        encoded["manager"] = key.manager
    encoded["operation"] = key.operation
    encoded["apiVersion"] = entry.api_version
    if entry.time is not None:
        encoded["time"] = entry.time
    encoded["fieldsType"] = "FieldsV1"
    encoded["fieldsV1"] = entry.fields.tree
    if key.subresource:
        encoded["subresource"] = key.subresource
    return encoded


def is_reset(entries: Any) -> bool:
    """Whether a client asks to forget all managers: an empty list, or one empty entry."""
    if not isinstance(entries, list):
        return False
    return not entries or (len(entries) == 1 and not any(entries[0].values()))


def cap_update_managers(managed: Managed, limit: int = MAX_UPDATE_MANAGERS) -> Managed:
    """Merges the oldest managers of plain updates, per version, until no more than `limit` are left."""
    updaters = [key for key in managed if key.operation == "Update"]
    if len(updaters) <= limit:
        return managed
    updaters.sort(key=lambda key: (managed[key].time or _EPOCH, key.identifier()))
    capped = dict(managed)
    first_of_version: dict[str, Key] = {}
    count = len(updaters)
    for key in updaters:
        if count <= limit:
            break
        entry = capped[key]
        version = entry.api_version
        first = first_of_version.get(version)
        if first is None:
            first_of_version[version] = key
            continue
        bucket = Key(_ANCIENT, "Update", version, "")
        if bucket not in capped:
            capped[bucket] = capped.pop(first)
        capped[bucket] = Entry(entry.fields.union(capped[bucket].fields), version, entry.time)
        if key != bucket:
            del capped[key]
        count -= 1
    return capped


def keep_timestamps(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The old managedFields, where a write changes nothing but their times; None where the new ones stand.

    The server asks this of every update when all of it, defaults and status included, is in place, so that a write that
    says nothing new does not become a new version (apiserver endpoints/handlers/fieldmanager/equality.go).
    """
    before = old.get("metadata", {}).get("managedFields") or []
    after = new.get("metadata", {}).get("managedFields") or []
    if not after or len(before) != len(after):
        return None
    if all(a.get("time") == b.get("time") for a, b in zip(after, before, strict=True)):
        return None
    if any({**a, "time": None} != {**b, "time": None} for a, b in zip(after, before, strict=True)):
        return None
    for key in new.keys() | old.keys():
        if key != "metadata" and new.get(key) != old.get(key):
            return None
    mine, theirs = new["metadata"], old["metadata"]
    if any(key != "managedFields" and mine.get(key) != theirs.get(key) for key in mine.keys() | theirs.keys()):
        return None
    return list(before)
