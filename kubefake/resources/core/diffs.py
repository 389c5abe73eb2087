"""How the server tells what changed where nothing may: a unified diff of the two specs as Go prints its internal types.

Follows k8s.io/apimachinery/pkg/util/diff: JSON indented by one blank, by Go's names of fields, with three lines of context.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from kubeclient.apimachinery.gotext import Ordered
from kubefake.schema.builtin import GoField, go_fields, node_for_type
from kubefake.schema.node import Node

__all__ = ["go_value", "spec_diff"]


def spec_diff(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The lines that differ between two specs of a core type."""
    node = node_for_type(f"io.k8s.api.core.v1.{kind}")
    before, after = (_lines(node, value) for value in (old, new))
    found = list(difflib.unified_diff(before, after, n=3, lineterm=""))
    return "\n".join(found[2:]) + ("\n" if found else "")


def _lines(node: Node, value: Mapping[str, Any]) -> list[str]:
    return msgspec.json.format(msgspec.json.encode(_internal(node, value)), indent=1).decode().split("\n")


def _internal(node: Node, value: Any) -> Any:
    if node.kind == "object":
        if value is None or node.name.endswith(".LabelSelector"):  # which is one type on the wire and inside
            return value
        shown = Ordered((_go(field.name), _field(field, value.get(field.name))) for field in _fields(node))
        if "ServiceAccount" in shown and "Containers" in shown:
            _move_host_fields(shown, value)
        if "Metadata" in shown:  # embedded, and with names on the wire of its own
            del shown["Metadata"]
            return Ordered({**(value.get("metadata") or {}), **shown})
        return shown
    if value is None:
        return None
    if node.kind == "list" and node.items is not None:
        return [_internal(node.items, item) for item in value]
    if node.kind == "map" and node.values is not None:
        return {key: _internal(node.values, item) for key, item in value.items()}
    return value


def _fields(node: Node) -> Iterable[GoField]:
    """The fields in the order of the internal type, which is not the wire's everywhere."""
    fields = go_fields(node)
    known = {field.name: field for field in fields}
    for name, before in _BEFORE.items():
        if name in known and before in known:
            order = [one for one in known if one != name]
            order.insert(order.index(before), name)
            known = {one: known[one] for one in order}
    return known.values()


_BEFORE = {
    "quobyte": "flexVolume",
    "setHostnameAsFQDN": "affinity",
    "preemptionPolicy": "dnsConfig",
    "overhead": "enableServiceLinks",
    "fsGroupChangePolicy": "sysctls",
}


def _move_host_fields(shown: Ordered, spec: Mapping[str, Any]) -> None:
    """A pod's internal type keeps what it shares with its host in the security context, and one name of the account."""
    del shown["ServiceAccount"]
    context = shown["SecurityContext"]
    kept = {name: shown.pop(name) for name in _OF_THE_HOST}
    if context is not None:
        shown["SecurityContext"] = Ordered(
            {
                **{name: kept[name] or False for name in _OF_THE_HOST[:3]},
                "ShareProcessNamespace": spec.get("shareProcessNamespace"),
                "HostUsers": spec.get("hostUsers"),
                **context,
            }
        )


_OF_THE_HOST = ("HostNetwork", "HostPID", "HostIPC", "ShareProcessNamespace", "HostUsers")


def _field(field: Any, value: Any) -> Any:
    if value is None and not field.pointer:
        kind = field.node.kind
        if kind == "object":
            return _internal(field.node, {})
        return {"string": "", "boolean": False, "integer": 0, "quantity": "0"}.get(kind)
    return _internal(field.node, value)


_NAMES = {
    "apiGroup": "APIGroup",
    "apiGroups": "APIGroups",
    "apiVersion": "APIVersion",
    "awsElasticBlockStore": "AWSElasticBlockStore",
    "cephfs": "CephFS",
    "csi": "CSI",
    "dnsConfig": "DNSConfig",
    "dnsPolicy": "DNSPolicy",
    "fc": "FC",
    "fsGroup": "FSGroup",
    "fsGroupChangePolicy": "FSGroupChangePolicy",
    "fsType": "FSType",
    "gcePersistentDisk": "GCEPersistentDisk",
    "hostIPC": "HostIPC",
    "hostPID": "HostPID",
    "grpc": "GRPC",
    "httpGet": "HTTPGet",
    "httpHeaders": "HTTPHeaders",
    "ip": "IP",
    "iqn": "IQN",
    "iscsi": "ISCSI",
    "nfs": "NFS",
    "os": "OS",
    "pdID": "PdID",
    "pdName": "PDName",
    "rbd": "RBD",
    "seLinuxChangePolicy": "SELinuxChangePolicy",
    "seLinuxOptions": "SELinuxOptions",
    "storageos": "StorageOS",
    "tcpSocket": "TCPSocket",
    "tty": "TTY",
    "uid": "UID",
}


def _go(name: str) -> str:
    return _NAMES.get(name) or name[0].upper() + name[1:]


def go_value(kind: str, value: Any) -> Any:
    """A value of a type as Go's JSON prints the server's internal type: every field, by its Go name."""
    return _internal(node_for_type(kind), value)
