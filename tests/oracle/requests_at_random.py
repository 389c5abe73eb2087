"""Random requests for many kinds, good and bad ones: what two servers are both asked."""

from __future__ import annotations

import copy
from typing import Any

from oracle.asked import Asked, Chooser
from oracle.bodies import KINDS, Kind
from oracle.definitions import DEFINITIONS, GROUP
from oracle.patches_at_random import json_patch, strategic_patch

__all__ = ["Requests"]

_JSON = "application/json"
_PATCHES = {
    "apply": "application/apply-patch+yaml",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
}
_META = "application/json;as=PartialObjectMetadata{};v=v1;g=meta.k8s.io"
_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
_ODD = (None, "", "x", 0, 1, -1, 1.5, True, [], {}, [None], {"a": None}, 2**40, "Ünï", [1, 1], {"a": {"b": [1]}})

Query = tuple[tuple[str, str], ...]


class Requests:
    """Draws requests of one session; kinds and names are few, so that they meet.

    Args:
        choose: what the requests depend on.
        namespace: of the session; names of cluster-scoped objects begin with it.
        kinds: how many kinds a session is about.
    """

    def __init__(self, choose: Chooser, namespace: str, kinds: int = 3) -> None:
        self._choose = choose
        self._namespace = namespace
        self._kinds = [choose.pick(KINDS) for _ in range(kinds)]
        self._asked = 0

    def draw(self, choose: Chooser | None = None) -> Asked:
        """The next request. `choose`: what it depends on, when that is another one for every request."""
        self._choose = choose or self._choose
        make = self._choose.pick(
            [
                *[self._create, self._apply, self._patch] * 4,
                *[self._update, self._get, self._list, self._delete] * 2,
                *[self._status, self._scale, self._delete_some, self._define, self._watch],
            ]
        )
        asked = make(self._choose.pick(self._kinds))
        self._asked += 1
        return asked

    # Where.

    def _path(self, kind: Kind, name: str = "", subresource: str = "") -> str:
        path = f"{kind.root}/namespaces/{self._namespace}" if kind.namespaced else kind.root
        return f"{path}/{kind.plural}" + (f"/{name}" if name else "") + (f"/{subresource}" if subresource else "")

    def _name(self, kind: Kind) -> str:
        name = self._choose.pick("aab")
        return name if kind.namespaced else f"{self._namespace}-{name}"

    def _earlier(self, what: str = "rv") -> str:
        """What an earlier answer said, mostly a recent one."""
        if not self._asked:
            return "0"
        recent = range(max(0, self._asked - 12), self._asked)
        return f"$({what}{self._choose.pick(recent[::-1])})"

    # Bodies.

    def _object(self, kind: Kind, name: str) -> dict[str, Any]:
        choose = self._choose
        obj = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": self._meta(name), **self._content(kind)}
        if choose.maybe(0.02):
            obj["bogus"] = 1
        if choose.maybe(0.02):
            obj["kind"] = choose.pick(["Other", "", None])
        if choose.maybe(0.02):
            obj["apiVersion"] = choose.pick(["other/v1", "v1", ""])
        return self._damaged(obj) if choose.maybe(0.12) else obj

    def _content(self, kind: Kind) -> dict[str, Any]:
        content = kind.content(self._choose)
        return copy.deepcopy(_filled(content, self._namespace))

    def _meta(self, name: str) -> dict[str, Any]:
        choose = self._choose
        meta: dict[str, Any] = {"name": name}
        if choose.maybe(0.5):
            meta["labels"] = {"app": choose.pick("xyz")}
        if choose.maybe(0.2):
            meta["annotations"] = {choose.pick(["note", "example.com/n"]): choose.pick(["1", "", "long text"])}
        if choose.maybe(0.1):
            meta["finalizers"] = choose.pick([["example.com/hold"], ["example.com/a", "example.com/b"], ["nodomain"]])
        if choose.maybe(0.04):
            meta["labels"] = choose.pick([{"app": "not valid!"}, {"-": "x"}, {"app": None}, {"app": 1}, None])
        if choose.maybe(0.04):
            owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "u"}
            meta["ownerReferences"] = choose.pick(
                [[owner], [owner | {"controller": True}], [owner | {"blockOwnerDeletion": True}], [{"kind": "X"}]]
            )
        if choose.maybe(0.03):
            meta["generateName"] = "g-"
        if choose.maybe(0.02):
            meta |= choose.pick(
                [{"namespace": "other"}, {"uid": "x"}, {"generation": 7}, {"managedFields": []}, {"selfLink": "s"}]
            )
        return meta

    def _damaged(self, obj: Any) -> Any:
        """The object with something somewhere replaced, taken out, doubled or added."""
        at, choose = obj, self._choose
        for deeper in (True,) * 11 + (False,):
            keys: list[Any] = list(at) if isinstance(at, dict) else list(range(len(at)))
            if at is obj:
                keys = [key for key in keys if key not in ("apiVersion", "kind")]
            if not keys:
                return obj
            key = choose.pick(keys)
            if isinstance(at[key], dict | list) and at[key] and deeper and choose.maybe(0.8):
                at = at[key]
                continue
            break
        how = choose.pick(["replace", "replace", "remove", "double", "add"])
        if how == "replace":
            at[key] = copy.deepcopy(choose.pick(_ODD))
        elif how == "remove":
            del at[key]
        elif isinstance(at, list):
            at.append(copy.deepcopy(at[key]) if how == "double" else copy.deepcopy(choose.pick(_ODD)))
        else:
            at["bogus" if how == "add" else f"{key}x"] = copy.deepcopy(at[key])
        return obj

    # Parameters.

    def _write_query(self, *, manager: str | None = None) -> Query:
        choose = self._choose
        query = []
        if manager is not None:
            query.append(("fieldManager", manager))
        elif choose.maybe(0.6):
            query.append(("fieldManager", choose.pick(["one", "two"])))
        if choose.maybe(0.08):
            query.append(("dryRun", choose.pick(["All", "All", "Some"])))
        if choose.maybe(0.15):
            query.append(("fieldValidation", choose.pick(["Strict", "Ignore", "Warn", "Bogus"])))
        return tuple(query)

    def _read_query(self) -> Query:
        choose = self._choose
        if not choose.maybe(0.25):
            return ()
        query = [("resourceVersion", choose.pick(["0", self._earlier(), "x", ""]))]
        if choose.maybe(0.5):
            query.append(("resourceVersionMatch", choose.pick(["Exact", "NotOlderThan", "Bogus"])))
        return tuple(query)

    def _selectors(self, kind: Kind) -> Query:
        choose, query = self._choose, []
        if choose.maybe(0.4):
            query.append(("labelSelector", choose.pick(["app=x", "app!=x", "app in (x,y)", "!app", "app in x", "a b"])))
        if choose.maybe(0.3):
            common = ["metadata.name=a", "metadata.name!=a", "spec.none=1", "metadata.namespace=x", "a"]
            own = {
                "pods": ["status.phase=Running", "spec.nodeName=n", "spec.restartPolicy=Always"],
                "things": ["spec.size=s", "spec.replicas=2", "spec.size!=s,metadata.name=a"],
                "secrets": ["type=Opaque"],
                "jobs": ["status.successful=0"],
                "events": ["involvedObject.kind=Pod", "reason=R", "type!=Normal", "regarding.kind=Pod"],
            }
            query.append(("fieldSelector", choose.pick(own.get(kind.plural, []) + common)))
        return tuple(query)

    def _accept(self, *, many: bool = False) -> str:
        if not self._choose.maybe(0.15):
            return ""
        return self._choose.pick([_TABLE, _META.format("List" if many else ""), _META.format("" if many else "List")])

    # Requests.

    def _create(self, kind: Kind) -> Asked:
        obj = self._object(kind, self._name(kind))
        return Asked("POST", self._path(kind), self._write_query(), obj, accept=self._accept())

    def _update(self, kind: Kind) -> Asked:
        choose, name = self._choose, self._name(kind)
        obj = self._object(kind, "other" if choose.maybe(0.03) else name)
        if isinstance(obj.get("metadata"), dict) and choose.maybe(0.4):
            obj["metadata"]["resourceVersion"] = choose.pick([self._earlier(), "1", "x"])
        subresource = "status" if kind.status is not None and choose.maybe(0.2) else ""
        if subresource and kind.status is not None:
            obj["status"] = kind.status(choose)
        return Asked("PUT", self._path(kind, name, subresource), self._write_query(), obj)

    def _apply(self, kind: Kind) -> Asked:
        choose, name = self._choose, self._name(kind)
        obj = self._object(kind, name)
        manager = choose.pick(["one", "two"])
        query = self._write_query(manager="" if choose.maybe(0.02) else manager)
        if choose.maybe(0.5):
            query = (*query, ("force", "true"))
        subresource = ""
        if kind.status is not None and choose.maybe(0.15):
            subresource, obj["status"] = "status", kind.status(choose)
        return Asked("PATCH", self._path(kind, name, subresource), query, obj, _PATCHES["apply"])

    def _patch(self, kind: Kind) -> Asked:
        choose, name = self._choose, self._name(kind)
        form = choose.pick(["merge", "strategic", "json"])
        query = self._write_query()
        if choose.maybe(0.03):
            query = (*query, ("force", "true"))
        body: Any
        if form == "json":
            body = json_patch(choose, kind)
        else:
            body = {"metadata": self._meta(name), **self._content(kind)}
            if choose.maybe(0.7):
                del body["metadata"]
            if choose.maybe(0.15):
                body = self._damaged(body)
            if form == "strategic" and choose.maybe(0.5):
                body = strategic_patch(choose, kind, body)
        return Asked("PATCH", self._path(kind, name), query, body, _PATCHES[form])

    def _status(self, kind: Kind) -> Asked:
        choose, name = self._choose, self._name(kind)
        path = self._path(kind, name, "status")
        if kind.status is None or choose.maybe(0.1):
            return Asked("GET", path)
        body: Any = {"status": kind.status(choose)}
        if choose.maybe(0.1):
            body = self._damaged(body)
        if choose.maybe(0.2):
            body |= self._content(kind)
        return Asked("PATCH", path, self._write_query(), body, _PATCHES[choose.pick(["merge", "strategic"])])

    def _scale(self, kind: Kind) -> Asked:
        choose, name = self._choose, self._name(kind)
        path = self._path(kind, name, "scale")
        if not kind.scale or choose.maybe(0.3):
            return Asked("GET", path)
        replicas = choose.pick([0, 1, 4, -1, "x", None])
        form = choose.pick(["merge", "merge", "json", "apply", "put"])
        body: Any = {"spec": {"replicas": replicas}}
        if form == "json":
            body = [{"op": choose.pick(["replace", "add", "test"]), "path": "/spec/replicas", "value": replicas}]
        if form in ("apply", "put"):
            body |= {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": name}}
            if choose.maybe(0.3):
                body["metadata"]["resourceVersion"] = self._earlier()
        if form == "put":
            return Asked("PUT", path, self._write_query(), body)
        manager = "one" if form == "apply" else None
        return Asked("PATCH", path, self._write_query(manager=manager), body, _PATCHES[form])

    def _options(self) -> Any:
        choose = self._choose
        if not choose.maybe(0.5):
            return None
        return choose.pick(
            [
                {"gracePeriodSeconds": 0},
                {"propagationPolicy": "Background"},
                {"propagationPolicy": "Foreground"},
                {"propagationPolicy": "Orphan"},
                {"orphanDependents": True},
                {"orphanDependents": True, "propagationPolicy": "Background"},
                {"propagationPolicy": "Bogus"},
                {"preconditions": {"uid": "no"}},
                {"preconditions": {"resourceVersion": self._earlier()}},
                {"gracePeriodSeconds": -3},
                {"gracePeriodSeconds": 7},
                {"kind": "Other"},
                {"dryRun": ["All"]},
                {"dryRun": ["Some"]},
                {"bogus": 1},
            ]
        )

    def _delete(self, kind: Kind) -> Asked:
        query = self._choose.pick([(), (), (), (("dryRun", "All"),), (("gracePeriodSeconds", "0"),)])
        return Asked("DELETE", self._path(kind, self._name(kind)), query, self._options(), accept=self._accept())

    def _delete_some(self, kind: Kind) -> Asked:
        if not kind.namespaced:
            return self._delete(kind)
        return Asked("DELETE", self._path(kind), self._selectors(kind), self._options())

    def _get(self, kind: Kind) -> Asked:
        return Asked("GET", self._path(kind, self._name(kind)), self._read_query()[:1], accept=self._accept())

    def _list(self, kind: Kind) -> Asked:
        if not kind.namespaced:
            return self._get(kind)
        choose, query = self._choose, [*self._selectors(kind), *self._read_query()]
        if choose.maybe(0.3):
            query.append(("limit", choose.pick(["1", "2", "0", "-1", "x"])))
            if choose.maybe(0.4):
                query.append(("continue", self._earlier("next")))
        return Asked("GET", self._path(kind), tuple(query), accept=self._accept(many=True))

    def _watch(self, kind: Kind) -> Asked:
        if not kind.namespaced:
            return self._get(kind)
        choose = self._choose
        query = [("watch", "1"), *self._selectors(kind)]
        query.append(("resourceVersion", choose.pick([self._earlier(), self._earlier(), "0", "", "x"])))
        if choose.maybe(0.2):
            query += [("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan")]
            if choose.maybe(0.8):
                query.append(("allowWatchBookmarks", "true"))
        accept = self._choose.pick(["", "", "", "", _TABLE, _META.format("")])
        return Asked("GET", self._path(kind), tuple(query), accept=accept)

    def _define(self, kind: Kind) -> Asked:
        """A definition is only tried: a real server takes seconds to serve one."""
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        body = self._damaged(copy.deepcopy(self._choose.pick(DEFINITIONS)))
        query = (("dryRun", "All"), *self._write_query(manager="one")[:1])
        if self._choose.maybe(0.5):
            plural = self._choose.pick(DEFINITIONS)["spec"]["names"]["plural"]
            return Asked("PATCH", f"{path}/{plural}.{GROUP}", query, {"spec": body.get("spec")}, _PATCHES["merge"])
        return Asked("POST", path, query, _renamed(body))


def _renamed(body: Any) -> Any:
    """A definition of another group, because the names of this one are taken."""
    if isinstance(body, dict):
        return {name: _renamed(value) for name, value in body.items()}
    if isinstance(body, list):
        return [_renamed(value) for value in body]
    return body.replace(GROUP, "tried.example") if isinstance(body, str) else body


def _filled(value: Any, namespace: str) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, namespace) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, namespace) for one in value]
    return value.replace("$(ns)", namespace) if isinstance(value, str) else value
