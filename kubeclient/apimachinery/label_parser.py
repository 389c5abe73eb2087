"""Reads the text form of label selectors into keys, operators and values. Whether those are valid is `labels`' business.

Ports the lexer and the parser of apimachinery pkg/labels/selector.go, with its error texts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

__all__ = [
    "BINARY_OPERATORS",
    "DOES_NOT_EXIST",
    "DOUBLE_EQUALS",
    "EQUALS",
    "EXISTS",
    "GREATER_THAN",
    "IN",
    "LESS_THAN",
    "NOT_EQUALS",
    "NOT_IN",
    "parse_terms",
]

IN: Final = "in"
NOT_IN: Final = "notin"
EQUALS: Final = "="
DOUBLE_EQUALS: Final = "=="
NOT_EQUALS: Final = "!="
GREATER_THAN: Final = "gt"
LESS_THAN: Final = "lt"
EXISTS: Final = "exists"
DOES_NOT_EXIST: Final = "!"

BINARY_OPERATORS: Final = (IN, NOT_IN, EQUALS, DOUBLE_EQUALS, NOT_EQUALS, GREATER_THAN, LESS_THAN)

T = TypeVar("T")

_SPECIAL: Final = frozenset("=!(),><")
_STOP: Final = _SPECIAL | frozenset(" \t\r\n")
_SYMBOLS: Final = frozenset({")", ",", "!", "==", "=", ">", "<", "!=", "("})
_OPERATORS: Final = {
    "in": IN,
    "=": EQUALS,
    "==": DOUBLE_EQUALS,
    ">": GREATER_THAN,
    "<": LESS_THAN,
    "notin": NOT_IN,
    "!=": NOT_EQUALS,
}

# Tokens are (kind, literal); a symbol's kind is its text. Keywords are identifiers that the operator position reads.
_IDENTIFIER: Final = "identifier"
_END: Final = ""

Token = tuple[str, str]


def _scan(text: str) -> list[Token]:
    tokens: list[Token] = []
    position, end = 0, len(text)
    while True:
        while position < end and text[position] in " \t\r\n":
            position += 1
        if position >= end or text[position] == "\0":
            tokens.append((_END, ""))
            return tokens
        start = position
        if text[start] in _SPECIAL:
            position += 2 if text[start : start + 2] in _SYMBOLS and start + 1 < end else 1
            symbol = text[start:position]
            tokens.append((symbol, symbol))
        else:
            while position < end and text[position] not in _STOP and text[position] != "\0":
                position += 1
            tokens.append((_IDENTIFIER, text[start:position]))
        if position < end and text[position] == "\0":
            position += 1  # Go's lexer takes a NUL for the end and swallows it


class _Parser:
    __slots__ = ("_check_key", "_position", "_tokens")

    def __init__(self, text: str, check_key: Callable[[str], None]) -> None:
        self._tokens = _scan(text)
        self._position = 0
        self._check_key = check_key

    def look(self) -> Token:
        return self._tokens[self._position]

    def take(self) -> Token:
        token = self._tokens[self._position]
        self._position += 1
        return token

    def term(self) -> tuple[str, str, list[str]]:
        key, operator = self._key()
        if operator is not None:
            return key, operator, []
        operator = self._operator()
        values = self._values() if operator in (IN, NOT_IN) else self._exact_value()
        return key, operator, sorted(values)

    def _key(self) -> tuple[str, str | None]:
        kind, literal = self.take()
        negated = kind == "!"
        if negated:
            kind, literal = self.take()
        if kind != _IDENTIFIER:
            raise ValueError(f"found '{literal}', expected: identifier")
        self._check_key(literal)
        if negated:
            # Go reads no operator after "!key"; the caller then misses the comma.
            return literal, DOES_NOT_EXIST
        return literal, EXISTS if self.look()[0] in (_END, ",") else None

    def _operator(self) -> str:
        kind, literal = self.take()
        operator = _OPERATORS.get(literal)
        if operator is None or (kind == _IDENTIFIER and literal not in ("in", "notin")):
            raise ValueError(f"found '{literal}', expected: {', '.join(BINARY_OPERATORS)}")
        return operator

    def _values(self) -> set[str]:
        kind, literal = self.take()
        if kind != "(":
            raise ValueError(f"found '{literal}' expected: '('")
        kind, literal = self.look()
        if kind == ")":
            self.take()
            return {""}
        if kind not in (_IDENTIFIER, ","):
            raise ValueError(f"found '{literal}', expected: ',', ')' or identifier")
        values = self._identifiers()
        self.take()  # the closing parenthesis, which ended the list
        return values

    def _identifiers(self) -> set[str]:
        values: set[str] = set()
        while True:
            kind, literal = self.take()
            if kind == _IDENTIFIER:
                values.add(literal)
                following, text = self.look()
                if following == ")":
                    return values
                if following != ",":
                    raise ValueError(f"found '{text}', expected: ',' or ')'")
            elif kind == ",":
                if not values:
                    values.add("")
                following = self.look()[0]
                if following == ")":
                    values.add("")
                    return values
                if following == ",":
                    values.add("")
            else:
                raise ValueError(f"found '{literal}', expected: ',', or identifier")

    def _exact_value(self) -> set[str]:
        if self.look()[0] in (_END, ","):
            return {""}
        kind, literal = self.take()
        if kind == _IDENTIFIER:
            return {literal}
        raise ValueError(f"found '{literal}', expected: identifier")


def parse_terms(text: str, check_key: Callable[[str], None], build: Callable[[str, str, list[str]], T]) -> list[T]:
    """The requirements of a selector in the order of the text, each made by `build(key, operator, sorted values)`.

    `check_key` raises ValueError for a key that is not valid; both may, and their texts are wrapped as Go wraps them.

    Raises:
        ValueError: with Go's text.
    """
    parser = _Parser(text, check_key)
    terms: list[T] = []
    while True:
        kind, literal = parser.look()
        if kind == _END:
            return terms
        if kind not in (_IDENTIFIER, "!"):
            raise ValueError(f"found '{literal}', expected: !, identifier, or 'end of string'")
        try:
            terms.append(build(*parser.term()))
        except ValueError as error:
            raise ValueError(f"unable to parse requirement: {error}") from None
        kind, literal = parser.take()
        if kind == _END:
            return terms
        if kind != ",":
            raise ValueError(f"found '{literal}', expected: ',' or 'end of string'")
        kind, literal = parser.look()
        if kind not in (_IDENTIFIER, "!"):
            raise ValueError(f"found '{literal}', expected: identifier after ','")
