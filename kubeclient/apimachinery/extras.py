"""What is said where a library is missing that an extra of this package brings.

Rooms that can do without a library ask for it where it is first needed; they must not each say it in their own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

__all__ = ["MissingExtra", "extra", "need"]


class MissingExtra(ModuleNotFoundError, ValueError):
    """An option or a module was asked for whose library is not installed. Says which extra brings it."""

    def __init__(self, extra: str, module: str | None) -> None:
        text = f"the extra \"{extra}\" of this package is not installed: pip install 'kubefake[{extra}]' (no module {module})"
        super().__init__(text, name=module)
        self.extra = extra


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Around imports of what an extra brings. Raises MissingExtra when it is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtra(name, error.name) from error


def need(name: str, module: str) -> None:
    """Raises MissingExtra when `module`, which the extra brings, is not there."""
    with extra(name):
        import_module(module)
