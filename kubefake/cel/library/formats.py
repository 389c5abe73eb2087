"""Named formats.

Follows k8s.io/apiserver/pkg/cel/library/format.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kubeclient.apimachinery import validation
from kubefake.cel.overloads import Overload, function, method
from kubefake.cel.values import NONE, Optional
from kubefake.schema import formats

from .urls import request_uri_error

__all__ = ["FORMATS", "Format"]


class Format:
    """A way in which a string may be written. `size`: the length of the pattern that checks it, for costs."""

    __slots__ = ("check", "name", "size")
    type_name = "kubernetes.NamedFormat"

    def __init__(self, name: str, size: int, check: Callable[[str], list[str]]) -> None:
        self.name = name
        self.size = size
        self.check = check


def _prefix(check: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    def checked(text: str) -> list[str]:
        return check(text[:-1] + "a" if text.endswith("-") and len(text) > 1 else text)

    return checked


def _by(name: str, message: str) -> Callable[[str], list[str]]:
    return lambda text: [] if formats.matches(name, text) else [message]


def _uri(text: str) -> list[str]:
    problem = request_uri_error(text)
    return [problem] if problem else []


_KNOWN: Final = {
    "dns1123Label": Format("DNS1123Label", 30, validation.is_dns1123_label),
    "dns1123Subdomain": Format("DNS1123Subdomain", 60, validation.is_dns1123_subdomain),
    "dns1035Label": Format("DNS1035Label", 30, validation.is_dns1035_label),
    "qualifiedName": Format("QualifiedName", 60, validation.is_label_key),
    "dns1123LabelPrefix": Format("DNS1123LabelPrefix", 30, _prefix(validation.is_dns1123_label)),
    "dns1123SubdomainPrefix": Format("DNS1123SubdomainPrefix", 60, _prefix(validation.is_dns1123_subdomain)),
    "dns1035LabelPrefix": Format("DNS1035LabelPrefix", 30, _prefix(validation.is_dns1035_label)),
    "labelValue": Format("LabelValue", 40, validation.is_valid_label_value),
    "uri": Format("URI", 1000, _uri),
    "uuid": Format("uuid", 80, _by("uuid", "does not match the UUID format")),
    "byte": Format("byte", 92, _by("byte", "invalid base64")),
    "date": Format("date", 120, _by("date", "invalid date")),
    "datetime": Format("datetime", 120, _by("date-time", "invalid datetime")),
}


def _named(name: str) -> Optional:
    found = _KNOWN.get(name)
    return NONE if found is None else Optional(found)


def _validate(format: Format, text: str) -> Optional:
    problems = format.check(text)
    return Optional(problems) if problems else NONE


def _constant(item: tuple[str, Format]) -> Overload:
    name, format = item
    return function(f"format.{name}", f"format.{name}", " -> kubernetes.NamedFormat", lambda: format)


FORMATS: Final[tuple[Overload, ...]] = (
    *map(_constant, _KNOWN.items()),
    method("validate", "format-validate", "kubernetes.NamedFormat; string -> optional(list(string))", _validate),
    function("format.named", "format-named", "string -> optional(kubernetes.NamedFormat)", _named),
)
