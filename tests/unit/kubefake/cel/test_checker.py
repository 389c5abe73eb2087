"""The types of expressions, and the words for those that have none."""

from __future__ import annotations

import pytest

from kubefake.cel import types
from kubefake.cel.checker import compile_checked
from kubefake.cel.overloads import named
from kubefake.cel.source import CompileError

SELF = types.object_type(
    "T", {"n": types.INT, "s": types.STRING, "l": named("list(int)"), "m": named("map(string, int)"), "any": types.DYN}
)


@pytest.mark.parametrize(
    ("source", "type"),
    [
        ("self.n + 1", "int"),
        ("self.l.map(x, string(x))", "list(string)"),
        ("self.m.transformMap(k, v, v > 1)", "map(string, bool)"),
        ("self.any.x", "dyn"),
        ("self.?n", "optional_type(int)"),
        ("self.?n.orValue(1)", "int"),
        ("[]", "list(dyn)"),
        ("true ? [] : [1]", "list(int)"),
        ("type(1)", "type(int)"),
        ("ip('1.2.3.4')", "net.IP"),
        ("self.n > 1 ? self.any : 1", "dyn"),
    ],
)
def test_an_expression_has_a_type(source: str, type: str) -> None:
    node = compile_checked(source, {"self": SELF})
    assert node.type.text == type


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("self.q", "undefined field 'q'"),
        ("q", "undeclared reference to 'q' (in container '')"),
        ("self.n == 'a'", "found no matching overload for '_==_' applied to '(int, string)'"),
        ("self.s.size(1)", "found no matching overload for 'size' applied to 'string.(int)'"),
        (
            "self.n.all(x, x)",
            "expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)",
        ),
        ("self.n && true", "expected type 'bool' but found 'int'"),
        ("[1, 'a']", "expected type 'int' but found 'string'"),
        ("duration('x')", "invalid duration argument"),
        (
            "'%d'.format(['x'])",
            "error during formatting: decimal clause can only be used on integers, was given string",
        ),
        ("self.n.x", "type 'int' does not support field selection"),
    ],
)
def test_what_has_no_type_is_told(source: str, error: str) -> None:
    with pytest.raises(CompileError) as caught:
        compile_checked(source, {"self": SELF})
    assert f": {error}\n" in str(caught.value)


def test_all_mistakes_are_told_in_the_order_of_their_places() -> None:
    with pytest.raises(CompileError) as caught:
        compile_checked("self.q == 1 || self.r", {"self": SELF})
    assert str(caught.value).count("undefined field") == 2
