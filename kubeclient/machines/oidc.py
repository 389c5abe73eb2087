"""The legacy provider `oidc`: when an id token has run out, what is asked of its issuer, how the answer is read.

Nothing here sends anything or knows what time it is. Ported from client-go plugin/pkg/client/auth/oidc.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from kubeclient.machines.exec_credential import CredentialError

__all__ = ["OIDCSettings", "TokenAnswer", "discovery_url", "expiry_seconds", "read_discovery", "read_tokens", "refresh"]

LEEWAY_SECONDS = 10
_EXCERPT = 80


@dataclass(frozen=True, slots=True)
class OIDCSettings:
    """What the kubeconfig says of an issuer."""

    issuer: str
    client_id: str

    @classmethod
    def read(cls, config: Mapping[str, str]) -> OIDCSettings:
        """Raises CredentialError when one of the two is missing."""
        for name in ("idp-issuer-url", "client-id"):
            if not config.get(name):
                raise CredentialError(f"Must provide {name}")
        return cls(config["idp-issuer-url"], config["client-id"])


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What an issuer gave; an empty refresh token: the old one stays."""

    id_token: str
    refresh_token: str


def expiry_seconds(token: str) -> float:
    """The `exp` of a JSON web token, in seconds since 1970. Raises CredentialError for what is none; never shows it."""
    parts = token.split(".")
    if len(parts) != 3:
        raise CredentialError("oidc: the id-token is not a valid JWT: it has not three parts")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        expiry = float(claims["exp"])
    except (binascii.Error, ValueError, TypeError, KeyError) as error:
        raise CredentialError(f"oidc: the id-token cannot be read: {type(error).__name__}") from None
    if not math.isfinite(expiry):
        raise CredentialError("oidc: the id-token cannot be read: its end is no time")
    return expiry


def discovery_url(issuer: str) -> str:
    """Where an issuer says what it offers."""
    return f"{issuer.removesuffix('/')}/.well-known/openid-configuration"


def read_discovery(issuer: str, status: int, body: bytes) -> str:
    """The token endpoint of an issuer. Raises CredentialError."""
    where = discovery_url(issuer)
    if status != 200:
        text = body[:_EXCERPT].decode("utf-8", "replace") + ("..." if len(body) > _EXCERPT else "")
        raise CredentialError(f'oidc: failed to query metadata endpoint {where}: status {status}: "{text}"')
    document = _object(body, f"oidc: failed to decode provider discovery object of {where}")
    endpoint = document.get("token_endpoint")
    if not isinstance(endpoint, str) or urlsplit(endpoint).scheme not in {"http", "https"}:
        raise CredentialError(f"oidc: discovery object of {where} doesn't contain a token_endpoint")
    return endpoint


def refresh(config: Mapping[str, str], *, in_header: bool = True) -> tuple[bytes, list[tuple[str, str]]]:
    """Body and headers of the request for a new id token.

    A client's secret goes into the header first; an issuer that does not take it there gets it in the body.
    """
    client, secret = config["client-id"], config.get("client-secret", "")
    fields = {"grant_type": "refresh_token", "refresh_token": config["refresh-token"]}
    headers = [("content-type", "application/x-www-form-urlencoded")]
    if in_header:
        pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
        headers.append(("authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"))
    else:
        fields["client_id"] = client
        if secret:
            fields["client_secret"] = secret
    return urlencode(fields).encode(), headers


def read_tokens(status: int, body: bytes) -> TokenAnswer:
    """The tokens that an issuer gave. Raises CredentialError; what the issuer says of its reasons is kept."""
    if status != 200:
        raise CredentialError(f"failed to refresh token: the issuer answered with status {status}{_reason(body)}")
    document = _object(body, "failed to refresh token: the issuer's answer cannot be read")
    token = document.get("id_token")
    if not isinstance(token, str) or not token:
        raise CredentialError(
            'token response did not contain an id_token, either the scope "openid" wasn\'t requested upon login, or the '
            "provider doesn't support id_tokens as part of the refresh response"
        )
    return TokenAnswer(token, str(document.get("refresh_token") or ""))


def _object(body: bytes, problem: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise CredentialError(f"{problem}: {error}") from None
    if not isinstance(document, dict):
        raise CredentialError(f"{problem}: it is not an object")
    return document


def _reason(body: bytes) -> str:
    """The error of RFC 6749, where the body is one."""
    try:
        document = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(document, dict):
        return ""
    told = [str(document[name]) for name in ("error", "error_description") if document.get(name)]
    return f": {': '.join(told)}" if told else ""
