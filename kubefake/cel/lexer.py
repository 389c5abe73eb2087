"""Cuts the text of an expression into tokens.

Follows the lexer rules of github.com/google/cel-go/parser/gen/CEL.g4.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .source import Issues

__all__ = ["END", "TOKEN_ORDER", "Token", "tokenize"]

END: Final = "<EOF>"

TOKEN_ORDER: Final = (
    *("==", "!=", "in", "<", "<=", ">=", ">", "&&", "||", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!", "?", ":"),
    *("+", "*", "/", "%", "true", "false", "null"),
    *("NUM_FLOAT", "NUM_INT", "NUM_UINT", "STRING", "BYTES", "IDENTIFIER", "ESC_IDENTIFIER"),
)
"""The kinds of tokens, in the order in which errors list them."""

_ESCAPE: Final = r"\\(?:[abfnrtv\"'\\?`]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7][0-7])"
_STRING: Final = (
    rf'"""(?:{_ESCAPE}|[^\\])*?"""'
    rf"|'''(?:{_ESCAPE}|[^\\])*?'''"
    r'|[rR]"""[\s\S]*?"""'
    r"|[rR]'''[\s\S]*?'''"
    rf'|"(?:{_ESCAPE}|[^\\"\n\r])*"'
    rf"|'(?:{_ESCAPE}|[^\\'\n\r])*'"
    r'|[rR]"[^"\n\r]*"'
    r"|[rR]'[^'\n\r]*'"
)
_TOKEN: Final = re.compile(
    rf"""(?P<SPACE>[\t \r\n\f]+|//[^\n]*)
|(?P<BYTES>[bB](?:{_STRING}))
|(?P<STRING>{_STRING})
|(?P<NUM_FLOAT>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
|(?P<NUM_UINT>0x[0-9a-fA-F]+[uU]|[0-9]+[uU])
|(?P<NUM_INT>0x[0-9a-fA-F]+|[0-9]+)
|(?P<IDENTIFIER>[A-Za-z_][A-Za-z0-9_]*)
|(?P<ESC_IDENTIFIER>`[A-Za-z0-9_./\ -]+`)
|(?P<SYMBOL>==|!=|<=|>=|&&|\|\||[\[\]{{}}().,\-!?:+*/%<>])""".replace("\n|(?P", "|(?P")
)
_PARTIAL: Final = r"(?:\\(?:[xX][0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7}|[0-3][0-7]?)?)?"
_UNFINISHED: Final = re.compile(
    rf"""[bB]?(?:[rR]"[^"\n\r]*|[rR]'[^'\n\r]*|"(?:{_ESCAPE}|[^\\"\n\r])*{_PARTIAL}|'(?:{_ESCAPE}|[^\\'\n\r])*{_PARTIAL})|[=&|]"""
)
_WORDS: Final = ("in", "true", "false", "null")


class Token(NamedTuple):
    """A token: its kind (of `TOKEN_ORDER`, or `END`), its text, and where it starts."""

    kind: str
    text: str
    offset: int


def tokenize(source: str, issues: Issues) -> list[Token]:
    """The tokens of a source, `END` last; what is no token is reported and left out."""
    tokens: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            at = _skip(source, at, issues)
            continue
        kind, text = str(match.lastgroup), match[0]
        if kind == "SYMBOL" or (kind == "IDENTIFIER" and text in _WORDS):
            kind = text
        if kind != "SPACE":
            tokens.append(Token(kind, text, at))
        at = match.end()
    tokens.append(Token(END, END, len(source)))
    return tokens


def _skip(source: str, at: int, issues: Issues) -> int:
    """Reports what no token starts with; returns where to go on."""
    unfinished = _UNFINISHED.match(source, at)
    end = unfinished.end() if unfinished is not None else at
    text = source[at : end + 1]
    shown = text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    issues.report(at, f"Syntax error: token recognition error at: '{shown}'")
    return end + 1
