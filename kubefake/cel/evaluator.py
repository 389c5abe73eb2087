"""Turns a checked expression into a function that computes it.

Every node becomes a closure over the frame: a list of the variables, the first of which counts costs. What a call does is
decided once where the types are known, and looked up by the values where they are not. Costs follow
github.com/google/cel-go/interpreter/runtimecost.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from . import operations as do
from . import running
from .ast import Call, Comprehension, Ident, ListNode, Literal, MapNode, Node, Select
from .library.all import FUNCTIONS, TYPE_NAMES
from .literal_checks import children
from .overloads import Overload, accepts, type_name
from .patterns import compile_pattern
from .runtime_cost import call_cost
from .types import unwrap_optional
from .values import CelError, CostExceeded

__all__ = ["CALL_LIMIT", "Program", "compile_program", "folding_error"]

CALL_LIMIT: Final = 1_000_000
"""What evaluating one expression may cost."""

Frame = list[Any]
Code = Callable[[Frame], Any]


class Program:
    """An expression that can run."""

    __slots__ = ("_code", "_size")

    def __init__(self, code: Code, size: int) -> None:
        self._code = code
        self._size = size

    def run(self, *variables: Any, limit: int = CALL_LIMIT) -> tuple[Any, int]:
        """The value, and what it cost to compute.

        Raises:
            CelError: it has no value; `cost` on the error says what was spent.
            CostExceeded: it costs more than `limit`.
        """
        frame: Frame = [0, limit, *variables, *([None] * self._size)]
        try:
            value = self._code(frame)
        except CelError as error:
            if frame[0] > limit:
                raise CostExceeded(frame[0]) from None
            error.args = (*error.args[:1], frame[0])
            raise
        except RecursionError:
            raise CelError("expression is nested too deeply", frame[0]) from None
        if frame[0] > limit:
            raise CostExceeded(frame[0])
        return value, frame[0]


def compile_program(node: Node, variables: tuple[str, ...]) -> Program:
    """The program of a checked expression; its variables are passed to `run` in this order."""
    compiler = _Compiler(variables)
    code = compiler.code(node)
    return Program(code, compiler.most)


_WITH_TRAITS: Final = ("contains", "endsWith", "matches", "startsWith")
_CONVERSIONS: Final = frozenset(
    ["bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint"]
)


def folding_error(node: Node) -> str:
    """Why a conversion of a literal has no value; "" when every one has. Programs are not made of such expressions."""
    for child in children(node):
        if problem := folding_error(child):
            return problem
    if isinstance(node, Call) and node.function in ("find", "findAll") and node.args:
        pattern = node.args[0]
        if isinstance(pattern, Literal) and type(pattern.value) is str:
            try:
                compile_pattern(pattern.value)
            except CelError as error:
                return str(error)
    if isinstance(node, Call) and node.function in _CONVERSIONS and isinstance(node.args[0], Literal):
        try:
            compile_program(node, ()).run()
        except CelError as error:
            return str(error.args[0])
    return ""


class _Compiler:
    def __init__(self, variables: tuple[str, ...]) -> None:
        self._names: list[str] = list(variables)
        self._given = len(variables)
        self.most = 0

    def _slot(self, name: str) -> int:
        for index in range(len(self._names) - 1, -1, -1):
            if self._names[index] == name:
                return index + 2
        raise KeyError(name)

    def code(self, node: Node) -> Code:
        if isinstance(node, Literal):
            value = node.value
            return lambda _: value
        if isinstance(node, Ident):
            return self._ident(node)
        if isinstance(node, Select):
            return self._select(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, ListNode):
            return self._list(node)
        if isinstance(node, MapNode):
            return self._map(node)
        assert isinstance(node, Comprehension)
        return self._comprehension(node)

    def _ident(self, node: Ident) -> Code:
        if node.constant is not None:
            constant = running.plain_type(node.constant)
            return lambda _: constant
        slot = self._slot(node.name)

        def ident(frame: Frame) -> Any:
            frame[0] += 1
            return frame[slot]

        return ident

    def _select(self, node: Select) -> Code:
        if isinstance(node.operand, Ident) and node.operand.name == "":
            constant = running.plain_type(TYPE_NAMES[node.field])
            return lambda _: constant
        operand = self.code(node.operand)
        target, optional = unwrap_optional(node.operand.type)
        key = running.stored_name(node.field) if target.kind == "object" else node.field
        nulls = target.kind != "object"
        if optional:
            return (
                running.optional_test(operand, key) if node.test else running.optional_select(operand, key, nulls=nulls)
            )
        dynamic = target.kind not in ("object", "map")
        if node.test:
            return running.presence(operand, key, dynamic=dynamic, nulls=nulls)
        if not nulls:
            return running.object_select(operand, key, node.field)
        if dynamic:
            return running.dynamic_select(operand, key)
        shown = node.field

        def select(frame: Frame) -> Any:
            value = operand(frame)
            frame[0] += 1
            try:
                return value[key]
            except (KeyError, TypeError):
                raise CelError(f"no such key: {shown}") from None

        return select

    def _call(self, node: Call) -> Code:
        name = node.function
        if name == "_&&_":
            return running.both(self.code(node.args[0]), self.code(node.args[1]))
        if name == "_||_":
            return running.either(self.code(node.args[0]), self.code(node.args[1]))
        if name == "_?:_" or name == "_?_:_":
            return running.conditional(*(self.code(arg) for arg in node.args))
        if name == "@not_strictly_false":
            return self.code(node.args[0])
        if name == "_?._":
            assert isinstance(node.args[1], Literal)
            return self._optional_select(node, node.args[1].value)
        if name in ("or", "orValue") and node.target is not None:
            return running.optional_or(self.code(node.target), self.code(node.args[0]), unwrap=name == "orValue")
        args = ([] if node.target is None else [node.target]) + node.args
        codes = [self.code(arg) for arg in args]
        overloads = [overload for overload in FUNCTIONS[name] if overload.id in node.overloads]
        if name in ("_==_", "_!=_"):
            return running.equality(codes[0], codes[1], wanted=name == "_==_")
        if name == "_[_]":
            return running.index(codes[0], codes[1])
        dynamic = len(overloads) != 1 or any(_uncertain(arg) for arg in args)
        if dynamic:
            return _dispatched(name, overloads, codes)
        return _direct(overloads[0], codes)

    def _optional_select(self, node: Call, field: str) -> Code:
        operand = self.code(node.args[0])
        target, _ = unwrap_optional(node.args[0].type)
        key = running.stored_name(field) if target.kind == "object" else field
        return running.optional_select(operand, key, nulls=target.kind != "object")

    def _list(self, node: ListNode) -> Code:
        items = [self.code(item) for item in node.items]
        optional = node.optional
        if not optional:

            def make(frame: Frame) -> Any:
                frame[0] += 10
                return [item(frame) for item in items]

            return make

        def make_some(frame: Frame) -> Any:
            frame[0] += 10
            found = []
            for index, item in enumerate(items):
                value = item(frame)
                if index not in optional:
                    found.append(value)
                elif value.has:
                    found.append(value.value)
            return found

        return make_some

    def _map(self, node: MapNode) -> Code:
        entries = [(self.code(key), self.code(value), optional) for key, value, optional in node.entries]

        def make(frame: Frame) -> Any:
            frame[0] += 30
            found: dict[Any, Any] = {}
            for key_of, value_of, optional in entries:
                key, value = do.map_key(key_of(frame)), value_of(frame)
                if not optional:
                    found[key] = value
                elif value.has:
                    found[key] = value.value
            return found

        return make

    def _comprehension(self, node: Comprehension) -> Code:
        items = self.code(node.range)
        init = self.code(node.init)
        names = [node.accumulator, node.variable, *([node.variable2] if node.variable2 else [])]
        first = len(self._names)
        self._names += names
        self.most = max(self.most, len(self._names) - self._given)
        loop = running.Loop(
            items=items,
            init=init,
            step=running.loop_step(node.step, self.code),
            result=self.code(node.result),
            slot=first + 2,
            two=bool(node.variable2),
            bind=isinstance(node.range, ListNode) and not node.range.items and isinstance(node.condition, Literal),
        )
        del self._names[first:]
        return loop.run


def _uncertain(node: Node) -> bool:
    return "dyn" in node.type.text or node.type.kind == "error"


def _direct(overload: Overload, codes: list[Code]) -> Code:
    implementation = overload.implementation
    cost = call_cost(overload.function, overload.id)
    if len(codes) == 1:
        only = codes[0]

        def unary(frame: Frame) -> Any:
            value = only(frame)
            result = implementation(value)
            frame[0] += 1 if cost is None else cost((value,), result)
            return result

        return unary
    if len(codes) == 2:
        left, right = codes

        def binary(frame: Frame) -> Any:
            a, b = left(frame), right(frame)
            result = implementation(a, b)
            frame[0] += 1 if cost is None else cost((a, b), result)
            return result

        return binary

    def call(frame: Frame) -> Any:
        values = [code(frame) for code in codes]
        result = implementation(*values)
        frame[0] += 1 if cost is None else cost(values, result)
        return result

    return call


def _dispatched(name: str, overloads: list[Overload], codes: list[Code]) -> Code:
    choices = [(overload, call_cost(name, overload.id)) for overload in overloads]
    member = overloads[0].member
    plain = name.startswith("_") or name in ("@in", "-_", "!_")

    def call(frame: Frame) -> Any:
        values = [code(frame) for code in codes]
        for overload, cost in choices:
            if all(map(accepts, overload.args, values)):
                result = overload.implementation(*values)
                frame[0] += 1 if cost is None else cost(values, result)
                return result
        if plain:
            raise CelError("no such overload")
        if name in _WITH_TRAITS:
            raise CelError("no such overload")
        if name == "size":
            raise CelError("no such overload: size")
        names = [type_name(value) for value in values]
        shown = f"{names[0]}.{name}({', '.join(names[1:])})" if member else f"{name}({', '.join(names)})"
        raise CelError(f"no such overload: {shown}")

    return call
