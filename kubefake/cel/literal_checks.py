"""What can be told of literal arguments before anything runs.

Follows the validators of github.com/google/cel-go/cel/validator.go and ext/formatting.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from .ast import Call, Comprehension, ListNode, Literal, MapNode, Node, Select, Struct
from .library.conversions import duration_of, timestamp_of
from .library.formatting import clauses, refused
from .patterns import compile_pattern
from .source import Issues
from .types import Type, unwrap_optional
from .values import CelError

__all__ = ["check_literals", "children"]


def children(node: Node) -> Iterator[Node]:
    """The nodes right below a node."""
    if isinstance(node, Select):
        yield node.operand
    elif isinstance(node, Call):
        if node.target is not None:
            yield node.target
        yield from node.args
    elif isinstance(node, ListNode):
        yield from node.items
    elif isinstance(node, MapNode):
        for key, value, _ in node.entries:
            yield key
            yield value
    elif isinstance(node, Struct):
        for _, value, _, _ in node.fields:
            yield value
    elif isinstance(node, Comprehension):
        yield from (node.range, node.init, node.condition, node.step, node.result)


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _all(child)


def check_literals(root: Node, issues: Issues) -> None:
    """Reports durations, timestamps, patterns and formats that are none, and literals of mixed types."""
    nodes = list(_all(root))
    for name, read in _READERS.items():
        for node in nodes:
            if isinstance(node, Call) and node.function == name:
                _argument(node, name, read, issues)
    for node in _outside_formats(root):
        if isinstance(node, ListNode):
            items = [_entry(item, optional=index in node.optional) for index, item in enumerate(node.items)]
            _homogeneous(items, issues, once=True)
        elif isinstance(node, MapNode):
            _homogeneous([(key, key.type) for key, _, _ in node.entries], issues)
            _homogeneous([_entry(value, optional=optional) for _, value, optional in node.entries], issues)
    for node in nodes:
        if isinstance(node, Call) and node.function == "format" and node.overloads == ("string_format",):
            _format(node, issues)


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "duration": duration_of,
    "timestamp": timestamp_of,
    "matches": compile_pattern,
}


def _argument(node: Call, name: str, read: Callable[[str], Any], issues: Issues) -> None:
    if not node.args:
        return
    literal = node.args[-1] if name == "matches" else node.args[0]
    if isinstance(literal, Literal) and type(literal.value) is str:
        try:
            read(literal.value)
        except CelError:
            issues.report(literal.offset, f"invalid {name} argument")


def _outside_formats(node: Node) -> Iterator[Node]:
    """All nodes but those inside calls of format, which take lists of anything."""
    yield node
    if not (isinstance(node, Call) and node.function == "format"):
        for child in children(node):
            yield from _outside_formats(child)


def _entry(node: Node, *, optional: bool) -> tuple[Node, Type]:
    return node, unwrap_optional(node.type)[0] if optional else node.type


def _homogeneous(items: list[tuple[Node, Type]], issues: Issues, *, once: bool = False) -> None:
    for node, found in items[1:]:
        if found != items[0][1]:
            issues.report(node.offset, f"expected type '{items[0][1].text}' but found '{found.text}'")
            if once:
                return


def _format(node: Call, issues: Issues) -> None:
    if not (isinstance(node.target, Literal) and len(node.args) == 1 and isinstance(node.args[0], ListNode)):
        return
    args = node.args[0].items
    try:
        letters = [letter for _, letter, _ in clauses(node.target.value) if letter]
    except CelError as error:
        issues.report(node.offset, str(error))
        return
    for index, letter in enumerate(letters):
        if index >= len(args):
            issues.report(node.offset, f"index {index} out of range")
            return
        if args[index].type.kind == "dyn":
            continue
        if problem := refused(letter, args[index].type.text):
            issues.report(args[index].offset, f"error during formatting: {problem}")
            return
    if len(args) > len(letters):
        message = f"too many arguments supplied to string.format (expected {len(letters)}, got {len(args)})"
        issues.report(node.offset, message)
