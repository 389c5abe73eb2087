"""What clients, queues, controllers and electors tell, as Prometheus metrics under the names that Kubernetes' programs use.

Needs the `prometheus` extra. Names, labels and buckets are those of k8s.io/component-base metrics/prometheus/{restclient,
workqueue,clientgo/leaderelection} v0.36.3, with one difference: durations are labelled with paths, not hosts, as RequestMetrics
tells them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kubeclient.apimachinery.extras import extra

from .certificate_metrics import CertificateMetrics
from .controller import ControllerMetrics
from .leader_election import LeaderElectionMetrics
from .metrics import RequestMetrics
from .work_queue_metrics import WorkQueueMetrics

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["PrometheusMetrics"]

_DURATIONS = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_SIZES = (64, 256, 512, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216)
_QUEUES = (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0)
_ROTATIONS = (600, 1800, 3600, 14400, 86400, 604800, 2592000, 7776000, 15552000, 31104000, 124416000)


class PrometheusMetrics(RequestMetrics, WorkQueueMetrics, LeaderElectionMetrics, ControllerMetrics, CertificateMetrics):
    """All hooks of this package in one object, which is handed to clients, queues, controllers and electors.

        metrics = PrometheusMetrics()
        client = Clientset.from_config(replace(config, metrics=metrics))

    Args:
        registry: where the metrics are registered; None: prometheus_client's own.

    Raises:
        MissingExtra: prometheus-client is not installed.
        ValueError: the registry has such metrics already: one object does for a whole program.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        with extra("prometheus"):
            import prometheus_client as prometheus
        chosen = prometheus.REGISTRY if registry is None else registry
        self._prometheus = prometheus
        self._registry = chosen

        def counter(name: str, text: str, *labels: str) -> Any:
            return prometheus.Counter(name, text, labels, registry=chosen)

        def gauge(name: str, text: str, *labels: str) -> Any:
            return prometheus.Gauge(name, text, labels, registry=chosen)

        def histogram(name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Any:
            return prometheus.Histogram(name, text, labels, buckets=buckets, registry=chosen)

        def time(name: str, text: str, *labels: str) -> Any:
            return histogram(f"rest_client_{name}_duration_seconds", text, _DURATIONS, *labels)

        self._duration = time("request", "Seconds that requests took.", "verb", "path")
        self._limited = time("rate_limiter", "Seconds that requests waited for their turn.", "verb", "path")
        self._resolved = time("dns_resolution", "Seconds that looking up names took.", "host")
        self._sent = histogram("rest_client_request_size_bytes", "Bytes of bodies that were sent.", _SIZES, "verb")
        self._received = histogram("rest_client_response_size_bytes", "Bytes of bodies that came.", _SIZES, "verb")
        self._results = counter("rest_client_requests_total", "Requests by their result.", "code", "method", "host")
        self._retries = counter("rest_client_request_retries_total", "Requests sent again.", "code", "verb")
        self._plugins = counter("rest_client_exec_plugin_call_total", "Calls of plugins.", "code", "call_status")
        self._policies = counter("rest_client_exec_plugin_policy_call_total", "Decisions about plugins.", "call_status")
        self._expiry = gauge("rest_client_exec_plugin_expiry_seconds", "The earliest end of a certificate, Unix time.")
        self._age = histogram(
            "rest_client_exec_plugin_certificate_rotation_age", "Seconds a certificate was used.", _ROTATIONS
        )
        self._transports = counter("rest_client_transport_create_calls_total", "Transports looked for.", "result")
        self._authorities = counter("rest_client_transport_ca_reload_total", "Looks at files of authorities.", "result")
        self._depth = gauge("workqueue_depth", "Items that need work.", "name")
        self._adds = counter("workqueue_adds_total", "Items added.", "name")
        self._waits = histogram("workqueue_queue_duration_seconds", "Seconds items waited.", _QUEUES, "name")
        self._works = histogram("workqueue_work_duration_seconds", "Seconds work took.", _QUEUES, "name")
        self._unfinished = gauge("workqueue_unfinished_work_seconds", "Seconds of work that is being done.", "name")
        self._longest = gauge("workqueue_longest_running_processor_seconds", "Seconds of the longest work.", "name")
        self._requeues = counter("workqueue_retries_total", "Items added for later.", "name")
        self._leaders = gauge("leader_election_master_status", "1 while this program leads.", "name")
        self._slow = counter("leader_election_slowpath_total", "Renewals that had to read first.", "name")
        self._reconciled = counter("controller_reconcile_total", "Reconciliations.", "controller", "result")
        self._reconcile = histogram(
            "controller_reconcile_time_seconds", "Seconds a reconciliation took.", _DURATIONS, "controller"
        )
        self._lives = histogram("certificate_manager_rotation_seconds", "Seconds a certificate was used.", _ROTATIONS)
        self._renewals = counter("certificate_manager_renew_errors_total", "Certificates that did not come.")

    def request(self, verb: str, path: str, code: int, seconds: float) -> None:  # noqa: ARG002  results are counted apart
        self._duration.labels(verb, path).observe(seconds)

    def retry(self, verb: str, code: int) -> None:
        self._retries.labels(str(code), verb).inc()

    def rate_limiter_latency(self, verb: str, path: str, seconds: float) -> None:
        self._limited.labels(verb, path).observe(seconds)

    def size(self, verb: str, sent: int, received: int) -> None:
        self._sent.labels(verb).observe(sent)
        self._received.labels(verb).observe(received)

    def result(self, code: str, verb: str, host: str) -> None:
        self._results.labels(code, verb, host).inc()

    def resolver_latency(self, host: str, seconds: float) -> None:
        self._resolved.labels(host).observe(seconds)

    def exec_plugin_call(self, code: int, status: str) -> None:
        self._plugins.labels(str(code), status).inc()

    def exec_plugin_policy(self, status: str) -> None:
        self._policies.labels(status).inc()

    def certificate_expiry(self, expires_ns: int | None) -> None:
        self._expiry.set(float("inf") if expires_ns is None else expires_ns * 1e-9)

    def certificate_rotation(self, age_seconds: float) -> None:
        self._age.observe(age_seconds)

    def transport_cache(self, result: str) -> None:
        self._transports.labels(result).inc()

    def ca_reload(self, result: str) -> None:
        self._authorities.labels(result).inc()

    def opened(self, name: str, unfinished: Callable[[], tuple[float, float]]) -> None:
        self._unfinished.labels(name).set_function(lambda: unfinished()[0])
        self._longest.labels(name).set_function(lambda: unfinished()[1])

    def added(self, name: str) -> None:
        self._adds.labels(name).inc()

    def depth(self, name: str, items: int) -> None:
        self._depth.labels(name).set(items)

    def waited(self, name: str, seconds: float) -> None:
        self._waits.labels(name).observe(seconds)

    def worked(self, name: str, seconds: float) -> None:
        self._works.labels(name).observe(seconds)

    def retried(self, name: str) -> None:
        self._requeues.labels(name).inc()

    def leader_on(self, name: str) -> None:
        self._leaders.labels(name).set(1)

    def leader_off(self, name: str) -> None:
        self._leaders.labels(name).set(0)

    def slow_path(self, name: str) -> None:
        self._slow.labels(name).inc()

    def reconciled(self, controller: str, result: str, seconds: float) -> None:
        self._reconciled.labels(controller, result).inc()
        self._reconcile.labels(controller).observe(seconds)

    def rotated(self, seconds: float) -> None:
        self._lives.observe(seconds)

    def renew_failed(self) -> None:
        self._renewals.inc()

    def text(self) -> bytes:
        """All metrics of the registry, as Prometheus reads them."""
        return self._prometheus.generate_latest(self._registry)
