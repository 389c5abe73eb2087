"""The stages of a request in their order: identify, route, authorise, decode, default, then the verb, then the answer.

A plain call that runs to completion. It decides nothing itself; each stage has its file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.status_error import StatusError
from kubeclient.transport.protocol import Request, Response, header
from kubefake.pipeline.access import AccessLog
from kubefake.pipeline.attributes import Authorizer
from kubefake.pipeline.authorise import refusal
from kubefake.pipeline.caller import Caller, UserInfo
from kubefake.pipeline.identify import EXTRA_SPACE, Authenticator, has_extra_space
from kubefake.pipeline.impersonate import Impersonator, wanted_user
from kubefake.pipeline.respond import Responder, has_tables
from kubefake.pipeline.route import PathNotFoundError, route
from kubefake.pipeline.timeouts import timed_out
from kubefake.pipeline.writes import Writes
from kubefake.resources.resource import Resource
from kubefake.verbs.call import Call, Core, Listing, Outcome
from kubefake.verbs.connect import CONNECTS
from kubefake.verbs.get import get
from kubefake.verbs.list import list_objects
from kubefake.verbs.times import format_seconds
from kubefake.verbs.watch import watch
from kubefake.watch.stream import WatchStream
from kubefake.wire.negotiate import LOGS, Negotiator, check_consumes, check_produces, wants_pretty
from kubefake.wire.options import read_get_options, read_list_options
from kubefake.wire.request_info import RequestInfo, RequestInfoReader
from kubefake.wire.status import error_response, not_found_text, stream_headers
from kubefake.wire.table import include_object

__all__ = ["Counts", "NonResource", "Pipeline"]

_APPLIES = ("application/apply-patch+yaml", "application/apply-patch+cbor")
_NS = 1_000_000_000
_TOO_DEEP = "exceeded max depth: kubefake reads less deeply nested values than kube-apiserver's 10000 levels"


class NonResource(Protocol):
    """What answers paths that are no resources: discovery, OpenAPI, health."""

    def serve(self, request: Request, info: RequestInfo) -> Response | None:
        """None when the path is about a resource. Raises StatusError."""
        ...

    def unknown(self, info: RequestInfo) -> Response:
        """The answer to a resource path below which nothing is served. Raises NotFound where that is a Status."""
        ...


class Counts(Protocol):
    """What counts the requests that reach a resource."""

    def count(self, info: RequestInfo, code: int, *, dry_run: bool = False, applies: bool = False) -> None: ...


@dataclass(slots=True)
class _Asked:
    """One request as the stages pass it on."""

    request: Request
    info: RequestInfo
    user: UserInfo
    accept: str | None
    pretty: bool


class Pipeline:
    """Answers requests with the rooms it was given."""

    def __init__(
        self,
        core: Core,
        *,
        authenticator: Authenticator,
        authorizer: Authorizer,
        nonresource: NonResource,
        responder: Responder,
        writes: Writes,
        access: AccessLog,
        counts: Counts,
    ) -> None:
        self._core = core
        self._authenticator = authenticator
        self._authorizer = authorizer
        self._nonresource = nonresource
        self._responder = responder
        self._read_info = RequestInfoReader()
        self._negotiator = Negotiator()
        self._writes = writes
        self._access = access
        self._counts = counts
        self._impersonator = Impersonator(authorizer)
        self._second = -1
        self._now = ""

    def handle(self, request: Request, caller: Caller) -> Response | WatchStream:
        """Answers one request; never raises for what a client can cause."""
        accept = header(request.headers, "accept") if request.headers else None
        try:
            answer = self._handle(request, caller, accept)
        except StatusError as exc:
            answer = self._failure(exc, request, accept)
        except RecursionError:
            answer = self._failure(errors.new_bad_request(_TOO_DEEP), request, accept)
        if request.method == "HEAD" and isinstance(answer, Response):
            answer.body = b""
        return answer

    def _failure(
        self, exc: StatusError, request: Request, accept: str | None, warnings: Iterable[str] = ()
    ) -> Response:
        pretty = wants_pretty(request.query, request.headers)
        credentials = header(request.headers, "authorization") if request.headers else None
        if credentials and has_extra_space(credentials):
            warnings = (EXTRA_SPACE, *warnings)
        return error_response(exc.status, self._negotiator.error(accept), pretty=pretty, warnings=warnings)

    def _handle(self, request: Request, caller: Caller, accept: str | None) -> Response | WatchStream:
        info = self._read_info(request.method, request.path, request.query)
        late = timed_out(request.query, info.verb, info.subresource) if request.query else None
        if late is not None:
            return late
        user = self._authenticator.identify(request, caller)
        wanted = wanted_user(request.headers) if request.headers else None
        if wanted is not None:
            user = self._impersonator.act_as(wanted, user, info)
        if self._access.enabled:
            self._access.note(caller.client, user.name, info)
        decision = self._authorizer.authorize(user, info)
        if not decision.allowed:
            raise refusal(user, info, decision.reason)
        pretty = bool(request.headers or request.query) and wants_pretty(request.query, request.headers)
        asked = _Asked(request, info, user, accept, pretty)
        if not info.is_resource_request:
            return self._nonresource.serve(request, info) or not_found_text()
        try:
            resource = route(self._core.registry, request.method, info)
        except PathNotFoundError:
            return self._nonresource.unknown(info)
        try:
            answer = self._resource(asked, resource)
        except StatusError as exc:
            self._count(request, info, exc.status.code)
            raise
        self._count(request, info, answer.status)
        return answer

    def _count(self, request: Request, info: RequestInfo, code: int) -> None:
        dry_run = bool(request.query) and ("dryRun", "All") in request.query
        applies = info.verb == "patch" and header(request.headers, "content-type") in _APPLIES
        self._counts.count(info, code, dry_run=dry_run, applies=applies)

    def _resource(self, asked: _Asked, resource: Resource) -> Response | WatchStream:
        if not resource.custom:
            lists, logs = asked.info.verb in ("list", "watch"), asked.info.subresource == "log"
            if logs or asked.info.subresource not in CONNECTS:
                check_produces(asked.accept, lists=lists, produces=LOGS if logs else None)
            if asked.info.verb == "patch":
                check_consumes(header(asked.request.headers, "content-type"))
        call = self._call(asked, resource)
        try:
            return self._carried_out(asked, call)
        except StatusError as exc:
            if not call.warnings:
                raise
            return self._failure(exc, asked.request, asked.accept, call.warnings)

    def _carried_out(self, asked: _Asked, call: Call) -> Response | WatchStream:
        info, request = asked.info, asked.request
        verb = info.verb
        if verb in ("list", "watch"):
            return self._collection(asked, call)
        accept = None if info.subresource in CONNECTS and info.subresource != "log" else asked.accept
        media = self._negotiator.object(accept, custom=call.resource.custom, tables=has_tables(call))
        include = include_object(request.query) if media.kind == "Table" else ""
        if verb == "get" and not info.subresource:
            outcome = get(self._core, call, read_get_options(request.query))
            return self._responder.outcome(call, outcome, media, pretty=asked.pretty, include=include)
        result = self._writes.run(call, request)
        if isinstance(result, Outcome):
            return self._responder.outcome(call, result, media, pretty=asked.pretty, include=include)
        if isinstance(result, Listing):
            return self._responder.listing(call, result, media, pretty=asked.pretty, include=include)
        return result

    def _collection(self, asked: _Asked, call: Call) -> Response | WatchStream:
        info, request = asked.info, asked.request
        options = read_list_options(request.query, watch=info.legacy_verb)
        if options.watch:
            if "watch" not in call.resource.verbs:
                raise errors.new_method_not_supported(call.resource.group_resource, "watch")
            media = self._negotiator.stream(asked.accept, custom=call.resource.custom)
            include = include_object(request.query) if media.kind == "Table" else ""
            encode = self._responder.frames(call, media, include)
            return watch(self._core, call, options, encode, stream_headers(media.type, call.warnings))
        media = self._negotiator.object(asked.accept, custom=call.resource.custom)
        include = include_object(request.query) if media.kind == "Table" else ""
        listing = list_objects(self._core, call, options)
        return self._responder.listing(call, listing, media, pretty=asked.pretty, include=include)

    def _call(self, asked: _Asked, resource: Resource) -> Call:
        info = asked.info
        call = Call(
            resource,
            info.verb,
            info.namespace if resource.namespaced else "",
            info.name,
            info.subresource,
            asked.user,
            self.now(),
        )
        if resource.strategy.deprecation:
            call.warn(resource.strategy.deprecation)
        return call

    def now(self) -> str:
        """The time in the form of metadata; one text a second."""
        second = self._core.clock.time_ns() // _NS
        if second != self._second:
            self._second, self._now = second, format_seconds(second)
        return self._now
