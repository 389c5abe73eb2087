# generated from kubeclient/_async/connect.py by .ci/twin.py, do not edit
"""From a rest config to a transport over the network, with its credentials and headers."""

from __future__ import annotations

from types import ModuleType

from kubeclient.config.exec_call import exec_call
from kubeclient.config.rest import Config
from kubeclient.runtime.clock import RealClock
from kubeclient.runtime.protocol import Clock
from kubeclient.transport.editing import Edit, Editing, TokenFile, basic_auth, bearer_token, impersonate
from kubeclient.transport.exec_plugin import ExecAuthenticator, shared_authenticator
from kubeclient.transport.httpx_ import HTTPXTransport
from kubeclient.transport.protocol import Transport
from kubeclient.transport.renewing import Renewing, TLSFiles
from kubeclient.transport.tls import TLSOptions

__all__ = ["connect"]


def connect(config: Config, *, clock: Clock, module: ModuleType | None = None) -> Transport:
    """The transport that a config describes; `module` is httpx or httpx2.

    Raises ValueError for settings that exclude each other, for certificates that cannot be read, and for plugins of
    versions that are not known. A plugin is started when the first request needs it; its errors are TransportErrors.
    """
    config.check()
    given = config.tls
    options = TLSOptions(
        insecure=given.insecure,
        server_name=given.server_name,
        ca_file=given.ca_file,
        ca_data=given.ca_data,
        cert_file=given.cert_file,
        cert_data=given.cert_data,
        key_file=given.key_file,
        key_data=given.key_data,
    )

    def make(tls: TLSOptions) -> Transport:
        return HTTPXTransport(
            config.server_url(),
            tls=tls,
            proxy=config.proxy_url,
            disable_compression=config.disable_compression,
            module=module,
        )

    plugin = _plugin(config, clock)
    files = config.server_url().startswith("https:") and bool(given.cert_file or given.ca_file)
    if plugin is not None or files:
        current = TLSFiles(options, monotonic_ns=clock.monotonic_ns) if files else lambda: options
        transport: Transport = Renewing(make, current, plugin)
    else:
        transport = make(options)
    edits = _edits(config, clock)
    return Editing(transport, *edits) if edits else transport


def _plugin(config: Config, clock: Clock) -> ExecAuthenticator | None:
    """What runs the plugin of a config. Clients in real time share it with all others of the same plugin."""
    call = exec_call(config)
    if call is None:
        return None
    if isinstance(clock, RealClock):
        return shared_authenticator(call, time_ns=clock.time_ns, policy=config.exec_policy)
    return ExecAuthenticator(call, time_ns=clock.time_ns, policy=config.exec_policy)


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
