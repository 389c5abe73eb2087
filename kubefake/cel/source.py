"""The text of an expression, and errors that point into it.

Follows github.com/google/cel-go/common/error.go.
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["CompileError", "Issue", "Issues"]

_LONGEST_SNIPPET: Final = 16384
_MOST_ISSUES: Final = 100


class Issue(NamedTuple):
    """What is wrong, and where: an offset in characters, or -1 for nowhere."""

    offset: int
    message: str


class CompileError(ValueError):
    """An expression that is none; its text names every issue, with the line and a mark under it."""

    def __init__(self, issues: Issues) -> None:
        super().__init__(issues.text())
        self.issues = issues


class Issues:
    """What is wrong with a source."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: list[Issue] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def report(self, offset: int, message: str) -> None:
        """Adds what is wrong at an offset."""
        self._found.append(Issue(offset, message))

    def text(self) -> str:
        """All of them, by where they are."""
        kept = sorted(self._found[:_MOST_ISSUES], key=lambda issue: self._place(issue.offset))
        texts = [self._text(issue) for issue in kept]
        if len(self._found) > _MOST_ISSUES:
            texts.append(f"{len(self._found) - _MOST_ISSUES} more errors were truncated")
        return "\n".join(texts)

    def _place(self, offset: int) -> tuple[int, int]:
        if offset < 0:
            return -1, -1
        before = self._source[:offset]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)

    def _text(self, issue: Issue) -> str:
        line, column = self._place(issue.offset)
        head = f"ERROR: <input>:{line}:{column + 1}: {issue.message}"
        if line < 1:
            return head
        snippet = self._source.split("\n")[line - 1].replace("\t", " ")
        if len(snippet) > _LONGEST_SNIPPET:
            return head
        mark = "".join("." if char.isascii() else "\uff0e" for char in snippet[:column])
        at = "^" if column >= len(snippet) or snippet[column].isascii() else "\uff3e"
        return f"{head}\n | {snippet}\n | {mark}{at}"
