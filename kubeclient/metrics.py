"""client-go's tools/metrics: hooks that clients, queues, controllers and electors call, and their adapter for Prometheus."""

from __future__ import annotations

from .machines.certificate_metrics import CertificateMetrics
from .machines.controller import ControllerMetrics
from .machines.leader_election import LeaderElectionMetrics
from .machines.metrics import RequestMetrics
from .machines.prometheus import PrometheusMetrics
from .machines.work_queue_metrics import WorkQueueMetrics

__all__ = [
    "CertificateMetrics",
    "ControllerMetrics",
    "LeaderElectionMetrics",
    "PrometheusMetrics",
    "RequestMetrics",
    "WorkQueueMetrics",
]
