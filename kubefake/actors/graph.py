"""Who owns whom: the garbage collector's picture of the cluster. Pure; follows pkg/controller/garbagecollector/graph*.go.

A node stands for an object that was seen, or for an owner that dependents name and nobody has seen yet ("virtual"). Nodes are
found by uid. What has to be looked at after a change is returned by the method that made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kubeclient.api.meta_v1 import ObjectMeta, OwnerReference

__all__ = ["FOREGROUND", "ORPHAN", "Graph", "Identity", "Node", "Work"]

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"


class Identity(NamedTuple):
    """Which object, as an owner reference names it, and where."""

    api_version: str
    kind: str
    namespace: str
    name: str
    uid: str


class Work(NamedTuple):
    """What is to be done for whom.

    "delete": see whether it must go. "orphan": let its dependents go free. "misplaced": tell that it names an owner in
    another namespace.
    """

    what: str
    uid: str


@dataclass(eq=False)
class Node:
    """One object.

    Attributes:
        owners: its owner references.
        dependents: uids of those that name it as their owner.
        deleting: its deletion was asked for.
        foreground: it waits for its dependents' deletion.
        virtual: nobody has seen it.
    """

    identity: Identity
    owners: Sequence[OwnerReference] = ()
    dependents: dict[str, None] = field(default_factory=dict)
    deleting: bool = False
    foreground: bool = False
    virtual: bool = False

    def blocks(self, owner: Node) -> bool:
        """Whether it holds up the foreground deletion of that owner."""
        return any(one.uid == owner.identity.uid and one.block_owner_deletion for one in self.owners)


class Graph:
    """All nodes."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}

    def seen(self, identity: Identity, metadata: ObjectMeta) -> list[Work]:
        """An object was added or changed."""
        owners, finalizers = metadata.owner_references, metadata.finalizers
        deleting = metadata.deletion_timestamp is not None
        node = self.nodes.get(identity.uid)
        work: list[Work] = []
        if node is None:
            node = self.nodes[identity.uid] = Node(identity)
            work += self._link(node, owners)
        else:
            if node.identity != identity:
                # A reference named it wrongly (another namespace, another kind): those who did must be looked at.
                work += [
                    Work("misplaced", one.identity.uid)
                    for one in self.dependents_of(node)
                    if identity.namespace not in ("", one.identity.namespace)
                ]
                work += [Work("delete", uid) for uid in node.dependents]
            node.virtual, node.identity = False, identity
            work += self._relink(node, owners)
        was_deleting, was_foreground = node.deleting, node.foreground
        node.deleting, node.foreground = deleting, deleting and FOREGROUND in finalizers
        if node.deleting and ORPHAN in finalizers:
            work.append(Work("orphan", identity.uid))
        elif node.foreground and not was_foreground:
            work += [Work("delete", uid) for uid in node.dependents]
            work.append(Work("delete", identity.uid))
        elif not was_deleting or owners:
            work.append(Work("delete", identity.uid))
        return work

    def gone(self, uid: str) -> list[Work]:
        """An object does not exist: it was deleted, or it never was."""
        node = self.nodes.pop(uid, None)
        if node is None:
            return []
        work = [Work("delete", dependent) for dependent in node.dependents]
        for reference in node.owners:
            work += self._unlink(node, reference.uid)
        if node.dependents:
            # They still name it: keep their edges, so that its return or its absence is noticed.
            self.nodes[uid] = Node(node.identity, dependents=node.dependents, virtual=True)
        return work

    def dependents_of(self, node: Node) -> list[Node]:
        """Those that name it as an owner."""
        return [self.nodes[uid] for uid in node.dependents if uid in self.nodes]

    def _link(self, node: Node, owners: Iterable[OwnerReference]) -> list[Work]:
        work = []
        node.owners = tuple(owners)
        for reference in node.owners:
            uid = reference.uid
            owner = self.nodes.get(uid)
            if owner is None:
                identity = Identity(reference.api_version, reference.kind, node.identity.namespace, reference.name, uid)
                owner = self.nodes[uid] = Node(identity, virtual=True)
                work.append(Work("delete", uid))
            elif not owner.virtual and owner.identity.namespace not in ("", node.identity.namespace):
                work.append(Work("misplaced", node.identity.uid))
            owner.dependents[node.identity.uid] = None
        return work

    def _relink(self, node: Node, owners: Iterable[OwnerReference]) -> list[Work]:
        before = {one.uid for one in node.owners}
        fresh = tuple(owners)
        after = {one.uid for one in fresh}
        work = []
        for reference in node.owners:
            if reference.uid not in after:
                work += self._unlink(node, reference.uid)
        unblocked = [
            one.uid
            for one in node.owners
            if one.uid in after
            and one.block_owner_deletion
            and not next(new for new in fresh if new.uid == one.uid).block_owner_deletion
        ]
        work += [Work("delete", uid) for uid in unblocked]
        node.owners = tuple(one for one in node.owners if one.uid in after)
        if before != after or node.owners != fresh:
            work += self._link(node, fresh)
        return work

    def _unlink(self, node: Node, owner_uid: str) -> list[Work]:
        owner = self.nodes.get(owner_uid)
        if owner is None:
            return []
        owner.dependents.pop(node.identity.uid, None)
        if owner.virtual and not owner.dependents:
            del self.nodes[owner_uid]
            return []
        # It may have been the last thing that its owner waited for.
        return [Work("delete", owner_uid)] if owner.foreground else []
