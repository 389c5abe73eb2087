"""How the server tells what changed where nothing may: a unified diff of the two specs as Go prints its internal types.

Follows k8s.io/apimachinery/pkg/util/diff: JSON indented by one blank, by Go's names of fields, with three lines of context.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import msgspec

from kubeclient.apimachinery.gotext import Ordered
from kubefake.schema.builtin import go_fields, node_for_type
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
        if value is None:
            return None
        shown = Ordered((_go(field.name), _field(field, value.get(field.name))) for field in go_fields(node))
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


def _field(field: Any, value: Any) -> Any:
    if value is None and not field.pointer:
        kind = field.node.kind
        if kind == "object":
            return _internal(field.node, {})
        return {"string": "", "boolean": False, "integer": 0, "quantity": "0"}.get(kind)
    return _internal(field.node, value)


_NAMES = {
    "apiGroup": "APIGroup",
    "apiVersion": "APIVersion",
    "awsElasticBlockStore": "AWSElasticBlockStore",
    "cephfs": "CephFS",
    "csi": "CSI",
    "dnsConfig": "DNSConfig",
    "dnsPolicy": "DNSPolicy",
    "fc": "FC",
    "fsType": "FSType",
    "gcePersistentDisk": "GCEPersistentDisk",
    "hostIPC": "HostIPC",
    "hostPID": "HostPID",
    "iscsi": "ISCSI",
    "nfs": "NFS",
    "os": "OS",
    "pdID": "PdID",
    "pdName": "PDName",
    "rbd": "RBD",
    "storageos": "StorageOS",
}


def _go(name: str) -> str:
    return _NAMES.get(name) or name[0].upper() + name[1:]


def go_value(kind: str, value: Any) -> Any:
    """A value of a type as Go's JSON prints the server's internal type: every field, by its Go name."""
    return _internal(node_for_type(kind), value)
