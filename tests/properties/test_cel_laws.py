"""Laws of expressions: printing and reading are inverse, and arithmetic is arithmetic."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubefake.cel.ast import Call, Ident, ListNode, Literal, Node, Select
from kubefake.cel.checker import compile_checked
from kubefake.cel.evaluator import compile_program
from kubefake.cel.parser import RESERVED, parse
from kubefake.cel.values import CelError

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,4}", fullmatch=True).filter(
    lambda name: name not in RESERVED and name != "has"
)
LITERALS = st.one_of(
    st.integers(0, 2**63 - 1),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=5),
    st.booleans(),
    st.none(),
    st.floats(0, 1e300),
)
BINARY = ("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=")


def printed(node: Node) -> str:
    if isinstance(node, Literal):
        if isinstance(node.value, str):
            return '"' + "".join(f"\\U{ord(char):08x}" for char in node.value) + '"'
        if isinstance(node.value, float):
            return f"{node.value:.17e}"
        return (
            {True: "true", False: "false", None: "null"}[node.value] if type(node.value) is not int else str(node.value)
        )
    if isinstance(node, Ident):
        return node.name
    if isinstance(node, Select):
        return f"({printed(node.operand)}).{node.field}"
    if isinstance(node, ListNode):
        return f"[{', '.join(map(printed, node.items))}]"
    assert isinstance(node, Call)
    args = [f"({printed(arg)})" for arg in node.args]
    if node.function == "_?_:_":
        return f"{args[0]} ? {args[1]} : {args[2]}"
    if node.function == "!_":
        return f"!{args[0]}"
    if node.function == "_[_]":
        return f"{args[0]}[{args[1]}]"
    if node.function.startswith("_"):
        return f"{args[0]} {node.function[1:-1]} {args[1]}"
    prefix = f"({printed(node.target)})." if node.target is not None else ""
    return f"{prefix}{node.function}({', '.join(args)})"


def shape(node: Node) -> Any:
    if isinstance(node, Literal):
        return type(node.value), node.value
    if isinstance(node, Ident):
        return node.name
    if isinstance(node, Select):
        return "select", shape(node.operand), node.field
    if isinstance(node, ListNode):
        return "list", *map(shape, node.items)
    assert isinstance(node, Call)
    return "call", node.function, node.target and shape(node.target), *map(shape, node.args)


def calls(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(lambda op, a, b: Call(0, f"_{op}_", [a, b]), st.sampled_from((*BINARY, "&&", "||")), inner, inner),
        st.builds(lambda a, b, c: Call(0, "_?_:_", [a, b, c]), inner, inner, inner),
        st.builds(lambda a: Call(0, "!_", [a]), inner),
        st.builds(lambda a, b: Call(0, "_[_]", [a, b]), inner, inner),
        st.builds(lambda a, name: Select(0, a, name), inner, NAMES),
        st.builds(lambda name, args: Call(0, name, args), NAMES, st.lists(inner, max_size=2)),
        st.builds(lambda name, args, on: Call(0, f"{name}_", args, on), NAMES, st.lists(inner, max_size=2), inner),
        st.builds(lambda items: ListNode(0, items), st.lists(inner, max_size=3)),
    )


TREES = st.recursive(
    st.one_of(st.builds(lambda value: Literal(0, value), LITERALS), st.builds(lambda name: Ident(0, name), NAMES)),
    calls,
    max_leaves=8,
)


@given(TREES)
def test_what_is_printed_reads_as_it_was(tree: Node) -> None:
    assert shape(parse(printed(tree))) == shape(tree)


SUMS = st.recursive(
    st.integers(-(2**63) + 1, 2**63 - 1).map(str) | st.integers(-9, 9).map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/%"), inner).map(
        lambda found: f"({found[0]} {found[1]} {found[2]})"
    ),
    max_leaves=6,
)


def reference(tree: Node) -> int:
    """Whole numbers of Python, which have no end, brought back into 64 bits by refusing what leaves them."""
    if isinstance(tree, Literal):
        return int(tree.value)
    assert isinstance(tree, Call)
    a, b = (reference(arg) for arg in tree.args)
    if tree.function in ("_/_", "_%_"):
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        value = quotient if tree.function == "_/_" else a - b * quotient
    else:
        value = {"_+_": a + b, "_-_": a - b, "_*_": a * b}[tree.function]
    if not -(2**63) <= value < 2**63:
        raise OverflowError
    return value


@given(SUMS)
def test_arithmetic_is_that_of_whole_numbers_of_64_bits(source: str) -> None:
    try:
        wanted: int | None = reference(parse(source))
    except (OverflowError, ZeroDivisionError):
        wanted = None
    try:
        found = compile_program(compile_checked(source, {}), ()).run()[0]
    except CelError:
        found = None
    assert found == wanted
