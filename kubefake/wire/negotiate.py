"""Which representation an answer gets, and whether a body's type can be read: the Accept and Content-Type headers.

The server looks at Accept twice, and so does this. The router compares media types word for word (`check_produces`,
go-restful's rule: no ranges but `*/*`); the handler then weighs clauses and parameters (`negotiate`, the rules of
k8s.io/apiserver/pkg/endpoints/handlers/negotiation). Their errors read differently.

Protobuf is for types that have a form in it: neither for tables nor for custom resources, of which only the metadata may be
had so. Aggregated discovery in protobuf, and CBOR, are not produced: a clause that asks for them is passed over, which answers
with JSON whenever the client takes JSON too; when it does not, the answer is a 406 that lists what there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.status import Status, StatusDetails
from kubeclient.transport.protocol import HeaderList, QueryList, header

__all__ = [
    "JSON",
    "LOGS",
    "PATCH_TYPES",
    "PROTOBUF",
    "PROTOBUF_STREAM",
    "YAML",
    "Media",
    "Negotiator",
    "body_type",
    "check_consumes",
    "check_produces",
    "parse_accept",
    "patch_type",
    "wants_pretty",
]

JSON: Final = "application/json"
YAML: Final = "application/yaml"
PROTOBUF: Final = "application/vnd.kubernetes.protobuf"
_NAMED: Final = (JSON, YAML, PROTOBUF)
LOGS: Final = ("text/plain", *_NAMED)
"""What the route of logs says it produces."""
PROTOBUF_STREAM: Final = f"{PROTOBUF};stream=watch"
_NAMED_STREAMS: Final = (f"{JSON};stream=watch", PROTOBUF_STREAM)
_PRODUCED: Final = (("application", "json"), ("application", "yaml"), ("application", "vnd.kubernetes.protobuf"))

PATCH_TYPES: Final = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
)
_CUSTOM_PATCH_TYPES: Final = (PATCH_TYPES[0], PATCH_TYPES[1], PATCH_TYPES[3])
_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_BROWSERS: Final = ("curl", "Wget", "Mozilla/5.0")


@dataclass(frozen=True, slots=True)
class Media:
    """The representation of an answer.

    Attributes:
        type: JSON, YAML or PROTOBUF.
        kind: "" for the object as it is, or Table, PartialObjectMetadata, PartialObjectMetadataList, or a discovery kind.
        group, version: of that kind.
        pretty: the Accept clause asks for an indented answer.
    """

    type: str = JSON
    kind: str = ""
    group: str = ""
    version: str = ""
    pretty: bool = False

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}"


@dataclass(slots=True)
class _Clause:
    type: str
    subtype: str
    params: dict[str, str]
    q: float = 1.0


def parse_accept(text: str) -> list[_Clause]:
    """The clauses of an Accept header, best first, with goautoneg's order: quality, then fewer wildcards."""
    clauses: list[_Clause] = []
    for part in text.split(","):
        media, *params = part.strip().split(";")
        kind, slash, subtype = media.strip().partition("/")
        if not slash:
            if kind != "*":
                continue
            subtype = "*"
        if "/" in subtype:
            continue
        clause = _Clause(kind.strip(), subtype.strip(), {})
        for param in params:
            name, equals, value = param.partition("=")
            if not equals or "=" in value or not value:
                continue
            if name.strip() == "q":
                clause.q = _quality(value)
            else:
                clause.params[name.strip()] = value.strip()
        _insert(clauses, clause)
    return clauses


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _insert(clauses: list[_Clause], clause: _Clause) -> None:
    """One step of the insertion sort that Go's sort is for so few items; `before` is no order, so the steps matter."""
    at = len(clauses)
    while at and _before(clause, clauses[at - 1]):
        at -= 1
    clauses.insert(at, clause)


def _before(a: _Clause, b: _Clause) -> bool:
    return a.q > b.q or (a.type != "*" and b.type == "*") or (a.subtype != "*" and b.subtype == "*")


def _matches(clause: _Clause, produced: tuple[str, str]) -> bool:
    if clause.type == produced[0]:
        return clause.subtype in (produced[1], "*")
    return clause.type == "*" and clause.subtype == "*"


def _not_acceptable(supported: tuple[str, ...]) -> errors.NotAcceptable:
    message = "only the following media types are accepted: " + ", ".join(supported)
    return errors.NotAcceptable(Status.failure(406, "NotAcceptable", message))


_METADATA_KINDS: Final = frozenset({"PartialObjectMetadata", "PartialObjectMetadataList"})
_OBJECT_KINDS: Final = _METADATA_KINDS | {"Table"}
_OBJECT_RULES: Final = ("object", "custom", "untabled")


