"""Templates of JSONPath, as kubectl takes them, to trees of nodes. Evaluates nothing.

Ported from client-go util/jsonpath/{parser,node}.go; where that one reads a text in a surprising way, so does this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, TypeAlias

__all__ = [
    "ArrayNode",
    "BoolNode",
    "FieldNode",
    "FilterNode",
    "FloatNode",
    "IdentifierNode",
    "IntNode",
    "JSONPathError",
    "ListNode",
    "Node",
    "RecursiveNode",
    "TextNode",
    "UnionNode",
    "WildcardNode",
    "parse",
    "unquote",
]


class JSONPathError(ValueError):
    """A template that cannot be read, or a value that it does not fit."""


@dataclass(slots=True)
class TextNode:
    """Text that is printed as it is."""

    text: str


@dataclass(slots=True)
class FieldNode:
    """`.name`: the value of a key."""

    name: str


@dataclass(slots=True)
class IdentifierNode:
    """A bare word: `range` and `end` mean something."""

    name: str


@dataclass(slots=True)
class Bound:
    """One number of a slice; `derived` marks the end that an index stands for."""

    value: int = 0
    known: bool = False
    derived: bool = False


@dataclass(slots=True)
class ArrayNode:
    """`[start:end:step]`, of which an index is a case."""

    start: Bound
    end: Bound
    step: Bound


@dataclass(slots=True)
class IntNode:
    """A whole number."""

    value: int


@dataclass(slots=True)
class FloatNode:
    """A number with a point."""

    value: float


@dataclass(slots=True)
class BoolNode:
    """`true` or `false`."""

    value: bool


@dataclass(slots=True)
class WildcardNode:
    """`.*`: every value of a map or a list."""


@dataclass(slots=True)
class RecursiveNode:
    """`..`: a value and all that is below it."""


@dataclass(slots=True)
class ListNode:
    """Nodes that are applied one after another: the inside of a pair of braces."""

    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class FilterNode:
    """`[?(left operator right)]`; the operator is `exists` where there is nothing to compare with."""

    left: ListNode
    right: ListNode
    operator: str


@dataclass(slots=True)
class UnionNode:
    """`[a,b]`: the results of each."""

    nodes: list[ListNode]


Node: TypeAlias = (
    TextNode
    | FieldNode
    | IdentifierNode
    | ArrayNode
    | IntNode
    | FloatNode
    | BoolNode
    | WildcardNode
    | RecursiveNode
    | ListNode
    | FilterNode
    | UnionNode
)

_END: Final = ""  # what follows the last character
_TERMINATORS: Final = frozenset(" \t\r\n.,[]$@{}")
_key: Final = re.compile(r"'([^']*)'").fullmatch
_slice: Final = re.compile(r"(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?").fullmatch
_comparison: Final = re.compile(r"([^!<>=]+)([!<>=]+)(.+)").fullmatch
_int: Final = re.compile(r"[+-]?[0-9]+").fullmatch
_float: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)").fullmatch
_MAX_INT: Final = 2**63


def parse(text: str) -> ListNode:
    """The tree of a template: texts, and a ListNode for each pair of braces. Raises JSONPathError."""
    parser = _Parser(text)
    parser.parse_text()
    return parser.root


def _action(text: str) -> ListNode:
    """The tree of the inside of braces."""
    node = parse(f"{{{text}}}").nodes[0]
    assert isinstance(node, ListNode)
    return node


class _Parser:
    """Reads one template from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._start = 0
        self.root = ListNode()

    def _next(self) -> str:
        if self._at >= len(self._text):
            return _END
        char = self._text[self._at]
        self._at += 1
        return char

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _taken(self) -> str:
        """What was read since the last time."""
        taken = self._text[self._start : self._at]
        self._start = self._at
        return taken

    def parse_text(self) -> None:
        """The whole template: texts and what stands in braces, one after another."""
        while True:
            brace = self._text.find("{", self._at)
            self._at = len(self._text) if brace < 0 else brace
            if self._at > self._start:
                self.root.nodes.append(TextNode(self._taken()))
            if brace < 0:
                return
            self._at += 1
            self._taken()
            inside = ListNode()
            self.root.nodes.append(inside)
            self._parse_inside(inside)

    def _parse_inside(self, nodes: ListNode) -> None:
        """Up to the closing brace."""
        while not self._text.startswith("}", self._at):
            if self._text.startswith("[?(", self._at):
                self._parse_filter(nodes)
            elif self._text.startswith("..", self._at):
                self._parse_recursive(nodes)
            else:
                self._parse_part(nodes)
        self._at += 1
        self._taken()

    def _parse_part(self, nodes: ListNode) -> None:
        char = self._next()
        if char in (_END, "\r", "\n"):
            raise JSONPathError("unclosed action")
        if char in " @$":
            self._taken()
        elif char == "[":
            self._parse_array(nodes)
        elif char in "\"'":
            self._parse_quoted(nodes, char)
        elif char == ".":
            self._parse_field(nodes)
        elif char in "+-" or char.isdecimal():
            self._at -= 1
            self._parse_number(nodes)
        elif char == "_" or char.isalpha():
            self._at -= 1
            self._parse_identifier(nodes)
        else:
            raise JSONPathError(f"unrecognized character in action: {_named(char)}")

    def _parse_identifier(self, nodes: ListNode) -> None:
        while self._peek() not in _TERMINATORS and self._peek() != _END:
            self._at += 1
        word = self._taken()
        nodes.nodes.append(BoolNode(word == "true") if word in ("true", "false") else IdentifierNode(word))

    def _parse_recursive(self, nodes: ListNode) -> None:
        if nodes.nodes and isinstance(nodes.nodes[-1], RecursiveNode):
            raise JSONPathError("invalid multiple recursive descent")
        self._at += 2
        self._taken()
        nodes.nodes.append(RecursiveNode())
        following = self._peek()
        if following and (following == "_" or following.isalpha() or following.isdecimal()):
            self._parse_field(nodes)

    def _parse_number(self, nodes: ListNode) -> None:
        if self._peek() in ("+", "-"):
            self._at += 1
        while self._peek() and (self._peek() == "." or self._peek().isdecimal()):
            self._at += 1
        text = self._taken()
        if _int(text) and -_MAX_INT <= int(text) < _MAX_INT:
            nodes.nodes.append(IntNode(int(text)))
        elif _float(text):
            nodes.nodes.append(FloatNode(float(text)))
        else:
            raise JSONPathError(f"cannot parse number {text}")

    def _parse_array(self, nodes: ListNode) -> None:
        while True:
            char = self._next()
            if char in (_END, "\n"):
                raise JSONPathError("unterminated array")
            if char == "]":
                break
        text = self._taken()[1:-1]
        if text == "*":
            text = ":"
        parts = text.split(",")
        key = _key(text)
        if len(parts) > 1:
            nodes.nodes.append(UnionNode([_action(f"[{part.strip(' ')}]") for part in parts]))
        elif key:
            nodes.nodes += _action(f".{key[1]}").nodes
        else:
            nodes.nodes.append(_array(text))

    def _parse_filter(self, nodes: ListNode) -> None:
        self._at += len("[?(")
        self._taken()
        begun = ended = False
        pair = ""
        while True:
            char = self._next()
            if char in (_END, "\n"):
                raise JSONPathError("unterminated filter")
            if char in "\"'":
                if not begun:
                    begun, pair = True, char
                elif char == pair and self._text[self._at - 2] != "\\":
                    ended = True
            elif char == ")" and begun == ended:
                break
        if self._next() != "]":
            raise JSONPathError("unclosed array expect ]")
        text = self._taken()[:-2]
        parts = _comparison(text)
        if parts is None:
            nodes.nodes.append(FilterNode(_action(text), ListNode(), "exists"))
        else:
            nodes.nodes.append(FilterNode(_action(parts[1]), _action(parts[3]), parts[2]))

    def _parse_quoted(self, nodes: ListNode, quote: str) -> None:
        while True:
            char = self._next()
            if char in (_END, "\n"):
                raise JSONPathError("unterminated quoted string")
            if char == quote and self._text[self._at - 2] != "\\":
                break
        text = self._taken()
        try:
            nodes.nodes.append(TextNode(unquote(text)))
        except JSONPathError as error:
            raise JSONPathError(f"unquote string {text} error {error}") from None

    def _parse_field(self, nodes: ListNode) -> None:
        self._taken()
        while True:
            char = self._next()
            if char == "\\":
                self._next()
            elif char == _END:
                break
            elif char in _TERMINATORS:
                self._at -= 1
                break
        name = self._taken()
        nodes.nodes.append(WildcardNode() if name == "*" else FieldNode(name.replace("\\", "")))


