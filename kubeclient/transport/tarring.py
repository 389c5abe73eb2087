"""Files of this machine as a tar archive, piece by piece, and back; what goes through a pod's tar. Blocks.

Follows kubectl cp (k8s.io/kubectl/pkg/cmd/cp): links are not made, and nothing is written outside of the destination.
"""

from __future__ import annotations

import logging
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

__all__ = ["CopyError", "pack", "unpack"]

_PIECE = 32 * 1024

logger = logging.getLogger("kubeclient.cp")


class CopyError(Exception):
    """A file could not be copied; the message is what the pod's tar has written, or what was wrong with its archive."""


def pack(local: Path, name: str) -> Iterator[bytes]:
    """An archive of a file, or of a folder and all that is in it, under that name. Raises OSError."""
    for path in [local, *sorted(local.rglob("*"))] if local.is_dir() else [local]:
        inside = str(PurePosixPath(name, *path.relative_to(local).parts))
        with tarfile.TarFile(fileobj=_Nowhere(), mode="w") as archive:  # type: ignore[arg-type]
            info = archive.gettarinfo(str(path), inside)
        if info.isreg() or info.islnk():
            info.type, info.linkname, info.size = tarfile.REGTYPE, "", path.stat().st_size
        elif not (info.isdir() or info.issym()):
            logger.warning("%s is neither a file nor a folder: skipped", path)
            continue
        yield info.tobuf(tarfile.GNU_FORMAT)
        if info.isreg():
            yield from _content(path, info.size)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _content(path: Path, size: int) -> Iterator[bytes]:
    """The bytes of a file, as many as were announced, and what fills the last block."""
    left = size
    with path.open("rb") as file:
        while left and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
    if left:
        raise OSError(f"{path} has become shorter while it was read")
    yield bytes(-size % tarfile.BLOCKSIZE)


class _Nowhere:
    """A file that an archive is opened on to describe members; nothing is kept of what it writes."""

    def write(self, data: bytes) -> int:
        return len(data)

    def tell(self) -> int:
        return 0


def unpack(archive: IO[bytes], remote: str, local: Path) -> list[Path]:
    """Writes what an archive of `remote` holds to `local`, below it where that is a folder. Returns the files.

    Raises CopyError for an archive of something else, OSError.
    """
    prefix = str(PurePosixPath("/", remote)).lstrip("/")
    target = local / PurePosixPath(remote).name if local.is_dir() else local
    written: list[Path] = []
    try:
        with tarfile.open(fileobj=archive, mode="r|") as members:
            for member in members:
                path = _place(member, prefix, target)
                if path is None:
                    continue
                if member.isdir():
                    path.mkdir(parents=True, exist_ok=True)
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                source = members.extractfile(member)
                assert source is not None
                with path.open("wb") as file:
                    while piece := source.read(_PIECE):
                        file.write(piece)
                path.chmod(member.mode & 0o777)
                written.append(path)
    except tarfile.TarError as error:
        raise CopyError(f"{remote}: what came is no tar archive: {error}") from error
    return written


def _place(member: tarfile.TarInfo, prefix: str, target: Path) -> Path | None:
    """Where a member goes; None for one that is left out. Raises CopyError for one that was not asked for."""
    name = member.name.lstrip("/").removeprefix("./")
    if name != prefix and not name.startswith(f"{prefix}/") and prefix not in ("", "."):
        raise CopyError(f"tar contents corrupted: {member.name} is no part of {prefix}")
    parts = PurePosixPath(name if prefix in ("", ".") else name[len(prefix) :].lstrip("/")).parts
    if ".." in parts:
        logger.warning("file %r is outside target destination, skipping", member.name)
        return None
    if member.issym() or member.islnk():
        logger.warning("skipping symlink: %r -> %r", member.name, member.linkname)
        return None
    if not (member.isreg() or member.isdir()):
        logger.warning("%r is neither a file nor a folder: skipped", member.name)
        return None
    return target.joinpath(*parts)
