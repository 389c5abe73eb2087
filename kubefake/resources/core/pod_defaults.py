"""What decoding fills into pods and the templates of pods.

Follows pkg/apis/core/v1/{defaults,conversion,zz_generated.defaults}.go. This is on the path of every write of a pod and of
every workload: plain loops, no copies.
"""

from __future__ import annotations

from typing import Any

from kubefake.resources.core.images import pull_policy
from kubefake.resources.core.quantities import pod_limits, pod_requests, quantity, round_list
from kubefake.resources.core.volume_defaults import default_volumes

__all__ = ["default_pod", "default_pod_spec", "default_template"]

Spec = dict[str, Any]

_POD_LEVEL = frozenset({"cpu", "memory"})
_HUGE_PAGES = "hugepages-"
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def default_pod(obj: Spec, version: str = "v1") -> None:  # noqa: ARG001
    """Fills a pod (SetDefaults_Pod after those of its parts)."""
    spec = obj["spec"]
    default_pod_spec(spec)
    for key in ("containers", "initContainers"):
        for container in spec.get(key) or ():
            resources = container["resources"]
            limits = resources.get("limits")
            if limits:
                requests = resources.setdefault("requests", {})
                for name, value in limits.items():
                    requests.setdefault(name, value)
    if spec.get("resources"):
        _pod_level(spec)
    spec.setdefault("enableServiceLinks", True)
    if spec.get("hostNetwork"):
        _host_ports(spec)


def default_template(template: Spec) -> None:
    """Fills a template of pods."""
    spec = template.get("spec")
    if spec is None:
        spec = template["spec"] = {"containers": None}
    default_pod_spec(spec)


def default_pod_spec(spec: Spec) -> None:
    """Fills what pods and templates have in common."""
    volumes = spec.get("volumes")
    if volumes:
        default_volumes(volumes)
    for container in spec.get("containers") or ():
        _container(container)
    for container in spec.get("initContainers") or ():
        _container(container)
    for container in spec.get("ephemeralContainers") or ():
        _container(container)
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")
    if spec.get("overhead"):
        round_list(spec["overhead"])
    resources = spec.get("resources")
    if resources:
        for key in ("limits", "requests"):
            if resources.get(key):
                round_list(resources[key])


def _container(container: Spec) -> None:
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
    for variable in container.get("env") or ():
        source = variable.get("valueFrom")
        if source is not None:
            _variable_source(source)
    resources = container.get("resources")
    if resources:
        for key in ("limits", "requests"):
            if resources.get(key):
                round_list(resources[key])
    elif resources is None:
        container["resources"] = {}
    for key in _PROBES:
        probe = container.get(key)
        if probe is not None:
            _probe(probe)
    lifecycle = container.get("lifecycle")
    if lifecycle is not None:
        for key in ("postStart", "preStop"):
            handler = lifecycle.get(key)
            if handler is not None and handler.get("httpGet") is not None:
                _http_get(handler["httpGet"])
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    if "imagePullPolicy" not in container:
        container["imagePullPolicy"] = pull_policy(container.get("image", ""))


def _variable_source(source: Spec) -> None:
    reference = source.get("fieldRef")
    if reference is not None:
        reference.setdefault("apiVersion", "v1")
    if source.get("fileKeyRef") is not None:
        source["fileKeyRef"].setdefault("optional", False)
    reference = source.get("resourceFieldRef")
    if reference is not None:
        reference.setdefault("divisor", "0")


def _probe(probe: Spec) -> None:
    if probe.get("httpGet") is not None:
        _http_get(probe["httpGet"])
    if probe.get("grpc") is not None:
        probe["grpc"].setdefault("service", "")
    probe.setdefault("timeoutSeconds", 1)
    probe.setdefault("periodSeconds", 10)
    probe.setdefault("successThreshold", 1)
    probe.setdefault("failureThreshold", 3)


def _http_get(action: Spec) -> None:
    action.setdefault("path", "/")
    action.setdefault("scheme", "HTTP")


def _host_ports(spec: Spec) -> None:
    for key in ("containers", "initContainers"):
        for container in spec.get(key) or ():
            for port in container.get("ports") or ():
                if not port.get("hostPort") and port.get("containerPort"):
                    port["hostPort"] = port["containerPort"]


def _pod_level(spec: Spec) -> None:
    """Requests and limits of the pod as a whole, from its containers' (defaultHugePagePodLimits, defaultPodRequests)."""
    own = spec["resources"]
    limits, requests = own.get("limits") or {}, own.get("requests") or {}
    if limits or requests:
        for name, value in pod_limits(spec, pod_level=False, overhead=False).items():
            if name.startswith(_HUGE_PAGES) and name not in requests and name not in limits:
                limits[name] = str(value)
        if limits:
            own["limits"] = limits
    if not limits:
        return
    for name, value in pod_requests(spec, pod_level=False, overhead=False).items():
        if name in _POD_LEVEL and name not in requests:
            requests[name] = str(value)
    for name, text in limits.items():
        if (name in _POD_LEVEL or name.startswith(_HUGE_PAGES)) and name not in requests:
            requests[name] = str(quantity(text))
    if requests:
        own["requests"] = requests
