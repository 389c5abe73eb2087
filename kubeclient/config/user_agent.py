"""The user agent of this program, as client-go would name it."""

from __future__ import annotations

import os
import platform
import sys

from kubeclient.machines.request import default_user_agent

__all__ = ["this_user_agent"]

_ARCHITECTURES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "i686": "386", "armv7l": "arm"}


def this_user_agent(version: str = "") -> str:
    """`binary/version (os/arch) kubernetes/unknown`, with Go's names of systems and processors."""
    command = os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else ""  # noqa: PTH119 - text, not a file
    machine = platform.machine()
    return default_user_agent(
        command, version=version, os=sys.platform.rstrip("0123456789"), arch=_ARCHITECTURES.get(machine, machine)
    )