class Negotiator:
    """Chooses representations and remembers the choice for an Accept header: clients send few different ones.

    Holds at most `bound` headers; at the bound it forgets them all.
    """

    __slots__ = ("_bound", "_known")

    def __init__(self, bound: int = 512) -> None:
        self._bound = bound
        self._known: dict[tuple[str, str], Media | None] = {}

    def object(self, accept: str | None, *, custom: bool = False, tables: bool = True) -> Media:
        """For an object or a list of a resource, which may also be asked for as a Table or as metadata only.

        Args:
            custom: it is a custom resource.
            tables: it can be shown as a Table.

        Raises:
            NotAcceptable: nothing that is produced is accepted.
        """
        media = self._find(accept, "custom" if custom else "object" if tables else "untabled")
        if media is None:
            raise _not_acceptable(_NAMED)
        return media

    def stream(self, accept: str | None, *, custom: bool = False) -> Media:
        """For a watch: objects, tables or metadata, in JSON or protobuf. Raises NotAcceptable."""
        media = self._find(accept, "custom" if custom else "object")
        if media is None:
            raise _not_acceptable(_NAMED)
        if media.type == YAML:
            raise _not_acceptable(_NAMED_STREAMS)
        return media

    def plain(self, accept: str | None) -> Media:
        """For what has one form only: legacy discovery, reviews. Raises NotAcceptable."""
        media = self._find(accept, "plain")
        if media is None:
            raise _not_acceptable(_NAMED)
        return media

    def discovery(self, accept: str | None) -> Media:
        """For /api and /apis: the legacy form or the aggregated one of v2. Raises NotAcceptable."""
        media = self._find(accept, "discovery")
        if media is None:
            raise _not_acceptable(_NAMED)
        return media

    def error(self, accept: str | None) -> Media:
        """For a Status after a failure: never raises, JSON when nothing fits."""
        return self._find(accept, "plain") or Media(pretty=True)

    def _find(self, accept: str | None, rule: str) -> Media | None:
        if not accept:
            return _PLAIN_JSON
        key = (rule, accept)
        try:
            return self._known[key]
        except KeyError:
            if len(self._known) >= self._bound:
                self._known.clear()
            media = self._known[key] = _choose(accept, rule)
            return media


_PLAIN_JSON: Final = Media()


def _choose(accept: str, rule: str) -> Media | None:
    for clause in parse_accept(accept):
        for produced in _PRODUCED:
            if _matches(clause, produced):
                media = _accept(clause, "/".join(produced), rule)
                if media is not None:
                    return media
    return None


def _accept(clause: _Clause, media_type: str, rule: str) -> Media | None:
    params = clause.params
    stream = params.get("stream", "")
    if stream and (stream != "watch" or rule not in _OBJECT_RULES or media_type == YAML):
        return None
    pretty = params.get("pretty") == "1"
    if not params.keys() & {"as", "g", "v"}:
        return None if rule == "custom" and media_type == PROTOBUF else Media(media_type, pretty=pretty)
    kind, group, version = params.get("as", ""), params.get("g", ""), params.get("v", "")
    if rule in _OBJECT_RULES:
        kinds = _METADATA_KINDS if media_type == PROTOBUF or rule == "untabled" else _OBJECT_KINDS
        allowed = group == "meta.k8s.io" and version in ("v1", "v1beta1") and kind in kinds
    elif rule == "discovery":
        allowed = (group, version, kind) == ("apidiscovery.k8s.io", "v2", "APIGroupDiscoveryList")
        allowed = allowed and media_type != PROTOBUF
    else:
        allowed = False
    return Media(media_type, kind, group, version, pretty) if allowed else None


def check_produces(accept: str | None, *, lists: bool = False, produces: tuple[str, ...] | None = None) -> None:
    """The router's look at Accept, before any handler: a media type must be named word for word, or be `*/*`.

    Custom resources have no such stage.

    Args:
        lists: the route lists and watches, which adds the stream types to the error.
        produces: what the route produces when it is not objects.

    Raises:
        NotAcceptable: with the router's text.
    """
    if not accept or (accept == JSON and produces is None):
        return
    if produces is None:
        produces = _NAMED + _NAMED_STREAMS if lists else _NAMED
    for part in accept.split(","):
        media = part.partition(";")[0].strip()
        if media == "*/*" or media in produces:
            return
    message = "406: Not Acceptable\n\nAvailable representations: " + ", ".join(produces)
    raise errors.NotAcceptable(Status.failure(406, "NotAcceptable", message, StatusDetails()))


def check_consumes(content_type: str | None) -> None:
    """The router's look at the type of a patch to a builtin resource. Raises UnsupportedMediaType with its text."""
    for part in (content_type or "application/octet-stream").split(","):
        if part.partition(";")[0].strip() in PATCH_TYPES:
            return
    message = "415: Unsupported Media Type"
    raise errors.UnsupportedMediaType(Status.failure(415, "UnsupportedMediaType", message, StatusDetails()))


def _unknown_format(accepted: tuple[str, ...]) -> errors.UnsupportedMediaType:
    message = "the body of the request was in an unknown format - accepted media types include: " + ", ".join(accepted)
    return errors.UnsupportedMediaType(Status.failure(415, "UnsupportedMediaType", message))


def patch_type(content_type: str | None, *, custom: bool) -> str:
    """The kind of a patch: one of PATCH_TYPES; strategic merge is not for custom resources.

    Raises:
        UnsupportedMediaType: as the router says it for builtin resources, as the handler does for custom ones.
    """
    if not custom:
        check_consumes(content_type)
    kind = (content_type or "").partition(";")[0].strip()
    allowed = _CUSTOM_PATCH_TYPES if custom else PATCH_TYPES
    if kind not in allowed:
        raise _unknown_format(allowed)
    return kind


def body_type(content_type: str | None, *, custom: bool = False) -> str:
    """How the body of a create, update or delete is written; JSON when the header is missing or empty.

    Args:
        custom: the body is an object of a custom kind, which has no form in protobuf; kube-apiserver 1.36 breaks the
            connection then, here the type is refused.

    Raises:
        UnsupportedMediaType: a type that is not read.
    """
    if not content_type or content_type == JSON:
        return JSON
    media = content_type.partition(";")[0].strip().lower()
    if media in (JSON, YAML) or (media == PROTOBUF and not custom):
        return media
    raise _unknown_format(_NAMED)


def wants_pretty(query: QueryList, headers: HeaderList) -> bool:
    """Whether the answer is indented: the pretty parameter if given, else for browsers, curl and wget."""
    for key, value in query:
        if key == "pretty" and value:
            return value in _TRUE
    agent = header(headers, "user-agent")
    return agent is not None and agent.startswith(_BROWSERS)
