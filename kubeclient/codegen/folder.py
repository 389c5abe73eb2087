"""Writes generated files, or says which are not as they should be. Never touches a file that somebody else has made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from .package import HEADER
from .source import CodegenError

__all__ = ["stale", "write"]

_MARK = HEADER.rstrip("\n").encode()


def write(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """Writes what differs and removes generated files that are no longer made; returns the paths of both, in order.

    Raises:
        CodegenError: a file of somebody else's stands where one has to be written. Nothing is changed then.
    """
    _refuse(folder, wanted)
    changed = list(stale(folder, wanted))
    for path in changed:
        file = folder / path
        if path in wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(wanted[path].encode())
        else:
            file.unlink()
    return changed


def stale(folder: Path, wanted: Mapping[str, str]) -> Iterator[str]:
    """The paths of files that are missing, not as they should be, or generated but no longer made."""
    left = {path for path, file in _present(folder) if path not in wanted and _is_ours(file)}
    for path in sorted({*wanted, *left}):
        file = folder / path
        if path in left or not file.is_file() or file.read_bytes() != wanted[path].encode():
            yield path


def _refuse(folder: Path, wanted: Mapping[str, str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise CodegenError(f"{folder}: is no folder")
    foreign = [path for path in wanted if (folder / path).exists() and not _is_ours(folder / path)]
    if foreign:
        listed = "".join(f"\n  {folder / path}" for path in foreign)
        raise CodegenError(
            f"not made by this generator, so not overwritten; move them or choose another package:{listed}"
        )


def _present(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*.py")) if folder.is_dir() else ():
        yield file.relative_to(folder).as_posix(), file


def _is_ours(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        start = stream.read(len(_MARK))
    return start == _MARK or (file.name == "py.typed" and not start)
