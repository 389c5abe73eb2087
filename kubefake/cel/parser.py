"""Reads an expression: tokens in, nodes out, macros expanded.

Follows the grammar of github.com/google/cel-go/parser/gen/CEL.g4 and the errors of its generated parser. A source is read
up to the first error of syntax: what follows one is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from . import literals
from .ast import Call, Ident, ListNode, Literal, MapNode, Node, Select, Struct
from .lexer import END, TOKEN_ORDER, Token, tokenize
from .macros import MacroError, expand
from .source import CompileError, Issues

__all__ = ["RESERVED", "parse"]

RESERVED: Final = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "package",
        "namespace",
        "null",
        "return",
        "true",
        "var",
        "void",
        "while",
    ]
)
_DEPTH: Final = 250
_RELATIONS: Final = ("<", "<=", ">=", ">", "==", "!=", "in")
_SUMS: Final = ("+", "-")
_PRODUCTS: Final = ("*", "/", "%")
_STARTS: Final = frozenset(
    (
        "[",
        "{",
        "(",
        ".",
        "-",
        "!",
        "true",
        "false",
        "null",
        "NUM_FLOAT",
        "NUM_INT",
        "NUM_UINT",
        "STRING",
        "BYTES",
        "IDENTIFIER",
    )
)
_AFTER_OPERAND: Final = frozenset((*_RELATIONS, "&&", "||", "[", ".", "-", "?", "+", "*", "/", "%"))


class _Stop(Exception):
    """An error that ends the reading; it is reported already."""


def parse(source: str) -> Node:
    """The expression that a source says. Raises CompileError."""
    issues = Issues(source)
    tokens = tokenize(source, issues)
    parser = _Parser(tokens, issues, source)
    node: Node | None = None
    try:
        node = parser.whole()
    except _Stop:
        pass
    except RecursionError:
        issues.report(-1, f"expression recursion limit exceeded: {_DEPTH}")
    if issues or node is None:
        raise CompileError(issues)
    return node


class _Parser:
    def __init__(self, tokens: list[Token], issues: Issues, source: str) -> None:
        self._tokens = tokens
        self._issues = issues
        self._source = source
        self._at = 0
        self._depth = 0
        self._failed_at = -1
        self._closers = [END]

    # --- reading tokens

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _accept(self, kind: str) -> Token | None:
        return self._take() if self._next.kind == kind else None

    def _expect(self, kind: str, follow: Collection[str] = _STARTS) -> Token:
        """The token of a kind. A token too many, or this one missing before what may follow it, is reported and passed."""
        token = self._next
        if token.kind == kind:
            return self._take()
        if token.kind != END and self._tokens[self._at + 1].kind == kind:
            self._syntax(token, f"extraneous input {_show(token)} expecting {_set((kind,))}")
            self._at += 1
            return self._take()
        if token.kind in follow:
            self._syntax(token, f"missing {_set((kind,))} at {_show(token)}")
            return Token(kind, kind, token.offset)
        self._syntax(token, f"mismatched input {_show(token)} expecting {_set((kind,))}")
        raise _Stop

    def _close(self, kind: str) -> Token:
        """The bracket that ends what stands here."""
        self._closers.pop()
        return self._expect(
            kind, _AFTER_OPERAND | {self._closers[-1], ","} - ({","} if self._closers[-1] == END else set())
        )

    def _sync(self, wanted: Collection[str]) -> None:
        """Passes a token too many before one of those wanted; stops at any other."""
        token = self._next
        if token.kind in wanted:
            return
        if token.kind != END and self._tokens[self._at + 1].kind in wanted:
            self._syntax(token, f"extraneous input {_show(token)} expecting {_set(wanted)}")
            self._at += 1
            return
        self._syntax(token, f"mismatched input {_show(token)} expecting {_set(wanted)}")
        raise _Stop

    def _syntax(self, token: Token, message: str) -> None:
        """Reports an error of syntax, unless nothing was read since the last."""
        if self._failed_at != self._at:
            self._report(token.offset, f"Syntax error: {message}")
        self._failed_at = self._at

    def _report(self, offset: int, message: str) -> None:
        self._issues.report(offset, message)

    def _mistake(self, offset: int, message: str) -> Node:
        """An error of meaning: reading goes on."""
        self._report(offset, message)
        return Literal(offset, None)

    # --- the grammar

    def whole(self) -> Node:
        node = self._expr()
        self._expect(END, ())
        return node

    def _expr(self) -> Node:
        self._depth += 1
        if self._depth > _DEPTH:
            self._report(-1, f"expression recursion limit exceeded: {_DEPTH}")
            raise _Stop
        node = self._or()
        if operator := self._accept("?"):
            yes = self._or()
            self._expect(":")
            no = self._expr()
            node = Call(operator.offset, "_?_:_", [node, yes, no])
        self._depth -= 1
        return node

    def _or(self) -> Node:
        return self._logic("||", self._and)

    def _and(self) -> Node:
        return self._logic("&&", self._relation)

    def _logic(self, symbol: str, inner: Callable[[], Node]) -> Node:
        terms, offsets = [inner()], []
        while operator := self._accept(symbol):
            offsets.append(operator.offset)
            terms.append(inner())
        return _balanced(f"_{symbol}_", terms, offsets)

    def _relation(self) -> Node:
        return self._left(_RELATIONS, self._sum)

    def _sum(self) -> Node:
        return self._left(_SUMS, self._product)

    def _product(self) -> Node:
        return self._left(_PRODUCTS, self._unary)

    def _left(self, symbols: tuple[str, ...], inner: Callable[[], Node]) -> Node:
        node = inner()
        while self._next.kind in symbols:
            operator = self._take()
            name = "@in" if operator.kind == "in" else f"_{operator.kind}_"
            node = Call(operator.offset, name, [node, inner()])
        return node

    def _unary(self) -> Node:
        self._sync(_STARTS)
        for symbol, name in (("!", "!_"), ("-", "-_")):
            if self._next.kind != symbol:
                continue
            if symbol == "-" and self._tokens[self._at + 1].kind in ("NUM_INT", "NUM_FLOAT"):
                break
            first = self._take()
            count = 1
            while self._accept(symbol):
                count += 1
            node = self._member()
            return Call(first.offset, name, [node]) if count % 2 else node
        return self._member()

    def _member(self) -> Node:
        node = self._primary()
        while True:
            if dot := self._accept("."):
                node = self._dotted(node, dot)
            elif bracket := self._accept("["):
                self._closers.append("]")
                optional = self._accept("?")
                if not optional:
                    self._sync((*_STARTS, "?"))
                index = self._expr()
                self._close("]")
                node = Call(bracket.offset, "_[?_]" if optional else "_[_]", [node, index])
            else:
                return node

    def _dotted(self, node: Node, dot: Token) -> Node:
        optional = self._accept("?") is not None
        name = self._next
        if name.kind not in ("IDENTIFIER", "ESC_IDENTIFIER"):
            return self._no_field(node, name, optional=optional)
        self._take()
        if name.kind == "ESC_IDENTIFIER":
            self._report(name.offset, "unsupported syntax: '`'")
        if optional:
            return Call(dot.offset, "_?._", [node, Literal(name.offset, _unquoted(name))])
        if name.kind == "IDENTIFIER" and (opening := self._accept("(")):
            return self._call(opening, name.text, self._arguments(), node)
        return Select(dot.offset, node, _unquoted(name))

    def _no_field(self, node: Node, token: Token, *, optional: bool) -> Node:
        if optional:
            self._syntax(token, f"mismatched input {_show(token)} expecting {_set(('IDENTIFIER', 'ESC_IDENTIFIER'))}")
            self._report(token.offset, "unsupported ident kind")
        elif token.kind in ("true", "false", "null"):
            self._syntax(token, f"mismatched input {_show(token)} expecting IDENTIFIER")
        else:
            text = "." + ("" if token.kind == END else _show(token)[1:-1])
            self._syntax(token, f"no viable alternative at input '{text}'")
        if token.kind not in _AFTER_OPERAND:
            raise _Stop
        return node

    def _arguments(self) -> list[Node]:
        self._closers.append(")")
        args: list[Node] = []
        if self._next.kind != ")":
            self._sync((*_STARTS, ")"))
        if self._next.kind != ")":
            args.append(self._expr())
            while self._accept(","):
                args.append(self._expr())
        self._close(")")
        return args

    def _call(self, opening: Token, name: str, args: list[Node], target: Node | None) -> Node:
        try:
            found = expand(opening.offset, name, args, target)
        except MacroError as error:
            return self._mistake(error.offset, str(error))
        return found if found is not None else Call(opening.offset, name, args, target)

    def _primary(self) -> Node:
        token = self._next
        kind = token.kind
        if kind == "(":
            self._take()
            self._closers.append(")")
            node = self._expr()
            self._close(")")
            return node
        if kind == "[":
            return self._list(self._take())
        if kind == "{":
            return self._map(self._take())
        if kind == "IDENTIFIER" or (kind == "." and self._tokens[self._at + 1].kind == "IDENTIFIER"):
            return self._name()
        if kind in _STARTS and kind not in (".", "!"):
            return self._literal()
        if kind == ".":
            after = self._tokens[self._at + 1]
            shown = "." if after.kind == END else f".{_show(after)[1:-1]}"
            self._syntax(after, f"no viable alternative at input '{shown}'")
            raise _Stop
        self._no_operand(token)
        raise _Stop

    def _no_operand(self, token: Token) -> None:
        """Reports that nothing follows a sign."""
        wanted = f"expecting {_set(_STARTS)}"
        if self._tokens[self._at - 1].kind == "!":
            self._syntax(token, f"{'extraneous' if token.kind == END else 'mismatched'} input {_show(token)} {wanted}")
            return
        shown = "" if token.kind == END else _show(token)[1:-1]
        self._syntax(token, f"no viable alternative at input '-{shown}'")
        if token.kind == END:
            self._report(token.offset, f"Syntax error: mismatched input '<EOF>' {wanted}")

    def _name(self) -> Node:
        leading = self._accept(".")
        token = self._take()
        start = leading or token
        prefix = "." if leading else ""
        if message := self._struct_name():
            end = message[-1]
            name = prefix + ".".join([token.text, *(part.text for part in message[:-1])])
            return self._struct(end, name)
        if token.text in RESERVED:
            if opening := self._accept("("):
                self._arguments()
            return self._mistake(start.offset, f"reserved identifier: {token.text}")
        if opening := self._accept("("):
            return self._call(opening, prefix + token.text, self._arguments(), None)
        return Ident(token.offset, prefix + token.text)

    def _struct_name(self) -> list[Token]:
        """The tokens after the first of `a.b.C{`, the brace last, when that is what stands here."""
        at = self._at
        parts: list[Token] = []
        while self._tokens[at].kind == "." and self._tokens[at + 1].kind == "IDENTIFIER":
            parts.append(self._tokens[at + 1])
            at += 2
        if self._tokens[at].kind != "{":
            return []
        self._at = at + 1
        return [*parts, self._tokens[at]]

    def _struct(self, brace: Token, name: str) -> Node:
        fields: list[tuple[str, Node, bool, int]] = []
        self._closers.append("}")
        while self._next.kind != "}":
            optional = self._accept("?") is not None
            field = self._take()
            if field.kind not in ("IDENTIFIER", "ESC_IDENTIFIER"):
                self._at -= 1
                self._sync(("}", "?", "IDENTIFIER", "ESC_IDENTIFIER", *(() if fields else (",",))))
                raise _Stop
            colon = self._expect(":")
            fields.append((_unquoted(field), self._expr(), optional, colon.offset))
            if not self._accept(","):
                break
        self._last(brace, "}")
        return Struct(brace.offset, name, fields)

    def _list(self, bracket: Token) -> Node:
        items: list[Node] = []
        optional: set[int] = set()
        self._closers.append("]")
        while self._next.kind != "]":
            if self._accept("?"):
                optional.add(len(items))
            elif items and self._next.kind not in _STARTS:
                break
            elif self._next.kind == ",":
                self._take()
                break
            else:
                self._sync((*_STARTS, "]", "?", ","))
            items.append(self._expr())
            if not self._accept(","):
                break
        self._last(bracket, "]")
        return ListNode(bracket.offset, items, frozenset(optional))

    def _map(self, brace: Token) -> Node:
        entries: list[tuple[Node, Node, bool]] = []
        self._closers.append("}")
        while self._next.kind != "}":
            optional = self._accept("?") is not None
            if self._next.kind == "," and not entries:
                self._take()
                break
            if entries and self._next.kind not in _STARTS:
                break
            self._sync((*_STARTS, "}", "?", ","))
            key = self._expr()
            self._expect(":")
            entries.append((key, self._expr(), optional))
            if not self._accept(","):
                break
        self._last(brace, "}")
        return MapNode(brace.offset, entries)

    def _last(self, opening: Token, kind: str) -> None:
        """The bracket that ends a list, a map or a struct, before which a comma may stand."""
        token = self._next
        before = self._tokens[self._at - 1].kind
        if token.kind == kind or before == "," or before == opening.kind:
            self._close(kind)
            return
        self._closers.pop()
        self._sync((kind, ","))
        self._expect(kind)

    def _literal(self) -> Node:
        start = self._take()
        token = start
        sign = ""
        if start.kind == "-":
            sign = "-"
            token = self._take()
        try:
            return Literal(start.offset, _READERS[token.kind](sign + token.text))
        except ValueError as error:
            return self._mistake(start.offset, str(error))


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "true": lambda _: True,
    "false": lambda _: False,
    "null": lambda _: None,
    "NUM_INT": literals.read_int,
    "NUM_UINT": literals.read_uint,
    "NUM_FLOAT": literals.read_double,
    "STRING": literals.read_string,
    "BYTES": literals.read_bytes,
}


def _balanced(name: str, terms: list[Node], offsets: list[int]) -> Node:
    if len(terms) == 1:
        return terms[0]
    middle = (len(terms) - 1) // 2
    left = _balanced(name, terms[: middle + 1], offsets[:middle])
    right = _balanced(name, terms[middle + 1 :], offsets[middle + 1 :])
    return Call(offsets[middle], name, [left, right])


def _unquoted(token: Token) -> str:
    return token.text[1:-1] if token.kind == "ESC_IDENTIFIER" else token.text


def _show(token: Token) -> str:
    return "'" + token.text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + "'"


def _set(kinds: Collection[str]) -> str:
    order = (END, *TOKEN_ORDER)
    names = [kind if kind.isupper() or kind == END else f"'{kind}'" for kind in order if kind in kinds]
    return names[0] if len(names) == 1 else "{" + ", ".join(names) + "}"
