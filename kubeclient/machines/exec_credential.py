"""Credentials that another program gives: what it is told, how its answer is read, whether it may be started at all.

Pure values in, pure values out: nothing here starts a program or knows what time it is. Ported from client-go
plugin/pkg/client/auth/exec.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kubeclient.apimachinery.times import Time

__all__ = [
    "API_VERSIONS",
    "Credential",
    "CredentialError",
    "PluginCall",
    "PluginPolicy",
    "exec_info",
    "install_help",
    "read_credential",
    "wants_terminal",
]

API_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_INFO = "KUBERNETES_EXEC_INFO"


class CredentialError(ValueError):
    """A credential plugin cannot be used, or gave no credential."""


@dataclass(frozen=True, slots=True)
class PluginCall:
    """A plugin as it is started; two that are equal give the same credentials.

    `cluster` is the JSON of what it is told of the cluster, empty for nothing.
    """

    command: str
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    api_version: str = API_VERSIONS[0]
    install_hint: str = ""
    interactive_mode: str = "IfAvailable"
    cluster: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.api_version not in API_VERSIONS:
            raise CredentialError(f'exec plugin: invalid apiVersion "{self.api_version}"')


@dataclass(frozen=True, slots=True)
class Credential:
    """What a plugin gave. `expires_ns` is in nanoseconds since 1970; None: until the server refuses it."""

    token: str = field(default="", repr=False)
    cert: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)
    expires_ns: int | None = None


@dataclass(frozen=True, slots=True)
class PluginPolicy:
    """Which plugins may be started: all of them ("", "AllowAll"), none ("DenyAll"), or those that `allowlist` names.

    An entry of the list is the name of a command or the whole path of a program.
    """

    kind: str = ""
    allowlist: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises CredentialError for a policy that contradicts itself."""
        if self.kind not in {"", "AllowAll", "DenyAll", "Allowlist"}:
            raise CredentialError(f'unrecognized plugin policy: "{self.kind}"')
        if self.kind == "Allowlist" and not self.allowlist:
            raise CredentialError("misconfigured credential plugin allowlist: empty, use the policy DenyAll instead")
        if self.kind != "Allowlist" and self.allowlist:
            raise CredentialError(f'misconfigured credential plugin allowlist: plugin policy is "{self.kind}"')
        for entry in self.allowlist:
            if not entry:
                raise CredentialError("misconfigured credential plugin allowlist: empty entry")
            parts = entry.split("/")
            if "." in parts or ".." in parts or "" in parts[1:]:
                raise CredentialError(f'misconfigured credential plugin allowlist: "{entry}" is not a clean path')

    def allows(self, names: Sequence[str]) -> bool:
        """Whether a program may be started that goes by these names: its command, the path that this leads to."""
        if self.kind == "Allowlist":
            return any(name in self.allowlist for name in names)
        return self.kind != "DenyAll"


def wants_terminal(mode: str, *, terminal: bool, unavailable: bool = False, message: str = "") -> bool:
    """Whether the plugin gets the standard input. Raises CredentialError when it needs what is not there."""
    if mode == "Never":
        return False
    if mode == "IfAvailable":
        return terminal and not unavailable
    if mode != "Always":
        raise CredentialError(f'exec plugin cannot support interactive mode: unknown interactiveMode: "{mode}"')
    if not terminal:
        raise CredentialError("exec plugin cannot support interactive mode: standard input is not a terminal")
    if unavailable:
        because = f": {message}" if message else ""
        raise CredentialError(f"exec plugin cannot support interactive mode: standard input is unavailable{because}")
    return True


def exec_info(call: PluginCall, *, interactive: bool) -> tuple[str, str]:
    """The variable by which a plugin is told what is asked of it: its name and its value."""
    spec: dict[str, Any] = {"interactive": interactive}
    if call.cluster:
        spec["cluster"] = json.loads(call.cluster)
    document = {"kind": "ExecCredential", "apiVersion": call.api_version, "spec": spec}
    return _INFO, json.dumps(document, separators=(",", ":"))


def read_credential(output: bytes, api_version: str) -> Credential:
    """What a plugin printed. Raises CredentialError, with client-go's texts, for what is no credential."""
    try:
        document = json.loads(output)
    except ValueError as error:
        raise CredentialError(f"decoding stdout: {error}") from error
    if not isinstance(document, dict) or document.get("kind") != "ExecCredential":
        raise CredentialError("decoding stdout: not an ExecCredential")
    if document.get("apiVersion") != api_version:
        raise CredentialError(
            f"exec plugin is configured to use API version {api_version}, "
            f"plugin returned version {document.get('apiVersion')}"
        )
    status = document.get("status")
    if not isinstance(status, dict):
        raise CredentialError("exec plugin didn't return a status field")
    token, cert, key = (str(status.get(name) or "") for name in ("token", "clientCertificateData", "clientKeyData"))
    if not token and not cert and not key:
        raise CredentialError("exec plugin didn't return a token or cert/key pair")
    if bool(cert) != bool(key):
        raise CredentialError("exec plugin returned only certificate or key, not both")
    return Credential(token, cert.encode(), key.encode(), _expiry(status.get("expirationTimestamp")))


def _expiry(text: object) -> int | None:
    if not text:
        return None
    try:
        moment = Time.parse(str(text))
    except ValueError as error:
        raise CredentialError(f"decoding stdout: expirationTimestamp: {error}") from error
    return moment.unix * 1_000_000_000


_SPACES = "\t\n\v\f\r"


def install_help(hint: str) -> str:
    """What is said when the program is not there: the hint of the kubeconfig, in which nothing can move the cursor."""
    safe = "".join(
        one if one in "\t\n\v\f\r" or unicodedata.category(one)[0] in "LMNPSZ" else f"U+{ord(one):04X}" for one in hint
    )
    help = "This credential plugin of the kubeconfig is not installed, or not in PATH."
    return f"\n\n{help}\n\n{safe}" if safe else f"\n\n{help}"
