"""The options of each verb, from query parameters and delete bodies, with the server's errors for bad ones.

Decoding comes first and refuses what cannot be read (BadRequest); validation then refuses what does not go together
(Invalid). Parameters the server does not know are ignored, as the server ignores them. See
k8s.io/apimachinery/pkg/apis/meta/v1/{conversion,validation} and .../meta/internalversion/validation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kubeclient.apimachinery import errors, fields, labels
from kubeclient.apimachinery.durations import Duration
from kubeclient.apimachinery.gotext import quote
from kubeclient.apimachinery.gvk import GroupKind
from kubeclient.apimachinery.status import StatusCause
from kubeclient.transport.protocol import QueryList

from .request_info import is_true

__all__ = [
    "CreateOptions",
    "DeleteOptions",
    "GetOptions",
    "ListOptions",
    "PatchOptions",
    "UpdateOptions",
    "read_create_options",
    "read_delete_options",
    "read_get_options",
    "read_list_options",
    "read_patch_options",
    "read_timeout",
    "read_update_options",
]

_INT = re.compile(r"[+-]?[0-9]+", re.ASCII)
_PROPAGATION = ("Foreground", "Background", "Orphan")
_FIELD_VALIDATION = ("", "Ignore", "Strict", "Warn")
_MAX_MANAGER = 128


@dataclass(frozen=True, slots=True)
class ListOptions:
    """Options of list, watch and deletecollection. Selectors are None where the request has none.

    `timeout_seconds` is None when not given; for a watch, 0 and negative values mean the server's own choice.
    """

    label_selector: labels.Selector | None = None
    field_selector: fields.Selector | None = None
    watch: bool = False
    allow_watch_bookmarks: bool = False
    resource_version: str = ""
    resource_version_match: str = ""
    timeout_seconds: int | None = None
    limit: int = 0
    continue_: str = ""
    send_initial_events: bool | None = None


@dataclass(frozen=True, slots=True)
class GetOptions:
    resource_version: str = ""


@dataclass(frozen=True, slots=True)
class CreateOptions:
    dry_run: bool = False
    field_manager: str = ""
    field_validation: str = ""


@dataclass(frozen=True, slots=True)
class UpdateOptions:
    dry_run: bool = False
    field_manager: str = ""
    field_validation: str = ""


@dataclass(frozen=True, slots=True)
class PatchOptions:
    dry_run: bool = False
    force: bool | None = None
    field_manager: str = ""
    field_validation: str = ""


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """`propagation_policy` is "" where the request leaves it to the kind; `orphan_dependents` is its old form."""

    dry_run: bool = False
    grace_period_seconds: int | None = None
    propagation_policy: str = ""
    orphan_dependents: bool | None = None
    uid: str | None = None
    resource_version: str | None = None


_NO_LIST, _NO_GET, _NO_CREATE, _NO_UPDATE = ListOptions(), GetOptions(), CreateOptions(), UpdateOptions()
_NO_DELETE = DeleteOptions()


# --- reading values


def _firsts(query: QueryList) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in query:
        found.setdefault(key, value)
    return found


def _integer(text: str | None) -> int | None:
    """As strconv.ParseInt(text, 10, 64); its error is what the server answers."""
    if text is None:
        return None
    if not _INT.fullmatch(text):
        raise errors.new_bad_request(f"strconv.ParseInt: parsing {quote(text)}: invalid syntax")
    value = int(text)
    if not -(1 << 63) <= value < 1 << 63:
        raise errors.new_bad_request(f"strconv.ParseInt: parsing {quote(text)}: value out of range")
    return value


def _boolean(text: str | None) -> bool | None:
    return None if text is None else is_true(text)


def _selector(parse: Callable[[str], Any], text: str | None) -> Any:
    if not text:
        return None
    try:
        return parse(text)
    except ValueError as exc:
        raise errors.new_bad_request(str(exc)) from exc


class _Problems:
    """Collects field errors and raises them as the Invalid status of an options kind."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._causes: list[StatusCause] = []

    def add(self, field: str, reason: str, message: str) -> None:
        self._causes.append(StatusCause(reason=reason, message=message, field=field))

    def forbidden(self, field: str, text: str) -> None:
        self.add(field, "FieldValueForbidden", f"Forbidden: {text}")

    def unsupported(self, field: str, value: str, supported: tuple[str, ...]) -> None:
        listed = ", ".join(f'"{s}"' for s in supported)
        self.add(field, "FieldValueNotSupported", f"Unsupported value: {value}: supported values: {listed}")

    def dry_run(self, given: list[str]) -> None:
        if any(value != "All" for value in given):
            text = json.dumps(given, separators=(",", ":"), ensure_ascii=False)
            self.unsupported("dryRun", text, ("All",))

    def field_manager(self, manager: str) -> None:
        if len(manager.encode("utf-8", "surrogateescape")) > _MAX_MANAGER:
            self.add("fieldManager", "FieldValueTooLong", f"Too long: may not be more than {_MAX_MANAGER} bytes")
        for position, char in enumerate(manager):
            if not (char.isprintable() or char == " "):
                text = f"invalid character U+{ord(char):04X} (at position {position})"
                self.add("fieldManager", "FieldValueInvalid", f"Invalid value: {quote(manager)}: {text}")

    def field_validation(self, value: str) -> None:
        if value not in _FIELD_VALIDATION:
            self.unsupported("fieldValidation", quote(value), _FIELD_VALIDATION)

    def check(self) -> None:
        if self._causes:
            raise errors.new_invalid(GroupKind("meta.k8s.io", self._kind), "", self._causes)


