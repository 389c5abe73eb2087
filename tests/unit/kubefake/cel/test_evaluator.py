"""What expressions come to."""

from __future__ import annotations

from typing import Any

import pytest

from kubefake.cel import types
from kubefake.cel.checker import compile_checked
from kubefake.cel.evaluator import compile_program
from kubefake.cel.values import CelError, CostExceeded


def value_of(source: str, value: Any = None, **options: Any) -> Any:
    return compile_program(compile_checked(source, {"self": types.DYN}), ("self",)).run(value, **options)[0]


@pytest.mark.parametrize(
    "source",
    [
        "1 < 1.5 && 2u > 1",
        "7 / -2 == -3 && 7 % -2 == 1 && -7 % 2 == -1",
        "'é'.size() == 1 && b'é'.size() == 2",
        "[1, 2] == [1, 2] && {'a': 1} == {'a': 1} && !({true: 1} == {false: 1})",
        "[3, 1, 2].sort() == [1, 2, 3] && ['b', 'a'].sortBy(x, x) == ['a', 'b']",
        "[1, 2, 3].exists_one(x, x > 2) && [1, 2].all(i, v, v == i + 1)",
        "{'a': 1}.transformMapEntry(k, v, {v: k}) == {1: 'a'}",
        "optional.of(1).optMap(x, x + 1).value() == 2 && !optional.none().hasValue()",
        "self.?a.?b.orValue(4) == 4",
        "timestamp('2024-02-29T12:30:45Z') + duration('1h') == timestamp('2024-02-29T14:30:45+01:00')",
        "duration('90m').getHours() == 1 && string(duration('1.5s')) == '1.5s'",
        "quantity('1500m').compareTo(quantity('1.5')) == 0 && quantity('2Ki').asInteger() == 2048",
        "cidr('10.0.0.0/8').containsIP('10.1.2.3') && ip('::1').isLoopback()",
        "url('https://h:8/p?q=1').getPort() == '8' && semver('1.2.3').isLessThan(semver('1.10.0'))",
        "'%s is %d'.format(['a', 1]) == 'a is 1' && 'a,b'.split(',') == ['a', 'b']",
        "type(1) == int && type(null) == null_type && type([]) == list",
        "'a\\n'.matches('a$') == false && 'É'.matches('^\\\\p{Lu}$')",
    ],
)
def test_it_holds(source: str) -> None:
    assert value_of(source, {}) is True


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("9223372036854775807 + 1", "integer overflow"),
        ("0u - 1u", "unsigned integer overflow"),
        ("1 / 0", "division by zero"),
        ("1 % 0", "modulus by zero"),
        ("[1][3]", "index out of bounds: 3"),
        ("{'a': 1}['b']", "no such key: b"),
        ("optional.none().value()", "optional.none() dereference"),
        ("self + 1", "no such overload"),
    ],
)
def test_an_expression_without_a_value_says_why(source: str, error: str) -> None:
    with pytest.raises(CelError) as caught:
        value_of(source, "text")
    assert caught.value.args[0] == error


@pytest.mark.parametrize("source", ["true || [1][3] == 1", "[1][3] == 1 || true", "!([1][3] == 1 && false)"])
def test_what_decides_absorbs_an_error_on_either_side(source: str) -> None:
    assert value_of(source) is True


def test_an_item_that_decides_absorbs_the_errors_of_others() -> None:
    assert value_of("[0, 1].exists(x, 1 / x == 1)") is True
    with pytest.raises(CelError, match="division by zero"):
        value_of("[0, 1].exists(x, 1 / x == 2)")


def test_an_expression_may_not_cost_more_than_its_limit() -> None:
    numbers = list(range(100))
    assert value_of("self.all(a, self.all(b, a + b >= 0))", numbers) is True
    with pytest.raises(CostExceeded):
        value_of("self.all(a, self.all(b, a + b >= 0))", numbers, limit=1000)
