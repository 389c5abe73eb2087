"""What is wrong with certificate signing requests, with their approval and with their status.

The PEM of a request is looked at, its X.509 content is not: that takes a library this package can do without. Follows
pkg/apis/certificates/validation/validation.go.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object
from kubefake.resources.strategy import Context

__all__ = ["check_request", "check_request_update"]

_USAGES = frozenset(
    {
        "signing",
        "digital signature",
        "content commitment",
        "key encipherment",
        "key agreement",
        "data encipherment",
        "cert sign",
        "crl sign",
        "encipher only",
        "decipher only",
        "any",
        "server auth",
        "client auth",
        "code signing",
        "email protection",
        "s/mime",
        "ipsec end system",
        "ipsec tunnel",
        "ipsec user",
        "timestamping",
        "ocsp signing",
        "microsoft sgc",
        "netscape sgc",
    }
)
_block = re.compile(
    r"^-----BEGIN (?P<type>[^\n]*?)-----[ \t\r]*\n(?:[^\n:]+:[^\n]*\n)*(?P<data>[^-]*?)^-----END (?P=type)-----[ \t\r]*$",
    re.MULTILINE,
)
_DECIDED = ("Approved", "Denied")
_PATH = "status.conditions"


def check_request(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A request, as it would be stored."""
    spec, status = obj["spec"], obj.get("status") or {}
    found: list[FieldError] = []
    request = spec.get("request")
    if not _is_request(_text(request)):
        text = "PEM block type must be CERTIFICATE REQUEST"
        found.append(field.invalid("spec.request", request or None, text))
    usages = spec.get("usages") or []
    if not usages:
        found.append(field.required("spec.usages"))
    known = sorted(_USAGES)
    for index, usage in enumerate(usages):
        if usage not in _USAGES:
            found.append(field.not_supported(f"spec.usages[{index}]", usage, known))
    doubles = [index for index, usage in enumerate(usages) if usage in usages[:index]]
    found += [field.duplicate(f"spec.usages[{index}]", usages[index]) for index in doubles]
    signer = spec.get("signerName", "")
    if signer == "kubernetes.io/legacy-unknown":
        text = "the legacy signerName is not allowed via this API version"
        found.append(field.invalid("spec.signerName", signer, text))
    else:
        found += _signer("spec.signerName", signer)
    seconds = spec.get("expirationSeconds")
    if seconds is not None and seconds < 600:
        text = "may not specify a duration less than 600 seconds (10 minutes)"
        found.append(field.invalid("spec.expirationSeconds", seconds, text))
    _conditions(found, status.get("conditions") or [])
    certificate = status.get("certificate")
    if certificate and "-----BEGIN CERTIFICATE-----" not in _text(certificate):
        text = "must contain at least one CERTIFICATE PEM block"
        found.append(field.invalid("status.certificate", "<certificate data>", text))
    return found


def _is_request(text: str) -> bool:
    """Whether the first whole block of PEM is a request; what lacks an end or is not base64 is no block."""
    for block in _block.finditer(text):
        try:
            base64.b64decode("".join(block["data"].split()), validate=True)
        except ValueError:
            continue
        return block["type"] == "CERTIFICATE REQUEST"
    return False


def _text(data: str | None) -> str:
    try:
        return base64.b64decode(data or "").decode("latin-1")
    except ValueError:
        return ""


def _signer(path: str, name: str) -> list[FieldError]:
    """A name of the form domain/path (ValidateSignerName)."""
    if not name:
        return [field.required(path)]
    parts = name.split("/")
    if len(parts) != 2:
        text = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        return [field.invalid(path, name, text)]
    domain, rest = parts
    found = _labels(path, domain, validation.is_dns1123_label)
    if "." not in domain:
        found.append(field.invalid(path, domain, "should be a domain with at least two segments separated by dots"))
    return found + _labels(path, rest, validation.is_dns1123_subdomain)


def _labels(path: str, value: str, check: Callable[[str], list[str]]) -> list[FieldError]:
    """What is wrong with the first bad label of several."""
    for label in value.split("."):
        texts = check(label)
        if texts:
            return [field.invalid(path, value, f'validating label "{label}": {text}') for text in texts]
    return []


def _conditions(found: list[FieldError], conditions: list[Object]) -> None:
    seen: set[str] = set()
    for index, condition in enumerate(conditions):
        kind, status, here = condition.get("type", ""), condition.get("status", ""), f"{_PATH}[{index}]"
        if not kind:
            found.append(field.required(f"{here}.type"))
        allowed = ["True"] if kind in (*_DECIDED, "Failed") else ["False", "True", "Unknown"]
        if not status:
            found.append(field.required(f"{here}.status"))
        elif status not in allowed:
            found.append(field.not_supported(f"{here}.status", status, allowed))
        other = {"Approved": "Denied", "Denied": "Approved"}.get(kind)
        if other in seen:
            text = "Approved and Denied conditions are mutually exclusive"
            found.append(field.invalid(_PATH, kind, text))
        if kind in seen:
            found.append(field.duplicate(f"{here}.type", kind))
        seen.add(kind)


def _by_type(status: Object) -> dict[str, list[Object]]:
    conditions = status.get("conditions") or ()
    return {kind: [one for one in conditions if one.get("type") == kind] for kind in (*_DECIDED, "Failed")}


def check_request_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change by one of the three doors, each of which may do its own."""
    found = check_request(obj, context)
    new, was = ((one.get("status") or {}) for one in (obj, old))
    before, now = _by_type(was), _by_type(new)
    for kind in (*_DECIDED, "Failed"):  # first what went, then what came
        if len(now[kind]) < len(before[kind]):
            found.append(field.forbidden(_PATH, f'updates may not remove a condition of type "{kind}"'))
    for kind in _DECIDED if context.subresource != "approval" else ():
        if len(now[kind]) >= len(before[kind]) and now[kind] != before[kind]:
            verb = "add" if len(now[kind]) > len(before[kind]) else "modify"
            found.append(field.forbidden(_PATH, f'updates may not {verb} a condition of type "{kind}"'))
    if new.get("certificate") != was.get("certificate"):
        path = "status.certificate"
        if context.subresource != "status":
            found.append(field.forbidden(path, "updates may not set certificate content"))
        elif was.get("certificate"):
            found.append(field.forbidden(path, "updates may not modify existing certificate content"))
    return found
