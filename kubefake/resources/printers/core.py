"""Cells of the core group's kinds but pods."""

from __future__ import annotations

from datetime import datetime

from kubeclient.apimachinery.quantity import Quantity

from .text import Cells, JSONMapping, age, container_cells, format_labels, load_balancer, meta_age, name_of, shortened

__all__ = [
    "component_status",
    "config_map",
    "endpoints",
    "event",
    "namespace",
    "node",
    "persistent_volume",
    "persistent_volume_claim",
    "replication_controller",
    "resource_quota",
    "secret",
    "service",
]

_ACCESS_MODES = (
    ("ReadWriteOnce", "RWO"),
    ("ReadOnlyMany", "ROX"),
    ("ReadWriteMany", "RWX"),
    ("ReadWriteOncePod", "RWOP"),
)
_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"


def config_map(obj: JSONMapping, now: datetime) -> Cells:
    return [name_of(obj), len(obj.get("data") or ()) + len(obj.get("binaryData") or ()), meta_age(obj, now)]


def secret(obj: JSONMapping, now: datetime) -> Cells:
    return [name_of(obj), obj.get("type", ""), len(obj.get("data") or ()), meta_age(obj, now)]


def namespace(obj: JSONMapping, now: datetime) -> Cells:
    return [name_of(obj), (obj.get("status") or {}).get("phase", ""), meta_age(obj, now)]


def component_status(obj: JSONMapping, now: datetime) -> Cells:  # noqa: ARG001
    status, message, error = "Unknown", "", ""
    for condition in obj.get("conditions") or ():
        if condition.get("type") == "Healthy":
            status = "Healthy" if condition.get("status") == "True" else "Unhealthy"
            message, error = condition.get("message", ""), condition.get("error", "")
            break
    return [name_of(obj), status, message, error]


def _join_host_port(ip: str, port: int) -> str:
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def endpoints(obj: JSONMapping, now: datetime) -> Cells:
    subsets = obj.get("subsets") or ()
    found = []
    for subset in subsets:
        addresses = [a.get("ip", "") for a in subset.get("addresses") or ()]
        ports = subset.get("ports") or ()
        if ports:
            found += [_join_host_port(ip, port.get("port", 0)) for port in ports for ip in addresses]
        else:
            found += addresses
    return [name_of(obj), shortened(found, 3) if subsets else "<none>", meta_age(obj, now)]


def _external_ip(spec: JSONMapping, status: JSONMapping) -> str:
    external = list(spec.get("externalIPs") or ())
    kind = spec.get("type", "")
    if kind in ("ClusterIP", "NodePort"):
        return ",".join(external) or "<none>"
    if kind == "LoadBalancer":
        balancer = load_balancer(status)
        return ",".join(([balancer] if balancer else []) + external) or "<pending>"
    return spec.get("externalName", "") if kind == "ExternalName" else "<unknown>"


def _service_port(port: JSONMapping) -> str:
    number = f"{port.get('port', 0)}:{port['nodePort']}" if port.get("nodePort") else str(port.get("port", 0))
    return f"{number}/{port.get('protocol', '')}"


def service(obj: JSONMapping, now: datetime) -> Cells:
    spec = obj.get("spec") or {}
    cluster_ips = spec.get("clusterIPs") or ("<none>",)
    return [
        name_of(obj),
        spec.get("type", ""),
        cluster_ips[0],
        _external_ip(spec, obj.get("status") or {}),
        ",".join(_service_port(port) for port in spec.get("ports") or ()) or "<none>",
        meta_age(obj, now),
        format_labels(spec.get("selector")),
    ]


