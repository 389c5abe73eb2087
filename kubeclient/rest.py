"""client-go's `rest`: the configuration of a client and the client of paths and bytes."""

from __future__ import annotations

from kubeclient._async.connect import connect as async_connect
from kubeclient._async.rest_client import AsyncRESTClient
from kubeclient._async.watch import AsyncWatch
from kubeclient._sync.connect import connect
from kubeclient._sync.rest_client import RESTClient
from kubeclient._sync.watch import Watch
from kubeclient.config.in_cluster import NotInClusterError, in_cluster_config
from kubeclient.config.rest import Config, Impersonation, TLSClientConfig
from kubeclient.config.user_agent import this_user_agent
from kubeclient.machines.exec_credential import PluginPolicy
from kubeclient.machines.metrics import RequestMetrics
from kubeclient.machines.response import WarningHeader
from kubeclient.machines.url_backoff import URLBackoff
from kubeclient.machines.warnings import WarningWriter, log_warning, no_warnings
from kubeclient.transport.protocol import ConnectFailed, ConnectionLost, TimedOut, TransportError

__all__ = [
    "AsyncRESTClient",
    "AsyncWatch",
    "Config",
    "ConnectFailed",
    "ConnectionLost",
    "Impersonation",
    "NotInClusterError",
    "PluginPolicy",
    "RESTClient",
    "RequestMetrics",
    "TLSClientConfig",
    "TimedOut",
    "TransportError",
    "URLBackoff",
    "WarningHeader",
    "WarningWriter",
    "Watch",
    "async_connect",
    "connect",
    "in_cluster_config",
    "log_warning",
    "no_warnings",
    "this_user_agent",
]
