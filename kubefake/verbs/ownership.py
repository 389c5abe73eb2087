"""Field ownership around a write: what `managedFields` says afterwards. The bookkeeping itself is `merge`'s.

Here is only which manager stands for which resource, version and subresource, and which fields a write may not own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.merge.field_manager import FieldFilter, FieldManager, excluding, including
from kubefake.merge.fieldset import FieldSet
from kubefake.merge.managed import FieldSetCache, keep_timestamps
from kubefake.resources.registry import Registry
from kubefake.resources.resource import Resource
from kubefake.resources.strategy import JSONObject
from kubefake.schema.decode import zero_value
from kubefake.schema.node import Node
from kubefake.verbs.call import Call

__all__ = ["Ownership", "same_state"]


class Ownership:
    """The field managers of one server's resources, made when they are first needed."""

    __slots__ = ("_managers", "_registry", "cache")

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.cache = FieldSetCache()
        self._managers: dict[tuple[Resource, str], FieldManager] = {}

    def manager(self, resource: Resource, subresource: str) -> FieldManager:
        """Who keeps the books of a resource, or of one of its subresources."""
        key = (resource, subresource)
        found = self._managers.get(key)
        if found is None:
            found = self._managers[key] = self._make(resource, subresource)
        return found

    def subresource_manager(self, node: Node, api_version: str, kind: str, subresource: str) -> FieldManager:
        """Who keeps the books of a subresource that has a kind of its own."""
        zero = {**zero_value(node), "kind": kind, "apiVersion": api_version}
        return FieldManager(node, api_version, kind, subresource=subresource, zero=zero, cache=self.cache)

    def record_create(self, call: Call, obj: JSONObject) -> None:
        """Notes that the caller's manager owns what it creates."""
        self._record(call, None, obj)

    def record_update(self, call: Call, live: Mapping[str, Any], obj: JSONObject) -> None:
        """Notes that the caller's manager owns what it changes; `live` is the stored object in the request's version."""
        self._record(call, live, obj)

    def _record(self, call: Call, live: Mapping[str, Any] | None, obj: JSONObject) -> None:
        manager = self.manager(call.resource, call.subresource)
        managed = manager.update(live, obj, call.manager, call.now)
        if managed:
            obj["metadata"]["managedFields"] = managed
        else:
            obj["metadata"].pop("managedFields", None)

    def apply(
        self, call: Call, live: Mapping[str, Any] | None, config: Mapping[str, Any], *, force: bool
    ) -> JSONObject:
        """What applying a configuration makes of an object, its managedFields included. Raises StatusErrors."""
        manager = self.manager(call.resource, call.subresource)
        merged, managed = manager.apply(live, config, call.manager, call.now, force=force)
        merged = {**merged, "metadata": {**(merged.get("metadata") or {})}}
        if managed:
            merged["metadata"]["managedFields"] = managed
        else:
            merged["metadata"].pop("managedFields", None)
        return merged

    def _make(self, resource: Resource, subresource: str) -> FieldManager:
        head = {"kind": resource.kind, "apiVersion": resource.api_version}
        return FieldManager(
            resource.node,
            resource.api_version,
            resource.kind,
            subresource=subresource,
            zero={**({} if resource.custom else zero_value(resource.node)), **head},
            reset=self._resets(resource, subresource),
            convert=self._converter(resource),
            cache=self.cache,
            checked=resource.custom,
        )

    def _resets(self, resource: Resource, subresource: str) -> Mapping[str, FieldFilter]:
        """Which fields the kind takes out of such a write, so that nobody owns what was not kept."""
        strategy = resource.strategy
        keep: FieldFilter | None = None
        paths: tuple[tuple[str, ...], ...] = ()
        if subresource == "status" and resource.custom:
            keep = including({"f:status": {}})
        elif subresource in strategy.resets:
            paths = strategy.resets[subresource]
        elif subresource == "status":
            paths = strategy.status_resets
        elif "status" in resource.subresources and strategy.resets_status:
            paths = (("f:status",),)
        else:
            return {}
        keep = keep or excluding(FieldSet.from_paths(list(paths)))
        if resource.custom and not subresource:  # whose strategies reset the status in their own version only
            return {resource.api_version: keep}
        versions = [
            other.api_version
            for other in self._registry
            if other.plural == resource.plural and other.table == resource.table
        ]
        return dict.fromkeys(versions, keep)

    def _converter(self, resource: Resource) -> Any:
        def convert(obj: Mapping[str, Any], api_version: str) -> tuple[Node, Mapping[str, Any]] | None:
            # Kinds that stand in two groups (events) are not looked at across them: such managers are forgotten.
            views = {
                one.api_version: one
                for one in self._registry
                if one.table == resource.table and one.group == resource.group
            }
            other, source = views.get(api_version), views.get(obj.get("apiVersion", ""), resource)
            if other is None:
                return None
            seen = _copy(obj)
            bare = "metadata" not in seen  # what pruning leaves may have lost it, and is to come back without
            seen.setdefault("metadata", {})
            if other is not source:  # by way of the version that is stored
                if not source.is_storage_version:
                    seen = source.strategy.convert(seen, source.storage_version.version)
                if not other.is_storage_version:
                    seen = other.strategy.convert(seen, other.version)
            if bare:
                seen = {key: value for key, value in seen.items() if key != "metadata"}
            return other.node, {**seen, "apiVersion": api_version}

        return convert


def _copy(obj: Mapping[str, Any]) -> JSONObject:
    """Two levels are what conversions change without asking."""
    return {key: dict(value) if isinstance(value, dict) else value for key, value in obj.items()}


def same_state(obj: JSONObject, old: Mapping[str, Any]) -> bool:
    """Whether a write changes nothing, times of ownership left aside: it is not stored then."""
    kept = keep_timestamps(obj, old)
    if kept is not None:
        obj["metadata"]["managedFields"] = kept
    return obj == old
