"""Siblings of recorded cases: the same steps, each a little changed, at random from a seed.

What is changed are bodies (something taken out, replaced, doubled, or taken over from another body of the cases), requests
(options, forms, identities, versions, subresources, names), the kind that a case is about, and the order of the steps.
Nothing that comes out does lasting harm to the server that is asked: see `_harmless`.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["Siblings", "Step"]

Step = dict[str, Any]
Path = tuple[str | int, ...]

_ODD: tuple[Any, ...] = (
    *(
        None,
        "",
        "x",
        "a b",
        "-",
        "A_",
        "UPPER",
        "a" * 64,
        "a" * 254,
        "ünï",
        "1",
        "0",
        "-1",
        "1.5",
        "10%",
        "101%",
        "1e3",
        "*",
    ),
    *(
        0,
        1,
        -1,
        2,
        65535,
        65536,
        2**31,
        2**63,
        1.5,
        True,
        False,
        [],
        {},
        [None],
        [""],
        ["a", "a"],
        {"a": None},
        {"": "x"},
    ),
    *(
        {"a": "b"},
        {"bad key!": "v"},
        "example.com/x",
        "a/b/c",
        "http://x",
        "true",
        "null",
        "2020-01-01T00:00:00Z",
        "1Gi",
        "500m",
    ),
)
_QUERIES = (
    *("dryRun=All", "dryRun=", "dryRun=Some", "dryRun=All&dryRun=All", "fieldManager=x", "fieldManager=" + "m" * 129),
    *(
        "fieldManager=a%0Ab",
        "fieldValidation=Strict",
        "fieldValidation=Warn",
        "fieldValidation=Ignore",
        "fieldValidation=Odd",
    ),
    *(
        "pretty=true",
        "limit=1",
        "limit=-1",
        "limit=x",
        "resourceVersion=0",
        "resourceVersion=x",
        "resourceVersion=99999999",
    ),
    *("resourceVersion=0&resourceVersionMatch=Exact", "resourceVersionMatch=NotOlderThan", "resourceVersionMatch=Odd"),
    *(
        "labelSelector=a",
        "labelSelector=a%3Db",
        "labelSelector=a+in+(x,y)",
        "labelSelector=!a",
        "labelSelector=a%3D%3D%3Db",
    ),
    *("fieldSelector=metadata.name%3Da", "fieldSelector=metadata.name!%3Da", "fieldSelector=status.phase%3DRunning"),
    *("fieldSelector=metadata.namespace%3Dx", "fieldSelector=spec.x%3Da", "fieldSelector=a", "force=true", "force=x"),
    *("gracePeriodSeconds=0", "gracePeriodSeconds=-1", "gracePeriodSeconds=x", "propagationPolicy=Orphan"),
    *("propagationPolicy=Foreground", "propagationPolicy=Odd", "orphanDependents=true", "orphanDependents=x"),
    *(
        "timeoutSeconds=x",
        "continue=x",
        "includeObject=Object",
        "includeObject=Odd",
        "watch=x",
        "watch=false",
        "timeout=x",
    ),
    *("sendInitialEvents=true", "allowWatchBookmarks=x", "ignoreStoreReadErrorWithClusterBreakingPotential=true"),
)
_ACCEPTS = (
    *("table", "meta", "metalist", "application/yaml", "application/xml", "*/*", "text/html", "application/cbor"),
    *("application/json;as=Table;v=v1beta1;g=meta.k8s.io", "application/json;as=Odd;v=v1;g=meta.k8s.io"),
    *(
        "application/vnd.kubernetes.protobuf",
        "application/yaml;as=Table;v=v1;g=meta.k8s.io",
        "application/json;pretty=1",
    ),
)
_TYPES = (
    "json",
    "merge",
    "strategic",
    "jsonpatch",
    "apply",
    "yaml",
    "text/plain",
    "application/xml",
    "application/json; q=1",
)
_USERS: tuple[Step, ...] = (
    {"user": "alice"},
    {"user": "alice", "groups": ["dev"]},
    {"user": "system:serviceaccount:$(ns):default"},
    {"user": "system:anonymous"},
    {"user": "bob", "groups": ["system:masters"]},
    {"user": "system:node:n", "groups": ["system:nodes"]},
    {"headers": {"Impersonate-Group": "only"}},
)
_SUBRESOURCES = (
    *(
        "status",
        "scale",
        "binding",
        "eviction",
        "token",
        "approval",
        "finalize",
        "resize",
        "ephemeralcontainers",
        "bogus",
        "x/y",
    ),
)
_NAMES = ("A", "a_b", "-a", "a.b", "a" * 254, "a:b", "ünï", "%20", "a..b", "0", "a%2Fb", "default", "$(rand)")
_VERSIONS = ("v1", "v2", "v1beta1", "v1beta2", "v1beta3", "v1alpha1", "v1alpha2", "v1alpha3")
_METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "HEAD")
_C = [{"name": "c", "image": "x"}]
_T = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": _C}}
_W = {"selector": {"matchLabels": {"a": "b"}}, "template": _T}
KINDS: dict[str, tuple[str, str, bool, Step]] = {
    "configmaps": ("v1", "ConfigMap", True, {"data": {"a": "b"}}),
    "secrets": ("v1", "Secret", True, {"data": {"a": "Yg=="}}),
    "serviceaccounts": ("v1", "ServiceAccount", True, {}),
    "services": ("v1", "Service", True, {"spec": {"ports": [{"port": 80}], "clusterIP": "None"}}),
    "endpoints": ("v1", "Endpoints", True, {"subsets": []}),
    "pods": ("v1", "Pod", True, {"spec": {"containers": _C}}),
    "podtemplates": ("v1", "PodTemplate", True, {"template": _T}),
    "limitranges": ("v1", "LimitRange", True, {"spec": {"limits": [{"type": "Pod", "max": {"cpu": "100"}}]}}),
    "resourcequotas": ("v1", "ResourceQuota", True, {"spec": {"hard": {"count/x.example.com": "1"}}}),
    "persistentvolumeclaims": (
        "v1",
        "PersistentVolumeClaim",
        True,
        {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}},
    ),
    "deployments": ("apps/v1", "Deployment", True, {"spec": _W}),
    "replicasets": ("apps/v1", "ReplicaSet", True, {"spec": _W}),
    "statefulsets": ("apps/v1", "StatefulSet", True, {"spec": {**_W, "serviceName": "s"}}),
    "daemonsets": ("apps/v1", "DaemonSet", True, {"spec": _W}),
    "jobs": ("batch/v1", "Job", True, {"spec": {"template": {"spec": {"containers": _C, "restartPolicy": "Never"}}}}),
    "cronjobs": (
        "batch/v1",
        "CronJob",
        True,
        {
            "spec": {
                "schedule": "@daily",
                "jobTemplate": {"spec": {"template": {"spec": {"containers": _C, "restartPolicy": "Never"}}}},
            }
        },
    ),
    "leases": ("coordination.k8s.io/v1", "Lease", True, {"spec": {"holderIdentity": "h"}}),
    "roles": ("rbac.authorization.k8s.io/v1", "Role", True, {"rules": []}),
    "rolebindings": (
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        True,
        {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"}},
    ),
    "poddisruptionbudgets": ("policy/v1", "PodDisruptionBudget", True, {"spec": {"minAvailable": 1}}),
    "networkpolicies": ("networking.k8s.io/v1", "NetworkPolicy", True, {"spec": {"podSelector": {}}}),
    "ingresses": (
        "networking.k8s.io/v1",
        "Ingress",
        True,
        {"spec": {"defaultBackend": {"resource": {"kind": "K", "name": "n"}}}},
    ),
    "horizontalpodautoscalers": (
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        True,
        {"spec": {"maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "d"}}},
    ),
    "csistoragecapacities": ("storage.k8s.io/v1", "CSIStorageCapacity", True, {"storageClassName": "s"}),
    "endpointslices": ("discovery.k8s.io/v1", "EndpointSlice", True, {"addressType": "IPv4", "endpoints": []}),
    "resourceclaims": ("resource.k8s.io/v1", "ResourceClaim", True, {"spec": {}}),
    "nodes": ("v1", "Node", False, {}),
    "persistentvolumes": (
        "v1",
        "PersistentVolume",
        False,
        {"spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}},
    ),
    "clusterroles": ("rbac.authorization.k8s.io/v1", "ClusterRole", False, {"rules": []}),
    "priorityclasses": ("scheduling.k8s.io/v1", "PriorityClass", False, {"value": 1}),
    "storageclasses": ("storage.k8s.io/v1", "StorageClass", False, {"provisioner": "p"}),
    "runtimeclasses": ("node.k8s.io/v1", "RuntimeClass", False, {"handler": "h"}),
    "ingressclasses": ("networking.k8s.io/v1", "IngressClass", False, {"spec": {"controller": "example.com/c"}}),
    "csidrivers": ("storage.k8s.io/v1", "CSIDriver", False, {"spec": {}}),
}
"""What a case can be moved to: its version, kind, whether it is namespaced, and what a small one holds."""

_target = re.compile(
    r"^(\w+) (/api/[^/]+|/apis/[^/]+/[^/]+)/(namespaces/[^/]+/)?([a-z]+)(?:/([^/?]+))?(?:/([^?]+))?(\?.*)?$"
)
_KEPT = re.compile(r"admissionregistration|apiregistration|flowcontrol|servicecidrs|ipaddresses")


class Siblings:
    """Makes siblings of cases.

    Args:
        cases: what the steps and the values come from, by name.
        seed: of all choices.
        rate: how often a step is changed, from 0 to 1.
    """

    def __init__(self, cases: dict[str, list[Step]], seed: int | str, rate: float = 0.5) -> None:
        self._cases = cases
        self._names = sorted(cases)
        self._random = random.Random(f"siblings/{seed}")
        self._rate = rate
        self._donors: dict[tuple[str | int, ...], list[Any]] = {}
        self._fields: dict[tuple[str | int, ...], dict[str, list[Any]]] = {}
        for name in self._names:
            for step in cases[name]:
                if isinstance(step.get("body"), dict):
                    self._learn(step["body"])

    def one(self) -> tuple[str, list[Step]]:
        """The next sibling: the name of the case it is like, and its steps."""
        choose = self._random
        name = choose.choice(self._names)
        steps = copy.deepcopy(self._cases[name])
        if len(steps) > 24:
            start = choose.randrange(len(steps) - 23) if all("save" not in step for step in steps) else 0
            steps = steps[start : start + 24]
        if choose.random() < 0.15:
            steps = self._moved(steps)
        if choose.random() < 0.1:
            other = copy.deepcopy(self._cases[choose.choice(self._names)])[:10]
            cut = choose.randrange(len(steps) + 1)
            steps[cut:cut] = other
        if choose.random() < 0.3 and len(steps) > 1:
            at = choose.randrange(len(steps))
            how = choose.randrange(3)
            if how == 0:
                del steps[at]
            elif how == 1:
                steps.insert(choose.randrange(len(steps)), copy.deepcopy(steps[at]))
            else:
                steps.insert(choose.randrange(len(steps)), steps.pop(at))
        changed = [self._changed(step) if "do" in step and choose.random() < self._rate else step for step in steps]
        return name, [one for step in changed if (one := _harmless(step)) is not None]

    # Bodies.

    def _learn(self, body: Step) -> None:
        kind = str(body.get("kind") or "")
        for path, value in _walk(body):
            place = _place(kind, path)
            self._donors.setdefault(place, []).append(value)
            if isinstance(value, dict):
                known = self._fields.setdefault(place, {})
                for key, one in value.items():
                    known.setdefault(str(key), []).append(one)

    def _changed(self, step: Step) -> Step:
        choose = self._random
        body = step.get("body")
        if isinstance(body, (dict, list)) and body and choose.random() < 0.75:
            step["body"] = self._body(body)
            if choose.random() < 0.2:
                step["body"] = self._body(step["body"])
            return step
        if "raw" in step and choose.random() < 0.5:
            step["raw"] = self._raw(step["raw"])
            return step
        return self._request(step)

    def _raw(self, text: str) -> str:
        choose = self._random
        at = choose.randrange(len(text) + 1)
        cut = choose.randrange(at, min(len(text), at + 6) + 1)
        return (
            text[:at]
            + choose.choice(("", "", "x", '"', "{", "}", ",", "null", "1", "\n", "\t", ":", "[]"))
            + text[cut:]
        )

    def _body(self, body: Any) -> Any:
        choose = self._random
        kind = str(body.get("kind") or "") if isinstance(body, dict) else ""
        paths = [path for path, _ in _walk(body) if path]
        if not paths:
            return body
        deep = [path for path in paths if path[0] not in ("apiVersion", "kind", "metadata")]
        path = choose.choice(deep if deep and choose.random() < 0.8 else paths)
        holder = _at(body, path[:-1])
        last: Any = path[-1]
        how = choose.random()
        if how < 0.12:
            del holder[last]
        elif how < 0.2:
            holder[last] = None
        elif how < 0.42:
            holder[last] = copy.deepcopy(choose.choice(_ODD))
        elif how < 0.65:
            holder[last] = copy.deepcopy(choose.choice(self._donors.get(_place(kind, path)) or _ODD))
        elif how < 0.72 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        else:
            self._add(body, kind, path)
        return body

    def _add(self, body: Any, kind: str, path: Path) -> None:
        """A field that others of the same sort have, or one that none has."""
        choose = self._random
        while path and not isinstance(_at(body, path), dict):
            path = path[:-1]
        holder = _at(body, path)
        if not isinstance(holder, dict):
            return
        fields = self._fields.get(_place(kind, path)) or {}
        known = [key for key in sorted(fields) if key not in holder]
        if not known or choose.random() < 0.03:
            holder["bogus"] = choose.choice(_ODD)
            return
        key = choose.choice(known)
        holder[key] = copy.deepcopy(choose.choice(fields[key] if choose.random() < 0.85 else _ODD))

    # Requests.

    def _request(self, step: Step) -> Step:
        choose = self._random
        method, _, rest = str(step["do"]).partition(" ")
        path, mark, query = rest.partition("?")
        how = choose.randrange(9)
        if how <= 1:
            query = f"{query}&{choose.choice(_QUERIES)}" if query else choose.choice(_QUERIES)
        elif how == 2:
            step["accept"] = choose.choice(_ACCEPTS)
        elif how == 3:
            step["type"] = choose.choice(_TYPES)
        elif how == 4:
            step.update(choose.choice(_USERS))
        elif how == 5:
            path += "/" + choose.choice(_SUBRESOURCES)
        elif how == 6:
            base = path.rpartition("/")[0]
            path = (
                f"{base}/{choose.choice(_NAMES)}"
                if choose.random() < 0.7
                else base
                if choose.random() < 0.5
                else f"{path}/a"
            )
        elif how == 7:
            path = re.sub(r"(?<=/)v\d\w*(?=/)", choose.choice(_VERSIONS), path, count=1)
        else:
            method = choose.choice(_METHODS)
        step["do"] = f"{method} {path}" + (f"?{query}" if query or mark else "")
        return step

    # Kinds.

    def _moved(self, steps: list[Step]) -> list[Step]:
        """The same of another kind."""
        choose = self._random
        met = [found[4] for step in steps if (found := _target.match(str(step.get("do", "")))) and found[4] in KINDS]
        if not met:
            return steps
        old = choose.choice(met)
        new = choose.choice(sorted(KINDS))
        version, kind, namespaced, content = KINDS[new]
        root = f"/api/{version}" if "/" not in version else f"/apis/{version}"
        for step in steps:
            found = _target.match(str(step.get("do", "")))
            if found is None or found[4] != old:
                continue
            method, _, namespace, _, name, subresource, query = found.groups()
            where = (namespace or "namespaces/$(ns)/") if namespaced else ""
            if name and not namespaced and "$(rand)" not in name:
                name = f"{name}-$(rand)"
            step["do"] = (
                f"{method} {root}/{where}{new}"
                + "".join(f"/{part}" for part in (name, subresource) if part)
                + (query or "")
            )
            body = step.get("body")
            if isinstance(body, dict) and method in ("POST", "PUT") and not subresource:
                meta = copy.deepcopy(body.get("metadata"))
                if isinstance(meta, dict) and "name" in meta and not namespaced and "$(rand)" not in str(meta["name"]):
                    meta["name"] = f"{meta['name']}-$(rand)"
                step["body"] = {"apiVersion": version, "kind": kind, "metadata": meta, **copy.deepcopy(content)}
            elif isinstance(body, dict) and "apiVersion" in body:
                step["body"] = {**body, "apiVersion": version, "kind": kind}
        return steps


def _walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _walk(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _walk(one, (*path, index))


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _place(kind: str, path: Path) -> tuple[str | int, ...]:
    """What values are exchanged by: the last names on the way; near the root, the kind, too."""
    names = tuple("*" if isinstance(part, int) else part for part in path)
    return (kind, *names) if len(names) < 3 else names[-2:]


def _harmless(step: Step) -> Step | None:
    """The step so that it does not change what all cases share, or nothing."""
    if "do" not in step:
        return step if step.get("sleep", 0) <= 1 else None
    method, _, path = str(step["do"]).partition(" ")
    if method in ("GET", "HEAD", "OPTIONS"):
        bare = path.split("?")[0]
        across = re.match(r"/(api/v1|apis/[^/]+/[^/]+)/[a-z]+$", bare)
        return None if across or re.search(r"watch=(1|true)|/watch/", path) else step
    ours = "$(rand)" in path or "$(ns)" in path or method == "POST"
    tried = (
        _KEPT.search(path)
        or not ours
        or (method == "DELETE" and "namespaces/$(ns)/" not in path and "$(rand)" not in path)
    )
    if tried and re.match(r"/apis?/", path) and "dryRun=All" not in path and "review" not in path:
        step["do"] = f"{method} {path}{'&' if '?' in path else '?'}dryRun=All"
    json.dumps(step)
    return step
