"""Reading expressions, and the words for those that are none."""

from __future__ import annotations

import pytest

from kubefake.cel.ast import Call, Comprehension, Ident, ListNode, Literal, MapNode, Node, Select
from kubefake.cel.parser import parse
from kubefake.cel.source import CompileError
from kubefake.cel.values import Uint


def shown(node: Node) -> str:
    """A node as nested parentheses."""
    if isinstance(node, Literal):
        return repr(node.value)
    if isinstance(node, Ident):
        return node.name
    if isinstance(node, Select):
        return f"{shown(node.operand)}.{node.field}{'?' if node.test else ''}"
    if isinstance(node, Call):
        args = ([] if node.target is None else [node.target]) + node.args
        return f"({node.function} {' '.join(map(shown, args))})" if args else f"({node.function})"
    if isinstance(node, ListNode):
        return f"[{' '.join(map(shown, node.items))}]"
    if isinstance(node, MapNode):
        return "{" + " ".join(f"{shown(key)}:{shown(value)}" for key, value, _ in node.entries) + "}"
    assert isinstance(node, Comprehension)
    return f"(fold {shown(node.range)} {node.variable} {shown(node.step)})"


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("1 + 2 * 3", "(_+_ 1 (_*_ 2 3))"),
        ("1 - 2 - 3", "(_-_ (_-_ 1 2) 3)"),
        ("a && b || c", "(_||_ (_&&_ a b) c)"),
        ("a ? b : c ? d : e", "(_?_:_ a b (_?_:_ c d e))"),
        ("a in b == c", "(_==_ (@in a b) c)"),
        ("!!a", "a"),
        ("!a.b", "(!_ a.b)"),
        ("-5", "-5"),
        ("- 5", "-5"),
        ("--a", "a"),
        ("a[0].b(c)", "(b (_[_] a 0) c)"),
        ("a.?b[?c]", "(_[?_] (_?._ a 'b') c)"),
        ("{'a': 1, 2u: [x,]}", "{'a':1 2:[x]}"),
        ("has(a.b)", "a.b?"),
        ("a.all(x, x)", "(fold a x (_&&_ @result x))"),
        ("a.map(x, y)", "(fold a x (_+_ @result [y]))"),
        ("a // comment\n + b", "(_+_ a b)"),
    ],
)
def test_a_source_is_read_as_a_tree(source: str, tree: str) -> None:
    assert shown(parse(source)) == tree


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("0x1F", 31),
        ("7u", Uint(7)),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        (r"'a\n\x41\u00e9\101'", "a\nAéA"),
        (r"r'\d'", r"\d"),
        ("'''a'b'''", "a'b"),
        (r"b'\xff'", b"\xff"),
        ("b'é'", "é".encode()),
        ("null", None),
        ("-9223372036854775808", -(2**63)),
    ],
)
def test_a_literal_has_its_value(source: str, value: object) -> None:
    node = parse(source)
    assert isinstance(node, Literal)
    assert (type(node.value), node.value) == (type(value), value)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("(a", "ERROR: <input>:1:3: Syntax error: missing ')' at '<EOF>'\n | (a\n | ..^"),
        ("a)", "ERROR: <input>:1:2: Syntax error: extraneous input ')' expecting <EOF>\n | a)\n | .^"),
        ("a b c", "ERROR: <input>:1:3: Syntax error: mismatched input 'b' expecting <EOF>\n | a b c\n | ..^"),
        ("for", "ERROR: <input>:1:1: reserved identifier: for\n | for\n | ^"),
        ("has(a)", "ERROR: <input>:1:5: invalid argument to has() macro\n | has(a)\n | ....^"),
        ("1e999", "ERROR: <input>:1:1: invalid double literal\n | 1e999\n | ^"),
        ("é", "ERROR: <input>:1:1: Syntax error: token recognition error at: 'é'"),
    ],
)
def test_what_is_no_expression_is_told_with_a_mark_under_its_place(source: str, error: str) -> None:
    with pytest.raises(CompileError) as caught:
        parse(source)
    assert str(caught.value).startswith(error)


def test_an_expression_may_not_be_nested_without_end() -> None:
    with pytest.raises(CompileError, match="expression recursion limit exceeded: 250"):
        parse("(" * 300 + "1" + ")" * 300)


def test_a_long_chain_of_ands_is_no_deep_tree() -> None:
    assert isinstance(parse(" && ".join(["a"] * 2000)), Call)
