"""Cells of the groups that run a cluster: networking, discovery, storage, RBAC, certificates, admission and the like."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from .text import (
    Cells,
    JSONMapping,
    format_selector,
    human_duration,
    load_balancer,
    meta_age,
    name_of,
    shortened,
)

__all__ = [
    "age_only",
    "api_service",
    "binding",
    "csi_driver",
    "csi_node",
    "csr",
    "endpoint_slice",
    "flow_schema",
    "ingress",
    "ingress_class",
    "ip_address",
    "lease",
    "network_policy",
    "policy_binding",
    "priority_class",
    "priority_level",
    "resource_claim",
    "resource_slice",
    "runtime_class",
    "service_cidr",
    "storage_class",
    "validating_policy",
    "volume_attachment",
    "volume_attributes_class",
    "webhooks",
]


def _spec(obj: JSONMapping) -> JSONMapping:
    spec: JSONMapping = obj.get("spec") or {}
    return spec


def age_only(obj: JSONMapping, now: datetime) -> Cells:
    return [name_of(obj), meta_age(obj, now)]


# --- networking.k8s.io, discovery.k8s.io


def ingress(obj: JSONMapping, now: datetime) -> Cells:
    spec = _spec(obj)
    rules = spec.get("rules") or ()
    hosts = [rule["host"] for rule in rules if rule.get("host")]
    return [
        name_of(obj),
        spec.get("ingressClassName") or "<none>",
        shortened(hosts, 3, len(rules) if len(hosts) > 3 else len(hosts)) if hosts else "*",
        load_balancer(obj.get("status") or {}),
        "80, 443" if spec.get("tls") else "80",
        meta_age(obj, now),
    ]


def ingress_class(obj: JSONMapping, now: datetime) -> Cells:
    spec = _spec(obj)
    parameters, text = spec.get("parameters"), "<none>"
    if parameters:
        group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") else ""
        text = f"{parameters.get('kind', '')}{group}/{parameters.get('name', '')}"
    return [name_of(obj), spec.get("controller", ""), text, meta_age(obj, now)]


def network_policy(obj: JSONMapping, now: datetime) -> Cells:
    return [name_of(obj), format_selector(_spec(obj).get("podSelector")), meta_age(obj, now)]


def ip_address(obj: JSONMapping, now: datetime) -> Cells:
    parent = _spec(obj).get("parentRef")
    text = "<none>"
    if parent:
        group = f".{parent['group']}" if parent.get("group") else ""
        parts = (parent.get("resource", "") + group, parent.get("namespace"), parent.get("name"))
        text = "/".join(part for part in parts if part)
    return [name_of(obj), text, meta_age(obj, now)]  # the age has no column, on the server too


def service_cidr(obj: JSONMapping, now: datetime) -> Cells:
    return [name_of(obj), ",".join(_spec(obj).get("cidrs") or ()), meta_age(obj, now)]


def _slice_port(port: JSONMapping) -> str:
    if port.get("port") is not None:
        return str(port["port"])
    return port.get("name") or "*"


def endpoint_slice(obj: JSONMapping, now: datetime) -> Cells:
    ports = [_slice_port(port) for port in obj.get("ports") or ()]
    addresses = [address for e in obj.get("endpoints") or () for address in e.get("addresses") or ()]
    return [
        name_of(obj),
        obj.get("addressType", ""),
        shortened(ports, 3) or "<unset>",
        shortened(addresses, 3) or "<unset>",
        meta_age(obj, now),
    ]


# --- storage.k8s.io


def _is_default(obj: JSONMapping, *annotations: str) -> bool:
    given = obj["metadata"].get("annotations") or {}
    return any(given.get(annotation) == "true" for annotation in annotations)


def storage_class(obj: JSONMapping, now: datetime) -> Cells:
    names = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
    return [
        name_of(obj) + (" (default)" if _is_default(obj, *names) else ""),
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy") or "Delete",
        obj.get("volumeBindingMode") or "Immediate",
        bool(obj.get("allowVolumeExpansion")),
        meta_age(obj, now),
    ]


def volume_attributes_class(obj: JSONMapping, now: datetime) -> Cells:
    default = _is_default(obj, "volumeattributesclass.alpha.kubernetes.io/is-default-class")
    return [name_of(obj) + (" (default)" if default else ""), obj.get("driverName", ""), meta_age(obj, now)]


def volume_attachment(obj: JSONMapping, now: datetime) -> Cells:
    spec = _spec(obj)
    return [
        name_of(obj),
        spec.get("attacher", ""),
        (spec.get("source") or {}).get("persistentVolumeName") or "",
        spec.get("nodeName", ""),
        bool((obj.get("status") or {}).get("attached")),
        meta_age(obj, now),
    ]


def csi_driver(obj: JSONMapping, now: datetime) -> Cells:
    spec = _spec(obj)
    tokens = spec.get("tokenRequests")
    return [
        name_of(obj),
        spec.get("attachRequired", True),
        bool(spec.get("podInfoOnMount")),
        bool(spec.get("storageCapacity")),
        ",".join(token.get("audience", "") for token in tokens) if tokens else "<unset>",
        bool(spec.get("requiresRepublish")),
        ",".join(spec.get("volumeLifecycleModes") or ()) or "<none>",
        meta_age(obj, now),
    ]


def csi_node(obj: JSONMapping, now: datetime) -> Cells:
    return [name_of(obj), len(_spec(obj).get("drivers") or ()), meta_age(obj, now)]


# --- rbac, certificates, coordination, node, scheduling, apiregistration


def _subjects(obj: JSONMapping, kind: str) -> Iterable[JSONMapping]:
    return (subject for subject in obj.get("subjects") or () if subject.get("kind") == kind)


def binding(obj: JSONMapping, now: datetime) -> Cells:
    role = obj.get("roleRef") or {}
    accounts = (f"{s.get('namespace', '')}/{s.get('name', '')}" for s in _subjects(obj, "ServiceAccount"))
    return [
        name_of(obj),
        f"{role.get('kind', '')}/{role.get('name', '')}",
        meta_age(obj, now),
        ", ".join(s.get("name", "") for s in _subjects(obj, "User")),
        ", ".join(s.get("name", "") for s in _subjects(obj, "Group")),
        ", ".join(accounts),
    ]


def _csr_state(status: JSONMapping) -> str:
    types = {condition.get("type") for condition in status.get("conditions") or ()}
    state = "Denied" if "Denied" in types else "Approved" if "Approved" in types else "Pending"
    return state + (",Failed" if "Failed" in types else "") + (",Issued" if status.get("certificate") else "")


def csr(obj: JSONMapping, now: datetime) -> Cells:
    spec = _spec(obj)
    seconds = spec.get("expirationSeconds")
    return [
        name_of(obj),
        meta_age(obj, now),
        spec.get("signerName") or "<none>",
        spec.get("username", ""),
        "<none>" if seconds is None else human_duration(seconds),
        _csr_state(obj.get("status") or {}),
    ]


def lease(obj: JSONMapping, now: datetime) -> Cells:
    return [name_of(obj), _spec(obj).get("holderIdentity") or "", meta_age(obj, now)]


def runtime_class(obj: JSONMapping, now: datetime) -> Cells:
    return [name_of(obj), obj.get("handler", ""), meta_age(obj, now)]


def priority_class(obj: JSONMapping, now: datetime) -> Cells:
    policy = obj.get("preemptionPolicy") or "PreemptLowerPriority"
    return [name_of(obj), obj.get("value", 0), bool(obj.get("globalDefault")), meta_age(obj, now), policy]


def api_service(obj: JSONMapping, now: datetime) -> Cells:
    service = _spec(obj).get("service")
    where = f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local"
    available = "Unknown"
    for condition in (obj.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "Available":
            available = condition.get("status", "")
            if available != "True":
                available = f"{available} ({condition.get('reason', '')})"
    return [name_of(obj), where, available, meta_age(obj, now)]


# --- admissionregistration.k8s.io


def webhooks(obj: JSONMapping, now: datetime) -> Cells:
    return [name_of(obj), len(obj.get("webhooks") or ()), meta_age(obj, now)]


def validating_policy(obj: JSONMapping, now: datetime) -> Cells:
    """Also of mutating policies, which count mutations."""
    spec = _spec(obj)
    kind = spec.get("paramKind")
    count = len(spec.get("validations") or spec.get("mutations") or ())
    text = f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}" if kind else "<unset>"
    return [name_of(obj), count, text, meta_age(obj, now)]


def _go_selector(selector: JSONMapping) -> str:
    """A selector as Go prints the struct; here the server does not use the short form."""
    pairs = sorted((selector.get("matchLabels") or {}).items())
    match = "".join(f"{key}: {value}," for key, value in pairs)
    expressions = "".join(
        f"LabelSelectorRequirement{{Key:{e.get('key', '')},Operator:{e.get('operator', '')},"
        f"Values:[{' '.join(e.get('values') or ())}],}},"
        for e in selector.get("matchExpressions") or ()
    )
    parts = f"MatchLabels:map[string]string{{{match}}},MatchExpressions:[]LabelSelectorRequirement{{{expressions}}}"
    return f"&LabelSelector{{{parts},}}"


def policy_binding(obj: JSONMapping, now: datetime) -> Cells:
    spec = _spec(obj)
    reference, text = spec.get("paramRef"), "<unset>"
    if reference:
        if reference.get("name"):
            namespace = f"{reference['namespace']}/" if reference.get("namespace") else "*/"
            text = namespace + reference["name"]
        elif reference.get("selector") is not None:
            text = _go_selector(reference["selector"])
    return [name_of(obj), spec.get("policyName", ""), text, meta_age(obj, now)]


# --- flowcontrol.apiserver.k8s.io


def flow_schema(obj: JSONMapping, now: datetime) -> Cells:
    spec = _spec(obj)
    dangling = "?"
    for condition in (obj.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "Dangling":
            dangling = condition.get("status", "")
            break
    return [
        name_of(obj),
        (spec.get("priorityLevelConfiguration") or {}).get("name", ""),
        spec.get("matchingPrecedence", 0),
        (spec.get("distinguisherMethod") or {}).get("type") or "<none>",
        meta_age(obj, now),
        dangling,
    ]


def priority_level(obj: JSONMapping, now: datetime) -> Cells:
    spec = _spec(obj)
    shares: Any = "<none>"
    queues: Any = "<none>"
    hand: Any = "<none>"
    length: Any = "<none>"
    limited = spec.get("limited")
    if limited:
        shares = limited.get("nominalConcurrencyShares", "<none>")
        queuing = (limited.get("limitResponse") or {}).get("queuing")
        if queuing:
            queues = queuing.get("queues", 0)
            hand, length = queuing.get("handSize", 0), queuing.get("queueLengthLimit", 0)
    return [name_of(obj), spec.get("type", ""), shares, queues, hand, length, meta_age(obj, now)]


# --- resource.k8s.io


def resource_claim(obj: JSONMapping, now: datetime) -> Cells:
    status = obj.get("status") or {}
    states = []
    deleted = bool(obj["metadata"].get("deletionTimestamp"))
    if deleted:
        states.append("deleted")
    if status.get("allocation") is None:
        if not deleted:
            states.append("pending")
    else:
        states.append("allocated")
        if status.get("reservedFor"):
            states.append("reserved")
    return [name_of(obj), ",".join(states), meta_age(obj, now)]


def resource_slice(obj: JSONMapping, now: datetime) -> Cells:
    spec = _spec(obj)
    node = spec.get("nodeName") or "<unset>"
    return [name_of(obj), node, spec.get("driver", ""), (spec.get("pool") or {}).get("name", ""), meta_age(obj, now)]
