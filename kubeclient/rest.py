"""client-go's `rest`: the configuration of a client and the client of paths and bytes."""

from __future__ import annotations

from kubeclient._async.connect import connect as async_connect
from kubeclient._async.request import AsyncRequestBuilder
from kubeclient._async.rest_client import AsyncRESTClient
from kubeclient._async.watch import AsyncWatch
from kubeclient._sync.connect import connect
from kubeclient._sync.request import RequestBuilder
from kubeclient._sync.rest_client import RESTClient
from kubeclient._sync.watch import Watch
from kubeclient.config.auth_info import AuthFile, load_auth_file
from kubeclient.config.exec_call import config_to_exec_cluster, exec_cluster_to_config, load_exec_credential_from_env
from kubeclient.config.in_cluster import NotInClusterError, in_cluster_config
from kubeclient.config.rest import AuthProviderConfig, Config, Impersonation, TLSClientConfig
from kubeclient.config.urls import (
    add_user_agent,
    default_server_url,
    default_versioned_api_path,
    is_config_transport_tls,
    load_tls_files,
    set_kubernetes_defaults,
)
from kubeclient.config.user_agent import this_user_agent
from kubeclient.machines.exec_credential import PluginPolicy
from kubeclient.machines.metrics import RequestMetrics
from kubeclient.machines.rate_limiter import RateLimiter, TokenBucket
from kubeclient.machines.response import WarningHeader
from kubeclient.machines.result import Result
from kubeclient.machines.retry import RetryPolicy
from kubeclient.machines.url_backoff import URLBackoff
from kubeclient.machines.warnings import WarningWriter, log_warning, no_warnings
from kubeclient.runtime.warnings import default_warning_handler, set_default_warning_handler
from kubeclient.transport._async.wrapping import AsyncWrapper
from kubeclient.transport._sync.wrapping import Wrapper
from kubeclient.transport.caching import TransportCache
from kubeclient.transport.protocol import BodyLost, ConnectFailed, ConnectionLost, TimedOut, TransportError
from kubeclient.transport.providers import register_auth_provider

__all__ = [
    "AsyncRESTClient",
    "AsyncRequestBuilder",
    "AsyncWatch",
    "AsyncWrapper",
    "AuthFile",
    "AuthProviderConfig",
    "BodyLost",
    "Config",
    "ConnectFailed",
    "ConnectionLost",
    "Impersonation",
    "NotInClusterError",
    "PluginPolicy",
    "RESTClient",
    "RateLimiter",
    "RequestBuilder",
    "RequestMetrics",
    "Result",
    "RetryPolicy",
    "TLSClientConfig",
    "TimedOut",
    "TokenBucket",
    "TransportCache",
    "TransportError",
    "URLBackoff",
    "WarningHeader",
    "WarningWriter",
    "Watch",
    "Wrapper",
    "add_user_agent",
    "async_connect",
    "config_to_exec_cluster",
    "connect",
    "default_server_url",
    "default_versioned_api_path",
    "default_warning_handler",
    "exec_cluster_to_config",
    "in_cluster_config",
    "is_config_transport_tls",
    "load_auth_file",
    "load_exec_credential_from_env",
    "load_tls_files",
    "log_warning",
    "no_warnings",
    "register_auth_provider",
    "set_default_warning_handler",
    "set_kubernetes_defaults",
    "this_user_agent",
]
