"""What a server serves, kept in files between runs of a program, as kubectl keeps it. Bytes in, bytes out.

Ported from client-go discovery/cached/disk.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

__all__ = ["DiscoveryFiles"]

_SECOND = 1_000_000_000


class DiscoveryFiles:
    """A folder of documents that are good for a while after they were written.

    Args:
        folder: made when something is written first.
        ttl: seconds that a file is good for.
        time_ns: nanoseconds since 1970, on the clock that dates files.
    """

    def __init__(self, folder: str | os.PathLike[str], *, ttl: float, time_ns: Callable[[], int]) -> None:
        self._folder = Path(folder)
        self._ttl_ns = int(ttl * _SECOND)
        self._time_ns = time_ns
        self._ours: set[str] = set()
        self._invalidated = False
        self.fresh = True

    def invalidate(self) -> None:
        """From now on only what is written after this is read."""
        self._ours.clear()
        self._invalidated = True
        self.fresh = True

    def read(self, name: str) -> bytes | None:
        """A document; None where there is none that is good. A file that cannot be read is none."""
        if self._invalidated and name not in self._ours:
            return None
        path = self._folder / name
        try:
            if self._time_ns() > path.stat().st_mtime_ns + self._ttl_ns:
                return None
            content = path.read_bytes()
        except OSError:
            return None
        self.fresh = self.fresh and name in self._ours
        return content or None

    def write(self, name: str, content: bytes) -> None:
        """Keeps a document. A folder that cannot be written to only costs the next run time, so it is no error."""
        path = self._folder / name
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        try:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            with open(temporary, "wb", opener=lambda file, flags: os.open(file, flags, 0o660)) as out:
                out.write(content)
            temporary.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            return
        self._ours.add(name)
