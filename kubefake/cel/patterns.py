"""Regular expressions as RE2 reads them, run by Python's."""

from __future__ import annotations

import functools
import re

from kubefake.schema.rules import regexp_error

from .re2 import translate
from .values import CelError

__all__ = ["compile_pattern", "pattern_error"]


@functools.lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to search. Raises CelError with Go's words when it is none."""
    if problem := pattern_error(pattern):
        raise CelError(problem)
    try:
        return re.compile(translate(pattern), re.ASCII)
    except (re.error, OverflowError) as error:
        raise CelError(regexp_error(pattern, error)) from None


def pattern_error(pattern: str) -> str:
    """What RE2 refuses of what Python would accept; "" for nothing."""
    found = re.search(r"(?<!\\)(?:\\\\)*(\(\?(?:=|!|<=|<!|\()|\\[1-9])", pattern)
    if found is None:
        counts = re.finditer(r"\{(\d+)(?:,(\d*))?\}", pattern)
        big = next((match[0] for match in counts if max(int(match[1]), int(match[2] or 0)) > 1000), None)
        return f"error parsing regexp: invalid repeat count: `{big}`" if big else ""
    if found[1][0] == "\\":
        return f"error parsing regexp: invalid escape sequence: `{found[1]}`"
    return f"error parsing regexp: invalid or unsupported Perl syntax: `{found[1]}`"
