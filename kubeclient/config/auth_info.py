"""The small JSON file with which programs hand credentials on. Ported from client-go tools/auth/clientauth.go."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from .rest import Config

__all__ = ["AuthFile", "load_auth_file"]


@dataclass
class AuthFile:
    """Who a client is, as such a file says it."""

    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    bearer_token: str = field(default="", repr=False)
    insecure: bool | None = None

    def merged_with(self, config: Config) -> Config:
        """A copy of a config with these credentials; what the file does not say stays."""
        merged = config.copy()
        merged.username, merged.password = self.user, self.password
        merged.tls.ca_file, merged.tls.cert_file, merged.tls.key_file = self.ca_file, self.cert_file, self.key_file
        merged.bearer_token = self.bearer_token
        if self.insecure is not None:
            merged.tls.insecure = self.insecure
        return merged

    @property
    def complete(self) -> bool:
        """Whether somebody can be told from it: by a name, a certificate or a token."""
        return bool(self.user or self.cert_file or self.bearer_token)


def load_auth_file(path: str | os.PathLike[str]) -> AuthFile:
    """Reads such a file. Raises FileNotFoundError, and ValueError naming a file that is no JSON or says odd things."""
    file = Path(path)
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueError(f'auth file "{file}": {error}') from error
    if not isinstance(document, dict):
        raise ValueError(f'auth file "{file}": must be a JSON object')  # noqa: TRY004 - what a file says is a value
    fields = {str(key).lower(): value for key, value in document.items()}

    def text(name: str) -> str:
        value = fields.get(name.lower())
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ValueError(f'auth file "{file}": {name} must be a string')  # noqa: TRY004 - as above
        return value

    insecure = fields.get("insecure")
    if insecure is not None and not isinstance(insecure, bool):
        raise ValueError(f'auth file "{file}": Insecure must be true or false')
    return AuthFile(
        text("User"),
        text("Password"),
        text("CAFile"),
        text("CertFile"),
        text("KeyFile"),
        text("BearerToken"),
        insecure,
    )
