"""What evaluating an expression may cost at most, told from its types and the sizes that a schema allows.

Follows github.com/google/cel-go/checker/cost.go and k8s.io/apiserver/pkg/cel/library/cost.go. Only the upper bounds matter to
anybody, but the sizes they come from have lower bounds too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from .ast import Call, Comprehension, Ident, ListNode, Literal, MapNode, Node, Select
from .call_costs import CallCosts
from .macros import ACCUMULATOR
from .sizes import UNKNOWN, Size, fixed
from .types import Type, unwrap_optional
from .values import Uint

__all__ = ["Sizes", "estimate"]

Sizes = Callable[[tuple[str, ...]], Size | None]
"""The size of what a path leads to, if known: the path's first name is a variable."""

_SCALARS: Final = ("bool", "double", "duration", "int", "timestamp", "uint")


class _Entry(NamedTuple):
    kind: str
    key: Size
    value: Size


class _Local(NamedTuple):
    path: tuple[str, ...]
    size: Size | None
    entry: _Entry | None


def estimate(node: Node, sizes: Sizes) -> int:
    """The most that a checked expression may cost."""
    return _Coster(sizes).cost(node).max


class _Coster:
    def __init__(self, sizes: Sizes) -> None:
        self._estimate = sizes
        self._paths: dict[int, tuple[str, ...]] = {}
        self._sizes: dict[int, Size] = {}
        self._entries: dict[int, _Entry] = {}
        self._locals: dict[str, list[_Local]] = {}
        self._calls = CallCosts(self)

    def cost(self, node: Node) -> Size:
        if isinstance(node, Ident):
            local = self._local(node.name)
            self._paths[id(node)] = local.path if local else (node.name,)
            return fixed(1)
        if isinstance(node, Select):
            return self._select(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, ListNode):
            return self._list(node)
        if isinstance(node, MapNode):
            return self._map(node)
        if isinstance(node, Comprehension):
            return self._bind(node) if _is_bind(node) else self._comprehension(node)
        return fixed(0)

    def _select(self, node: Select) -> Size:
        if isinstance(node.operand, Ident) and node.operand.name == "":
            self._paths[id(node)] = (node.field,)
            return fixed(1)
        cost = self.cost(node.operand)
        if node.test:
            return cost
        self._paths[id(node)] = (*self.path(node.operand), node.field)
        return cost + fixed(1) if node.operand.type.kind in ("map", "object", "param") else cost

    def _call(self, node: Call) -> Size:
        if node.function == "dyn":
            cost = self.cost(node.args[0])
            self._copy(node, node.args[0])
            return cost + fixed(1)
        costs = [self.cost(arg) for arg in node.args]
        total = fixed(0) if node.target is None else self.cost(node.target)
        most = Size(2**64 - 1, 0)
        result: Size | None = None
        for overload in node.overloads:
            call_cost, size = self._calls.cost(node, overload, costs)
            most = most | call_cost
            if size is not None:
                result = size if result is None else result | size
            if overload in ("index_list", "index_map"):
                entry = self.entry(node.args[0])
                result = entry.value if entry else None
                self._paths[id(node)] = (*self.path(node.args[0]), "@items" if overload == "index_list" else "@values")
            if result is None:
                result = self.size(node)
        if result is not None:
            self._sizes[id(node)] = result
        return total + most

    def _list(self, node: ListNode) -> Size:
        cost, item_size = fixed(10), Size(2**64 - 1 if node.items else 0, 0)
        for item in node.items:
            cost = cost + self.cost(item)
            item_size = item_size | self.known(item)
        self._entries[id(node)] = _Entry("list", fixed(1), item_size)
        return cost

    def _map(self, node: MapNode) -> Size:
        cost = fixed(30)
        keys = values = Size(2**64 - 1 if node.entries else 0, 0)
        for key, value, _ in node.entries:
            cost = cost + self.cost(key) + self.cost(value)
            keys, values = keys | self.known(key), values | self.known(value)
        self._entries[id(node)] = _Entry("map", keys, values)
        return cost

    def _comprehension(self, node: Comprehension) -> Size:
        cost = self.cost(node.range) + self.cost(node.init)
        self._push(node.accumulator, _Local(self.path(node.init), self.size(node.init), self.entry(node.init)))
        names = self._push_items(node)
        once = self.cost(node.condition) + self.cost(node.step)
        for name in names:
            self._locals[name].pop()
        cost = cost + self.cost(node.result)
        self._locals[node.accumulator].pop()
        count = self.known(node.range)
        if isinstance(node.init, Literal):
            size = self.size(node.init)
            if size is not None:
                self._sizes[id(node)] = size
        elif isinstance(node.init, (ListNode, MapNode)):
            self._sizes[id(node)] = count
            if (entry := self.entry(node.step)) is not None:
                self._entries[id(node)] = entry
        return cost + count * once

    def _push_items(self, node: Comprehension) -> list[str]:
        entry, path = self.entry(node.range), self.path(node.range)
        kind = entry.kind if entry else node.range.type.kind
        is_list = kind == "list"
        key = _Local((*path, "@indices" if is_list else "@keys"), entry.key if entry else None, None)
        value = _Local((*path, "@items" if is_list else "@values"), entry.value if entry else None, None)
        if node.variable2:
            self._push(node.variable, key)
            self._push(node.variable2, value)
            return [node.variable, node.variable2]
        self._push(node.variable, value if is_list else key)
        return [node.variable]

    def _bind(self, node: Comprehension) -> Size:
        cost = self.cost(node.range) + self.cost(node.init)
        self._push(node.accumulator, _Local(self.path(node.init), self.size(node.init), self.entry(node.init)))
        cost = cost + self.cost(node.result)
        self._locals[node.accumulator].pop()
        self._copy(node, node.result)
        return cost

    # --- what is known of a node

    def _push(self, name: str, local: _Local) -> None:
        self._locals.setdefault(name, []).append(local)

    def _local(self, name: str) -> _Local | None:
        found = self._locals.get(name)
        return found[-1] if found else None

    def path(self, node: Node) -> tuple[str, ...]:
        """Where the value of a node comes from, or () for nowhere."""
        if isinstance(node, Ident) and (local := self._local(node.name)):
            return local.path
        return self._paths.get(id(node), ())

    def entry(self, node: Node) -> _Entry | None:
        """The sizes of what is inside of a list or a map."""
        if id(node) in self._entries:
            return self._entries[id(node)]
        local = self._local(node.name) if isinstance(node, Ident) else None
        return local.entry if local else None

    def set_entry(self, node: Node, entry: _Entry | None) -> None:
        """Keeps the sizes of what is inside of a node."""
        if entry is not None:
            self._entries[id(node)] = entry

    def united(self, a: Node, b: Node) -> _Entry | None:
        """The sizes of what is inside of one or the other."""
        left, right = self.entry(a), self.entry(b)
        if left is None or right is None:
            return None
        return _Entry(left.kind, left.key | right.key, left.value | right.value)

    def known(self, node: Node) -> Size:
        """The size of a node, or everything from nothing up."""
        return self.size(node) or UNKNOWN

    def size(self, node: Node) -> Size | None:
        """The size of a node, if anything is known of it."""
        if id(node) in self._sizes:
            return self._sizes[id(node)]
        if (found := _literal_size(node)) is not None:
            return found
        if (found := self.at_path(self.path(node))) is not None:
            self._sizes[id(node)] = found
            return found
        if _is_scalar(node.type):
            return fixed(1)
        local = self._local(node.name) if isinstance(node, Ident) else None
        return local.size if local else None

    def at_path(self, path: tuple[str, ...]) -> Size | None:
        """The size that the schema gives what a path leads to."""
        if not path or path[0] == ACCUMULATOR:
            return None
        return self._estimate(path)

    def _copy(self, to: Node, of: Node) -> None:
        if (size := self.size(of)) is not None:
            self._sizes[id(to)] = size
        self.set_entry(to, self.entry(of))


def _is_bind(node: Comprehension) -> bool:
    empty = isinstance(node.range, ListNode) and not node.range.items
    return empty and isinstance(node.condition, Literal) and node.condition.value is False


def _literal_size(node: Node) -> Size | None:
    if isinstance(node, Literal):
        if type(node.value) in (str, bytes):
            return fixed(len(node.value))
        return fixed(1) if isinstance(node.value, (bool, float, int, Uint, type(None))) else None
    if isinstance(node, ListNode):
        return fixed(len(node.items))
    return fixed(len(node.entries)) if isinstance(node, MapNode) else None


def _is_scalar(type: Type) -> bool:
    inner, _ = unwrap_optional(type)
    return inner.kind == "scalar" and inner.name in _SCALARS
