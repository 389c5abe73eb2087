"""Image references: as much of their grammar as it takes to know whether the tag is `latest`.

Follows pkg/util/parsers and github.com/distribution/reference.
"""

from __future__ import annotations

import functools
import re

__all__ = ["pull_policy"]

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_HOST}(?:\.{_HOST})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_REFERENCE = re.compile(
    rf"(?:(?P<domain>{_DOMAIN})/)?(?P<path>{_PART}(?:/{_PART})*)(?::(?P<tag>\w[\w.-]{{0,127}}))?"
    r"(?P<digest>@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
_LONGEST = 255
_BARE_DIGEST = re.compile(r"[a-f0-9]{64}", re.ASCII)


@functools.lru_cache(1024)
def pull_policy(image: str) -> str:
    """What imagePullPolicy is when nobody says: Always for the latest tag, told or not; else IfNotPresent."""
    found = None if _BARE_DIGEST.fullmatch(image) else _REFERENCE.fullmatch(image)
    if found is None or _is_long(found["domain"] or "", found["path"]):
        return "IfNotPresent"
    tag = found["tag"] or ("" if found["digest"] else "latest")
    return "Always" if tag == "latest" else "IfNotPresent"


def _is_long(domain: str, path: str) -> bool:
    """Whether the path within the registry is too long; what does not look like a registry is the first part of the path."""
    if domain and "." not in domain and ":" not in domain and domain != "localhost" and domain == domain.lower():
        path = f"{domain}/{path}"
    elif not domain and "/" not in path:
        path = f"library/{path}"
    return len(path) > _LONGEST
