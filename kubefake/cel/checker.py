"""Finds the type of every part of an expression, and what its names and calls refer to.

Follows github.com/google/cel-go/checker/checker.go and the validators of cel/validator.go. Keeps what it finds on the nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import types
from .ast import Call, Comprehension, Ident, ListNode, Literal, MapNode, Node, Select, Struct
from .library.all import FUNCTIONS, TYPE_NAMES
from .literal_checks import check_literals
from .overloads import Overload
from .parser import RESERVED, parse
from .source import CompileError, Issues
from .types import Substitution, Type, optional_of, unwrap_optional
from .values import Uint

__all__ = ["check", "compile_checked"]

_LITERALS: Final[Mapping[type, Type]] = {
    bool: types.BOOL,
    int: types.INT,
    Uint: types.UINT,
    float: types.DOUBLE,
    str: types.STRING,
    bytes: types.BYTES,
    type(None): types.NULL,
}


def compile_checked(source: str, variables: Mapping[str, Type]) -> Node:
    """The expression that a source says, checked. Raises CompileError."""
    node = parse(source)
    check(node, source, variables)
    return node


def check(node: Node, source: str, variables: Mapping[str, Type]) -> None:
    """Finds the types of a parsed expression, given those of its variables. Raises CompileError."""
    issues = Issues(source)
    checker = _Checker(issues, variables)
    checker.check(node)
    if not issues:
        checker.settle()
        check_literals(node, issues)
    if issues:
        raise CompileError(issues)


def _qualified(node: Node) -> str | None:
    """a.b.c, when a node is nothing but names."""
    if isinstance(node, Ident):
        return node.name
    if isinstance(node, Select) and not node.test:
        prefix = _qualified(node.operand)
        return None if prefix is None else f"{prefix}.{node.field}"
    return None


class _Checker:
    def __init__(self, issues: Issues, variables: Mapping[str, Type]) -> None:
        self._issues = issues
        self._scopes: list[dict[str, Type]] = [dict(variables)]
        self._types = Substitution()
        self._seen: list[Node] = []

    def settle(self) -> None:
        """Replaces the parameters in all types by what they turned out to be."""
        for node in self._seen:
            node.type = self._types.apply(node.type, final=True)

    def check(self, node: Node) -> None:
        self._seen.append(node)
        if isinstance(node, Literal):
            node.type = _LITERALS[type(node.value)]
        elif isinstance(node, Ident):
            self._ident(node)
        elif isinstance(node, Select):
            self._select(node)
        elif isinstance(node, Call):
            self._call(node)
        elif isinstance(node, ListNode):
            self._list(node)
        elif isinstance(node, MapNode):
            self._map(node)
        elif isinstance(node, Struct):
            self._struct(node)
        elif isinstance(node, Comprehension):
            self._comprehension(node)

    def _lookup(self, name: str) -> tuple[Type, Type | None] | None:
        """The type of a name, and the type that it names if it names one."""
        name = name.removeprefix(".")
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name], None
        if name in TYPE_NAMES:
            return types.type_of(TYPE_NAMES[name]), TYPE_NAMES[name]
        return None

    def _undeclared(self, node: Node, name: str) -> None:
        self._issues.report(node.offset, f"undeclared reference to '{name}' (in container '')")
        node.type = types.ERROR

    def _mismatch(self, node: Node, expected: Type, found: Type) -> None:
        self._issues.report(node.offset, f"expected type '{expected.text}' but found '{found.text}'")

    def _ident(self, node: Ident) -> None:
        found = self._lookup(node.name)
        if found is None:
            self._undeclared(node, node.name)
            return
        node.type, node.constant = found
        node.name = node.name.removeprefix(".")

    def _select(self, node: Select) -> None:
        name = None if node.test else _qualified(node)
        if name is not None and (found := self._lookup(name)) is not None and "." in name.removeprefix("."):
            node.type = found[0]
            node.field, node.operand = name, Ident(node.offset, "")  # a type's name with dots: marked by its operand
            return
        result = self._field(node, node.operand, node.field, optional=False)
        node.type = types.BOOL if node.test else self._types.apply(result)

    def _field(self, node: Node, operand: Node, name: str, *, optional: bool) -> Type:
        self.check(operand)
        target, was_optional = unwrap_optional(self._types.apply(operand.type))
        result = types.ERROR
        if target.kind == "map":
            result = target.params[1]
        elif target.kind == "object":
            found = target.fields.get(name) or (target.fields.get(f"__{name}__") if name in RESERVED else None)
            if found is None:
                self._issues.report(node.offset, f"undefined field '{name}'")
            else:
                result = found
        elif target.kind == "param":
            self._types.assignable([types.DYN], [target])
            result = types.DYN
        else:
            if target.kind not in ("dyn", "error"):
                self._issues.report(node.offset, f"type '{target.text}' does not support field selection")
            result = types.DYN
        return optional_of(result) if optional or was_optional else result

    def _call(self, node: Call) -> None:
        if node.function == "_?._":
            field = node.args[1]
            assert isinstance(field, Literal)
            result = self._field(node, node.args[0], field.value, optional=True)
            field.type = types.STRING
            node.type = self._types.apply(result)
            node.overloads = ("select_optional_field",)
            return
        for arg in node.args:
            self.check(arg)
        if node.target is None:
            node.function = node.function.removeprefix(".")
            self._resolve(node, node.function)
            return
        prefix = _qualified(node.target)
        if prefix is not None and (name := f"{prefix.removeprefix('.')}.{node.function}") in FUNCTIONS:
            node.target = None
            node.function = name
            self._resolve(node, name)
            return
        self.check(node.target)
        self._resolve(node, node.function)

    def _resolve(self, node: Call, name: str) -> None:
        overloads = FUNCTIONS.get(name)
        if overloads is None:
            self._undeclared(node, name)
            return
        if name in ("_&&_", "_||_"):
            self._logic(node, overloads[0])
            return
        args = [arg.type for arg in ([] if node.target is None else [node.target]) + node.args]
        ids: list[str] = []
        result: Type | None = None
        for overload in overloads:
            if overload.member != (node.target is not None):
                continue
            expected, gives = self._instance(overload)
            if not self._types.assignable(args, expected):
                continue
            ids.append(overload.id)
            gives = self._types.apply(gives)
            if result is None:
                result = gives
            elif result.kind != "dyn" and gives != result:
                result = types.DYN
        if result is None:
            self._no_overload(node, name, args)
            return
        node.type = result
        node.overloads = tuple(ids)

    def _instance(self, overload: Overload) -> tuple[list[Type], Type]:
        """An overload with parameters of its own."""
        names = {name for type in (*overload.args, overload.result) for name in _parameters(type)}
        if not names:
            return list(overload.args), overload.result
        fresh = {name: self._types.fresh() for name in sorted(names)}
        return [_renamed(type, fresh) for type in overload.args], _renamed(overload.result, fresh)

    def _logic(self, node: Call, overload: Overload) -> None:
        wrong = False
        for arg in node.args:
            if not self._types.assignable([arg.type], [types.BOOL]):
                self._mismatch(arg, types.BOOL, arg.type)
                wrong = True
        node.type = types.ERROR if wrong else types.BOOL
        node.overloads = (overload.id,)

    def _no_overload(self, node: Call, name: str, args: list[Type]) -> None:
        texts = [self._types.apply(arg, final=True).text for arg in args]
        target = f"{texts.pop(0)}." if node.target is not None else ""
        signature = f"{target}({', '.join(texts)})"
        self._issues.report(node.offset, f"found no matching overload for '{name}' applied to '{signature}'")
        node.type = types.ERROR

    def _joined(self, previous: Type | None, current: Type) -> Type:
        if previous is None:
            return current
        if self._types.assignable([previous], [current]):
            return types.most_general(previous, current)
        return types.DYN

    def _inside(self, node: Node, found: Type, *, optional: bool) -> Type:
        """The type of what may be left out when it is an empty optional."""
        if not optional:
            return found
        inner, was_optional = unwrap_optional(found)
        if not was_optional and inner.kind != "dyn":
            self._mismatch(node, optional_of(inner), inner)
        return inner

    def _list(self, node: ListNode) -> None:
        item_type: Type | None = None
        for index, item in enumerate(node.items):
            self.check(item)
            found = self._inside(item, item.type, optional=index in node.optional)
            item_type = self._joined(item_type, found)
        node.type = types.list_of(item_type or self._types.fresh())

    def _map(self, node: MapNode) -> None:
        key_type: Type | None = None
        value_type: Type | None = None
        for key, value, optional in node.entries:
            self.check(key)
            key_type = self._joined(key_type, key.type)
            self.check(value)
            value_type = self._joined(value_type, self._inside(value, value.type, optional=optional))
        node.type = types.map_of(key_type or self._types.fresh(), value_type or self._types.fresh())

    def _struct(self, node: Struct) -> None:
        found = self._lookup(node.name)
        if found is None:
            self._undeclared(node, node.name)
            return
        if found[1] is None:
            self._issues.report(node.offset, f"'{found[0].name}' is not a type")
        else:
            self._issues.report(node.offset, f"'{found[1].name}' is not a message type")
        node.type = types.ERROR
        for name, value, _, offset in node.fields:
            self.check(value)
            problem = (
                f"unexpected failed resolution of '{node.name}'" if found[1] is None else f"undefined field '{name}'"
            )
            self._issues.report(offset, problem)

    def _comprehension(self, node: Comprehension) -> None:
        self.check(node.range)
        self.check(node.init)
        of = self._types.apply(node.range.type)
        result_type = node.init.type
        two = bool(node.variable2)
        if of.kind == "list":
            names = (types.INT, of.params[0]) if two else (of.params[0], types.DYN)
        elif of.kind == "map":
            names = (of.params[0], of.params[1])
        elif of.kind in ("dyn", "error", "param"):
            self._types.assignable([types.DYN], [of])
            names = (types.DYN, types.DYN)
        else:
            message = (
                f"expression of type '{of.text}' cannot be range of a comprehension (must be list, map, or dynamic)"
            )
            self._issues.report(node.range.offset, message)
            names = (types.ERROR, types.ERROR)
        self._scopes.append({node.accumulator: result_type})
        self._scopes.append({node.variable: names[0]} | ({node.variable2: names[1]} if two else {}))
        self.check(node.condition)
        self._expect(node.condition, types.BOOL)
        self.check(node.step)
        self._expect(node.step, result_type)
        self._scopes.pop()
        self.check(node.result)
        self._scopes.pop()
        node.type = self._types.apply(node.result.type)

    def _expect(self, node: Node, expected: Type) -> None:
        if not self._types.assignable([expected], [node.type]):
            self._mismatch(node, expected, node.type)


def _parameters(type: Type) -> set[str]:
    if type.kind == "param":
        return {type.name}
    return {name for param in type.params for name in _parameters(param)}


def _renamed(type: Type, fresh: Mapping[str, Type]) -> Type:
    if type.kind == "param":
        return fresh.get(type.name, type)
    if not type.params:
        return type
    return Type(type.kind, type.name, tuple(_renamed(param, fresh) for param in type.params))
