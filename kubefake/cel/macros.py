"""Macros: calls that are other expressions.

Follows github.com/google/cel-go/parser/macro.go, ext/comprehensions.go and the optional types of cel/library.go.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Final

from .ast import Call, Comprehension, Ident, ListNode, Literal, MapNode, Node, Select

__all__ = ["ACCUMULATOR", "UNUSED", "MacroError", "expand"]

ACCUMULATOR: Final = "@result"
UNUSED: Final = "#unused"
_SORTED: Final = "@__sortBy_input__"
_LEGACY: Final = "__result__"


class MacroError(ValueError):
    """A macro whose arguments are none of its own."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset


def expand(offset: int, name: str, args: list[Node], target: Node | None) -> Node | None:
    """What a call stands for when it is a macro's; else None. Raises MacroError."""
    if target is None:
        return _has(offset, args[0]) if name == "has" and len(args) == 1 else None
    macro = _MACROS.get((name, len(args)))
    return macro(offset, target, args) if macro is not None else None


def _has(offset: int, arg: Node) -> Node:
    if isinstance(arg, Select):
        return Select(offset, arg.operand, arg.field, test=True)
    raise MacroError(arg.offset, "invalid argument to has() macro")


def _variable(arg: Node, message: str) -> str:
    if not isinstance(arg, Ident):
        raise MacroError(arg.offset, message)
    if arg.name in (ACCUMULATOR, _LEGACY):
        raise MacroError(arg.offset, "iteration variable overwrites accumulator variable")
    return arg.name


def _variables(args: list[Node]) -> tuple[str, str]:
    names = []
    for arg in args[:2]:
        if not isinstance(arg, Ident):
            raise MacroError(arg.offset, "argument must be a simple name")
        names.append(arg.name)
    if names[0] == names[1]:
        raise MacroError(args[1].offset, f"duplicate variable name: {names[0]}")
    for arg in args[:2]:
        _variable(arg, "")
    return names[0], names[1]


class _Maker:
    """Makes the nodes of one expansion, all at the offset of the call."""

    def __init__(self, offset: int) -> None:
        self.offset = offset

    def call(self, name: str, *args: Node) -> Node:
        return Call(self.offset, name, list(args))

    def result(self) -> Node:
        return Ident(self.offset, ACCUMULATOR)

    def literal(self, value: object) -> Node:
        return Literal(self.offset, value)

    def fold(
        self, target: Node, names: tuple[str, str], init: Node, condition: Node, step: Node, result: Node | None = None
    ) -> Node:
        return Comprehension(
            self.offset,
            range=target,
            variable=names[0],
            variable2=names[1],
            accumulator=ACCUMULATOR,
            init=init,
            condition=condition,
            step=step,
            result=result or self.result(),
        )


def _names(args: list[Node], count: int, message: str = "argument must be a simple name") -> tuple[str, str]:
    return _variables(args) if count == 2 else (_variable(args[0], message), "")


def _all(count: int) -> Macro:
    def expand_all(offset: int, target: Node, args: list[Node]) -> Node:
        make, names = _Maker(offset), _names(args, count)
        condition = make.call("@not_strictly_false", make.result())
        step = make.call("_&&_", make.result(), args[count])
        return make.fold(target, names, make.literal(True), condition, step)

    return expand_all


def _exists(count: int) -> Macro:
    def expand_exists(offset: int, target: Node, args: list[Node]) -> Node:
        make, names = _Maker(offset), _names(args, count)
        condition = make.call("@not_strictly_false", make.call("!_", make.result()))
        step = make.call("_||_", make.result(), args[count])
        return make.fold(target, names, make.literal(False), condition, step)

    return expand_exists


def _exists_one(count: int) -> Macro:
    def expand_exists_one(offset: int, target: Node, args: list[Node]) -> Node:
        make, names = _Maker(offset), _names(args, count)
        added = make.call("_+_", make.result(), make.literal(1))
        step = make.call("_?_:_", args[count], added, make.result())
        result = make.call("_==_", make.result(), make.literal(1))
        return make.fold(target, names, make.literal(0), make.literal(True), step, result)

    return expand_exists_one


