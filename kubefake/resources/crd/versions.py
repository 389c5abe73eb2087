"""The order of API versions, and what a deprecated one says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["deprecation_warning", "version_priority"]

_VERSION: Final = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")


def version_priority(version: str) -> tuple[int, int, int, str]:
    """A key that sorts versions as discovery prefers them: v2, v1, v1beta2, v1beta1, v1alpha1, then others by name."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return (3, 0, 0, version)
    stage = {None: 0, "beta": 1, "alpha": 2}[match[2]]
    return (stage, -int(match[1]), -int(match[3] or 0), "")


def deprecation_warning(spec: Mapping[str, Any], version: Mapping[str, Any]) -> str:
    """What a request by a version of a definition is warned of; "" when that version is not deprecated."""
    if not version.get("deprecated"):
        return ""
    if version.get("deprecationWarning"):
        return str(version["deprecationWarning"])
    group, kind, name = spec["group"], spec["names"]["kind"], version["name"]
    better = [
        other["name"]
        for other in spec["versions"]
        if other.get("served")
        and not other.get("deprecated")
        and version_priority(other["name"]) < version_priority(name)
    ]
    advice = f"; use {group}/{min(better, key=version_priority)} {kind}" if better else ""
    return f"{group}/{name} {kind} is deprecated{advice}"
