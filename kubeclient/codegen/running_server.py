"""Asks a running server what it serves, and reads that. The only part of this package that talks to anybody."""

from __future__ import annotations

from collections.abc import Sequence

from kubeclient._sync.client import ClientBase
from kubeclient.api.kinds import KINDS
from kubeclient.apimachinery.errors import StatusError
from kubeclient.config.loading import load_client_config
from kubeclient.config.rest import Config, TLSClientConfig
from kubeclient.transport.protocol import TransportError

from .inputs import read_text
from .source import CodegenError, Resource

__all__ = ["config_of", "read_server"]

_SERVER = "the server's OpenAPI"


def config_of(
    server: str | None, kubeconfig: str | None, context: str | None, *, token: str = "", insecure: bool = False
) -> Config:
    """Where to ask: a URL, or what a kubeconfig says. Raises CodegenError where that cannot be read."""
    if server:
        return Config(server, bearer_token=token, tls=TLSClientConfig(insecure=insecure))
    try:
        return load_client_config(kubeconfig or None, context=context).config
    except (OSError, ValueError) as error:
        raise CodegenError(f"--kubeconfig: {error}") from error


def read_server(config: Config, groups: Sequence[str]) -> list[Resource]:
    """The resources that a server has: those of the given groups or group versions, or all that are not Kubernetes' own.

    Raises:
        CodegenError: the server cannot be asked, or has none.
    """
    builtin = {api_version.rpartition("/")[0] for api_version, _, _ in KINDS}
    builtin |= {"apiextensions.k8s.io", "apiregistration.k8s.io", "internal.apiserver.k8s.io"}
    found: list[Resource] = []
    try:
        with ClientBase.from_config(config) as client:
            documents = client.discovery.open_api_v3()
            for path in sorted(documents.paths()):
                group, _, version = path.removeprefix("apis/").partition("/")
                if not path.startswith("apis/") or not version:
                    continue
                if group in groups or f"{group}/{version}" in groups or (not groups and group not in builtin):
                    text = documents.schema(path).decode()
                    found += read_text(text, source=_SERVER, where=f"{_SERVER}, {path}")
    except (StatusError, TransportError, ValueError) as error:
        raise CodegenError(f"{config.host}: {error}") from error
    if not found:
        asked = ", ".join(groups) or "no groups but Kubernetes' own"
        raise CodegenError(f"{config.host}: serves {'nothing of ' if groups else ''}{asked}")
    return found
