"""Builtin admission of signing requests: who may approve and sign, and that nobody becomes a system:masters by a certificate.

Follows plugin/pkg/admission/certificates/{approval,signing,subjectrestriction}. Of a request's X.509 only the subject is read.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gotext import quote
from kubefake.pipeline.attributes import Attributes, Authorizer
from kubefake.resources.strategy import JSONObject
from kubefake.verbs.call import Call

__all__ = ["SignerRights", "SubjectRestriction"]

_GROUP: Final = "certificates.k8s.io"
_TABLE: Final = "certificatesigningrequests.certificates.k8s.io"
_VERBS: Final = {"approval": "approve", "status": "sign"}

_SIGNER: Final = "kubernetes.io/kube-apiserver-client"
_MASTERS: Final = b"system:masters"
_ORGANIZATION: Final = b"\x55\x04\x0a"  # the object identifier 2.5.4.10


class SignerRights:
    """Approving and signing need a right on the request's signer besides that on the subresource.

    Args:
        authorizer: is asked for the verbs `approve` and `sign`.
    """

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Mapping[str, Any] | None) -> None:
        """Nothing is changed."""

    def validate(
        self, call: Call, operation: str, obj: Mapping[str, Any] | None, old: Mapping[str, Any] | None
    ) -> None:
        """Raises Forbidden."""
        verb = _VERBS.get(call.subresource)
        if verb is None or operation != "UPDATE" or call.resource.table != _TABLE or obj is None or old is None:
            return
        if verb == "sign" and _decides(obj) == _decides(old):
            return
        signer = old["spec"].get("signerName", "")
        for name in (signer, f"{signer.partition('/')[0]}/*"):
            asked = Attributes(verb, group=_GROUP, version="*", resource="signers", name=name)
            if self._authorizer.authorize(call.user, asked).allowed:
                return
        text = f"user not permitted to {verb} requests with signerName {quote(signer)}"
        raise errors.new_forbidden(call.resource.group_resource, call.name, text)


def _decides(obj: Mapping[str, Any]) -> tuple[Any, Any]:
    status = obj.get("status") or {}
    return status.get("certificate"), status.get("conditions") or []


class SubjectRestriction:
    """Refuses requests for client certificates of the group that may do everything."""

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Mapping[str, Any] | None) -> None:
        """Nothing is changed."""

    def validate(
        self,
        call: Call,
        operation: str,
        obj: Mapping[str, Any] | None,
        old: Mapping[str, Any] | None,  # noqa: ARG002
    ) -> None:
        """Looks at new requests for that signer."""
        if obj is None or operation != "CREATE" or call.resource.table != _TABLE:
            return
        spec = obj["spec"]
        if spec.get("signerName") == _SIGNER and _MASTERS in _organizations(spec.get("request", "")):
            text = f"use of {_SIGNER} signer with system:masters group is not allowed"
            raise errors.new_forbidden(call.resource.group_resource, obj["metadata"].get("name", ""), text)


def _organizations(request: str) -> list[bytes]:
    """The organizations of the subject of a PEM request in base64; none when it cannot be read."""
    try:
        lines = base64.b64decode(request).decode("ascii").strip().splitlines()
        der = base64.b64decode("".join(line for line in lines if ":" not in line and not line.startswith("-")))
        (_, whole), *_ = _parts(der)
        (_, info), *_ = _parts(whole)
        _, (_, subject), *_ = _parts(info)  # the version, the subject, the key …
        pairs = [list(_parts(pair)) for _, names in _parts(subject) for _, pair in _parts(names)]
        return [value for (_, key), (_, value) in pairs if key == _ORGANIZATION]
    except (ValueError, IndexError):
        return []


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tags and contents of DER values that follow each other. Raises IndexError or ValueError for what is none."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        if at + length > len(data):
            raise ValueError("a value that is cut off")
        yield tag, data[at : at + length]
        at += length