def _map(count: int, *, filtered: bool) -> Macro:
    """`map` and `transformList`."""

    def expand_map(offset: int, target: Node, args: list[Node]) -> Node:
        make, names = _Maker(offset), _names(args, count, "argument is not an identifier")
        step = make.call("_+_", make.result(), ListNode(offset, [args[-1]]))
        if filtered:
            step = make.call("_?_:_", args[count], step, make.result())
        return make.fold(target, names, ListNode(offset, []), make.literal(True), step)

    return expand_map


def _filter(offset: int, target: Node, args: list[Node]) -> Node:
    make, names = _Maker(offset), _names(args, 1, "argument is not an identifier")
    step = make.call("_+_", make.result(), ListNode(offset, [args[0]]))
    step = make.call("_?_:_", args[1], step, make.result())
    return make.fold(target, names, ListNode(offset, []), make.literal(True), step)


def _transform_map(*, filtered: bool, entries: bool) -> Macro:
    def expand_transform(offset: int, target: Node, args: list[Node]) -> Node:
        make, names = _Maker(offset), _variables(args)
        inserted = [args[-1]] if entries else [Ident(offset, names[0]), args[-1]]
        step = make.call("cel.@mapInsert", make.result(), *inserted)
        if filtered:
            step = make.call("_?_:_", args[2], step, make.result())
        return make.fold(target, names, MapNode(offset, []), make.literal(True), step)

    return expand_transform


def _opt_map(*, flat: bool) -> Macro:
    def expand_opt_map(offset: int, target: Node, args: list[Node]) -> Node:
        make = _Maker(offset)
        if not isinstance(args[0], Ident):
            name = "optFlatMap" if flat else "optMap"
            raise MacroError(args[0].offset, f"{name}() variable name must be a simple identifier")
        bound = Comprehension(
            offset,
            range=ListNode(offset, []),
            variable=UNUSED,
            accumulator=args[0].name,
            init=Call(offset, "value", [], copy.deepcopy(target)),
            condition=make.literal(False),
            step=Ident(offset, args[0].name),
            result=args[1],
        )
        found = bound if flat else make.call("optional.of", bound)
        return make.call("_?_:_", Call(offset, "hasValue", [], target), found, make.call("optional.none"))

    return expand_opt_map


def _sort_by(offset: int, target: Node, args: list[Node]) -> Node:
    if not isinstance(target, (Call, Comprehension, Ident, ListNode, Select)):
        message = "sortBy can only be applied to a list, identifier, comprehension, call or select expression"
        raise MacroError(target.offset, message)
    keys = _map(1, filtered=False)(offset, Ident(offset, _SORTED), args)
    return Comprehension(
        offset,
        range=ListNode(offset, []),
        variable=UNUSED,
        accumulator=_SORTED,
        init=target,
        condition=Literal(offset, False),
        step=Ident(offset, _SORTED),
        result=Call(offset, "@sortByAssociatedKeys", [keys], Ident(offset, _SORTED)),
    )


Macro = Callable[[int, Node, list[Node]], Node]

_MACROS: Final[dict[tuple[str, int], Macro]] = {
    ("all", 2): _all(1),
    ("all", 3): _all(2),
    ("exists", 2): _exists(1),
    ("exists", 3): _exists(2),
    ("exists_one", 2): _exists_one(1),
    ("exists_one", 3): _exists_one(2),
    ("existsOne", 3): _exists_one(2),
    ("map", 2): _map(1, filtered=False),
    ("map", 3): _map(1, filtered=True),
    ("filter", 2): _filter,
    ("transformList", 3): _map(2, filtered=False),
    ("transformList", 4): _map(2, filtered=True),
    ("transformMap", 3): _transform_map(filtered=False, entries=False),
    ("transformMap", 4): _transform_map(filtered=True, entries=False),
    ("transformMapEntry", 3): _transform_map(filtered=False, entries=True),
    ("transformMapEntry", 4): _transform_map(filtered=True, entries=True),
    ("sortBy", 2): _sort_by,
    ("optMap", 2): _opt_map(flat=False),
    ("optFlatMap", 2): _opt_map(flat=True),
}
