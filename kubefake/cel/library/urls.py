"""URLs.

Follows k8s.io/apiserver/pkg/cel/library/urls.go and Go's net/url.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote as escape
from urllib.parse import unquote, unquote_plus

from kubeclient.apimachinery.gotext import quote
from kubefake.cel.overloads import Overload, function, method
from kubefake.cel.values import CelError

__all__ = ["URLS", "request_uri_error"]

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ESCAPE: Final = re.compile(r"%(?![0-9a-fA-F]{2})(.{0,2})", re.DOTALL)
_SAFE: Final = "/$&+,:;=@-_.~!'()*"


class URL:
    """An address of something; its text is what was parsed."""

    __slots__ = ("host", "path", "query", "scheme", "text")
    type_name = "kubernetes.URL"

    def __init__(self, text: str) -> None:
        self.text = text
        rest = text.partition("#")[0]
        match = _SCHEME.match(rest)
        self.scheme = match[1].lower() if match else ""
        rest = rest[match.end() :] if match else rest
        rest, _, self.query = rest.partition("?")
        self.host = ""
        if rest.startswith("//") and not rest.startswith("///"):
            authority, slash, path = rest[2:].partition("/")
            self.host = authority.rpartition("@")[2]
            rest = slash + path
        self.path = rest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, URL) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def request_uri_error(text: str) -> str:
    """What Go's url.ParseRequestURI finds wrong with a text; "" for nothing."""
    problem = _problem(text)
    return f"parse {quote(text)}: {problem}" if problem else ""


def _problem(text: str) -> str:
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        return "net/url: invalid control character in URL"
    if text == "":
        return "empty url"
    if text == "*":
        return ""
    if text[0] == ":":
        return "missing protocol scheme"
    match = _SCHEME.match(text)
    rest = text[match.end() :] if match else text
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        return "invalid URI for request"
    if rest.startswith("//") and match:
        authority, _, rest = rest[2:].partition("/")
        if problem := _host_problem(authority.rpartition("@")[2]):
            return problem
    if bad := _ESCAPE.search(rest):
        return f"invalid URL escape {quote('%' + bad[1])}"
    return ""


def _host_problem(host: str) -> str:
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0:
            return "missing ']' in host"
        port = host[end + 1 :]
    else:
        port = host[host.index(":") :] if ":" in host else ""
        if port and host.count(":") > 1:
            port = host[host.rindex(":") :]
        bad = re.search(r"[\s\"<>\\^`{|}]", host)
        if bad:
            return f"invalid character {quote(bad[0])} in host name"
    if port and not re.fullmatch(r":[0-9]*", port):
        return f"invalid port {quote(port)} after host"
    return ""


def _url(text: str) -> URL:
    if problem := request_uri_error(text):
        raise CelError(f"URL parse error during conversion from string: {problem}")
    return URL(text)


def _hostname(url: URL) -> str:
    if url.host.startswith("["):
        return url.host[1 : url.host.rindex("]")]
    return url.host.rpartition(":")[0] if ":" in url.host else url.host


def _port(url: URL) -> str:
    after = url.host[url.host.rindex("]") + 1 :] if url.host.startswith("[") else url.host
    return after.rpartition(":")[2] if ":" in after else ""


def _escaped_path(url: URL) -> str:
    decoded = unquote(url.path)
    valid = re.fullmatch(r"(?:[A-Za-z0-9$&+,/:;=@\-_.~!'()*\[\]]|%[0-9a-fA-F]{2})*", url.path) is not None
    return url.path if valid else escape(decoded, safe=_SAFE)


def _query(url: URL) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in url.query.split("&"):
        if part and ";" not in part:
            key, _, value = part.partition("=")
            found.setdefault(unquote_plus(key), []).append(unquote_plus(value))
    return found


URLS: Final[tuple[Overload, ...]] = (
    function("url", "string_to_url", "string -> kubernetes.URL", _url),
    method("getScheme", "url_get_scheme", "kubernetes.URL -> string", lambda url: url.scheme),
    method("getHost", "url_get_host", "kubernetes.URL -> string", lambda url: url.host),
    method("getHostname", "url_get_hostname", "kubernetes.URL -> string", _hostname),
    method("getPort", "url_get_port", "kubernetes.URL -> string", _port),
    method("getEscapedPath", "url_get_escaped_path", "kubernetes.URL -> string", _escaped_path),
    method("getQuery", "url_get_query", "kubernetes.URL -> map(string, list(string))", _query),
    function("isURL", "is_url_string", "string -> bool", lambda text: not request_uri_error(text)),
)
