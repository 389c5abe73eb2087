"""Splits a request target into the path and the query as the transport protocol carries them."""

from __future__ import annotations

from urllib.parse import parse_qsl

__all__ = ["split_target"]


def split_target(target: str) -> tuple[str, list[tuple[str, str]]]:
    """The path, still percent-encoded, and the decoded query pairs in order.

    Go's net/url drops a pair that holds a semicolon or a broken escape; what a server makes of the rest is its affair.
    """
    path, mark, text = target.partition("?")
    if not mark or not text:
        return path, []
    if ";" in text:
        text = "&".join(pair for pair in text.split("&") if ";" not in pair)
    return path, parse_qsl(text, keep_blank_values=True)
