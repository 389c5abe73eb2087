"""Who owns which field: the managedFields of every write, and server-side apply.

One `FieldManager` stands for one resource in one version, or one of its subresources. It decides from what it is given and
keeps nothing between calls but compiled types and read sets. Objects are plain dicts that are never changed; what comes
back shares what it can with them.

Follows k8s.io/apimachinery/pkg/util/managedfields (the chain of managers) and structured-merge-diff/v6/merge/update.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from kubeclient.apimachinery.errors import new_bad_request
from kubefake.schema.node import Node

from . import typed
from .atoms import ItemError
from .conflicts import Conflict, conflict_error
from .failures import plain_failure
from .fieldset import FieldSet
from .govalues import same
from .last_applied import LAST_APPLIED, allowed_conflicts, with_last_applied
from .managed import Entry, FieldSetCache, Key, Managed, cap_update_managers, decode, encode, is_reset

__all__ = ["Converter", "FieldFilter", "FieldManager", "excluding", "including"]

FieldFilter = Callable[[FieldSet], FieldSet]

Converter = Callable[[Mapping[str, Any], str], tuple[Node, Mapping[str, Any]] | None]
"""An object in another API version, with that version's type; None where the version is not known."""

_STRIPPED: Final = FieldSet.from_paths(
    [
        ("f:apiVersion",),
        ("f:kind",),
        ("f:metadata",),
        *(
            ("f:metadata", f"f:{name}")
            for name in (
                "name",
                "namespace",
                "creationTimestamp",
                "selfLink",
                "uid",
                "clusterName",
                "generation",
                "managedFields",
                "resourceVersion",
            )
        ),
    ]
)
_CURRENT: Final = Key("current-operation", "Update", "", "")
_BEFORE_FIRST_APPLY: Final = "before-first-apply"


def excluding(fields: FieldSet) -> FieldFilter:
    """A filter that drops these fields and all below them: what a strategy resets."""
    return lambda found: found.recursive_difference(fields)


def including(pattern: Mapping[str, Any]) -> FieldFilter:
    """A filter that keeps only what a pattern covers (`FieldSet.included`): what a subresource may set."""
    return lambda found: found.included(dict(pattern))


class _ConflictsFoundError(Exception):
    def __init__(self, conflicts: list[Conflict]) -> None:
        super().__init__(f"{len(conflicts)} conflicts")
        self.conflicts = conflicts


class _Versioned(NamedTuple):
    node: Node
    old: Mapping[str, Any]
    new: Mapping[str, Any]


