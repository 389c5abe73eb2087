"""Versions of programs: what a server says of itself, and which of two versions is the later one.

Ported from apimachinery pkg/version (types, helpers) and client-go pkg/version.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

__all__ = ["VersionInfo", "VersionMismatchError", "check_same_build", "compare_kube_aware_versions", "this_version"]


class VersionInfo(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """What the server says of its version."""

    major: str = ""
    minor: str = ""
    emulation_major: str = ""
    emulation_minor: str = ""
    min_compatibility_major: str = ""
    min_compatibility_minor: str = ""
    git_version: str = ""
    git_commit: str = ""
    git_tree_state: str = ""
    build_date: str = ""
    go_version: str = ""
    compiler: str = ""
    platform: str = ""

    def __str__(self) -> str:
        return self.git_version


class VersionMismatchError(Exception):
    """Client and server are of different builds."""


_UNSET: Final = "$Format:%H$"
_kube: Final = re.compile(r"v([0-9]+)(?:(alpha|beta)([0-9]+))?").fullmatch
_KINDS: Final = {"alpha": 0, "beta": 1, None: 2}


def this_version(git_version: str = "", *, go_version: str = "", compiler: str = "", platform: str = "") -> VersionInfo:
    """What this library says of itself, as client-go does: without a build's stamp, what an unstamped build says."""
    return VersionInfo(
        git_version=git_version or "v0.0.0-master+$Format:%H$",
        git_commit=_UNSET,
        git_tree_state="",
        build_date="1970-01-01T00:00:00Z",
        go_version=go_version,
        compiler=compiler,
        platform=platform,
    )


def check_same_build(client: VersionInfo, server: VersionInfo) -> None:
    """Raises VersionMismatchError unless both are of the same version, commit and tree state."""
    builds = [(one.git_version, one.git_commit, one.git_tree_state) for one in (client, server)]
    if builds[0] != builds[1]:
        raise VersionMismatchError(f"server version ({server!r}) differs from client version ({client!r})")


def compare_kube_aware_versions(one: str, other: str) -> int:
    """Positive when the first is the better version of an API: v2, v1, v1beta2, v1beta1, v1alpha1, then other texts.

    Texts that are no versions of Kubernetes' form come after those that are, and among themselves by the alphabet.
    """
    left, right = _rank(one), _rank(other)
    if left is None and right is None:
        return (other > one) - (other < one)
    if left is None or right is None:
        return -1 if left is None else 1
    return (left > right) - (left < right)


def _rank(text: str) -> tuple[int, int, int] | None:
    found = _kube(text)
    return None if found is None else (_KINDS[found[2]], int(found[1]), int(found[3] or 0))
