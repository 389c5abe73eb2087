"""RE2's patterns, run by Python."""

from __future__ import annotations

import pytest

from kubefake.cel.patterns import compile_pattern
from kubefake.cel.values import CelError


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("a$", "a\n", False),
        ("(?m)^b$", "a\nb\nc", True),
        ("^a(?i)B$", "ab", True),
        ("^(a(?i)B)c$", "aBC", False),
        (r"^\pL+$", "éa", True),
        (r"^\w$", "é", False),
        (r"^\Qa|b\E$", "a|b", True),
        ("^[[:alpha:]]+$", "ab", True),
        ("^(?<year>[0-9]{4})$", "2024", True),
        (r"^\x{61}$", "a", True),
    ],
)
def test_a_pattern_means_what_re2_means(pattern: str, text: str, matches: bool) -> None:
    assert (compile_pattern(pattern).search(text) is not None) is matches


@pytest.mark.parametrize(
    "pattern", ["(?=a)", "(?<!a)b", r"(a)\1", "a{1001}", "a++", "(a", "a)", "[[:foo:]]", r"\p{Foo}", r"a\Z"]
)
def test_what_re2_does_not_have_is_refused(pattern: str) -> None:
    with pytest.raises(CelError, match="error parsing regexp"):
        compile_pattern(pattern)
