"""Metrics for Prometheus, under the names that Kubernetes' programs use."""

from __future__ import annotations

import sys

import pytest
from prometheus_client import CollectorRegistry

from kubeclient import Clientset
from kubeclient.metrics import PrometheusMetrics
from kubeclient.runtime.current import current_runtime
from kubeclient.workqueue import RateLimitingQueue, WorkQueue
from kubefake import Cluster

pytestmark = pytest.mark.parity("MET-01")


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def value(registry: CollectorRegistry, metric: str, /, **labels: str) -> float | None:
    found: float | None = registry.get_sample_value(metric, labels)
    return found


def test_a_clients_requests_are_counted_and_timed(registry: CollectorRegistry) -> None:
    metrics = PrometheusMetrics(registry)
    runtime = current_runtime()
    client = Clientset(Cluster().transport(runtime=runtime), runtime=runtime, metrics=metrics)

    client.core_v1.pods("default").list()

    path = "/api/v1/namespaces/{namespace}/pods"
    assert value(registry, "rest_client_requests_total", code="200", method="GET", host="") == 1
    assert value(registry, "rest_client_request_duration_seconds_count", verb="GET", path=path) == 1
    assert value(registry, "rest_client_response_size_bytes_count", verb="GET") == 1


def test_what_happens_below_requests_is_told(registry: CollectorRegistry) -> None:
    metrics = PrometheusMetrics(registry)

    metrics.retry("GET", 503)
    metrics.rate_limiter_latency("GET", "/api", 0.2)
    metrics.resolver_latency("host", 0.2)
    metrics.exec_plugin_call(1, "plugin_execution_error")
    metrics.exec_plugin_policy("denied")
    metrics.certificate_expiry(5_000_000_000)
    metrics.certificate_rotation(3600)
    metrics.transport_cache("hit")
    metrics.ca_reload("success")

    assert value(registry, "rest_client_request_retries_total", code="503", verb="GET") == 1
    assert value(registry, "rest_client_rate_limiter_duration_seconds_sum", verb="GET", path="/api") == 0.2
    assert value(registry, "rest_client_dns_resolution_duration_seconds_count", host="host") == 1
    assert value(registry, "rest_client_exec_plugin_call_total", code="1", call_status="plugin_execution_error") == 1
    assert value(registry, "rest_client_exec_plugin_policy_call_total", call_status="denied") == 1
    assert value(registry, "rest_client_exec_plugin_expiry_seconds") == 5
    assert value(registry, "rest_client_exec_plugin_certificate_rotation_age_sum") == 3600
    assert value(registry, "rest_client_transport_create_calls_total", result="hit") == 1
    assert value(registry, "rest_client_transport_ca_reload_total", result="success") == 1


def test_no_certificate_ends_never(registry: CollectorRegistry) -> None:
    metrics = PrometheusMetrics(registry)

    metrics.certificate_expiry(None)

    assert value(registry, "rest_client_exec_plugin_expiry_seconds") == float("inf")


def test_a_named_queue_is_measured(registry: CollectorRegistry) -> None:
    queue: WorkQueue[str] = WorkQueue(name="q", metrics=PrometheusMetrics(registry))
    queue.add("a")
    queue.add("b")
    item = queue.get()

    assert value(registry, "workqueue_depth", name="q") == 1
    assert value(registry, "workqueue_adds_total", name="q") == 2
    unfinished = value(registry, "workqueue_unfinished_work_seconds", name="q")
    assert unfinished is not None
    assert unfinished > 0
    queue.done(item)
    assert value(registry, "workqueue_unfinished_work_seconds", name="q") == 0
    assert value(registry, "workqueue_longest_running_processor_seconds", name="q") == 0
    assert value(registry, "workqueue_queue_duration_seconds_count", name="q") == 1
    assert value(registry, "workqueue_work_duration_seconds_count", name="q") == 1


def test_retries_of_a_queue_are_counted(registry: CollectorRegistry) -> None:
    queue: RateLimitingQueue[str] = RateLimitingQueue(name="q", metrics=PrometheusMetrics(registry))

    queue.add_rate_limited("a")

    assert value(registry, "workqueue_retries_total", name="q") == 1


def test_electors_controllers_and_certificates_are_measured(registry: CollectorRegistry) -> None:
    metrics = PrometheusMetrics(registry)

    metrics.leader_on("job")
    assert value(registry, "leader_election_master_status", name="job") == 1
    metrics.leader_off("job")
    metrics.slow_path("job")
    metrics.reconciled("web", "error", 0.1)
    metrics.rotated(60)
    metrics.renew_failed()

    assert value(registry, "leader_election_master_status", name="job") == 0
    assert value(registry, "leader_election_slowpath_total", name="job") == 1
    assert value(registry, "controller_reconcile_total", controller="web", result="error") == 1
    assert value(registry, "controller_reconcile_time_seconds_count", controller="web") == 1
    assert value(registry, "certificate_manager_rotation_seconds_count") == 1
    assert value(registry, "certificate_manager_renew_errors_total") == 1


def test_the_metrics_are_read_as_text(registry: CollectorRegistry) -> None:
    metrics = PrometheusMetrics(registry)
    metrics.leader_on("job")

    assert b'leader_election_master_status{name="job"} 1.0\n' in metrics.text()


def test_a_registry_takes_one_set_of_metrics(registry: CollectorRegistry) -> None:
    PrometheusMetrics(registry)

    with pytest.raises(ValueError, match="Duplicated timeseries"):
        PrometheusMetrics(registry)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    with pytest.raises(ImportError, match=r"kubefake\[prometheus\]"):
        PrometheusMetrics()
