"""What objects use of a ResourceQuota, and which quotas count them. Pure.

Follows pkg/quota/v1/evaluator/core and k8s.io/apiserver/pkg/quota/v1/generic.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from kubeclient.apimachinery.quantity import Quantity
from kubefake.resources.core.qos import qos_class
from kubefake.resources.core.quantities import add_lists, pod_limits, pod_requests, quantity

__all__ = ["COMPUTE", "counted", "unspecified", "usage"]

Object = Mapping[str, Any]
Usage = dict[str, Quantity]
COMPUTE: Final = frozenset(
    {"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"},
)
"""What every container must say when a quota counts it."""

_ONE: Final = Quantity("1")
_PLAIN: Final = frozenset({"configmaps", "replicationcontrollers", "resourcequotas", "secrets"})
_UNPREFIXED: Final = frozenset({"cpu", "memory", "ephemeral-storage"})
_OF_CLASS: Final = ".storageclass.storage.k8s.io/"


def usage(table: str, obj: Object) -> Usage:
    """What an object uses, by the names that quotas have for it."""
    used: Usage = {f"count/{table}": _ONE}
    if table == "pods":
        used.update(_pod(obj))
    elif table == "services":
        used.update(_service(obj["spec"]))
    elif table == "persistentvolumeclaims":
        used.update(_claim(obj["spec"]))
    elif table in _PLAIN:
        used[table] = _ONE
    return used


def _pod(pod: Object) -> Usage:
    if pod.get("status", {}).get("phase") in ("Failed", "Succeeded"):
        return {}
    return {"pods": _ONE, **_compute(pod_requests(pod["spec"]), pod_limits(pod["spec"]))}


def _compute(requests: Mapping[str, Quantity], limits: Mapping[str, Quantity]) -> Usage:
    used: Usage = {}
    for name, amount in requests.items():
        if name in _UNPREFIXED or name.startswith("hugepages-"):
            used[name] = amount
        used[f"requests.{name}"] = amount
    used.update({f"limits.{name}": amount for name, amount in limits.items() if name in _UNPREFIXED})
    return used


def _service(spec: Object) -> Usage:
    used: Usage = {"services": _ONE}
    ports = spec.get("ports") or ()
    kind = spec.get("type")
    if kind == "NodePort":
        used["services.nodeports"] = Quantity(len(ports))
    elif kind == "LoadBalancer":
        used["services.loadbalancers"] = _ONE
        allocates = spec.get("allocateLoadBalancerNodePorts") is not False
        used["services.nodeports"] = Quantity(sum(1 for port in ports if allocates or port.get("nodePort")))
    return used


def _claim(spec: Object) -> Usage:
    used: Usage = {"persistentvolumeclaims": _ONE}
    storage = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if storage is not None:
        used["requests.storage"] = quantity(storage)
    name = spec.get("storageClassName")
    if name:
        used.update({f"{name}{_OF_CLASS}{key}": amount for key, amount in list(used.items())})
    return used


def unspecified(pod: Object, wanted: Collection[str]) -> str:
    """Which containers do not say what a quota needs to know; "" when all do."""
    spec = pod["spec"]
    needed = COMPUTE.intersection(wanted)
    own: Object = spec.get("resources") or {}
    needed -= _said(own).keys()
    missing: dict[str, list[str]] = {}
    for key in ("containers", "initContainers"):
        for container in spec.get(key) or ():
            said = _said(container.get("resources") or {})
            for name in needed - said.keys():
                missing.setdefault(name, []).append(container.get("name", ""))
    if not missing:
        return ""
    parts = [f"{name} for: {','.join(sorted(names))}" for name, names in sorted(missing.items())]
    return f"must specify {'; '.join(parts)}"


def _said(resources: Object) -> Usage:
    return _compute(add_lists([resources.get("requests") or {}]), add_lists([resources.get("limits") or {}]))


def counted(table: str, quota: Object, obj: Object) -> bool:
    """Whether a quota's scopes take in an object; only pods have any."""
    spec = quota["spec"]
    chosen: list[Object] = [{"scopeName": name, "operator": "Exists"} for name in spec.get("scopes") or ()]
    chosen += (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    return not chosen or (table == "pods" and all(_in_scope(scope, obj) for scope in chosen))


def _in_scope(scope: Object, pod: Object) -> bool:
    spec = pod["spec"]
    match scope.get("scopeName"):
        case "BestEffort":
            return qos_class(spec) == "BestEffort"
        case "NotBestEffort":
            return qos_class(spec) != "BestEffort"
        case "Terminating":
            return spec.get("activeDeadlineSeconds") is not None
        case "NotTerminating":
            return spec.get("activeDeadlineSeconds") is None
        case "CrossNamespacePodAffinity":
            return _reaches_out(spec.get("affinity") or {})
    name, values = spec.get("priorityClassName", ""), scope.get("values") or ()
    match scope.get("operator"):
        case "In":
            return name in values
        case "NotIn":
            return name not in values
        case "DoesNotExist":
            return not name
    return bool(name)


def _reaches_out(affinity: Object) -> bool:
    """Whether terms of affinity name other namespaces."""
    for key in ("podAffinity", "podAntiAffinity"):
        part: Object = affinity.get(key) or {}
        terms = [*(part.get("requiredDuringSchedulingIgnoredDuringExecution") or ())]
        preferred = part.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        terms += [term.get("podAffinityTerm") or {} for term in preferred]
        if any(term.get("namespaces") or term.get("namespaceSelector") is not None for term in terms):
            return True
    return False
