"""Who is told of a server's warnings when nobody else is: one handler for the process, which may be exchanged.

Ported from client-go rest/warnings.go (SetDefaultWarningHandler).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from kubeclient.machines.response import WarningHeader
from kubeclient.machines.warnings import log_warning

__all__ = ["default_warning_handler", "set_default_warning_handler"]

Handler = Callable[[WarningHeader], None]


@cache
def _chosen() -> list[Handler]:
    return [log_warning]


def set_default_warning_handler(handler: Handler) -> None:
    """Sets who is told of the warnings that clients without a handler of their own get; they are logged before."""
    _chosen()[0] = handler


def default_warning_handler(warning: WarningHeader) -> None:
    """Tells the default handler of this moment."""
    _chosen()[0](warning)
