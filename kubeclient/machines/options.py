"""The options of the verbs: Python keywords on one side, the query (or the body of a delete) on the other.

Every verb takes its options as keywords (`label_selector=`, `limit=`); the TypedDicts below say which, so that a type
checker knows them. On the wire only options that are set appear, in the order of their names, as Go's url.Values does.
Ported from k8s.io/apimachinery/pkg/apis/meta/v1/types.go (ListOptions … ApplyOptions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict, cast

from kubeclient.transport.protocol import QueryList

__all__ = [
    "ApplyKeywords",
    "CreateKeywords",
    "DeleteCollectionKeywords",
    "DeleteKeywords",
    "GetKeywords",
    "ListKeywords",
    "LogKeywords",
    "PatchKeywords",
    "Preconditions",
    "SelectorText",
    "WatchKeywords",
    "apply_query",
    "create_query",
    "delete_body",
    "get_query",
    "go_duration",
    "list_query",
    "log_query",
    "patch_query",
    "split_delete_collection",
    "watch_query",
]


class SelectorText(Protocol):
    """Whatever prints itself as a selector: a parsed label or field selector."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What must hold of an object for a delete to be carried out; a part that is None is not asked for."""

    uid: str | None = None
    resource_version: str | None = None


DryRun = bool | Sequence[str]


class GetKeywords(TypedDict, total=False):
    resource_version: str


class ListKeywords(TypedDict, total=False):
    label_selector: str | SelectorText
    field_selector: str | SelectorText
    limit: int
    continue_: str
    resource_version: str
    resource_version_match: str
    timeout_seconds: int | None
    shard_selector: str


class WatchKeywords(TypedDict, total=False):
    label_selector: str | SelectorText
    field_selector: str | SelectorText
    resource_version: str
    resource_version_match: str
    timeout_seconds: int | None
    allow_watch_bookmarks: bool
    send_initial_events: bool | None
    shard_selector: str


class CreateKeywords(TypedDict, total=False):
    dry_run: DryRun
    field_manager: str
    field_validation: str


class PatchKeywords(TypedDict, total=False):
    dry_run: DryRun
    field_manager: str
    field_validation: str
    force: bool | None


class ApplyKeywords(TypedDict, total=False):
    dry_run: DryRun
    force: bool
    field_validation: str


class DeleteKeywords(TypedDict, total=False):
    grace_period_seconds: int | None
    propagation_policy: str
    preconditions: Preconditions | None
    orphan_dependents: bool | None
    dry_run: DryRun
    ignore_store_read_error_with_cluster_breaking_potential: bool | None


class DeleteCollectionKeywords(ListKeywords, DeleteKeywords, total=False):
    """The options of both: which objects, and how they are deleted."""


class LogKeywords(TypedDict, total=False):
    container: str
    previous: bool
    since_seconds: int | None
    since_time: str
    timestamps: bool
    tail_lines: int | None
    limit_bytes: int | None
    insecure_skip_tls_verify_backend: bool
    stream: str


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _dry_run(value: DryRun) -> list[str]:
    if isinstance(value, bool):
        return ["All"] if value else []
    return [value] if isinstance(value, str) else list(value)


# How a value is written, and whether its zero value is left out (a plain Go field) or sent (a pointer in Go).
_Writer = Callable[[Any], str]
_PLAIN: dict[str, tuple[str, _Writer]] = {
    "label_selector": ("labelSelector", str),
    "field_selector": ("fieldSelector", str),
    "limit": ("limit", str),
    "continue_": ("continue", str),
    "resource_version": ("resourceVersion", str),
    "resource_version_match": ("resourceVersionMatch", str),
    "shard_selector": ("shardSelector", str),
    "allow_watch_bookmarks": ("allowWatchBookmarks", _flag),
    "field_manager": ("fieldManager", str),
    "field_validation": ("fieldValidation", str),
    "container": ("container", str),
    "follow": ("follow", _flag),
    "previous": ("previous", _flag),
    "since_time": ("sinceTime", str),
    "timestamps": ("timestamps", _flag),
    "insecure_skip_tls_verify_backend": ("insecureSkipTLSVerifyBackend", _flag),
    "stream": ("stream", str),
}
_POINTER: dict[str, tuple[str, _Writer]] = {
    "timeout_seconds": ("timeoutSeconds", str),
    "send_initial_events": ("sendInitialEvents", _flag),
    "since_seconds": ("sinceSeconds", str),
    "tail_lines": ("tailLines", str),
    "limit_bytes": ("limitBytes", str),
    "force": ("force", _flag),
}


def go_duration(seconds: int) -> str:
    """Whole seconds as Go prints a duration: `1m0s`, `30s`, `1h0m0s`."""
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{sign}{hours}h{minutes}m{rest}s"
    return f"{sign}{minutes}m{rest}s" if minutes else f"{sign}{rest}s"


