"""Builtin admission by ResourceQuotas: what would use more than a namespace may is refused, what fits is counted.

A quota counts as soon as its status says what is used, which the quota controller writes, or a test. Usage is counted up here
and is counted down by that controller alone. Follows k8s.io/apiserver/pkg/admission/plugin/resourcequota.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.quantity import Quantity
from kubefake.pipeline.quotausage import counted, unspecified, usage
from kubefake.resources.core.quantities import quantity
from kubefake.resources.strategy import JSONObject
from kubefake.store import Version
from kubefake.verbs.call import Call, Core
from kubefake.verbs.update import update

__all__ = ["ResourceQuotas"]

Object = Mapping[str, Any]
_TABLE: Final = "resourcequotas"
_WHO: Final = "kube-apiserver"
_COUNTED_UPDATES: Final = frozenset({("pods", "resize"), ("services", ""), ("persistentvolumeclaims", "")})


class ResourceQuotas:
    """Counts what is created.

    Args:
        core: gives the rooms of verbs, of which this plugin is a part itself.
    """

    def __init__(self, core: Callable[[], Core]) -> None:
        self._core = core

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Object | None) -> None:
        """Nothing is changed."""

    def validate(self, call: Call, operation: str, obj: Object | None, old: Object | None) -> None:
        """Refuses, or counts; nothing is counted for a dry run."""
        if obj is None or not call.namespace:
            return
        core = self._core()
        if not core.store.table(_TABLE).keys or not _is_counted(call, operation):
            return
        table = call.resource.group_resource
        now = usage(str(table), obj)
        changed = _grown(now, usage(str(table), old) if old is not None else {})
        found: list[tuple[Version, dict[str, Quantity]]] = []
        for version in core.store.list(_TABLE, call.namespace):
            counts = self._count(call, version, obj, now, changed)
            if counts:
                found.append((version, counts))
        if not call.dry_run:
            for version, counts in found:
                self._write(core, call, version, counts)

    def _count(
        self, call: Call, version: Version, obj: Object, now: Collection[str], changed: Mapping[str, Quantity]
    ) -> dict[str, Quantity]:
        """The new usage of what a quota counts and what changes."""
        quota, table = version.obj, call.resource.table
        hard: Object = quota.get("status", {}).get("hard") or {}
        used: Object = quota.get("status", {}).get("used") or {}
        relevant = [name for name in hard if _concerns(table, name, now)]
        if not relevant or not counted(table, quota, obj):
            return {}
        if table == "pods":
            lacking = unspecified(obj, relevant)
            if lacking:
                raise _refused(call, obj, f"failed quota: {version.name}: {lacking}")
        if not all(name in used for name in relevant):
            text = f"status unknown for quota: {version.name}, resources: {','.join(sorted(relevant))}"
            raise _refused(call, obj, text)
        wanted = {name: amount for name, amount in changed.items() if name in hard}
        total = {name: quantity(used[name]) + amount for name, amount in wanted.items()}
        exceeded = sorted(name for name in wanted if wanted[name].sign > 0 and total[name] > quantity(hard[name]))
        if exceeded:
            text = f"exceeded quota: {version.name}"
            for word, amounts in (("requested", wanted), ("used", used), ("limited", hard)):
                text += f", {word}: {','.join(f'{name}={amounts[name]}' for name in exceeded)}"
            raise _refused(call, obj, text)
        return total

    def _write(self, core: Core, call: Call, version: Version, counts: Mapping[str, Quantity]) -> None:
        quota = copy.deepcopy(dict(version.obj))
        quota["status"]["used"].update({name: str(amount) for name, amount in counts.items()})
        resource = core.registry.lookup("", "v1", _TABLE)
        assert resource is not None
        write = Call(resource, "update", call.namespace, version.name, "status", call.user, call.now, manager=_WHO)
        update(core, write, quota)


def _is_counted(call: Call, operation: str) -> bool:
    if operation == "CREATE":
        return not call.subresource
    return operation == "UPDATE" and (call.resource.table, call.subresource) in _COUNTED_UPDATES


def _concerns(table: str, name: str, now: Collection[str]) -> bool:
    """Whether a quota's name is one for such objects, used or not."""
    if name in now:
        return True
    if table == "pods":
        computed = name.startswith(("requests.", "limits.", "hugepages-")) and name != "requests.storage"
        return computed or name in ("cpu", "memory", "ephemeral-storage")
    return table == "services" and name in ("services.nodeports", "services.loadbalancers")


def _grown(now: Mapping[str, Quantity], before: Mapping[str, Quantity]) -> dict[str, Quantity]:
    """What is used more or less than before, without what stays."""
    zero = Quantity("0")
    changes = {name: now.get(name, zero) - before.get(name, zero) for name in {**now, **before}}
    return {name: amount for name, amount in changes.items() if not amount.is_zero}


def _refused(call: Call, obj: Object, text: str) -> errors.Forbidden:
    return errors.new_forbidden(call.resource.group_resource, obj["metadata"].get("name", ""), text)
