"""Splits a request target into the path and the query as the transport protocol carries them."""

from __future__ import annotations

from kubefake.wire.query import parse_query

__all__ = ["split_target"]


def split_target(target: str) -> tuple[str, list[tuple[str, str]]]:
    """The path, still percent-encoded, and the decoded query pairs in order."""
    path, _, text = target.partition("?")
    return path, parse_query(text) if text else []
