"""Texts as Python source: literals and docstrings."""

from __future__ import annotations

import json
import textwrap

__all__ = ["WIDTH", "docstring", "first_sentence", "quoted"]

WIDTH = 120


def quoted(text: str) -> str:
    """The text as a literal, in the quotes that need fewer escapes."""
    literal = json.dumps(text, ensure_ascii=False)
    if '"' in text and "'" not in text:
        return "'" + literal[1:-1].replace('\\"', '"') + "'"
    return literal


def first_sentence(text: str) -> str:
    """The first sentence of a description, in one line, with a full stop; "" of an empty one."""
    paragraph = " ".join(text.strip().split("\n\n", 1)[0].split())
    for end, character in enumerate(paragraph):
        if character in ".!?" and paragraph[end + 1 : end + 2] in ("", " ") and not _abbreviates(paragraph[: end + 1]):
            return paragraph[: end + 1]
    return f"{paragraph.rstrip(' :;,')}." if paragraph else ""


def _abbreviates(text: str) -> bool:
    return text.endswith(("e.g.", "i.e.", "etc.", "vs.", "cf.", " a.k.a."))


def docstring(summary: str, items: list[tuple[str, str]]) -> str:
    """The inside of a class's docstring: a summary, and what its attributes are, wrapped and escaped."""
    lines = _wrapped(_escaped(summary), WIDTH - 10)
    described = [(name, text) for name, text in items if text]
    if described:
        lines += ["", "Attributes:"]
        for name, text in described:
            first, *more = _wrapped(f"{name}: {_escaped(text)}", WIDTH - 12)
            lines += [f"    {first}", *(f"        {line}" for line in more)]
    body = "\n".join(f"    {line}" if line and index else line for index, line in enumerate(lines))
    return f"{body}\n    " if described else body


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _escaped(text: str) -> str:
    printable = "".join(one if one.isprintable() else " " for one in text)
    escaped = printable.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'{escaped[:-1]}\\"' if escaped.endswith('"') else escaped