class FieldManager:
    """Tracks the managers of one resource's objects.

    Args:
        node: the type of the objects in this version.
        api_version: "apps/v1".
        kind: "Deployment".
        subresource: "" or "status", "scale" …
        zero: a new object of the kind as the server's decoder leaves it: for builtin kinds with the fields that Go always
            writes (`{"spec": {"containers": None}, "status": {}}`), for custom ones nothing.
        reset: per API version, the filter of the fields that this write may not touch.
        convert: gives objects in other versions; without it managers of other versions are forgotten.
        cache: remembers sets; share one between the managers of a server.
        checked: the objects come without a Go decoder that would have refused wrong types (custom resources).
    """

    __slots__ = ("_api_version", "_cache", "_checked", "_convert", "_kind", "_node", "_reset", "_subresource", "_zero")

    def __init__(
        self,
        node: Node,
        api_version: str,
        kind: str,
        *,
        subresource: str = "",
        zero: Mapping[str, Any] | None = None,
        reset: Mapping[str, FieldFilter] | None = None,
        convert: Converter | None = None,
        cache: FieldSetCache | None = None,
        checked: bool = False,
    ) -> None:
        self._node = node
        self._api_version = api_version
        self._kind = kind
        self._subresource = subresource
        self._zero = {} if zero is None else zero
        self._reset = reset or {}
        self._convert = convert
        self._cache = FieldSetCache() if cache is None else cache
        self._checked = checked

    def update(
        self, live: Mapping[str, Any] | None, new: Mapping[str, Any], manager: str, now: str
    ) -> list[dict[str, Any]] | None:
        """The managedFields of a write that is not an apply: create, update, or any other patch.

        Called when the new object is decoded and defaulted, before admission and the kind's strategy.

        Args:
            live: what is stored; None for a create.
            new: what is to be stored, with the managedFields that the client sent, if any.
            manager: the fieldManager parameter, or the first part of the user agent; "" counts as "unknown".
            now: RFC 3339 with whole seconds.
        """
        stored: list[dict[str, Any]] | None = _entries(live)
        managed = self._decode_live_or_new(stored, _entries(new))
        if not managed and live is not None:
            return None  # nobody tracks this object until somebody applies to it
        try:
            tracked = self._track(self._zero if live is None else live, new, managed, manager, now)
        except (typed.TypeMismatchError, ItemError):
            return None  # the server forgets who owned what rather than fail the write
        return encode(tracked)

    def apply(
        self, live: Mapping[str, Any] | None, config: Mapping[str, Any], manager: str, now: str, *, force: bool = False
    ) -> tuple[dict[str, Any], list[dict[str, Any]] | None]:
        """Applies a configuration: the merged object without managedFields, and the managedFields.

        The object still has to go through decoding, defaults and validation. When the configuration changes nothing it
        equals `live`.

        Args:
            live: what is stored; None to create.
            config: what the manager wants, as it came.

        Raises:
            StatusError: Conflict when others own fields with other values, BadRequest and plain failures with the
                server's texts for a configuration that cannot be applied.
        """
        if (config.get("apiVersion"), config.get("kind")) != (self._api_version, self._kind):
            raise new_bad_request(f"invalid object type: {_gvk_text(config)}")
        metadata = config.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("managedFields"), list):
            raise new_bad_request("metadata.managedFields must be nil")
        try:
            managed = decode(_entries(live) or [], self._cache)
        except ValueError as error:
            raise plain_failure(f"failed to decode managed fields: {error}") from error
        current = _without_managed_fields(self._zero if live is None else live)
        if not managed:
            managed = self._track_existing(current, now)
        try:
            typed.validate(self._node, config)
        except typed.TypeMismatchError as error:
            raise plain_failure(f"failed to create typed patch object ({_name_text(config)}): {error}") from error
        key = Key(manager or "unknown", "Apply", "", self._subresource)
        try:
            merged, tracked = self._apply_or_explain(current, config, managed, key, manager, now, force)
        except typed.TypeMismatchError as error:
            raise plain_failure(str(error)) from error
        if manager == "kubectl" and ((merged.get("metadata") or {}).get("annotations") or {}).get(LAST_APPLIED):
            merged = with_last_applied(merged, config)
        return merged, encode(tracked)

    def _track_existing(self, current: dict[str, Any], now: str) -> Managed:
        """Who owned an object before anybody applied to it. Raises a plain failure for one that cannot be owned."""
        try:
            return self._track(self._zero, current, {}, _BEFORE_FIRST_APPLY, now)
        except (typed.TypeMismatchError, ItemError):
            try:
                typed.validate(self._node, current, allow_duplicates=True)
            except typed.TypeMismatchError as error:
                text = f"failed to convert new object ({_name_text(current)}) to smd typed: {error}"
                raise plain_failure(f"failed to create manager for existing fields: {text}") from error
            raise

    def _apply_or_explain(
        self,
        live: dict[str, Any],
        config: Mapping[str, Any],
        managed: Managed,
        key: Key,
        manager: str,
        now: str,
        force: bool,
    ) -> tuple[dict[str, Any], Managed]:
        try:
            return self._apply(live, config, managed, key, now, force)
        except _ConflictsFoundError as error:
            conflicts = error.conflicts
        if manager == "kubectl":
            # What kubectl's client-side apply left behind is its own: it may take over what the annotation proves.
            allowed = allowed_conflicts(self._node, self._api_version, live)
            if allowed is not None:
                conflicts = [conflict for conflict in conflicts if not allowed.has(conflict.path)]
                if not conflicts:
                    return self._apply(live, config, managed, key, now, True)
        raise conflict_error(conflicts)

    def _decode_live_or_new(self, stored: Any, sent: Any) -> Managed:
        """What the write starts from: the client's managedFields if it sent some that can be read, else the stored ones."""
        if not self._subresource:
            if is_reset(sent):
                return {}
            if sent and sent is not stored:
                try:
                    return decode(sent, self._cache)
                except ValueError:
                    pass  # falls back to the stored ones, as the server does
        try:
            return decode(stored or [], self._cache)
        except ValueError:
            return {}

    def _track(
        self, live: Mapping[str, Any], new: Mapping[str, Any], managed: Managed, manager: str, now: str
    ) -> Managed:
        if self._checked:
            typed.validate(self._node, live, allow_duplicates=True)
            typed.validate(self._node, new, allow_duplicates=True)
        live, new = _without_managed_fields(live), _without_managed_fields(new)
        managed = self._reconciled(live, managed)
        managed, comparison, _ = self._settle(live, new, managed, _CURRENT)
        own = comparison.modified.union(comparison.added)
        reset = self._reset.get(self._api_version)
        if reset is not None:
            own = reset(own)
        own = own.difference(_STRIPPED)
        if own:
            key = Key(manager or "unknown", "Update", self._api_version, self._subresource)
            previous = managed.get(key)
            fields = own if previous is None else own.union(previous.fields)
            managed[key] = Entry(fields, self._api_version, now)
        return cap_update_managers(managed)

    def _apply(
        self, live: dict[str, Any], config: Mapping[str, Any], managed: Managed, key: Key, now: str, force: bool
    ) -> tuple[dict[str, Any], Managed]:
        managed = self._reconciled(live, managed)
        merged = typed.merge(self._node, live, config)
        last = managed.get(key)
        fields = typed.to_field_set(self._node, config)
        reset = self._reset.get(self._api_version)
        if reset is not None:
            fields = reset(fields)
        managed[key] = Entry(fields, self._api_version, last.time if last is not None else None)
        if last is not None and (last.api_version != self._api_version or last.fields.difference(fields)):
            merged = self._prune(merged, managed, last)
        managed, _, conflicts = self._settle(live, merged, managed, key)
        if conflicts and not force:
            raise _ConflictsFoundError(conflicts)
        entry = managed.get(key)
        changed = not same(merged, live)
        if entry is not None:
            own = entry.fields.difference(_STRIPPED)
            if own:
                managed[key] = Entry(own, entry.api_version, now if changed else entry.time)
            else:
                del managed[key]
        return (merged if changed else live), managed

    def _settle(
        self, old: Mapping[str, Any], new: Mapping[str, Any], managed: Managed, key: Key
    ) -> tuple[Managed, typed.Comparison, list[Conflict]]:
        """Takes from everyone but `key` what the write changed or removed; tells what was in conflict."""
        compared = typed.compare_new if old is self._zero else typed.compare
        comparison = self._filtered(self._api_version, compared(self._node, old, new))
        comparisons: dict[str, typed.Comparison | None] = {self._api_version: comparison}
        settled: Managed = {}
        conflicts: list[Conflict] = []
        for other, entry in managed.items():
            if other == key:
                if entry.fields:
                    settled[other] = entry
                continue
            version = entry.api_version
            if version not in comparisons:
                comparisons[version] = self._compare_at(version, old, new)
            seen = comparisons[version]
            if seen is None:
                continue  # a version that is gone takes its managers along
            taken = entry.fields.intersection(seen.modified.union(seen.added))
            conflicts += [Conflict(other, path) for path in taken.iterate()]
            rest = entry.fields.difference(taken).difference(seen.removed)
            if rest:
                settled[other] = entry if rest is entry.fields else entry._replace(fields=rest)
        return settled, comparison, conflicts

    def _filtered(self, version: str, comparison: typed.Comparison) -> typed.Comparison:
        reset = self._reset.get(version)
        return comparison if reset is None else typed.Comparison(*map(reset, comparison))

    def _at(self, version: str, obj: Mapping[str, Any]) -> tuple[Node, Mapping[str, Any]] | None:
        if version == self._api_version:
            return self._node, obj
        return self._convert(obj, version) if self._convert is not None else None

    def _compare_at(self, version: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> typed.Comparison | None:
        before, after = self._at(version, old), self._at(version, new)
        if before is None or after is None:
            return None
        for node, obj in (before, after):
            typed.validate(node, obj)  # where a conversion ends, nothing may occur twice
        return self._filtered(version, typed.compare(before[0], before[1], after[1]))

    def _reconciled(self, live: Mapping[str, Any], managed: Managed) -> Managed:
        """The managers fitted to today's types; those of versions that are gone are dropped."""
        result: Managed = {}
        nodes: dict[str, Node | None] = {self._api_version: self._node}
        for key, entry in managed.items():
            version = entry.api_version
            if version not in nodes:
                converted = self._at(version, live)
                nodes[version] = converted[0] if converted is not None else None
            node = nodes[version]
            if node is not None:
                fitted = typed.reconcile(node, entry.fields)
                result[key] = entry if fitted is entry.fields else entry._replace(fields=fitted)
        return result

    def _prune(self, merged: dict[str, Any], managed: Managed, last: Entry) -> dict[str, Any]:
        """Drops what the manager applied last time, does not apply now, and nobody else owns."""
        at_last = self._at(last.api_version, merged)
        if at_last is None:
            return merged
        node, whole = at_last
        last_fields = typed.with_named_fields(node, last.fields)
        pruned = typed.remove_items(node, whole, last_fields)
        pruned = self._add_back_owned(last.api_version, whole, pruned, managed)
        after = typed.with_named_fields(node, typed.to_field_set(node, pruned))
        before = typed.with_named_fields(node, typed.to_field_set(node, whole))
        dropped = before.difference(after).intersection(last_fields)
        if not dropped:
            return merged
        result = typed.remove_items(node, whole, dropped)
        if last.api_version != self._api_version and self._convert is not None:
            back = self._convert(result, self._api_version)
            return merged if back is None else dict(back[1])
        return result  # type: ignore[no-any-return]

    def _add_back_owned(self, version: str, whole: Any, pruned: Any, managed: Managed) -> Any:
        owned: dict[str, FieldSet] = {}
        for entry in managed.values():
            mine = owned.get(entry.api_version)
            owned[entry.api_version] = entry.fields if mine is None else mine.union(entry.fields)
        versions = sorted(owned, key=lambda name: (name != version, name))
        current = version
        for name in versions:
            moved = [self._between(current, name, value) for value in (whole, pruned)]
            if moved[0] is None or moved[1] is None:
                continue
            node, whole = moved[0]
            pruned = moved[1][1]
            current = name
            before = typed.with_named_fields(node, typed.to_field_set(node, whole))
            kept = typed.with_named_fields(node, typed.to_field_set(node, pruned)).union(
                typed.with_named_fields(node, owned[name])
            )
            pruned = typed.remove_items(node, whole, before.difference(kept))
        back = self._between(current, version, pruned)
        return pruned if back is None else back[1]

    def _between(self, current: str, version: str, obj: Any) -> tuple[Node, Any] | None:
        if version == current == self._api_version:
            return self._node, obj
        return self._convert(obj, version) if self._convert is not None else None


def _entries(obj: Mapping[str, Any] | None) -> Any:
    return None if obj is None else (obj.get("metadata") or {}).get("managedFields")


def _without_managed_fields(obj: Mapping[str, Any]) -> dict[str, Any]:
    metadata = obj.get("metadata")
    if not metadata or "managedFields" not in metadata:
        return obj if isinstance(obj, dict) else dict(obj)
    return {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}


def _text(obj: Any, key: str) -> str:
    """A text in an object that may be of any shape; "" where there is none."""
    value = obj.get(key) if isinstance(obj, dict) else None
    return value if isinstance(value, str) else ""


def _gvk_text(obj: Mapping[str, Any]) -> str:
    group, _, version = _text(obj, "apiVersion").rpartition("/")
    return f"{group}/{version}, Kind={_text(obj, 'kind')}"


def _name_text(obj: Mapping[str, Any]) -> str:
    metadata = obj.get("metadata")
    return f"{_text(metadata, 'namespace')}/{_text(metadata, 'name')}; {_gvk_text(obj)}"
