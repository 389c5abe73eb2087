"""How old versions of other kinds than workloads and autoscalers differ from what is stored; what is not named differs in
nothing but its name.

Follows the conversion.go and defaults.go of these versions in Kubernetes' pkg/apis.
"""

from __future__ import annotations

from typing import Any

from kubefake.resources.legacy import autoscalers, workloads
from kubefake.resources.legacy.strategy import View
from kubefake.resources.strategies import strategy_for
from kubefake.resources.strategy import FieldError, JSONObject

__all__ = ["VIEWS"]

# --- ingresses: a backend's service was two fields


def _rules_of(obj: JSONObject) -> list[JSONObject]:
    rules = (obj.get("spec") or {}).get("rules") or ()
    return [path for rule in rules for path in ((rule.get("http") or {}).get("paths") or ())]


def _default_ingress(obj: JSONObject) -> None:
    for path in _rules_of(obj):
        path.setdefault("pathType", "ImplementationSpecific")


def _new_backend(old: JSONObject) -> JSONObject:
    backend = {key: value for key, value in old.items() if key == "resource"}
    name, port = old.get("serviceName", ""), old.get("servicePort")
    if name or port not in (None, 0, ""):
        given = {"name": port} if isinstance(port, str) else {"number": port} if port else {}
        backend["service"] = {"name": name, "port": given}
    return backend


def _old_backend(new: JSONObject) -> JSONObject:
    backend = {key: value for key, value in new.items() if key == "resource"}
    service = new.get("service")
    if service is not None:
        port = service.get("port") or {}
        backend |= {"serviceName": service.get("name", ""), "servicePort": port.get("name") or port.get("number", 0)}
    return backend


def _ingress_to_stored(obj: JSONObject) -> None:
    spec = obj.get("spec") or {}
    if spec.get("backend") is not None:
        spec["defaultBackend"] = _new_backend(spec.pop("backend"))
    for path in _rules_of(obj):
        path["backend"] = _new_backend(path.get("backend") or {})


def _ingress_from_stored(obj: JSONObject) -> None:
    spec = obj.get("spec") or {}
    if spec.get("defaultBackend") is not None:
        spec["backend"] = _old_backend(spec.pop("defaultBackend"))
    for path in _rules_of(obj):
        path["backend"] = _old_backend(path.get("backend") or {})


_INGRESS = View(_default_ingress, _ingress_to_stored, _ingress_from_stored)

# --- budgets: an empty selector matched nothing

_EMPTY_KEY = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match"


def _matching(operator: str) -> JSONObject:
    return {"matchExpressions": [{"key": _EMPTY_KEY, "operator": operator}]}


def _budget(obj: JSONObject, *, empty: str, everything: str) -> None:
    spec = obj.get("spec") or {}
    selector = spec.get("selector")
    if selector == {}:
        spec["selector"] = _matching(empty)
    elif selector == _matching(everything):
        spec["selector"] = {}
    elif selector is not None:
        kept = [one for one in selector.get("matchExpressions") or () if one.get("key") != _EMPTY_KEY]
        spec["selector"] = {key: value for key, value in selector.items() if key != "matchExpressions"}
        if kept:
            spec["selector"]["matchExpressions"] = kept


def _budget_to_stored(obj: JSONObject) -> None:
    _budget(obj, empty="Exists", everything="DoesNotExist")


def _budget_from_stored(obj: JSONObject) -> None:
    _budget(obj, empty="DoesNotExist", everything="Exists")


# --- endpoint slices: a place was a map of labels

_ZONE, _HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


def _slice_to_stored(obj: JSONObject) -> None:
    for endpoint in obj.get("endpoints") or ():
        topology = dict(endpoint.pop("topology", None) or {})
        if _ZONE in topology:
            endpoint["zone"] = topology.pop(_ZONE)
        if endpoint.get("nodeName") is not None and topology.get(_HOST) == endpoint["nodeName"]:
            del topology[_HOST]
        if topology:
            endpoint["deprecatedTopology"] = topology


def _slice_from_stored(obj: JSONObject) -> None:
    for endpoint in obj.get("endpoints") or ():
        topology = dict(endpoint.pop("deprecatedTopology", None) or {})
        if endpoint.get("zone") is not None:
            topology[_ZONE] = endpoint.pop("zone")
        if endpoint.get("nodeName") is not None:
            topology.setdefault(_HOST, endpoint["nodeName"])
        if topology:
            endpoint["topology"] = topology


_SLICE = View(None, _slice_to_stored, _slice_from_stored)

# --- flow control: shares were called assured, and zero could not be said

_SHARES, _OLD_SHARES = "nominalConcurrencyShares", "assuredConcurrencyShares"
_KEEP_ZERO = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares"


def _limited(obj: JSONObject) -> JSONObject:
    found: JSONObject = (obj.get("spec") or {}).get("limited") or {}
    return found


def _default_shares(obj: JSONObject) -> None:
    limited = (obj.get("spec") or {}).get("limited")
    if limited is not None and not limited.get(_OLD_SHARES):
        limited[_OLD_SHARES] = 30


def _shares_to_stored(obj: JSONObject) -> None:
    limited = _limited(obj)
    if _OLD_SHARES in limited:
        limited[_SHARES] = limited.pop(_OLD_SHARES)


def _shares_from_stored(obj: JSONObject) -> None:
    limited = _limited(obj)
    if _SHARES in limited:
        limited[_OLD_SHARES] = limited.pop(_SHARES)


def _default_beta3(obj: JSONObject) -> None:
    kept = (obj["metadata"].get("annotations") or {}).get(_KEEP_ZERO) is not None
    limited = (obj.get("spec") or {}).get("limited")
    if limited is not None and not limited.get(_SHARES):
        limited[_SHARES] = 0 if kept else 30


