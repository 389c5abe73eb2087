"""The path behind a proxy subresource: what is asked of the pod or service itself."""

from __future__ import annotations

from urllib.parse import quote

__all__ = ["proxy_path"]


def proxy_path(base: str, path: str) -> str:
    """`base` and below it `path`, percent-encoded; the slashes between its parts stay."""
    below = quote(path.strip("/"), safe="/$&+,:;=@~")
    return f"{base}/{below}" if below else base
