"""Answers of servers in files, each with a check sum, as kubectl keeps them. Bytes in, bytes out.

Ported from client-go discovery/cached/disk/round_tripper.go.
"""

from __future__ import annotations

import contextlib
import os
from hashlib import sha256
from pathlib import Path

__all__ = ["HTTPCacheFiles"]

_SUM = 32


class HTTPCacheFiles:
    """A folder, made when something is written first. What cannot be read, or is not what was written, is not there."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    def path(self, key: str) -> Path:
        """The file of a key: its name is a check sum, as keys hold what file systems do not take."""
        return self._folder / sha256(key.encode("utf-8", "surrogatepass")).hexdigest()

    def get(self, key: str) -> bytes | None:
        """What was kept under a key."""
        try:
            content = self.path(key).read_bytes()
        except OSError:
            return None
        body = content[_SUM:]
        return body if sha256(body).digest() == content[:_SUM] else None

    def set(self, key: str, content: bytes) -> None:
        """Keeps something. A folder that cannot be written to only costs the next run time, so it is no error."""
        path = self.path(key)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        try:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            with open(temporary, "wb", opener=lambda file, flags: os.open(file, flags, 0o660)) as out:
                out.write(sha256(content).digest() + content)
            temporary.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def delete(self, key: str) -> None:
        """Forgets what was kept under a key."""
        with contextlib.suppress(OSError):
            self.path(key).unlink(missing_ok=True)
