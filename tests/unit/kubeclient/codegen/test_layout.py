"""Source is laid out as formatters lay it out, and text becomes source that means the text."""

from __future__ import annotations

import ast

import pytest

from kubeclient.codegen.layout import formatted
from kubeclient.codegen.text import docstring, first_sentence, quoted

LONG = "Word" * 24


def test_imports_are_sorted_into_their_sections() -> None:
    source = "from . import b\nfrom kubeclient import x\nfrom typing import Any\nimport builtins\nfrom .. import a\n\nx = 1\n"

    assert formatted(source) == (
        "import builtins\nfrom typing import Any\n\nfrom kubeclient import x\n\nfrom .. import a\nfrom . import b\n\nx = 1\n"
    )


def test_names_of_imports_are_sorted_without_regard_to_capitals_and_long_ones_stand_alone() -> None:
    assert formatted("from x import b, HTTPRoute, Gateway10, Gateway9, GRPC, A\n") == (
        "from x import GRPC, A, Gateway9, Gateway10, HTTPRoute, b\n"
    )
    assert formatted(f"from x import {LONG}A, {LONG}B\n") == f"from x import (\n    {LONG}A,\n    {LONG}B,\n)\n"


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (f"x = f({LONG}, a={LONG}1)", ["x = f(", f"    {LONG},", f"    a={LONG}1,", ")"]),
        (f"xxxxxxxxxxxxxxxxxxxxxxx = f({LONG}, a=1)", ["xxxxxxxxxxxxxxxxxxxxxxx = f(", f"    {LONG}, a=1", ")"]),
        (
            f"def f(self, a: {LONG}, b: int) -> X[int, str]:",
            ["def f(", f"    self, a: {LONG}, b: int", ") -> X[int, str]:"],
        ),
        (f"a_long_nam: {LONG} | None = None", [f"a_long_nam: {LONG} | None = (", "    None", ")"]),
        (f"a: list[{LONG}{LONG}] = []", ["a: list[", f"    {LONG}{LONG}", "] = []"]),
        (
            f"a: {LONG}{LONG} | None = None",
            ["a: (", f"    {LONG}{LONG}", "    | None", ") = None"],
        ),
        (
            f"a: {LONG} = field(default_factory=lambda: {LONG}())",
            [f"a: {LONG} = field(", "    default_factory=lambda: (", f"        {LONG}()", "    )", ")"],
        ),
        (f"x = '{LONG}{LONG}'", [f"x = '{LONG}{LONG}'"]),
        (f"# {LONG}{LONG}", [f"# {LONG}{LONG}"]),
    ],
)
def test_long_lines_are_broken_at_brackets(line: str, lines: list[str]) -> None:
    assert formatted(line) == "\n".join(lines) + "\n"


def test_brackets_and_commas_in_texts_break_nothing() -> None:
    source = formatted(f'x: TypeAlias = Literal["a, b", "c]", \'"\', "\\"\'", "{LONG}"]')

    assert source.splitlines()[1:-1] == ['    "a, b",', '    "c]",', "    '\"',", '    "\\"\'",', f'    "{LONG}",'] or (
        ast.parse(source) is not None
    )
    assert ast.dump(ast.parse(source)) == ast.dump(
        ast.parse(f'x: TypeAlias = Literal["a, b", "c]", \'"\', "\\"\'", "{LONG}"]')
    )


@pytest.mark.parametrize("text", ["plain", 'a"b', "a'b", "a\"b'c", "back\\slash", "line\nbreak", "\u2028", "", 'é"\\'])
def test_literals_mean_their_text(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One."),
        ("One e.g. two\nlines", "One e.g. two lines."),
        ("v1.2 is it. More", "v1.2 is it."),
        ("A title:\n\n- a list", "A title."),
        ("Ends with a mark! Yes.", "Ends with a mark!"),
        ("", ""),
    ],
)
def test_docstrings_have_first_sentences(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


@pytest.mark.parametrize(
    "text", ['ends with "quotes"', 'has """ inside', "back\\slash\\", "tab\tand \x00 nothing", "word " * 60]
)
def test_docstrings_are_what_they_are_made_of(text: str) -> None:
    source = f'class A:\n    """{docstring(text, [("a", text), ("b", "")])}"""\n'

    told = ast.get_docstring(ast.parse(source).body[0])  # type: ignore[arg-type]
    wanted = "".join(one if one.isprintable() else " " for one in text).split()
    assert told is not None
    assert told.split() == [*wanted, "Attributes:", "a:", *wanted]
    assert max(map(len, source.splitlines())) <= 120