def _named(char: str) -> str:
    """`%#U` of a character."""
    return f"U+{ord(char):04X}" + (f" '{char}'" if char.isprintable() else "")


def _array(text: str) -> ArrayNode:
    """The inside of `[…]` as a slice; an index is the slice of one item."""
    found = _slice(text)
    if found is None:
        raise JSONPathError(f"invalid array index {text}")
    start, end, step = (_bound(part) for part in found.groups(""))
    if not found[2]:
        end = Bound(start.value + 1, known=True, derived=True)
    return ArrayNode(start, end, step)


def _bound(text: str) -> Bound:
    number = text.removeprefix(":")
    if not number:
        return Bound()
    if not _int(number) or not -_MAX_INT <= int(number) < _MAX_INT:
        raise JSONPathError(f"array index {number} is not a number")
    return Bound(int(number), known=True)


_ESCAPES: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_HEX: Final = {"x": 2, "u": 4, "U": 8}
_hex: Final = re.compile(r"[0-9a-fA-F]+").fullmatch
_octal: Final = re.compile(r"[0-7]{3}").fullmatch


def unquote(text: str) -> str:
    """The text inside of single or double quotes, with Go's escapes carried out. Raises JSONPathError."""
    quote, inside = text[:1], text[1:-1]
    if len(text) < 2 or quote != text[-1] or quote not in "\"'":
        raise JSONPathError("invalid syntax")
    if "\\" not in inside and quote not in inside:
        return inside
    out: list[bytes] = []
    at = 0
    while at < len(inside):
        char = inside[at]
        if char == quote:
            raise JSONPathError("invalid syntax")
        if char != "\\":
            out.append(char.encode("utf-8", "surrogatepass"))
            at += 1
            continue
        piece, at = _escaped(inside, at + 1, quote)
        out.append(piece)
    return b"".join(out).decode("utf-8", "surrogateescape")


def _escaped(text: str, at: int, quote: str) -> tuple[bytes, int]:
    """What the escape behind a backslash stands for, and where it ends."""
    char = text[at : at + 1]
    if char in _ESCAPES:
        return _ESCAPES[char].encode(), at + 1
    if char and char == quote:
        return char.encode(), at + 1
    if char in _HEX:
        digits = text[at + 1 : at + 1 + _HEX[char]]
        if len(digits) == _HEX[char] and _hex(digits):
            code = int(digits, 16)
            if char == "x":
                return bytes([code]), at + 3
            if code <= 0x10FFFF and not 0xD800 <= code < 0xE000:
                return chr(code).encode(), at + 1 + len(digits)
    elif _octal(text[at : at + 3]) and int(text[at : at + 3], 8) < 256:
        return bytes([int(text[at : at + 3], 8)]), at + 3
    raise JSONPathError("invalid syntax")
