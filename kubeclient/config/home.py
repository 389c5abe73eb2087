"""Where a user's home is. Ported from client-go util/homedir."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["home_dir"]


def home_dir(environ: Mapping[str, str] | None = None, *, windows: bool = sys.platform == "win32") -> str:
    """The folder that HOME names; empty where it names none.

    On Windows it is the first of HOME, HOMEDRIVE and HOMEPATH together, and USERPROFILE that has a `.kube/config`; where none
    has, the first of HOME, USERPROFILE, and HOMEDRIVE and HOMEPATH that can be written to, else that exists, else that is set.
    """
    given = os.environ if environ is None else environ
    home, profile = given.get("HOME", ""), given.get("USERPROFILE", "")
    if not windows:
        return home
    drive, path = given.get("HOMEDRIVE", ""), given.get("HOMEPATH", "")
    both = drive + path if drive and path else ""
    for folder in filter(None, (home, both, profile)):
        if Path(folder, ".kube", "config").exists():
            return folder
    named = list(filter(None, (home, profile, both)))
    there = [folder for folder in named if Path(folder).exists()]
    writable = [folder for folder in there if Path(folder).is_dir() and Path(folder).stat().st_mode & 0o200]
    return next(iter([*writable, *there, *named]), "")
