# generated from kubeclient/_async/connect.py by .ci/twin.py, do not edit
"""From a rest config to a transport over the network, with its credentials and headers."""

from __future__ import annotations

from types import ModuleType

from kubeclient.config.rest import Config
from kubeclient.runtime.protocol import Clock
from kubeclient.transport.editing import Edit, Editing, TokenFile, basic_auth, bearer_token, impersonate
from kubeclient.transport.httpx_ import HTTPXTransport
from kubeclient.transport.protocol import Transport
from kubeclient.transport.tls import TLSOptions

__all__ = ["connect"]


def connect(config: Config, *, clock: Clock, module: ModuleType | None = None) -> Transport:
    """The transport that a config describes; `module` is httpx or httpx2.

    Raises ValueError for settings that exclude each other, for certificates that cannot be read, and for exec plugins,
    which are not run yet.
    """
    config.check()
    if config.exec_provider is not None:
        raise ValueError(
            f'the exec plugin "{config.exec_provider.command}" is not run by this version of kubeclient: '
            "put the token it gives into bearer_token or a bearer_token_file"
        )
    tls = config.tls
    transport = HTTPXTransport(
        config.server_url(),
        tls=TLSOptions(
            insecure=tls.insecure,
            server_name=tls.server_name,
            ca_file=tls.ca_file,
            ca_data=tls.ca_data,
            cert_file=tls.cert_file,
            cert_data=tls.cert_data,
            key_file=tls.key_file,
            key_data=tls.key_data,
        ),
        proxy=config.proxy_url,
        disable_compression=config.disable_compression,
        module=module,
    )
    edits = _edits(config, clock)
    return Editing(transport, *edits) if edits else transport


def _edits(config: Config, clock: Clock) -> list[Edit]:
    edits: list[Edit] = []
    someone = config.impersonate
    if someone:
        edits.append(impersonate(someone.user_name, uid=someone.uid, groups=someone.groups, extra=someone.extra))
    if config.bearer_token_file:
        source = TokenFile(config.bearer_token_file, monotonic_ns=clock.monotonic_ns, fallback=config.bearer_token)
        edits.append(bearer_token(source))
    elif config.bearer_token:
        edits.append(bearer_token(config.bearer_token))
    elif config.username or config.password:
        edits.append(basic_auth(config.username, config.password))
    return edits
