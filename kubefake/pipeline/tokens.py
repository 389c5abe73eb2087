"""Tokens of service accounts: JSON Web Tokens that the cluster signs, and takes back while what they are bound to exists.

Follows pkg/serviceaccount/{claims,jwt}.go.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from kubeclient.apimachinery.gotext import quote
from kubefake.pipeline.caller import UserInfo
from kubefake.pipeline.identify import Authenticated, TokenError, account_groups, account_name
from kubefake.ports import Clock, Ids, Signer
from kubefake.store import Store
from kubefake.verbs.times import parse_seconds
from kubefake.wire.status import not_implemented

__all__ = ["EXTENDED_SECONDS", "ISSUER", "WARN_ONLY_SECONDS", "Binding", "Tokens"]

ISSUER = "https://kubernetes.default.svc.cluster.local"
"""Who signs, and whom tokens are for that name no audience."""

WARN_ONLY_SECONDS = 60 * 60 + 7
"""The life that asks for a token of a pod to warn rather than to end."""

EXTENDED_SECONDS = 365 * 24 * 60 * 60
"""How long such a token really lives."""

_NS = 1_000_000_000
_LEEWAY = 60
_KEPT = 1024
_EXTRA = "authentication.kubernetes.io/"
_INVALIDATED = "service account token has been invalidated"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True)
class Binding:
    """An object with which a token ends, or which it names: `kind` is pod, node or secret."""

    kind: str
    name: str
    uid: str = ""


class Tokens:
    """Issues and reads tokens.

    Args:
        signer: the cluster's key; None: tokens can be neither issued nor read.
        clock, ids: date and name them.
        store: has what they are bound to.
        audiences: whom the server takes tokens for.
    """

    def __init__(
        self, signer: Signer | None, store: Store, clock: Clock, ids: Ids, audiences: tuple[str, ...] = (ISSUER,)
    ) -> None:
        self.signer = signer
        self.audiences = audiences
        self._clock = clock
        self._ids = ids
        self._store = store
        self._signed: dict[str, dict[str, Any]] = {}  # claims of tokens whose signatures were good

    def issue(
        self,
        account: Mapping[str, Any],
        audiences: Sequence[str],
        seconds: int,
        bindings: Sequence[Binding] = (),
        *,
        warn_after: int = 0,
    ) -> str:
        """A token that says who the account is for that long. Raises StatusError 501 without a key."""
        signer = self.signer
        if signer is None:
            raise not_implemented("signing tokens of service accounts without the extra kubefake[tls]")
        now = self._clock.time_ns() // _NS
        meta = account["metadata"]
        private: dict[str, Any] = {"namespace": meta["namespace"]}
        for bound in sorted(bindings, key=lambda bound: bound.kind):
            private[bound.kind] = {"name": bound.name, "uid": bound.uid} if bound.uid else {"name": bound.name}
        private["serviceaccount"] = {"name": meta["name"], "uid": meta["uid"]}
        if warn_after:
            private["warnafter"] = now + warn_after
        claims = {
            "aud": list(audiences),
            "exp": now + seconds,
            "iat": now,
            "iss": ISSUER,
            "jti": self._ids.uid(),
            "kubernetes.io": private,
            "nbf": now,
            "sub": account_name(meta["namespace"], meta["name"]),
        }
        head = {"alg": signer.algorithm, "kid": signer.key_id}
        signed = f"{_base64(_encode(head))}.{_base64(_encode(claims))}"
        return f"{signed}.{_base64(signer.sign(signed.encode('ascii')))}"

    def read(self, token: str, audiences: Sequence[str]) -> Authenticated | None:
        """Whose token that is; None when it is no token of this issuer. Raises TokenError for one that is not good."""
        parts = token.split(".")
        if self.signer is None or len(parts) != 3:
            return None
        claims = self._signed.get(token)
        if claims is None:
            claims = _claims(parts[1])
            if claims is None or claims.get("iss") != ISSUER:
                return None
            self._check_signature(self.signer, parts)
            if len(self._signed) >= _KEPT:
                self._signed.clear()
            self._signed[token] = claims
        for_whom = claims.get("aud") or list(self.audiences)
        meant = [audience for audience in audiences if audience in for_whom]
        if not meant:
            given, wanted = _listed(for_whom), _listed(audiences)
            raise TokenError(f"token audiences {given} is invalid for the target audiences {wanted}")
        self._check_times(claims)
        return Authenticated(self._account(claims), tuple(meant))

    def _check_signature(self, signer: Signer, parts: list[str]) -> None:
        head = _claims(parts[0]) or {}
        if head.get("kid", signer.key_id) != signer.key_id:
            raise TokenError("invalid signature, no keys found")
        signature = _unbase64(parts[2])
        good = signature is not None and head.get("alg") == signer.algorithm
        if not good or not signer.verify(f"{parts[0]}.{parts[1]}".encode("ascii", "replace"), signature or b""):
            raise TokenError("go-jose/go-jose: error in cryptographic primitive")

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self._clock.time_ns() / _NS
        if now + _LEEWAY < claims.get("nbf", 0):
            raise TokenError("service account token is not valid yet")
        if "exp" in claims and now - _LEEWAY > claims["exp"]:
            raise TokenError("service account token has expired")
        if now + _LEEWAY < claims.get("iat", 0):
            raise TokenError("service account token is issued in the future")

    def _account(self, claims: Mapping[str, Any]) -> UserInfo:
        """The account as it is now, with what its token is bound to. Raises TokenError when any of it is gone."""
        private = claims.get("kubernetes.io") or {}
        namespace, ref = private.get("namespace", ""), private.get("serviceaccount") or {}
        name, uid = ref.get("name", ""), ref.get("uid", "")
        if not name:
            raise TokenError("resource name may not be empty")
        version = self._store.get("serviceaccounts", f"{namespace}/{name}")
        if version is None:
            raise TokenError(f'serviceaccounts "{name}" not found')
        account = version.obj
        if self._is_gone(account):
            raise TokenError(f"service account {namespace}/{name} has been deleted")
        found = account["metadata"].get("uid", "")
        if found != uid:
            raise TokenError(f"service account UID ({found}) does not match claim ({uid})")
        extra: dict[str, tuple[str, ...]] = {}
        if claims.get("jti"):
            extra[f"{_EXTRA}credential-id"] = (f"JTI={claims['jti']}",)
        secret, pod, node = private.get("secret"), private.get("pod"), private.get("node")
        if secret:
            self._check_bound("secret", namespace, secret)
        if node:
            if not pod:
                self._check_bound("node", "", node)
            extra |= _told("node", node)
        if pod:
            self._check_bound("pod", namespace, pod)
            extra |= _told("pod", pod)
        return UserInfo(account_name(namespace, name), account_groups(namespace), uid, dict(sorted(extra.items())))

    def _check_bound(self, kind: str, namespace: str, ref: Mapping[str, Any]) -> None:
        name = ref.get("name", "")
        version = self._store.get(f"{kind}s", f"{namespace}/{name}" if namespace else name)
        if version is None or self._is_gone(version.obj):
            raise TokenError(_INVALIDATED)
        found, claimed = version.obj["metadata"].get("uid", ""), ref.get("uid", "")
        if found != claimed:
            raise TokenError(f"{kind} UID ({found}) does not match service account {kind} ref claim ({claimed})")

    def _is_gone(self, obj: Mapping[str, Any]) -> bool:
        """Whether an object has been going away for longer than the leeway."""
        deleted = obj["metadata"].get("deletionTimestamp")
        return bool(deleted) and parse_seconds(deleted) < self._clock.time_ns() // _NS - _LEEWAY


def _told(kind: str, ref: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    told: dict[str, tuple[str, ...]] = {f"{_EXTRA}{kind}-name": (str(ref.get("name", "")),)}
    if ref.get("uid"):
        told[f"{_EXTRA}{kind}-uid"] = (str(ref["uid"]),)
    return told


def _listed(values: Sequence[str]) -> str:
    return f"[{' '.join(map(quote, values))}]"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _unbase64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _claims(part: str) -> dict[str, Any] | None:
    data = _unbase64(part)
    try:
        return None if data is None else _decode(data)
    except msgspec.DecodeError:
        return None
