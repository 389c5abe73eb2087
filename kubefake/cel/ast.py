"""The nodes of an expression. What later passes learn about a node is kept on it."""

from __future__ import annotations

from typing import Any

from .types import DYN, Type

__all__ = ["Call", "Comprehension", "Ident", "ListNode", "Literal", "MapNode", "Node", "Select", "Struct"]


class Node:
    """An expression.

    Attributes:
        offset: where errors about it point, in characters of the source; -1 for nowhere.
        type: what the checker found.
    """

    __slots__ = ("offset", "type")

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.type: Type = DYN


class Literal(Node):
    """A constant: None, bool, int, `values.Uint`, float, str or bytes."""

    __slots__ = ("value",)

    def __init__(self, offset: int, value: Any) -> None:
        super().__init__(offset)
        self.value = value


class Ident(Node):
    """A name; after checking the name of what it refers to. `constant`: the type that it names, or None."""

    __slots__ = ("constant", "name")

    def __init__(self, offset: int, name: str) -> None:
        super().__init__(offset)
        self.name = name
        self.constant: Type | None = None


class Select(Node):
    """A field of an operand; with `test` the question whether it is there."""

    __slots__ = ("field", "operand", "test")

    def __init__(self, offset: int, operand: Node, field: str, *, test: bool = False) -> None:
        super().__init__(offset)
        self.operand = operand
        self.field = field
        self.test = test


class Call(Node):
    """A function or, with a target, a method. `overloads`: those that may be meant, by their ids."""

    __slots__ = ("args", "function", "overloads", "target")

    def __init__(self, offset: int, function: str, args: list[Node], target: Node | None = None) -> None:
        super().__init__(offset)
        self.function = function
        self.args = args
        self.target = target
        self.overloads: tuple[str, ...] = ()


class ListNode(Node):
    """[a, ?b]. `optional`: the indexes of items that may be nothing."""

    __slots__ = ("items", "optional")

    def __init__(self, offset: int, items: list[Node], optional: frozenset[int] = frozenset()) -> None:
        super().__init__(offset)
        self.items = items
        self.optional = optional


class MapNode(Node):
    """{a: b, ?c: d}. Entries are (key, value, optional)."""

    __slots__ = ("entries",)

    def __init__(self, offset: int, entries: list[tuple[Node, Node, bool]]) -> None:
        super().__init__(offset)
        self.entries = entries


class Struct(Node):
    """Name{field: value}. Fields are (name, value, optional, offset)."""

    __slots__ = ("fields", "name")

    def __init__(self, offset: int, name: str, fields: list[tuple[str, Node, bool, int]]) -> None:
        super().__init__(offset)
        self.name = name
        self.fields = fields


class Comprehension(Node):
    """A fold over a range: what every macro with a loop becomes. `variable2` is "" where there is one variable."""

    __slots__ = ("accumulator", "condition", "init", "range", "result", "step", "variable", "variable2")

    def __init__(
        self,
        offset: int,
        *,
        range: Node,
        variable: str,
        variable2: str = "",
        accumulator: str,
        init: Node,
        condition: Node,
        step: Node,
        result: Node,
    ) -> None:
        super().__init__(offset)
        self.range = range
        self.variable = variable
        self.variable2 = variable2
        self.accumulator = accumulator
        self.init = init
        self.condition = condition
        self.step = step
        self.result = result
