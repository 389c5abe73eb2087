"""List: a table or a namespace of it, whole or page by page, now or at a revision that is held.

Pages of one list are of one revision: the continue token carries it. Follows k8s.io/apiserver/pkg/storage/etcd3/store.go
(GetList) and pkg/storage/continue.go.
"""

from __future__ import annotations

import base64
import binascii

import msgspec

from kubeclient.apimachinery import errors
from kubefake.store import CompactedError, FutureRevisionError, Version
from kubefake.verbs.call import Call, Core, Listing
from kubefake.verbs.failures import too_large_revision
from kubefake.verbs.keys import check_folder
from kubefake.verbs.metadata import parse_revision
from kubefake.verbs.selection import Selection, select
from kubefake.wire.options import ListOptions

__all__ = ["list_objects", "read_objects"]

_TOKEN_VERSION = "meta.k8s.io/v1"  # noqa: S105 - the version of a continue token

_EXPIRED_PAGE = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)
_EXPIRED_LIST = "The resourceVersion for the provided list is too old."


def list_objects(core: Core, call: Call, options: ListOptions) -> Listing:
    """Raises BadRequest, Expired, Timeout for bad tokens, fields and revisions."""
    return read_objects(core, call, options, select(call.resource, options))


def read_objects(core: Core, call: Call, options: ListOptions, selection: Selection) -> Listing:
    """As `list_objects`, for selectors that are compiled already."""
    store, resource = core.store, call.resource
    namespace = call.namespace or None
    check_folder(call)
    after = ""
    if options.continue_:
        after, revision = _read_token(options.continue_, namespace)
        if options.resource_version not in ("", "0"):
            raise errors.new_bad_request("specifying resource version is not allowed when using continue")
        revision = store.revision if revision < 0 else revision
    else:
        revision = _wanted_revision(options, store.revision, cached=resource.strategy.cached)
    try:
        versions = store.list(resource.table, namespace, revision)
    except CompactedError as exc:
        raise _expired(options, after, namespace) from exc
    except FutureRevisionError as exc:
        raise too_large_revision(exc.revision, exc.current, cached=resource.strategy.cached) from exc
    if after:
        versions = [version for version in versions if version.key >= after]
    matches = selection.matches
    # A list of "any" revision comes from the real server's cache, which knows no pages.
    limit = 0 if options.resource_version == "0" and not options.continue_ else options.limit
    if matches is not None:
        if selection.name and (namespace or not limit):
            versions = [version for version in versions if version.name == selection.name]
        last = versions[-1] if versions else None
        versions = [version for version in versions if matches(version)]
        if len(versions) == limit > 0 and versions[-1] is not last:  # whether what comes after matches is not known yet
            return Listing(versions, revision, _write_token(versions[-1], namespace, revision))
    if limit <= 0 or len(versions) <= limit:
        return Listing(versions, revision)
    remaining = None if matches is not None else len(versions) - limit
    page = versions[:limit]
    return Listing(page, revision, _write_token(page[-1], namespace, revision), remaining)


def _wanted_revision(options: ListOptions, current: int, *, cached: bool) -> int:
    """Unset and 0 mean now; NotOlderThan is served from now; Exact, and a first page, are of that very revision."""
    text = options.resource_version
    if not text or text == "0":
        return current
    try:
        revision = parse_revision(text)
    except ValueError as exc:
        raise errors.new_bad_request(
            f'invalid resource version: resourceVersion: Invalid value: "{text}": {exc}'
        ) from exc
    if revision > current:
        raise too_large_revision(revision, current, cached=cached)
    if options.resource_version_match == "Exact" or (options.limit > 0 and not options.resource_version_match):
        return revision
    return current


class _Token(msgspec.Struct):
    v: str = ""
    rv: int = 0
    start: str = ""


def _write_token(last: Version, namespace: str | None, revision: int) -> str:
    key = last.key[len(namespace) + 1 :] if namespace else f"/{last.key}"
    data = msgspec.json.encode(_Token(_TOKEN_VERSION, revision, key + "\0"))
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _read_token(text: str, namespace: str | None) -> tuple[str, int]:
    """The key from which a page starts, and its revision (negative: whatever is current)."""
    padded = text + "=" * (-len(text) % 4)
    try:
        data = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as exc:
        raise _bad_token(f"illegal base64 data at input byte {_bad_byte(text)}") from exc
    try:
        token = msgspec.json.decode(data, type=_Token)
    except msgspec.MsgspecError as exc:
        raise _bad_token(_json_problem(data)) from exc
    if token.v != _TOKEN_VERSION:
        raise _bad_token(f"server does not recognize this encoded version {token.v}")
    if token.rv == 0:
        raise _bad_token(f"incorrect encoded start resourceVersion (version {_TOKEN_VERSION})")
    if not token.start:
        raise _bad_token(f"empty start key (version {_TOKEN_VERSION})")
    key = token.start.removeprefix("/")
    if ".." in key.split("/"):
        raise _bad_token(f"invalid start key: {token.start}")
    return (f"{namespace}/{key}" if namespace else key), token.rv


def _bad_byte(text: str) -> int:
    for index, char in enumerate(text):
        if not (char.isascii() and (char.isalnum() or char in "-_")):
            return index
    return len(text) - len(text) % 4


def _bad_token(problem: str) -> errors.BadRequest:
    return errors.new_bad_request(f"invalid continue token: continue key is not valid: {problem}")


def _json_problem(data: bytes) -> str:
    """Go's words for text that is not the JSON of a token."""
    from kubefake.schema.jsonread import JSONSyntaxError, parse

    try:
        parse(data)
    except JSONSyntaxError as exc:
        return str(exc)
    return "json: cannot unmarshal into Go value of type storage.continueToken"


def _expired(options: ListOptions, after: str, namespace: str | None) -> errors.Expired:
    if not options.continue_:
        return errors.new_resource_expired(_EXPIRED_LIST)
    expired = errors.new_resource_expired(_EXPIRED_PAGE)
    key = after.removeprefix(f"{namespace}/") if namespace else f"/{after}"
    data = msgspec.json.encode(_Token(_TOKEN_VERSION, -1, key))
    expired.status.metadata.continue_ = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    return expired