# --- get, list, watch


def read_get_options(query: QueryList) -> GetOptions:
    """Raises BadRequest for the long gone export parameter."""
    if not query:
        return _NO_GET
    given = _firsts(query)
    if _boolean(given.get("export")):
        raise errors.new_bad_request("the export parameter, deprecated since v1.14, is no longer supported")
    return GetOptions(given.get("resourceVersion", ""))


def read_list_options(query: QueryList, *, watch: bool = False) -> ListOptions:
    """Options of list, watch and deletecollection; `watch` for the old /watch/ paths, where no parameter says it.

    Raises:
        BadRequest: a number or selector cannot be read.
        Invalid: options that do not go together.
    """
    if not query:
        return ListOptions(watch=True) if watch else _NO_LIST
    given = _firsts(query)
    get = given.get
    timeout_seconds = _integer(get("timeoutSeconds"))  # before limit, as the server finds them
    options = ListOptions(
        limit=_integer(get("limit")) or 0,
        label_selector=_selector(labels.parse, get("labelSelector")),
        field_selector=_selector(fields.parse_selector, get("fieldSelector")),
        watch=watch or bool(_boolean(get("watch"))),
        allow_watch_bookmarks=bool(_boolean(get("allowWatchBookmarks"))),
        resource_version=get("resourceVersion", ""),
        resource_version_match=get("resourceVersionMatch", ""),
        timeout_seconds=timeout_seconds,
        continue_=get("continue", ""),
        send_initial_events=_boolean(get("sendInitialEvents")),
    )
    if options.resource_version_match or options.send_initial_events is not None or options.continue_:
        _validate_list_options(options)
    return options


def _validate_list_options(options: ListOptions) -> None:
    problems = _Problems("ListOptions")
    match = options.resource_version_match
    if options.watch:
        _validate_watch_options(options, problems)
    else:
        if match:
            if not options.resource_version:
                problems.forbidden(
                    "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"
                )
            if options.continue_:
                problems.forbidden(
                    "resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"
                )
            if match not in ("Exact", "NotOlderThan"):
                problems.unsupported("resourceVersionMatch", quote(match), ("Exact", "NotOlderThan", ""))
            if match == "Exact" and options.resource_version == "0":
                problems.forbidden(
                    "resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
                )
        if options.send_initial_events is not None:
            problems.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")
    problems.check()


def _validate_watch_options(options: ListOptions, problems: _Problems) -> None:
    field, match = "resourceVersionMatch", options.resource_version_match
    if options.send_initial_events is not None and match != "NotOlderThan":
        problems.forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
    if match:
        if options.send_initial_events is None:
            problems.forbidden(
                field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            )
        if match != "NotOlderThan":
            problems.unsupported(field, quote(match), ("NotOlderThan",))
    if options.continue_:
        problems.forbidden(field, "resourceVersionMatch is forbidden when continue is provided")


