"""When a list can be streamed by a watch, and how it is asked for then. Ported from client-go util/watchlist."""

from __future__ import annotations

from typing import cast

from kubeclient.machines.options import ListKeywords, WatchKeywords

__all__ = ["watch_list_options"]

_NOT_OLDER_THAN = "NotOlderThan"


def watch_list_options(options: ListKeywords, *, enabled: bool = True) -> WatchKeywords | None:
    """The options of a watch that streams what a list with these options shows; None where no watch does.

    None, too, when the feature is not `enabled` (the gate WatchListClient), and for options that a server refuses. A watch
    cannot begin in the middle of a list, show an exact version, or end after so many objects; a limit counts for nothing at
    version "0", so there it may go.
    """
    version = options.get("resource_version", "")
    match = options.get("resource_version_match", "")
    bad_match = bool(match) and (not version or match != _NOT_OLDER_THAN)
    if not enabled or bad_match or options.get("continue_") or (options.get("limit", 0) > 0 and version != "0"):
        return None
    kept = {
        key: value
        for key, value in options.items()
        if key in WatchKeywords.__annotations__ and key != "resource_version_match"
    }
    return cast(
        "WatchKeywords",
        {
            **kept,
            "resource_version_match": _NOT_OLDER_THAN,
            "allow_watch_bookmarks": True,
            "send_initial_events": True,
        },
    )
