"""The server against a naive model of it: a dictionary of objects, and what every write does to it, refusals included."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from properties.serving import JSON_PATCH, MERGE_PATCH, Served

NAMESPACES = ("default", "other")
HOLDS = ("example.com/a", "example.com/b")
_namespaces = st.sampled_from(NAMESPACES)
_names = st.sampled_from("abc")
_data = st.dictionaries(st.sampled_from("kl"), st.sampled_from("12"), max_size=2)
_colours = st.sampled_from("rg")
_holds = st.lists(st.sampled_from(HOLDS), unique=True)
_revisions = st.sampled_from(["", "current", "stale"])


def path(namespace: str, name: str = "") -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps" + (f"/{name}" if name else "")


class Model:
    """One object as the model has it."""

    def __init__(self, data: dict[str, str], colour: str, holds: list[str]) -> None:
        self.data, self.colour, self.holds = dict(data), colour, list(holds)
        self.deleting = False

    def state(self) -> Any:
        return self.data, self.colour, self.holds, self.deleting


class ServerMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.served = Served()
        self.served.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "other"}})
        self.model: dict[tuple[str, str], Model] = {}
        self.versions: dict[tuple[str, str], str] = {}
        self.newest = self.served.revision

    def _body(self, name: str, data: dict[str, str], colour: str, holds: list[str]) -> dict[str, Any]:
        return {"metadata": {"name": name, "labels": {"colour": colour}, "finalizers": holds}, "data": data}

    @rule(namespace=_namespaces, name=_names, data=_data, colour=_colours, holds=_holds)
    def create(self, namespace: str, name: str, data: dict[str, str], colour: str, holds: list[str]) -> None:
        code, _ = self.served.ask("POST", path(namespace), self._body(name, data, colour, holds))

        if (namespace, name) in self.model:
            assert code == 409
        else:
            assert code == 201
            self.model[namespace, name] = Model(data, colour, holds)

    @rule(namespace=_namespaces, name=_names, data=_data, colour=_colours, holds=_holds, revision=_revisions)
    def update(
        self, namespace: str, name: str, data: dict[str, str], colour: str, holds: list[str], revision: str
    ) -> None:
        body = self._body(name, data, colour, holds)
        key = namespace, name
        if revision:
            known = self.versions.get(key, "7")
            body["metadata"]["resourceVersion"] = known if revision == "current" else "6"

        code, _ = self.served.ask("PUT", path(namespace, name), body)

        here = self.model.get(key)
        if here is None:
            assert code == 404 if not revision else code in (404, 409)
        elif revision == "stale":
            assert code == 409
        elif here.deleting and set(holds) - set(here.holds):
            assert code == 422
        else:
            assert code == 200
            here.data, here.colour, here.holds = dict(data), colour, list(holds)
            self._end(key)

    @rule(namespace=_namespaces, name=_names, data=_data)
    def merge(self, namespace: str, name: str, data: dict[str, str]) -> None:
        gone = [key for key in "kl" if key not in data]
        patch = {"data": {**data, **dict.fromkeys(gone)}}

        code, _ = self.served.ask("PATCH", path(namespace, name), patch, type=MERGE_PATCH)

        here = self.model.get((namespace, name))
        assert code == (404 if here is None else 200)
        if here is not None:
            here.data = dict(data)

    @rule(namespace=_namespaces, name=_names, was=_colours, colour=_colours)
    def change_if(self, namespace: str, name: str, was: str, colour: str) -> None:
        patch = [
            {"op": "test", "path": "/metadata/labels/colour", "value": was},
            {"op": "replace", "path": "/metadata/labels/colour", "value": colour},
        ]

        code, _ = self.served.ask("PATCH", path(namespace, name), patch, type=JSON_PATCH)

        here = self.model.get((namespace, name))
        if here is None:
            assert code == 404
        elif here.colour != was:
            assert code == 422
        else:
            assert code == 200
            here.colour = colour

    @rule(namespace=_namespaces, name=_names)
    def let_go(self, namespace: str, name: str) -> None:
        patch = {"metadata": {"finalizers": None}}

        code, _ = self.served.ask("PATCH", path(namespace, name), patch, type=MERGE_PATCH)

        here = self.model.get((namespace, name))
        assert code == (404 if here is None else 200)
        if here is not None:
            here.holds = []
            self._end((namespace, name))

    @rule(namespace=_namespaces, name=_names, condition=_revisions, dry=st.booleans())
    def delete(self, namespace: str, name: str, condition: str, dry: bool) -> None:
        key = namespace, name
        options: dict[str, Any] = {"dryRun": ["All"]} if dry else {}
        if condition:
            known = self.versions.get(key, "7")
            options["preconditions"] = {"resourceVersion": known if condition == "current" else "6"}

        code, _ = self.served.ask("DELETE", path(namespace, name), options)

        if key not in self.model:
            assert code == 404
        elif condition == "stale":
            assert code == 409
        else:
            assert code == 200
            if not dry:
                self._delete(key)

    @rule(namespace=_namespaces, colour=_colours)
    def delete_coloured(self, namespace: str, colour: str) -> None:
        query = (("labelSelector", f"colour={colour}"),)

        code, _ = self.served.ask("DELETE", path(namespace), query=query)

        assert code == 200
        for key, here in list(self.model.items()):
            if key[0] == namespace and here.colour == colour:
                self._delete(key)

    @rule(namespace=_namespaces, name=_names, data=_data)
    def try_out(self, namespace: str, name: str, data: dict[str, str]) -> None:
        code, _ = self.served.ask("POST", path(namespace), self._body(name, data, "r", []), query=(("dryRun", "All"),))

        assert code == (409 if (namespace, name) in self.model else 201)

    def _delete(self, key: tuple[str, str]) -> None:
        self.model[key].deleting = True
        self._end(key)

    def _end(self, key: tuple[str, str]) -> None:
        here = self.model[key]
        if here.deleting and not here.holds:
            del self.model[key]

    @invariant()
    def lists_and_gets_agree_with_the_model(self) -> None:
        if not hasattr(self, "served"):
            return
        before = self.versions
        self.versions = {}
        for namespace in NAMESPACES:
            found = self.served.ask("GET", path(namespace))[1]
            self._compare(found, {key: here for key, here in self.model.items() if key[0] == namespace})
        everything = self.served.ask("GET", "/api/v1/configmaps", query=(("labelSelector", "colour"),))[1]
        self._compare(everything, self.model)
        red = self.served.ask("GET", "/api/v1/configmaps", query=(("labelSelector", "colour=r"),))[1]
        self._compare(red, {key: here for key, here in self.model.items() if here.colour == "r"})
        assert int(everything["metadata"]["resourceVersion"]) == self.served.revision >= self.newest
        changed = [key for key, version in self.versions.items() if before.get(key) != version]
        assert all(int(self.versions[key]) > self.newest for key in changed)
        assert len(changed) <= self.served.revision - self.newest
        self.newest = self.served.revision
        for namespace, name in self.model:
            code, one = self.served.ask("GET", path(namespace, name))
            assert code == 200
            assert one["metadata"]["resourceVersion"] == self.versions[namespace, name]

    def _compare(self, found: Any, model: dict[tuple[str, str], Model]) -> None:
        states = {}
        for item in found["items"]:
            meta = item["metadata"]
            key = meta["namespace"], meta["name"]
            holds, colour = meta.get("finalizers", []), meta["labels"]["colour"]
            states[key] = (item.get("data", {}), colour, holds, "deletionTimestamp" in meta)
            self.versions[key] = meta["resourceVersion"]
        assert states == {key: copy.deepcopy(here.state()) for key, here in model.items()}
        assert list(states) == sorted(states)


TestServerMachine = ServerMachine.TestCase
TestServerMachine.settings = settings(stateful_step_count=25)