def replication_controller(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    names, images = container_cells((spec.get("template") or {}).get("spec") or {})
    return [
        name_of(obj),
        spec.get("replicas", 0),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        meta_age(obj, now),
        names,
        images,
        format_labels(spec.get("selector")),
    ]


def _node_roles(obj: JSONMapping) -> str:
    roles = set()
    for key, value in (obj["metadata"].get("labels") or {}).items():
        if key.startswith("node-role.kubernetes.io/"):
            roles.add(key.removeprefix("node-role.kubernetes.io/"))
        elif key == "kubernetes.io/role":
            roles.add(value)
    roles.discard("")
    return ",".join(sorted(roles)) or "<none>"


def _node_address(status: JSONMapping, kind: str) -> str:
    for address in status.get("addresses") or ():
        if address.get("type") == kind:
            text: str = address.get("address", "")
            return text
    return "<none>"


def node(obj: JSONMapping, now: datetime) -> Cells:
    status = obj.get("status") or {}
    info = status.get("nodeInfo") or {}
    ready = {c.get("type"): c.get("status") for c in status.get("conditions") or ()}.get("Ready")
    state = "Unknown" if ready is None else "Ready" if ready == "True" else "NotReady"
    if (obj.get("spec") or {}).get("unschedulable"):
        state += ",SchedulingDisabled"
    return [
        name_of(obj),
        state,
        _node_roles(obj),
        meta_age(obj, now),
        info.get("kubeletVersion", ""),
        _node_address(status, "InternalIP"),
        _node_address(status, "ExternalIP"),
        info.get("osImage") or "<unknown>",
        _kernel(info),
        info.get("containerRuntimeVersion") or "<unknown>",
    ]


def _kernel(info: JSONMapping) -> str:
    version, architecture = info.get("kernelVersion"), info.get("architecture")
    if not version:
        return "<unknown>"
    return f"{version} ({architecture})" if architecture else str(version)


def _modes(modes: object) -> str:
    given = modes if isinstance(modes, list) else []
    return ",".join(short for mode, short in _ACCESS_MODES if mode in given)


def _storage(quantities: JSONMapping | None) -> str:
    value = (quantities or {}).get("storage")
    return str(Quantity(str(value))) if value is not None else "0"


def _storage_class(obj: JSONMapping, spec: JSONMapping) -> str:
    annotations = obj["metadata"].get("annotations") or {}
    return str(annotations.get(_CLASS_ANNOTATION, spec.get("storageClassName") or ""))


def persistent_volume(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    claim = spec.get("claimRef")
    return [
        name_of(obj),
        _storage(spec.get("capacity")),
        _modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy", ""),
        "Terminating" if obj["metadata"].get("deletionTimestamp") else status.get("phase", ""),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        _storage_class(obj, spec),
        spec.get("volumeAttributesClassName") or "<unset>",
        status.get("reason", ""),
        meta_age(obj, now),
        spec.get("volumeMode") or "<unset>",
    ]


def persistent_volume_claim(obj: JSONMapping, now: datetime) -> Cells:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    bound = bool(spec.get("volumeName"))
    return [
        name_of(obj),
        "Terminating" if obj["metadata"].get("deletionTimestamp") else status.get("phase", ""),
        spec.get("volumeName", ""),
        _storage(status.get("capacity")) if bound else "",
        _modes(status.get("accessModes")) if bound else "",
        _storage_class(obj, spec),
        spec.get("volumeAttributesClassName") or "<unset>",
        meta_age(obj, now),
        spec.get("volumeMode") or "<unset>",
    ]


def resource_quota(obj: JSONMapping, now: datetime) -> Cells:
    status = obj.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    requests: list[str] = []
    limits: list[str] = []
    for name in sorted(hard):
        have, may = str(Quantity(str(used.get(name, "0")))), str(Quantity(str(hard[name])))
        (limits if name.startswith("limits") else requests).append(f"{name}: {have}/{may}")
    return [name_of(obj), ", ".join(requests), ", ".join(limits), meta_age(obj, now)]


def event(obj: JSONMapping, now: datetime) -> Cells:
    """Of either group: events.k8s.io has other names for the same fields."""
    first = age(obj.get("firstTimestamp") or obj.get("deprecatedFirstTimestamp") or obj.get("eventTime"), now)
    last_time = obj.get("lastTimestamp") or obj.get("deprecatedLastTimestamp")
    last = age(last_time, now) if last_time else first
    count = obj.get("count") or obj.get("deprecatedCount") or 1
    series = obj.get("series")
    if series is not None:
        last, count = age(series.get("lastObservedTime"), now), series.get("count", 0)
    about = obj.get("involvedObject") or obj.get("regarding") or {}
    target = about.get("kind", "").lower()
    if about.get("name"):
        target += "/" + about["name"]
    source = obj.get("source") or obj.get("deprecatedSource") or {}
    component = source.get("component") or obj.get("reportingComponent") or obj.get("reportingController") or ""
    instance = source.get("host") or obj.get("reportingInstance") or ""
    message = (obj.get("message") or obj.get("note") or "").strip()
    return [
        last,
        obj.get("type", ""),
        obj.get("reason", ""),
        target,
        about.get("fieldPath", ""),
        f"{component}, {instance}" if instance else component,
        message,
        first,
        count,
        name_of(obj),
    ]