def _query(verb: str, keywords: Mapping[str, Any], allowed: frozenset[str]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for keyword, value in keywords.items():
        if keyword not in allowed:
            raise TypeError(f"{verb}() got an unexpected keyword argument '{keyword}'")
        if value is None:
            continue
        if keyword == "dry_run":
            pairs += [("dryRun", text) for text in _dry_run(value)]
        elif keyword in _POINTER:
            name, write = _POINTER[keyword]
            pairs.append((name, write(value)))
        else:
            name, write = _PLAIN[keyword]
            text = write(value)
            # The number 0 and False are Go's zero values; the text "0" is not: it asks for any resource version.
            if text and (isinstance(value, str) or text not in {"0", "false"}):
                pairs.append((name, text))
    return pairs


def _names(keywords: type) -> frozenset[str]:
    return frozenset(keywords.__annotations__)


_GET, _LIST, _WATCH = _names(GetKeywords), _names(ListKeywords), _names(WatchKeywords)
_CREATE, _PATCH, _LOG = _names(CreateKeywords), _names(PatchKeywords), _names(LogKeywords) | {"follow"}
_APPLY = _names(ApplyKeywords) | {"field_manager"}


def get_query(keywords: GetKeywords) -> QueryList:
    """The query of a get. Raises TypeError for a keyword that get does not have, as all functions here do."""
    return sorted(_query("get", keywords, _GET)) if keywords else ()


def _with_timeout(pairs: list[tuple[str, str]], seconds: int | None) -> QueryList:
    """Lists and watches that are limited on the server carry the limit of the client's request too."""
    if seconds is not None:
        pairs.append(("timeout", go_duration(seconds)))
    return sorted(pairs)


def list_query(keywords: ListKeywords) -> QueryList:
    """The query of a list or of a delete of a collection."""
    return _with_timeout(_query("list", keywords, _LIST), keywords.get("timeout_seconds")) if keywords else ()


def watch_query(keywords: WatchKeywords) -> QueryList:
    """The query of a watch."""
    pairs = _query("watch", keywords, _WATCH)
    pairs.append(("watch", "true"))
    return _with_timeout(pairs, keywords.get("timeout_seconds"))


def create_query(keywords: CreateKeywords, default_manager: str = "") -> QueryList:
    """The query of a create or an update. A client's default field manager is used where none is given."""
    if not keywords:
        return [("fieldManager", default_manager)] if default_manager else ()
    return _managed(_query("create", keywords, _CREATE), default_manager)


def patch_query(keywords: PatchKeywords, default_manager: str = "") -> QueryList:
    """The query of a patch."""
    if not keywords:
        return [("fieldManager", default_manager)] if default_manager else ()
    return _managed(_query("patch", keywords, _PATCH), default_manager)


def apply_query(field_manager: str, keywords: ApplyKeywords) -> QueryList:
    """The query of an apply: `force` is sent even when it is false, as client-go does."""
    pairs = _query("apply", keywords, _APPLY)
    if "force" not in keywords:
        pairs.append(("force", "false"))
    return _managed(pairs, field_manager)


def log_query(keywords: LogKeywords, *, follow: bool) -> QueryList:
    """The query of the log subresource of a pod."""
    return sorted(_query("get_logs", {**keywords, "follow": follow}, _LOG))


def _managed(pairs: list[tuple[str, str]], manager: str) -> QueryList:
    if manager and not any(name == "fieldManager" for name, _ in pairs):
        pairs.append(("fieldManager", manager))
    return sorted(pairs)


_DELETE = {
    "grace_period_seconds": "gracePeriodSeconds",
    "preconditions": "preconditions",
    "orphan_dependents": "orphanDependents",
    "propagation_policy": "propagationPolicy",
    "dry_run": "dryRun",
    "ignore_store_read_error_with_cluster_breaking_potential": "ignoreStoreReadErrorWithClusterBreakingPotential",
}


def delete_body(keywords: Mapping[str, Any]) -> dict[str, Any] | None:
    """The DeleteOptions of a delete, or None when no option is set: the server then takes its defaults."""
    for keyword in keywords:
        if keyword not in _DELETE:
            raise TypeError(f"delete() got an unexpected keyword argument '{keyword}'")
    body: dict[str, Any] = {}
    for keyword, name in _DELETE.items():
        value = keywords.get(keyword)
        if value is None or value == "":
            continue
        if isinstance(value, Preconditions):
            parts = {"uid": value.uid, "resourceVersion": value.resource_version}
            body[name] = {key: part for key, part in parts.items() if part is not None}
        elif keyword == "dry_run":
            if _dry_run(value):
                body[name] = _dry_run(value)
        else:
            body[name] = value
    return {"kind": "DeleteOptions", "apiVersion": "v1", **body} if body else None


def split_delete_collection(options: DeleteCollectionKeywords) -> tuple[ListKeywords, DeleteKeywords]:
    """The list options and the delete options of a deletecollection."""
    listing = {keyword: value for keyword, value in options.items() if keyword not in _DELETE}
    deletion = {keyword: value for keyword, value in options.items() if keyword in _DELETE}
    return cast("ListKeywords", listing), cast("DeleteKeywords", deletion)
