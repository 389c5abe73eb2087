"""What is done with the warnings of a server: nothing, a line in a log, or lines for a person, each text once.

Only warnings of code 299 with a text are shown, as in client-go rest/warnings.go.
"""

from __future__ import annotations

import logging
from typing import Protocol

from kubeclient.machines.response import WarningHeader

__all__ = ["WarningWriter", "log_warning", "no_warnings"]

_LOG = logging.getLogger("kubeclient.warnings")
_SHOWN = 299
_YELLOW, _PLAIN = "\x1b[33;1m", "\x1b[0m"


class _Writable(Protocol):
    def write(self, text: str, /) -> object: ...


def no_warnings(warning: WarningHeader) -> None:
    """Ignores a warning."""


def log_warning(warning: WarningHeader) -> None:
    """Logs a warning to `kubeclient.warnings`."""
    if warning.code == _SHOWN and warning.text:
        _LOG.warning("Warning: %s", warning.text)


class WarningWriter:
    """Writes warnings as lines; `count` is how many were written.

    Args:
        out: where to.
        deduplicate: write each text once.
        color: mark the word in yellow, for terminals.
    """

    def __init__(self, out: _Writable, *, deduplicate: bool = False, color: bool = False) -> None:
        self.count = 0
        self._out = out
        self._written: set[str] | None = set() if deduplicate else None
        self._word = f"{_YELLOW}Warning:{_PLAIN}" if color else "Warning:"

    def __call__(self, warning: WarningHeader) -> None:
        if warning.code != _SHOWN or not warning.text:
            return
        if self._written is not None:
            if warning.text in self._written:
                return
            self._written.add(warning.text)
        self.count += 1
        self._out.write(f"{self._word} {warning.text}\n")
