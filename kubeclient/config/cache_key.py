"""When two configs may share connections: which of their settings a connection depends on.

Ported from client-go transport/cache.go (tlsConfigKey).
"""

from __future__ import annotations

from collections.abc import Hashable

from .rest import Config

__all__ = ["transport_key"]

_TRACES = 9


def transport_key(config: Config, source: object = None) -> Hashable | None:
    """Equal for configs that may share connections; None for one that may not, as a function chooses its proxy.

    `source` gives client certificates and stands for itself. Contents of files do not matter, as files are read again.
    """
    if config.proxy is not None or config.transport is not None:
        return None
    tls = config.tls
    return (
        config.server_url(),
        tls.insecure,
        tls.ca_data or tls.ca_file,
        (tls.cert_data, tls.key_data) if tls.cert_data or tls.key_data else (tls.cert_file, tls.key_file),
        tls.server_name,
        tuple(tls.next_protos),
        config.disable_compression,
        config.proxy_url,
        config.http2,
        config.http_library,
        config.verbosity >= _TRACES,
        None if config.dial is None else id(config.dial),
        None if source is None else id(source),
    )