def _beta3_to_stored(obj: JSONObject) -> None:
    annotations = obj["metadata"].get("annotations") or {}
    if annotations.pop(_KEEP_ZERO, None) is not None and not annotations:
        del obj["metadata"]["annotations"]


def _beta3_from_stored(obj: JSONObject) -> None:
    if _limited(obj).get(_SHARES) == 0:
        obj["metadata"]["annotations"] = {**(obj["metadata"].get("annotations") or {}), _KEEP_ZERO: ""}


_SHARED = View(_default_shares, _shares_to_stored, _shares_from_stored, alike=False)

# --- roles: subjects named a version, and everybody was a user

_RBAC = "rbac.authorization.k8s.io"


def _default_subjects(obj: JSONObject) -> None:
    for subject in obj.get("subjects") or ():
        if not subject.get("apiVersion"):
            subject["apiVersion"] = "v1" if subject.get("kind") == "ServiceAccount" else f"{_RBAC}/v1alpha1"


def _subjects_to_stored(obj: JSONObject) -> None:
    for subject in obj.get("subjects") or ():
        group = subject.pop("apiVersion", "").rpartition("/")[0]
        if group:
            subject["apiGroup"] = group
        if subject.get("kind") == "User" and subject.get("name") == "*":
            subject.update(kind="Group", apiGroup=_RBAC, name="system:authenticated")


def _subjects_from_stored(obj: JSONObject) -> None:
    for subject in obj.get("subjects") or ():
        group = subject.pop("apiGroup", "")
        subject["apiVersion"] = f"{group}/v1alpha1" if group else "v1"


_SUBJECTS = View(_default_subjects, _subjects_to_stored, _subjects_from_stored, alike=False)

# --- runtime classes: they had a spec


def _runtime_to_stored(obj: JSONObject) -> None:
    spec = obj.pop("spec", None) or {}
    obj["handler"] = spec.get("runtimeHandler", "")
    obj |= {key: spec[key] for key in ("overhead", "scheduling") if spec.get(key) is not None}


def _runtime_from_stored(obj: JSONObject) -> None:
    spec = {"runtimeHandler": obj.pop("handler", "")}
    obj["spec"] = spec | {key: obj.pop(key) for key in ("overhead", "scheduling") if key in obj}


# --- events: the core group keeps them


def _event(obj: JSONObject, source: str) -> None:
    turned = strategy_for("events.k8s.io", "events").convert({**obj, "apiVersion": source}, "v1")
    obj.clear()
    obj.update(turned)


def _event_to_stored(obj: JSONObject) -> None:
    _event(obj, "events.k8s.io/v1")


def _event_from_stored(obj: JSONObject) -> None:
    _event(obj, "v1")


# --- requests for certificates: signers could be left out


def _default_request(obj: JSONObject) -> None:
    spec = obj["spec"]
    if spec.get("signerName") is None:
        spec["signerName"] = "kubernetes.io/legacy-unknown"
    if spec.get("usages") is None:
        spec["usages"] = ["digital signature", "key encipherment"]
    for condition in (obj.get("status") or {}).get("conditions") or ():
        if not condition.get("status"):
            condition["status"] = "True"


# --- webhooks: they were more lenient


def _default_webhooks(obj: JSONObject) -> None:
    for webhook in obj.get("webhooks") or ():
        defaults: dict[str, Any] = {
            "failurePolicy": "Ignore",
            "matchPolicy": "Exact",
            "sideEffects": "Unknown",
            "timeoutSeconds": 30,
        }
        for name, value in defaults.items():
            if webhook.get(name) is None:
                webhook[name] = value
        if not webhook.get("admissionReviewVersions"):
            webhook["admissionReviewVersions"] = ["v1beta1"]


def _about_side_effects(error: FieldError) -> bool:
    return error.field.endswith(".sideEffects") and error.reason == "FieldValueNotSupported"


_WEBHOOKS = View(_default_webhooks, forgives=_about_side_effects)

_FLOW, _LEVELS = "flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations"
_ADMISSION = "admissionregistration.k8s.io"

VIEWS: dict[tuple[str, str, str], View] = {
    **autoscalers.VIEWS,
    **workloads.VIEWS,
    (_ADMISSION, "v1beta1", "mutatingwebhookconfigurations"): _WEBHOOKS,
    (_ADMISSION, "v1beta1", "validatingwebhookconfigurations"): _WEBHOOKS,
    ("certificates.k8s.io", "v1beta1", "certificatesigningrequests"): View(_default_request),
    ("discovery.k8s.io", "v1alpha1", "endpointslices"): _SLICE,
    ("discovery.k8s.io", "v1beta1", "endpointslices"): _SLICE,
    ("events.k8s.io", "v1beta1", "events"): View(None, _event_to_stored, _event_from_stored, alike=False),
    ("extensions", "v1beta1", "ingresses"): _INGRESS,
    (_FLOW, "v1alpha1", _LEVELS): _SHARED,
    (_FLOW, "v1beta1", _LEVELS): _SHARED,
    (_FLOW, "v1beta2", _LEVELS): _SHARED,
    (_FLOW, "v1beta3", _LEVELS): View(_default_beta3, _beta3_to_stored, _beta3_from_stored),
    ("networking.k8s.io", "v1beta1", "ingresses"): _INGRESS,
    ("node.k8s.io", "v1alpha1", "runtimeclasses"): View(None, _runtime_to_stored, _runtime_from_stored, alike=False),
    ("policy", "v1beta1", "poddisruptionbudgets"): View(None, _budget_to_stored, _budget_from_stored),
    (_RBAC, "v1alpha1", "clusterrolebindings"): _SUBJECTS,
    (_RBAC, "v1alpha1", "rolebindings"): _SUBJECTS,
}
