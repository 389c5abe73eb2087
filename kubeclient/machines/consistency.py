"""Whether a list can be made once more for comparison, how it is asked for, and in what two of them differ.

Ported from client-go util/consistencydetector.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from kubeclient.apimachinery.meta import meta_namespace_key, resource_version_of

from .options import ListKeywords

__all__ = ["DataInconsistency", "can_list_again", "difference", "exact_options"]


class DataInconsistency(BaseException):
    """What was streamed is not what is listed at the same version. No Exception: nobody shall try again and go on."""


def can_list_again(resource_version: str, options: ListKeywords) -> bool:
    """Whether there is a list to compare with: not from the middle, and not at "any version"."""
    return not options.get("continue_") and resource_version != "0"


def exact_options(resource_version: str, options: ListKeywords, held: int) -> ListKeywords:
    """The options for the list at exactly that version, `held` objects of which are to be compared."""
    asked = dict(options)
    limit = options.get("limit", 0)
    if options.get("resource_version") == "0" and 0 < limit < held:
        asked["limit"] = 0  # version "0" knows no limit, so the answer held more
    return cast("ListKeywords", {**asked, "resource_version": resource_version, "resource_version_match": "Exact"})


def difference(held: Sequence[Any], listed: Sequence[Any]) -> str:
    """In what they differ, for people; empty when they are the same. Both are in the same order."""
    if list(held) == list(listed):
        return ""
    ours = {meta_namespace_key(obj): obj for obj in held}
    theirs = {meta_namespace_key(obj): obj for obj in listed}
    missing = [f"-{key}" for key in ours if key not in theirs] + [f"+{key}" for key in theirs if key not in ours]
    changed = [
        f"~{key} ({resource_version_of(ours[key])} and {resource_version_of(theirs[key])})"
        for key in ours
        if key in theirs and ours[key] != theirs[key]
    ]
    return ", ".join([*missing, *changed]) or "the order or the number of objects"
