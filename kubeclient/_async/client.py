"""What a clientset is besides its groups: where it comes from, what it shares, how it ends.

async with AsyncClientset.from_kubeconfig() as client:
    pod = await client.core_v1.pods("default").get("web")
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from kubeclient.api.descriptor import TypedResource
from kubeclient.machines.codec import ResourceType
from kubeclient.machines.metrics import RequestMetrics
from kubeclient.machines.rate_limiter import RateLimiter, TokenBucket
from kubeclient.machines.response import WarningHeader
from kubeclient.machines.retry import DEFAULT_MAX_RETRIES, RetryPolicy
from kubeclient.machines.url_backoff import URLBackoff
from kubeclient.runtime.protocol import AsyncRuntime
from kubeclient.transport.protocol import AsyncTransport

from .resource import AsyncStatusClient
from .rest_client import AsyncRESTClient

if TYPE_CHECKING:
    from kubeclient.config.rest import Config

    from .discovery import AsyncDiscoveryClient
    from .dynamic import AsyncDynamicClient

__all__ = ["AsyncClientBase"]


@cache
def _typed(resource: TypedResource) -> ResourceType[Any, Any]:
    """The codec of a resource, shared by all clients that are made from its descriptor."""
    return ResourceType(
        resource.group,
        resource.version,
        resource.plural,
        resource.kind,
        namespaced=resource.namespaced,
        type_=resource.model,
        list_type=resource.list_model,
    )


class AsyncClientBase:
    """A client over a transport, with one REST client that all groups share.

    Args:
        transport: carries the requests: the network's, kubefake's, or any other.
        runtime: clock and waiting for this client and for what is made from it (informers, queues, elections); by
            default the one of the context.
        namespace: what `client.namespace` says; it is never filled in where a call leaves a namespace out.
        qps, burst: at most so many requests a second, after a burst; None: no limit on this side.
        rate_limiter: beats both; may be shared with other clients.
        user_agent, max_retries, timeout, field_manager, content_type, on_warning, backoff, metrics, retry_policy: see AsyncRESTClient.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        *,
        runtime: AsyncRuntime | None = None,
        namespace: str = "default",
        user_agent: str = "",
        qps: float | None = None,
        burst: int = 10,
        max_retries: int = DEFAULT_MAX_RETRIES,
        timeout: float | None = None,
        field_manager: str = "",
        content_type: str = "",
        on_warning: Callable[[WarningHeader], None] | None = None,
        backoff: URLBackoff | None = None,
        metrics: RequestMetrics | None = None,
        rate_limiter: RateLimiter | None = None,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self.namespace = namespace
        limiter = rate_limiter
        if limiter is None and qps is not None:
            limiter = TokenBucket(qps, burst)
        self.rest_client = AsyncRESTClient(
            transport,
            runtime=runtime,
            user_agent=user_agent,
            rate_limiter=limiter,
            max_retries=max_retries,
            timeout=timeout,
            field_manager=field_manager,
            content_type=content_type,
            on_warning=on_warning,
            backoff=backoff,
            metrics=metrics,
            retry_policy=retry_policy,
        )

    @classmethod
    def from_rest_client(cls, rest_client: AsyncRESTClient, *, namespace: str = "default") -> Self:
        """A client over the connection, the limits and the rules of a REST client."""
        made = cls(rest_client.transport, runtime=rest_client.runtime, namespace=namespace)
        made.rest_client = rest_client
        return made

    @classmethod
    def of(cls, other: AsyncClientBase) -> Self:
        """A client of other groups over the connection of another one; closing either closes it."""
        return cls.from_rest_client(other.rest_client, namespace=other.namespace)

    @classmethod
    def from_config(
        cls,
        config: Config,
        *,
        runtime: AsyncRuntime | None = None,
        namespace: str = "default",
        transport: AsyncTransport | None = None,
    ) -> Self:
        """A client over the network, from a rest config. Raises ValueError for what is not usable in it.

        A config without a user agent gets this program's. With `transport`, requests go by it, and what the config says of
        connections and credentials is not looked at.
        """
        from kubeclient.config.urls import set_kubernetes_defaults

        from .connect import connect_client

        if not config.host:
            raise ValueError("host must be a URL or a host:port pair")
        rest_client = connect_client(
            AsyncRESTClient, set_kubernetes_defaults(config), runtime=runtime, unversioned=True, transport=transport
        )
        return cls.from_rest_client(rest_client, namespace=namespace)

    @classmethod
    def from_kubeconfig(
        cls,
        path: str | PathLike[str] | None = None,
        *,
        context: str | None = None,
        runtime: AsyncRuntime | None = None,
    ) -> Self:
        """A client of the cluster that a kubeconfig names: the given file, or those of KUBECONFIG, or ~/.kube/config."""
        from kubeclient.config.loading import load_client_config

        loaded = load_client_config(path, context=context)
        return cls.from_config(loaded.config, runtime=runtime, namespace=loaded.namespace)

    @classmethod
    def in_cluster(cls, *, runtime: AsyncRuntime | None = None) -> Self:
        """A client of the cluster that this process runs in, as its service account. Raises NotInClusterError."""
        from kubeclient.config.in_cluster import in_cluster_config, in_cluster_namespace

        return cls.from_config(in_cluster_config(), runtime=runtime, namespace=in_cluster_namespace())

    @property
    def runtime(self) -> AsyncRuntime:
        """The clock and the waiting that whatever is made from this client inherits."""
        return self.rest_client.runtime

    @property
    def dynamic(self) -> AsyncDynamicClient:
        """A client without types over the same connection."""
        from .dynamic import AsyncDynamicClient

        return AsyncDynamicClient(self.rest_client)

    @property
    def discovery(self) -> AsyncDiscoveryClient:
        """A client that asks what the server serves, over the same connection."""
        from .discovery import AsyncDiscoveryClient

        return AsyncDiscoveryClient(self.rest_client)

    def resource(self, resource: TypedResource, namespace: str = "") -> AsyncStatusClient[Any, Any]:
        """The typed client of a resource that is known by its descriptor; for code that works on any kind."""
        return AsyncStatusClient(self.rest_client, _typed(resource), namespace)

    async def aclose(self) -> None:
        """Closes the transport; whatever was made from this client fails after it."""
        await self.rest_client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over {self.rest_client.transport!r}>"
