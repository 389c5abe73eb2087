"""What is wrong with CSI drivers, what nodes say of them, and the capacity they have.

Follows pkg/apis/storage/validation/validation.go.
"""

from __future__ import annotations

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import IMMUTABLE, Object, at_least_zero, dns_subdomain, immutable, label_selector, one_of
from kubefake.resources.core.diffs import go_value
from kubefake.resources.core.quantities import quantity
from kubefake.resources.core.volume_validation import check_csi_driver
from kubefake.resources.strategy import Context

__all__ = [
    "check_capacity",
    "check_capacity_update",
    "check_driver",
    "check_driver_update",
    "check_node",
    "check_node_update",
]

_MODES = ("Persistent", "Ephemeral")
_SHORTEST_TOKEN, _LONGEST_TOKEN = 600, 1 << 32
_SHORTEST_PERIOD = 10
_LONGEST_NODE_ID = 256


def check_driver(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new CSI driver."""
    return _driver_spec(obj["spec"])


def check_driver_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a CSI driver; some of what it can do is settled."""
    spec, before = obj["spec"], old["spec"]
    found = _driver_spec(spec)
    found += immutable("spec.attachedRequired", spec.get("attachRequired"), before.get("attachRequired"))
    modes = spec.get("volumeLifecycleModes")
    return found + immutable("spec.volumeLifecycleModes", modes, before.get("volumeLifecycleModes"))


def _driver_spec(spec: Object) -> list[FieldError]:
    policy = spec.get("fsGroupPolicy") or ""
    found = one_of("spec.fsGroupPolicy", policy, ("File", "None", "ReadWriteOnceWithFSType"))
    audiences: set[str] = set()
    for index, request in enumerate(spec.get("tokenRequests") or ()):
        path, audience = f"spec.tokenRequests[{index}]", request.get("audience", "")
        if audience in audiences:
            found.append(field.duplicate(f"{path}.audience", audience))
            continue
        audiences.add(audience)
        seconds = request.get("expirationSeconds")
        if seconds is not None and seconds < _SHORTEST_TOKEN:
            text = "may not specify a duration less than 10 minutes"
            found.append(field.invalid(f"{path}.expirationSeconds", seconds, text))
        if seconds is not None and seconds > _LONGEST_TOKEN:
            text = "may not specify a duration larger than 2^32 seconds"
            found.append(field.invalid(f"{path}.expirationSeconds", seconds, text))
    path = "spec.volumeLifecycleModes"
    modes = spec.get("volumeLifecycleModes") or ()
    found += [field.not_supported(path, mode, _MODES) for mode in modes if mode not in _MODES]
    period = spec.get("nodeAllocatableUpdatePeriodSeconds")
    if period is not None and period < _SHORTEST_PERIOD:
        text = "must be greater than or equal to 10 seconds"
        found.append(field.invalid("spec.nodeAllocatableUpdatePeriodSeconds", period, text))
    if spec.get("serviceAccountTokenInSecrets") is not None and not audiences:
        value = spec["serviceAccountTokenInSecrets"]
        text = "serviceAccountTokenInSecrets is set but no tokenRequests are specified"
        found.append(field.invalid("spec.serviceAccountTokenInSecrets", value, text))
    return found


def check_node(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """What a node says of the drivers on it."""
    found: list[FieldError] = []
    names: set[str] = set()
    for index, driver in enumerate(obj["spec"].get("drivers") or ()):
        path, name = f"spec.drivers[{index}]", driver.get("name", "")
        found += check_csi_driver(f"{path}.name", name)
        found += _node_id(f"{path}.nodeID", driver.get("nodeID", ""))
        found += at_least_zero(f"{path}.allocatable.count", (driver.get("allocatable") or {}).get("count"))
        if name in names:
            found.append(field.duplicate(f"{path}.name", name))
        names.add(name)
        keys: set[str] = set()
        for key in driver.get("topologyKeys") or ():
            if not key:
                found.append(field.required(path))
            if key in keys:
                found.append(field.duplicate(path, key))
            keys.add(key)
            found += [field.invalid(path, key, text) for text in validation.is_label_key(key)]
    return found


def _node_id(path: str, text: str) -> list[FieldError]:
    if not text:
        return [field.required(path)]
    if len(text) > _LONGEST_NODE_ID:
        return [field.invalid(path, text, "must be 256 characters or less")]
    return []


def check_node_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change: drivers come and go, but stay what they are; what they can carry may change."""
    found = check_node(obj, context)
    now = {driver.get("name", ""): driver for driver in obj["spec"].get("drivers") or ()}
    for before in old["spec"].get("drivers") or ():
        driver = now.get(before.get("name", ""))
        if driver is not None and _identity(driver) != _identity(before):
            shown = go_value("storage/v1.CSINodeDriver", driver)
            found.append(field.invalid("spec.drivers", shown, IMMUTABLE))
    return found


def _identity(driver: Object) -> tuple[str, tuple[str, ...]]:
    return driver.get("nodeID", ""), tuple(driver.get("topologyKeys") or ())


def check_capacity(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """How much storage there is somewhere."""
    found = label_selector("nodeTopology", obj.get("nodeTopology"))
    found += dns_subdomain("storageClassName", obj.get("storageClassName", ""))
    if obj.get("capacity") is not None and quantity(obj["capacity"]).sign < 0:
        found.append(field.invalid("capacity", obj["capacity"], "must be greater than or equal to 0"))
    return found


def check_capacity_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of how much there is; what it is about stays."""
    found = check_capacity(obj, context)
    if obj.get("nodeTopology") != old.get("nodeTopology"):
        found.append(field.invalid("nodeTopology", obj.get("nodeTopology"), IMMUTABLE))
    return found + immutable("storageClassName", obj.get("storageClassName"), old.get("storageClassName"))