def read_timeout(query: QueryList) -> int | None:
    """The nanoseconds that the `timeout` parameter grants a request that is not long-running; None when it has none.

    Zero and negative values mean the server's own limit, which is None too.

    Raises:
        BadRequest: it is no duration.
    """
    text = next((value for key, value in query if key == "timeout"), "")
    if not text:
        return None
    try:
        nanoseconds = Duration.parse(text).ns
    except ValueError as exc:
        raise errors.new_bad_request(f"invalid timeout specified in the request URL - {exc}") from exc
    return nanoseconds if nanoseconds > 0 else None


# --- writes


def _dry_run(query: QueryList) -> list[str]:
    return [value for key, value in query if key == "dryRun"]


def read_create_options(query: QueryList) -> CreateOptions:
    """Raises Invalid."""
    if not query:
        return _NO_CREATE
    dry_run, manager, validation = _write_options("CreateOptions", query)
    return CreateOptions(dry_run, manager, validation)


def read_update_options(query: QueryList) -> UpdateOptions:
    """Raises Invalid."""
    if not query:
        return _NO_UPDATE
    dry_run, manager, validation = _write_options("UpdateOptions", query)
    return UpdateOptions(dry_run, manager, validation)


def _write_options(kind: str, query: QueryList) -> tuple[bool, str, str]:
    given, dry_run = _firsts(query), _dry_run(query)
    manager, validation = given.get("fieldManager", ""), given.get("fieldValidation", "")
    problems = _Problems(kind)
    problems.field_manager(manager)
    problems.dry_run(dry_run)
    problems.field_validation(validation)
    problems.check()
    return bool(dry_run), manager, validation


def read_patch_options(query: QueryList, *, apply: bool) -> PatchOptions:
    """Raises Invalid: an apply needs a field manager, any other patch has no force."""
    given, dry_run = _firsts(query), _dry_run(query)
    force = _boolean(given.get("force"))
    manager, validation = given.get("fieldManager", ""), given.get("fieldValidation", "")
    problems = _Problems("PatchOptions")
    if apply and not manager:
        problems.add("fieldManager", "FieldValueRequired", "Required value: is required for apply patch")
    if not apply and force is not None:
        problems.forbidden("force", "may not be specified for non-apply patch")
    problems.field_manager(manager)
    problems.dry_run(dry_run)
    problems.field_validation(validation)
    problems.check()
    return PatchOptions(bool(dry_run), force, manager, validation)


def read_delete_options(query: QueryList, body: Mapping[str, Any] | None = None) -> DeleteOptions:
    """From the body where the request has one (see `body.read_delete_body`), else from the query, never from both.

    Raises:
        BadRequest: a number that cannot be read.
        Invalid: unknown policies, or policies that exclude each other.
    """
    if body is None:
        if not query:
            return _NO_DELETE
        given: Mapping[str, Any] = _firsts(query)
        dry_run = _dry_run(query)
        grace = _integer(given.get("gracePeriodSeconds"))
        orphan = _boolean(given.get("orphanDependents"))
        preconditions: Mapping[str, Any] = {key: given[key] for key in ("uid", "resourceVersion") if given.get(key)}
    else:
        given, dry_run = body, list(body.get("dryRun") or ())
        grace, orphan = body.get("gracePeriodSeconds"), body.get("orphanDependents")
        preconditions = body.get("preconditions") or {}
    policy = given.get("propagationPolicy")
    problems = _Problems("DeleteOptions")
    if orphan is not None and policy is not None:
        text = "orphanDependents and deletionPropagation cannot be both set"
        problems.add("propagationPolicy", "FieldValueInvalid", f"Invalid value: {quote(policy)}: {text}")
    if policy is not None and policy not in _PROPAGATION:
        problems.unsupported("propagationPolicy", quote(policy), (*_PROPAGATION, "nil"))
    problems.dry_run(dry_run)
    problems.check()
    return DeleteOptions(
        dry_run=bool(dry_run),
        grace_period_seconds=grace,
        propagation_policy=policy or "",
        orphan_dependents=orphan,
        uid=preconditions.get("uid"),
        resource_version=preconditions.get("resourceVersion"),
    )
