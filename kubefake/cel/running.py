"""What closures of expressions do beyond calling functions: selection, logic that absorbs errors, and loops."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from . import operations as do
from .ast import Call, Node
from .library.optionals import at_index
from .library.standard import item_at
from .overloads import type_name
from .runtime_cost import equality_cost
from .types import Type
from .values import NONE, CelError, CostExceeded, Optional

__all__ = ["Loop", "both", "conditional", "either", "equality", "index", "stored_name"]

Frame = list[Any]
Code = Callable[[Frame], Any]

_ESCAPES: Final = {"underscores": "__", "dot": ".", "dash": "-", "slash": "/"}


def stored_name(field: str) -> str:
    """The name of a field in an object, by the name that expressions use."""
    return re.sub(r"__([^_]+)__", lambda match: _ESCAPES.get(match[1], match[1]), field)


def plain_type(type: Type) -> Type:
    """A type as `type()` gives it: without parameters."""
    names = {"null": "null_type", "timestamp": "google.protobuf.Timestamp", "duration": "google.protobuf.Duration"}
    return Type("type", names.get(type.name, type.name))


def dynamic_select(operand: Code, key: str) -> Code:
    """A field of what only turns out to be a map or an object."""
    stored = stored_name(key)

    def select(frame: Frame) -> Any:
        value = operand(frame)
        frame[0] += 1
        for name in (key, stored) if isinstance(value, dict) else ():
            if name in value:
                return value[name]
        raise CelError(f"no such key: {key}")

    return select


def presence(operand: Code, key: str, *, dynamic: bool, nulls: bool) -> Code:
    """has(operand.key); without `nulls` a null is nothing."""

    def test(frame: Frame) -> Any:
        value = operand(frame)
        if isinstance(value, dict):
            return key in value and (nulls or value[key] is not None)
        if dynamic:
            raise CelError("no such overload")
        return False

    return test


def optional_select(operand: Code, key: str, *, nulls: bool) -> Code:
    """operand.?key, and operand.key of an optional; without `nulls` a null is nothing."""

    def select(frame: Frame) -> Any:
        value = operand(frame)
        frame[0] += 1
        if isinstance(value, Optional):
            if not value.has:
                return NONE
            value = value.value
        if not isinstance(value, dict):
            raise CelError("no such overload")
        return Optional(value[key]) if key in value and (nulls or value[key] is not None) else NONE

    return select


def object_select(operand: Code, key: str, shown: str) -> Code:
    """A field of an object, where a null is nothing."""

    def select(frame: Frame) -> Any:
        value = operand(frame)
        frame[0] += 1
        found = value.get(key) if isinstance(value, dict) else None
        if found is None:
            raise CelError(f"no such key: {shown}")
        return found

    return select


def optional_test(operand: Code, key: str) -> Code:
    """has(optional.key)."""

    def test(frame: Frame) -> Any:
        value = operand(frame)
        return value.has and key in value.value

    return test


def optional_or(target: Code, other: Code, *, unwrap: bool) -> Code:
    """target.or(other) and target.orValue(other): the other is computed when it is needed."""

    def choose(frame: Frame) -> Any:
        value = target(frame)
        if not isinstance(value, Optional):
            raise CelError("no such overload")
        if value.has:
            return value.value if unwrap else value
        return other(frame)

    return choose


def index(operand: Code, key: Code) -> Code:
    """operand[key]."""

    def select(frame: Frame) -> Any:
        of, at = operand(frame), key(frame)
        frame[0] += 1
        if isinstance(of, list):
            return item_at(of, at)
        if isinstance(of, dict):
            return do.find_key(of, at)
        if isinstance(of, Optional):
            return at_index(of, at)
        raise CelError(f"no such key: {do.shown(at)}")

    return select


def equality(left: Code, right: Code, *, wanted: bool) -> Code:
    """left == right, or !=."""

    def compare(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        frame[0] += equality_cost(a, b)
        return do.equal(a, b) is wanted

    return compare


def both(left: Code, right: Code) -> Code:
    """left && right: false absorbs an error of the other side."""

    def logic(frame: Frame) -> Any:
        try:
            a = left(frame)
        except CelError:
            if _quietly(right, frame) is False:
                return False
            raise
        if a is False:
            return False
        b = right(frame)
        if b is False:
            return False
        if a is True and b is True:
            return True
        raise CelError("no such overload")

    return logic


def either(left: Code, right: Code) -> Code:
    """left || right: true absorbs an error of the other side."""

    def logic(frame: Frame) -> Any:
        try:
            a = left(frame)
        except CelError:
            if _quietly(right, frame) is True:
                return True
            raise
        if a is True:
            return True
        b = right(frame)
        if b is True:
            return True
        if a is False and b is False:
            return False
        raise CelError("no such overload")

    return logic


def _quietly(code: Code, frame: Frame) -> Any:
    try:
        return code(frame)
    except CelError:
        return None


def conditional(test: Code, yes: Code, no: Code) -> Code:
    """test ? yes : no."""

    def choose(frame: Frame) -> Any:
        value = test(frame)
        if value is True:
            return yes(frame)
        if value is False:
            return no(frame)
        raise CelError("no such overload")

    return choose


def loop_step(node: Node, code: Callable[[Node], Code]) -> tuple[str, Code]:
    """How a fold goes on: what kind of step, and the code of it or of its predicate."""
    if isinstance(node, Call) and node.function in ("_&&_", "_||_"):
        return node.function, code(node.args[1])
    return "", code(node)


class Loop:
    """A fold over a list or a map."""

    __slots__ = ("_bind", "_init", "_items", "_kind", "_result", "_slot", "_step", "_two")

    def __init__(
        self,
        *,
        items: Code,
        init: Code,
        step: tuple[str, Code],
        result: Code,
        slot: int,
        two: bool,
        bind: bool,
    ) -> None:
        self._items = items
        self._init = init
        self._kind, self._step = step
        self._result = result
        self._slot = slot
        self._two = two
        self._bind = bind

    def run(self, frame: Frame) -> Any:
        """The value of the fold."""
        items = self._items(frame)
        slot = self._slot
        if self._bind:
            frame[slot] = self._init(frame)
            return self._result(frame)
        if not isinstance(items, (list, dict)):
            name = type_name(items)
            raise CelError(f"got 'types.{name.rpartition('.')[2].capitalize()}', expected iterable type")
        frame[slot] = self._init(frame)
        if self._kind:
            frame[slot] = self._search(frame, items)
        else:
            self._fold(frame, items)
        if frame[0] > frame[1]:
            raise CostExceeded(frame[0])
        return self._result(frame)

    def _bindings(self, items: list[Any] | dict[Any, Any]) -> Any:
        if isinstance(items, dict):
            keys = map(do.plain_key, items)
            return zip(keys, items.values(), strict=True) if self._two else keys
        return enumerate(items) if self._two else items

    def _set(self, frame: Frame, bound: Any) -> None:
        if self._two:
            frame[self._slot + 1], frame[self._slot + 2] = bound
        else:
            frame[self._slot + 1] = bound

    def _search(self, frame: Frame, items: list[Any] | dict[Any, Any]) -> bool:
        """all and exists: the first item that decides ends it, whatever failed before."""
        decisive = self._kind == "_||_"
        failed: CelError | None = None
        for bound in self._bindings(items):
            self._set(frame, bound)
            frame[0] += 2 if decisive else 1
            if frame[0] > frame[1]:
                raise CostExceeded(frame[0])
            try:
                value = self._step(frame)
            except CelError as error:
                failed = failed or error
                continue
            frame[0] += 1
            if value is decisive:
                return bool(value)
            if value is not (not decisive):
                failed = failed or CelError("no such overload")
        if failed is not None:
            raise failed
        return not decisive

    def _fold(self, frame: Frame, items: list[Any] | dict[Any, Any]) -> None:
        slot, step = self._slot, self._step
        for bound in self._bindings(items):
            self._set(frame, bound)
            frame[slot] = step(frame)
            if frame[0] > frame[1]:
                raise CostExceeded(frame[0])
