"""Objects of the kinds that are asked about: mostly good ones, with values that matter to the server's rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oracle.asked import Chooser
from oracle.definitions import GROUP

__all__ = ["KINDS", "Kind"]

Content = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """What is asked about.

    Attributes:
        content: draws what an object has beside its metadata.
        status: draws a status; None where there is no such subresource.
        paths: of fields, for JSON patches.
    """

    plural: str
    api_version: str
    kind: str
    content: Callable[[Chooser], Content]
    status: Callable[[Chooser], Any] | None = None
    scale: bool = False
    namespaced: bool = True
    paths: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        return f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"


def _some(choose: Chooser, **fields: list[Any]) -> Content:
    """About a third of the fields, each with one of its values."""
    return {name: choose.pick(values) for name, values in fields.items() if choose.maybe(0.35)}


# Workloads.


def _container(choose: Chooser) -> Content:
    found: Content = {"name": choose.pick(["c", "d"]), "image": choose.pick(["i:1", "i", "i:latest", ""])}
    return found | _some(
        choose,
        env=[[{"name": "A", "value": "x"}], [{"name": "1=2"}], [{"name": "A"}, {"name": "A", "value": "y"}]],
        ports=[
            [{"containerPort": 80}],
            [{"containerPort": 0}],
            [{"containerPort": 80, "name": "web"}, {"containerPort": 80}],
        ],
        resources=[
            {"requests": {"cpu": "100m"}},
            {"limits": {"cpu": 1, "memory": "1.5Gi"}},
            {"requests": {"cpu": "x"}},
        ],
        imagePullPolicy=["Always", "Never", "Bogus"],
        command=[["sh"], [], ["sh", "-c"]],
        livenessProbe=[{"httpGet": {"port": "web"}}, {"tcpSocket": {"port": 80}}, {"exec": {}}, {}],
        volumeMounts=[[{"name": "v", "mountPath": "/v"}], [{"name": "none", "mountPath": "/v"}]],
    )


def _pod_spec(choose: Chooser) -> Content:
    containers = [_container(choose) for _ in range(choose.pick([1, 1, 2, 0]))]
    return {"containers": containers} | _some(
        choose,
        restartPolicy=["Always", "OnFailure", "Never", "Bogus"],
        volumes=[[{"name": "v"}], [{"name": "v", "emptyDir": {}}], [{"name": "v", "configMap": {"name": "a"}}]],
        terminationGracePeriodSeconds=[0, 5, -1],
        nodeSelector=[{"a": "b"}, {"not ok!": "b"}],
        tolerations=[[{"key": "k", "operator": "Exists"}], [{"operator": "Bogus"}]],
        nodeName=["n", "Bad_"],
        hostNetwork=[True, False],
        securityContext=[{"runAsUser": 1}, {"runAsUser": -1}],
        activeDeadlineSeconds=[1, 0],
    )


def _pod(choose: Chooser) -> Content:
    return {"spec": _pod_spec(choose)}


def _template(choose: Chooser, label: str) -> Content:
    return {"metadata": {"labels": {"app": "q" if choose.maybe(0.1) else label}}, "spec": _pod_spec(choose)}


def _deployment(choose: Chooser) -> Content:
    label = choose.pick(["x", "y"])
    spec = {"selector": {"matchLabels": {"app": label}}, "template": _template(choose, label)} | _some(
        choose,
        replicas=[0, 1, 3, -1, "2", None],
        strategy=[
            {"type": "Recreate"},
            {"type": "Bogus"},
            {"rollingUpdate": {"maxSurge": "50%", "maxUnavailable": 0}},
            {"type": "Recreate", "rollingUpdate": {}},
        ],
        minReadySeconds=[5, -1],
        paused=[True],
        revisionHistoryLimit=[0, -2],
    )
    return {"spec": spec}


def _replicaset(choose: Chooser) -> Content:
    spec = _deployment(choose)["spec"]
    return {"spec": {name: value for name, value in spec.items() if name in ("selector", "template", "replicas")}}


def _statefulset(choose: Chooser) -> Content:
    label = choose.pick(["x", "y"])
    spec = {"selector": {"matchLabels": {"app": label}}, "template": _template(choose, label)} | _some(
        choose,
        serviceName=["s", "", "t"],
        replicas=[0, 2, -1],
        podManagementPolicy=["Parallel", "OrderedReady", "Bogus"],
        updateStrategy=[{"type": "OnDelete"}, {"rollingUpdate": {"partition": 1}}, {"type": "Bogus"}],
        volumeClaimTemplates=[[{"metadata": {"name": "d"}, "spec": _claim(choose)["spec"]}]],
        ordinals=[{"start": 1}, {"start": -1}],
    )
    return {"spec": spec}


def _daemonset(choose: Chooser) -> Content:
    label = choose.pick(["x", "y"])
    spec = {"selector": {"matchLabels": {"app": label}}, "template": _template(choose, label)} | _some(
        choose,
        updateStrategy=[{"type": "OnDelete"}, {"rollingUpdate": {"maxUnavailable": "10%"}}, {"type": "Bogus"}],
        minReadySeconds=[1, -1],
    )
    return {"spec": spec}


def _job_spec(choose: Chooser) -> Content:
    template = {"spec": _pod_spec(choose) | {"restartPolicy": choose.pick(["Never", "OnFailure", "Always"])}}
    return {"template": template} | _some(
        choose,
        parallelism=[1, 0, -1],
        completions=[1, 3, -1],
        backoffLimit=[0, -1],
        suspend=[True, False],
        completionMode=["Indexed", "NonIndexed", "Bogus"],
        ttlSecondsAfterFinished=[5, -5],
    )


def _job(choose: Chooser) -> Content:
    return {"spec": _job_spec(choose)}


def _cronjob(choose: Chooser) -> Content:
    spec = {"schedule": choose.pick(["* * * * *", "@daily", "bogus"]), "jobTemplate": {"spec": _job_spec(choose)}}
    return {"spec": spec | _some(choose, concurrencyPolicy=["Forbid", "Bogus"], timeZone=["Etc/UTC", "No/Where"])}


def _workload_status(choose: Chooser) -> Any:
    return _some(
        choose,
        replicas=[2, 0, -1],
        readyReplicas=[1, 2, -1],
        availableReplicas=[1, 3],
        observedGeneration=[1, -1],
        conditions=[[{"type": "Available", "status": "True"}], [{"type": "Available", "status": "Bogus"}], []],
        bogus=[1],
    )


# Configuration and identity.


def _configmap(choose: Chooser) -> Content:
    return {"data": {choose.pick("klm"): choose.pick(["1", "2", ""])}} | _some(
        choose,
        data=[{"bad key": "v"}, {"n": 1}, None, {}, [], {"k": "1", "l": "2"}],
        binaryData=[{"k": "AA=="}, {"b": "AA=="}, {"b": "%"}],
        immutable=[False, True, "yes"],
    )


def _secret(choose: Chooser) -> Content:
    return _some(
        choose,
        type=["Opaque", "kubernetes.io/basic-auth", "example.com/t", "kubernetes.io/dockerconfigjson"],
        data=[{"k": "AA=="}, {"username": "YQ=="}, {"k": "%"}, {"bad key": ""}, {".dockerconfigjson": "e30="}],
        stringData=[{"k": "v"}, {"password": "p"}, {"bad key": ""}],
        immutable=[False, True],
    )


def _account(choose: Chooser) -> Content:
    return _some(
        choose,
        secrets=[[{"name": "s"}], [{"name": "s"}, {"name": "t"}], [{}]],
        imagePullSecrets=[[{"name": "p"}], []],
        automountServiceAccountToken=[False, True],
    )


def _claim(choose: Chooser) -> Content:
    return {
        "spec": {
            "accessModes": choose.pick([["ReadWriteOnce"], ["ReadWriteMany", "ReadOnlyMany"], [], ["Bogus"]]),
            "resources": {"requests": {"storage": choose.pick(["1Gi", "2Gi", "0", "-1", "1.5"])}},
            **_some(choose, storageClassName=["fast", "", "Bad_"], volumeMode=["Block", "Bogus"], volumeName=["v"]),
        }
    }


def _claim_status(choose: Chooser) -> Any:
    return _some(
        choose,
        phase=["Bound", "Bogus"],
        capacity=[{"storage": "1Gi"}, {"storage": "x"}],
        accessModes=[["ReadWriteOnce"]],
    )


def _service(choose: Chooser) -> Content:
    port: Content = {"port": choose.pick([80, 443, 80, 0, 70000])} | _some(
        choose,
        name=["web", "api", "Bad_Name"],
        targetPort=[8080, "http", "no such name", 0],
        protocol=["UDP", "TCP", "Bogus"],
        nodePort=[30010, 30011, 80],
    )
    ports = [port, {"port": 81, "name": "other"}] if choose.maybe(0.2) else [port]
    return {
        "spec": {"ports": ports}
        | _some(
            choose,
            selector=[{"app": "x"}, {"app": "y"}, {}],
            clusterIP=["None", "10.0.0.9", "10.0.0.1", "1.2.3.4", ""],
            type=["ClusterIP", "NodePort", "LoadBalancer", "ExternalName", "Bogus"],
            externalName=["example.com", "Bad_"],
            sessionAffinity=["ClientIP", "None", "Bogus"],
            externalTrafficPolicy=["Local", "Cluster"],
            publishNotReadyAddresses=[True],
            externalIPs=[["1.2.3.4"], ["x"]],
        )
    }


def _service_status(choose: Chooser) -> Any:
    return _some(
        choose,
        loadBalancer=[
            {"ingress": [{"ip": "1.2.3.4"}]},
            {"ingress": [{"hostname": "h"}]},
            {"ingress": [{"ip": "x"}]},
            {},
        ],
        conditions=[
            [
                {
                    "type": "T",
                    "status": "True",
                    "reason": "R",
                    "message": "",
                    "lastTransitionTime": "2020-01-01T00:00:00Z",
                }
            ]
        ],
    )


def _ingress(choose: Chooser) -> Content:
    backend = choose.pick([{"service": {"name": "s", "port": {"number": 80}}}, {"service": {"name": "s", "port": {}}}])
    path = {
        "path": choose.pick(["/a", "a", "/"]),
        "pathType": choose.pick(["Prefix", "Exact", "Bogus"]),
        "backend": backend,
    }
    return {
        "spec": _some(
            choose,
            rules=[[{"http": {"paths": [path]}}], [{"host": "a.b", "http": {"paths": [path]}}], [{"host": "*.*"}]],
            defaultBackend=[backend],
            ingressClassName=["c", "Bad_"],
            tls=[[{"hosts": ["a.b"]}], [{"secretName": "s"}]],
        )
    }


def _balancer_status(choose: Chooser) -> Any:
    return _some(choose, loadBalancer=[{"ingress": [{"ip": "1.2.3.4"}]}, {"ingress": [{"ip": "x"}]}, {}])


def _policy(choose: Chooser) -> Content:
    return {
        "spec": {"podSelector": choose.pick([{}, {"matchLabels": {"a": "b"}}])}
        | _some(
            choose,
            policyTypes=[["Ingress"], ["Egress", "Ingress"], ["Bogus"]],
            ingress=[[{}], [{"from": [{"podSelector": {}}]}], [{"ports": [{"port": 80}, {"port": "x_"}]}]],
            egress=[[{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]}], [{"to": [{}]}]],
        )
    }


_TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}


def _scaler_v1(choose: Chooser) -> Content:
    return {
        "spec": {"scaleTargetRef": _TARGET, "maxReplicas": choose.pick([3, 1, 0])}
        | _some(choose, minReplicas=[1, 2, 0], targetCPUUtilizationPercentage=[50, 0])
    }


def _scaler_v2(choose: Chooser) -> Content:
    metrics = [
        [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}},
            }
        ],
        [
            {
                "type": "Resource",
                "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}},
            }
        ],
        [{"type": "Pods", "pods": {"metric": {"name": "m"}, "target": {"type": "AverageValue", "averageValue": "5"}}}],
        [{"type": "Resource"}],
        [{"type": "Bogus"}],
    ]
    return {
        "spec": {"scaleTargetRef": _TARGET, "maxReplicas": choose.pick([3, 1, 0])}
        | _some(
            choose,
            minReplicas=[1, 2, 0],
            metrics=metrics,
            behavior=[{"scaleUp": {"stabilizationWindowSeconds": 5}}, {"scaleDown": {"policies": []}}],
        )
    }


def _scaler_status(choose: Chooser) -> Any:
    return _some(choose, currentReplicas=[1, -1], desiredReplicas=[2, -1], observedGeneration=[1])


def _budget(choose: Chooser) -> Content:
    return {
        "spec": {"selector": {"matchLabels": {"app": choose.pick("xy")}}}
        | _some(choose, minAvailable=[1, "50%", -1, "x"], maxUnavailable=[1, "101%"])
    }


def _lease(choose: Chooser) -> Content:
    return {
        "spec": _some(
            choose,
            holderIdentity=["me", "you", ""],
            leaseDurationSeconds=[15, 0, -1],
            renewTime=["2020-01-01T00:00:00.000000Z", "2020-01-01T00:00:00Z", "x"],
            leaseTransitions=[1, -1],
        )
    }


def _event(choose: Chooser) -> Content:
    about: Content = {"kind": "Pod", "name": "a"} | _some(choose, namespace=["default", "$(ns)"])
    return {"involvedObject": about} | _some(
        choose,
        reason=["Started"],
        message=["m"],
        type=["Normal", "Warning", "Bogus"],
        count=[1],
        source=[{"component": "c"}],
    )


def _new_event(choose: Chooser) -> Content:
    return {
        "eventTime": choose.pick(["2020-01-01T00:00:00.000000Z", "2020-01-01T00:00:00Z", None]),
        "reportingController": choose.pick(["example.com/c", "c", ""]),
        "reportingInstance": choose.pick(["i", ""]),
        "action": choose.pick(["Act", ""]),
        "reason": choose.pick(["R", ""]),
        "type": choose.pick(["Normal", "Bogus"]),
    } | _some(choose, note=["n"], regarding=[{"kind": "Pod", "name": "a", "namespace": "$(ns)"}])


def _rules(choose: Chooser) -> list[Any]:
    return choose.pick(
        [
            [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
            [{"apiGroups": [""], "resources": ["pods"], "verbs": []}],
            [{"nonResourceURLs": ["/x"], "verbs": ["get"]}],
            [],
            [{"verbs": ["get"]}],
        ]
    )


def _role(choose: Chooser) -> Content:
    return {"rules": _rules(choose)}


def _cluster_role(choose: Chooser) -> Content:
    return {"rules": _rules(choose)} | _some(
        choose, aggregationRule=[{"clusterRoleSelectors": [{"matchLabels": {"no": "one"}}]}, {}]
    )


def _binding(choose: Chooser) -> Content:
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": choose.pick(["Role", "ClusterRole", "Bogus"])}
    subject = choose.pick(
        [
            {"kind": "User", "name": "u"},
            {"kind": "ServiceAccount", "name": "s", "namespace": "n"},
            {"kind": "ServiceAccount", "name": "s"},
            {"kind": "Bogus", "name": "b"},
        ]
    )
    return {"roleRef": role | {"name": choose.pick(["r", "s", ""])}} | _some(choose, subjects=[[subject], []])


def _endpoints(choose: Chooser) -> Content:
    return _some(
        choose,
        subsets=[
            [{"addresses": [{"ip": "10.1.1.1"}, {"ip": "10.1.1.2"}], "ports": [{"port": 80}]}],
            [{"addresses": [{"ip": "x"}], "ports": [{"port": 80}]}],
            [{"notReadyAddresses": [{"ip": "10.1.1.1"}], "ports": [{"port": 80, "name": "a"}, {"port": 81}]}],
            [],
        ],
    )


def _slice(choose: Chooser) -> Content:
    return {
        "addressType": choose.pick(["IPv4", "IPv6", "FQDN", "Bogus"]),
        "endpoints": choose.pick([[{"addresses": ["10.1.1.1"]}], [{"addresses": []}], [], [{"addresses": ["x"]}]]),
    } | _some(choose, ports=[[{"port": 80}], [{"name": "a", "port": 80}, {"name": "a", "port": 81}]])


def _namespace(choose: Chooser) -> Content:
    return _some(choose, spec=[{"finalizers": ["kubernetes"]}, {"finalizers": ["x"]}, {}])


# Custom kinds.


def _thing(choose: Chooser) -> Content:
    if choose.maybe(0.05):
        return {}
    return {
        "spec": {"size": choose.pick(["s", "m", "l", "xl"])}
        | _some(
            choose,
            replicas=[0, 2, -1, 1.5, "3", None],
            tags=[["a"], ["a", "b"], ["a", "a"], []],
            ports=[
                [{"name": "a", "number": 1}],
                [{"name": "a", "number": 2}, {"name": "b", "number": 3}],
                [{"name": "a", "number": 1}, {"name": "a", "number": 2}],
                [{"name": "a", "number": 1, "protocol": "udp"}, {"name": "a", "number": 100}],
                [{"name": "long"}],
            ],
            steps=[["a", "b"], ["b"], [], ["a", "b", "c"]],
            limit=[1, "10%", 1.5],
            rate=[1, 1.5, "1"],
            note=["x", None, "X"],
            on=[True, False, "true"],
            free=[{"a": 1}, {"a": {"b": None}}, {}],
            labels=[{"a": "b"}, {"a": "b", "c": "d", "e": "f"}, {"a": 1}],
            whole=[{"a": "x"}, {}, {"b": "y"}],
            bogus=[1],
        )
    }


def _thing_status(choose: Chooser) -> Any:
    return _some(choose, replicas=[3, -1, "x"], free=[{"form": [1, "a"]}], selector=["a=b", "!!"], phase=["p", 1])


def _gadget(choose: Chooser) -> Content:
    return {
        "spec": _some(
            choose,
            size=["s", "long", 1],
            count=[1, 9, "9"],
            tags=[["a"], ["b"], ["a", "b"], ["b", "a", "c"]],
            sub=[{"a": "x"}, {"a": "z"}, {}],
        )
    }


def _gadget_status(choose: Chooser) -> Any:
    return choose.pick([{}, {"a": 1}, None])


def _pod_status(choose: Chooser) -> Any:
    return _some(
        choose,
        phase=["Running", "Succeeded", "Bogus"],
        conditions=[[{"type": "Ready", "status": "True"}], [{"type": "Ready", "status": "Bogus"}], []],
        podIP=["10.1.1.1", "x"],
        podIPs=[[{"ip": "10.1.1.1"}], []],
        reason=["R"],
        containerStatuses=[
            [{"name": "c", "ready": True, "restartCount": 0, "image": "i", "imageID": "", "state": {"running": {}}}]
        ],
    )


def _job_status(choose: Chooser) -> Any:
    return _some(
        choose,
        active=[1, -1],
        succeeded=[1, 0],
        startTime=["2020-01-01T00:00:00Z"],
        conditions=[[{"type": "Complete", "status": "True"}], [{"type": "Suspended", "status": "True"}]],
    )


_TEMPLATE_PATHS = (
    "/spec/replicas",
    "/spec/template/spec/containers/0/image",
    "/spec/template/metadata/labels/app",
    "/spec/selector",
)

KINDS: tuple[Kind, ...] = (
    Kind("configmaps", "v1", "ConfigMap", _configmap, paths=("/data/k", "/data", "/immutable")),
    Kind("secrets", "v1", "Secret", _secret, paths=("/data/k", "/type", "/stringData")),
    Kind(
        "services",
        "v1",
        "Service",
        _service,
        _service_status,
        paths=("/spec/ports/0/port", "/spec/type", "/spec/ports/-"),
    ),
    Kind("serviceaccounts", "v1", "ServiceAccount", _account, paths=("/secrets/0", "/secrets/-")),
    Kind(
        "pods",
        "v1",
        "Pod",
        _pod,
        _pod_status,
        paths=("/spec/containers/0/image", "/spec/tolerations/-", "/spec/nodeName"),
    ),
    Kind(
        "persistentvolumeclaims",
        "v1",
        "PersistentVolumeClaim",
        _claim,
        _claim_status,
        paths=("/spec/resources/requests/storage",),
    ),
    Kind("endpoints", "v1", "Endpoints", _endpoints, paths=("/subsets/0/addresses/0/ip",)),
    Kind("events", "v1", "Event", _event, paths=("/count", "/message")),
    Kind("events", "events.k8s.io/v1", "Event", _new_event, paths=("/note", "/series")),
    Kind("deployments", "apps/v1", "Deployment", _deployment, _workload_status, scale=True, paths=_TEMPLATE_PATHS),
    Kind("replicasets", "apps/v1", "ReplicaSet", _replicaset, _workload_status, scale=True, paths=_TEMPLATE_PATHS),
    Kind("statefulsets", "apps/v1", "StatefulSet", _statefulset, _workload_status, scale=True, paths=_TEMPLATE_PATHS),
    Kind("daemonsets", "apps/v1", "DaemonSet", _daemonset, _workload_status, paths=_TEMPLATE_PATHS),
    Kind(
        "jobs",
        "batch/v1",
        "Job",
        _job,
        _job_status,
        paths=("/spec/suspend", "/spec/parallelism", "/spec/template/spec"),
    ),
    Kind("cronjobs", "batch/v1", "CronJob", _cronjob, paths=("/spec/schedule", "/spec/suspend")),
    Kind(
        "ingresses",
        "networking.k8s.io/v1",
        "Ingress",
        _ingress,
        _balancer_status,
        paths=("/spec/rules/0/host", "/spec/tls"),
    ),
    Kind(
        "networkpolicies",
        "networking.k8s.io/v1",
        "NetworkPolicy",
        _policy,
        paths=("/spec/ingress/0", "/spec/policyTypes"),
    ),
    Kind(
        "horizontalpodautoscalers",
        "autoscaling/v1",
        "HorizontalPodAutoscaler",
        _scaler_v1,
        _scaler_status,
        paths=("/spec/maxReplicas",),
    ),
    Kind(
        "horizontalpodautoscalers",
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        _scaler_v2,
        _scaler_status,
        paths=("/spec/metrics/0",),
    ),
    Kind(
        "poddisruptionbudgets",
        "policy/v1",
        "PodDisruptionBudget",
        _budget,
        paths=("/spec/minAvailable", "/spec/selector"),
    ),
    Kind("leases", "coordination.k8s.io/v1", "Lease", _lease, paths=("/spec/holderIdentity",)),
    Kind("roles", "rbac.authorization.k8s.io/v1", "Role", _role, paths=("/rules/0/verbs", "/rules")),
    Kind(
        "rolebindings", "rbac.authorization.k8s.io/v1", "RoleBinding", _binding, paths=("/subjects/0", "/roleRef/name")
    ),
    Kind(
        "endpointslices", "discovery.k8s.io/v1", "EndpointSlice", _slice, paths=("/endpoints/0/addresses/0", "/ports")
    ),
    Kind(
        "things",
        f"{GROUP}/v1",
        "Thing",
        _thing,
        _thing_status,
        scale=True,
        paths=("/spec/size", "/spec/ports/0", "/spec/tags/-"),
    ),
    Kind("gadgets", f"{GROUP}/v1", "Gadget", _gadget, paths=("/spec/size", "/spec/tags/0", "/spec/sub")),
    Kind(
        "gadgets", f"{GROUP}/v2", "Gadget", _gadget, _gadget_status, paths=("/spec/size", "/spec/tags/0", "/spec/sub")
    ),
    Kind("widgets", f"{GROUP}/v1", "Widget", _gadget, namespaced=False, paths=("/spec/size", "/spec/tags")),
    Kind(
        "clusterroles",
        "rbac.authorization.k8s.io/v1",
        "ClusterRole",
        _cluster_role,
        namespaced=False,
        paths=("/rules/0/verbs",),
    ),
    Kind(
        "namespaces",
        "v1",
        "Namespace",
        _namespace,
        namespaced=False,
        paths=("/metadata/labels/app", "/spec/finalizers"),
    ),
)
