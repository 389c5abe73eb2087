"""Patterns in RE2's syntax as Python's.

RE2 knows no look-around and no back-references, ends text at `$` and not before a last newline, sets flags in the middle of
a group, and has classes by Unicode category. Categories are spelled out by the characters that Python's `unicodedata` knows.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from typing import Final

__all__ = ["translate"]

_POSIX: Final = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7F", "blank": r"\t ", "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ",
    "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_SCRIPTS: Final = {"Latin": "LATIN", "Greek": "GREEK", "Cyrillic": "CYRILLIC", "Han": "CJK UNIFIED", "Hebrew": "HEBREW"}
_FLAGS: Final = re.compile(r"\(\?([imsU]*(?:-[imsU]+)?)(:|\))")
_PROPERTY: Final = re.compile(r"\\([pP])(?:\{(\^?)(\w+)\}|(\w))")
_HEX: Final = re.compile(r"\\x\{([0-9A-Fa-f]+)\}")


@functools.lru_cache(maxsize=64)
def _property(name: str) -> str:
    """The characters of a category or a script, as the inside of a class. Raises re.error for unknown ones."""
    script = _SCRIPTS.get(name)
    if script is None and not re.fullmatch(r"[CLMNPSZ][a-z]?", name):
        raise re.error(f"invalid character class range: `\\p{{{name}}}`")
    ranges: list[str] = []
    start = -1
    for code in range(sys.maxunicode + 2):
        char = chr(code) if code <= sys.maxunicode else ""
        inside = bool(char) and (
            unicodedata.name(char, "").startswith(script) if script else unicodedata.category(char).startswith(name)
        )
        if inside and start < 0:
            start = code
        elif not inside and start >= 0:
            ranges.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = -1
    return "".join(ranges)


def translate(pattern: str) -> str:
    """The same pattern for Python's `re`, to be compiled with re.ASCII. Raises re.error for what RE2 does not have."""
    return _Translator(pattern).whole()


class _Translator:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._multiline = [False]
        self._open = [0]  # flag groups that were opened inside each group

    def whole(self) -> str:
        out: list[str] = []
        while self._at < len(self._text):
            out.append(self._part())
        return "".join(out) + ")" * self._open[0]

    def _part(self) -> str:
        char = self._text[self._at]
        if char == "\\":
            return self._escape(inside=False)
        if char == "[":
            return self._class()
        if char == "(":
            return self._group()
        self._at += 1
        if char in "*+?}" and self._text.startswith("+", self._at):
            raise re.error(f"invalid nested repetition operator: `{char}+`")
        if char == ")" and len(self._open) > 1:
            self._multiline.pop()
            return ")" * (self._open.pop() + 1)
        if char == "|" and self._open[-1]:  # a flag in the middle holds for the alternatives after it too
            return "|"
        if char == "$" and not self._multiline[-1]:
            return r"\Z"
        return char

    def _group(self) -> str:
        flags = _FLAGS.match(self._text, self._at)
        if flags is None:
            named = self._text.startswith("(?<", self._at) and self._text[self._at + 3 : self._at + 4] not in ("=", "!")
            self._open.append(0)
            self._multiline.append(self._multiline[-1])
            self._at += 3 if named else 1
            return "(?P<" if named else "("
        self._at = flags.end()
        on, _, off = flags[1].replace("U", "").partition("-")
        multiline = "m" in on or (self._multiline[-1] and "m" not in off)
        spelled = f"(?{on}{'-' + off if off else ''}:"
        if flags[2] == ":":
            self._open.append(0)
            self._multiline.append(multiline)
        else:
            self._open[-1] += 1
            self._multiline[-1] = multiline
        return spelled

    def _escape(self, *, inside: bool) -> str:
        text, at = self._text, self._at
        if found := _PROPERTY.match(text, at):
            self._at = found.end()
            negated = (found[1] == "P") != bool(found[2])
            ranges = _property(found[3] or found[4])
            if inside:
                return ranges
            return f"[{'^' if negated else ''}{ranges}]"
        if found := _HEX.match(text, at):
            self._at = found.end()
            return f"\\U{int(found[1], 16):08x}"
        if text.startswith(r"\Q", at):
            end = text.find(r"\E", at)
            self._at = len(text) if end < 0 else end + 2
            return re.escape(text[at + 2 : end if end >= 0 else len(text)])
        self._at += 2
        escaped = text[at : at + 2]
        if escaped == r"\Z":
            raise re.error("invalid escape sequence: `\\Z`")
        if escaped == r"\z":
            return r"\Z"
        return escaped

    def _class(self) -> str:
        out = ["["]
        self._at += 1
        if self._text.startswith("^", self._at):
            out.append("^")
            self._at += 1
        first = True
        while self._at < len(self._text):
            char = self._text[self._at]
            posix = re.compile(r"\[:(\w+):\]").match(self._text, self._at)
            if posix and posix[1] not in _POSIX:
                raise re.error(f"invalid character class range: `{posix[0]}`")
            if posix:
                out.append(_POSIX[posix[1]])
                self._at = posix.end()
            elif char == "\\":
                out.append(self._escape(inside=True))
            elif char == "]" and not first:
                self._at += 1
                return "".join([*out, "]"])
            else:
                out.append(f"\\{char}" if char in "[]&~|" else char)
                self._at += 1
            first = False
        return "".join(out)
