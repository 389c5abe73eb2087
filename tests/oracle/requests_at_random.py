"""Random requests for a few kinds, good and bad ones, from a seed: what two servers are both asked."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

__all__ = ["DEFINITION", "Asked", "Requests"]

DEFINITION: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.differential.example"},
    "spec": {
        "group": "differential.example",
        "scope": "Namespaced",
        "names": {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {
                    "status": {},
                    "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
                },
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "required": ["size"],
                                "properties": {
                                    "size": {"type": "string", "enum": ["s", "m", "l"]},
                                    "replicas": {"type": "integer", "minimum": 0, "default": 1},
                                    "tags": {
                                        "type": "array",
                                        "items": {"type": "string"},
                                        "x-kubernetes-list-type": "set",
                                    },
                                },
                            },
                            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                        },
                    }
                },
            }
        ],
    },
}

_KINDS = {
    "configmaps": ("/api/v1", "v1", "ConfigMap"),
    "services": ("/api/v1", "v1", "Service"),
    "deployments": ("/apis/apps/v1", "apps/v1", "Deployment"),
    "pods": ("/api/v1", "v1", "Pod"),
    "things": ("/apis/differential.example/v1", "differential.example/v1", "Thing"),
}
_PATCHES = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
    "apply": "application/apply-patch+yaml",
}
_STATUS: dict[str, list[Any]] = {
    "configmaps": [{}],
    "services": [{}],  # what balancers report is a known limit
    "deployments": [{"replicas": 2, "observedGeneration": 1}, {"replicas": -1}, {"replicas": 1, "readyReplicas": 2}],
    "pods": [{"phase": "Running"}, {"conditions": [{"type": "Ready", "status": "True"}]}, {"podIP": "10.1.1.1"}],
    "things": [{"replicas": 3}, {"free": {"form": [1, "a"]}}],
}


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    type: str = "application/json"

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.method} {self.path}?{query} [{self.type}] {self.body!r}"


class Requests:
    """Draws requests; names are few, so that they meet."""

    def __init__(self, seed: int | str, namespace: str) -> None:
        self._random = random.Random(seed)
        self._namespace = namespace

    def draw(self) -> Asked:
        plural = self._pick(_KINDS)
        likely = (self._create, self._patch)
        make = self._pick(
            [*likely, *likely, self._update, self._delete, self._get, self._list, self._status, self._scale]
        )
        return make(plural)

    def _pick(self, values: Any) -> Any:
        return self._random.choice(list(values))

    def _maybe(self, share: float) -> bool:
        return self._random.random() < share

    def _path(self, plural: str, name: str = "", subresource: str = "") -> str:
        path = f"{_KINDS[plural][0]}/namespaces/{self._namespace}/{plural}"
        return path + (f"/{name}" if name else "") + (f"/{subresource}" if subresource else "")

    def _name(self) -> str:
        return self._pick("abc")

    # Bodies.

    def _object(self, plural: str, name: str) -> dict[str, Any]:
        _, api_version, kind = _KINDS[plural]
        meta: dict[str, Any] = {"name": name}
        if self._maybe(0.6):
            meta["labels"] = {"app": self._pick(["x", "y", "z"])}
        if self._maybe(0.2):
            meta["annotations"] = {self._pick(["note", "example.com/n"]): self._pick(["1", "", "long text"])}
        if self._maybe(0.1):
            meta["finalizers"] = [self._pick(["example.com/hold", "nodomain"])]
        if self._maybe(0.05):
            meta["labels"] = {"app": self._pick(["not valid!", "", "-x"])}
        obj = {"apiVersion": api_version, "kind": kind, "metadata": meta, **self._content(plural)}
        if self._maybe(0.04):
            obj["bogus"] = 1
        if self._maybe(0.03):
            obj["kind"] = "Other"
        if self._maybe(0.03):
            obj["apiVersion"] = "other/v1"
        return obj

    def _content(self, plural: str) -> dict[str, Any]:
        make = {
            "configmaps": self._data,
            "services": self._service,
            "deployments": self._deployment,
            "pods": lambda: {"spec": self._pod_spec()},
            "things": self._thing,
        }[plural]
        return make()

    def _data(self) -> dict[str, Any]:
        found: dict[str, Any] = {"data": {self._pick(["k", "l", "m"]): self._pick(["1", "2", ""])}}
        if self._maybe(0.1):
            found["data"] = self._pick([{"bad key": "v"}, {"n": 1}, None, {}, []])
        if self._maybe(0.1):
            found["binaryData"] = self._pick([{"k": "AA=="}, {"b": "AA=="}, {"b": "%"}])
        if self._maybe(0.05):
            found["immutable"] = self._pick([True, False, "yes"])
        return found

    def _service(self) -> dict[str, Any]:
        port: dict[str, Any] = {"port": self._pick([80, 443, 80, 0, 70000])}
        if self._maybe(0.5):
            port["name"] = self._pick(["web", "api", "Bad_Name"])
        if self._maybe(0.3):
            port["targetPort"] = self._pick([8080, "http", "no such name"])
        spec: dict[str, Any] = {"ports": [port]}
        if self._maybe(0.7):
            spec["selector"] = {"app": self._pick(["x", "y"])}
        if self._maybe(0.4):
            spec["clusterIP"] = "None"
        if self._maybe(0.2):
            spec["sessionAffinity"] = self._pick(["ClientIP", "None", "Bogus"])
        return {"spec": spec}

    def _deployment(self) -> dict[str, Any]:
        label = self._pick(["x", "y"])
        spec: dict[str, Any] = {
            "selector": {"matchLabels": {"app": label}},
            "template": {"metadata": {"labels": {"app": label if self._maybe(0.9) else "q"}}, "spec": self._pod_spec()},
        }
        if self._maybe(0.5):
            spec["replicas"] = self._pick([0, 1, 3, -1, "2"])
        if self._maybe(0.2):
            spec["strategy"] = self._pick(
                [{"type": "Recreate"}, {"type": "Bogus"}, {"rollingUpdate": {"maxSurge": "50%", "maxUnavailable": 0}}]
            )
        return {"spec": spec}

    def _pod_spec(self) -> dict[str, Any]:
        container: dict[str, Any] = {"name": self._pick(["c", "d"]), "image": self._pick(["i:1", "i", "i:1", ""])}
        if self._maybe(0.3):
            container["env"] = [{"name": self._pick(["A", "B", "1=2"]), "value": self._pick(["", "x"])}]
        if self._maybe(0.3):
            container["ports"] = [{"containerPort": self._pick([80, 90, 0])}]
        if self._maybe(0.2):
            container["resources"] = {"requests": {"cpu": self._pick(["100m", "0.5", "x", 1])}}
        return {"containers": [container]} if self._maybe(0.95) else {"containers": []}

    def _thing(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"size": self._pick(["s", "m", "l", "xl"])}
        if self._maybe(0.4):
            spec["replicas"] = self._pick([0, 2, -1, 1.5, "3"])
        if self._maybe(0.4):
            spec["tags"] = self._pick([["a"], ["a", "b"], ["a", "a"], []])
        return {"spec": spec} if self._maybe(0.9) else {}

    # Parameters.

    def _write_query(self) -> tuple[tuple[str, str], ...]:
        query = [("fieldManager", self._pick(["one", "two"]))] if self._maybe(0.7) else []
        if self._maybe(0.1):
            query.append(("dryRun", self._pick(["All", "All", "Some"])))
        if self._maybe(0.15):
            query.append(("fieldValidation", self._pick(["Strict", "Ignore", "Warn", "Bogus"])))
        return tuple(query)

    # Requests.

    def _create(self, plural: str) -> Asked:
        return Asked("POST", self._path(plural), self._write_query(), self._object(plural, self._name()))

    def _update(self, plural: str) -> Asked:
        name = self._name()
        obj = self._object(plural, name if self._maybe(0.95) else "other")
        if self._maybe(0.05):
            obj["metadata"]["resourceVersion"] = self._pick(["1", "x"])
        return Asked("PUT", self._path(plural, name), self._write_query(), obj)

    def _patch(self, plural: str) -> Asked:
        form, name = self._pick(_PATCHES), self._name()
        obj = self._object(plural, name)
        query = self._write_query()
        body: Any = {"metadata": {**obj["metadata"]}, **self._content(plural)}
        if form == "apply":
            body = obj
            query = (
                *(pair for pair in query if pair[0] != "fieldManager"),
                ("fieldManager", self._pick(["one", "two"])),
            )
            if self._maybe(0.5):
                query = (*query, ("force", "true"))
        elif form == "json":
            body = [
                {
                    "op": self._pick(["add", "replace", "remove", "test"]),
                    "path": self._pick(
                        ["/metadata/labels/app", "/metadata/labels", "/data/k", "/spec/replicas", "/spec"]
                    ),
                    "value": self._pick(["x", {"app": "y"}, 2, None]),
                }
            ]
        return Asked("PATCH", self._path(plural, name), query, body, _PATCHES[form])

    def _status(self, plural: str) -> Asked:
        name = self._name()
        body = {"status": self._pick(_STATUS[plural])}
        return Asked("PATCH", self._path(plural, name, "status"), self._write_query(), body, _PATCHES["merge"])

    def _scale(self, plural: str) -> Asked:
        name = self._name()
        if self._maybe(0.4):
            return Asked("GET", self._path(plural, name, "scale"))
        body = {"spec": {"replicas": self._pick([0, 1, 4, -1, "x", None])}}
        return Asked("PATCH", self._path(plural, name, "scale"), self._write_query(), body, _PATCHES["merge"])

    def _delete(self, plural: str) -> Asked:
        body: Any = None
        if self._maybe(0.4):
            body = self._pick(
                [
                    {"gracePeriodSeconds": 0},
                    {"propagationPolicy": "Background"},
                    {"propagationPolicy": "Foreground"},
                    {"propagationPolicy": "Bogus"},
                    {"preconditions": {"uid": "no"}},
                    {"gracePeriodSeconds": -3},
                    {"kind": "Other"},
                ]
            )
        return Asked("DELETE", self._path(plural, self._name()), (), body)

    def _get(self, plural: str) -> Asked:
        return Asked("GET", self._path(plural, self._name()))

    def _list(self, plural: str) -> Asked:
        query = []
        if self._maybe(0.4):
            query.append(("labelSelector", self._pick(["app=x", "app!=x", "app in (x,y)", "!app", "app in x", "a b"])))
        if self._maybe(0.3):
            query.append(
                (
                    "fieldSelector",
                    self._pick(["metadata.name=a", "metadata.name!=a", "spec.none=1", "status.phase=Running"]),
                )
            )
        if self._maybe(0.2):
            query.append(("limit", self._pick(["1", "2", "0", "-1", "x"])))
        return Asked("GET", self._path(plural), tuple(query))
