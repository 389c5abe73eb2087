"""Laws of server-side apply through the whole server, for builtin and custom kinds: again changes nothing, order does not matter."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracle.asked import Drawn
from oracle.bodies import KINDS, Kind
from properties.serving import APPLY, MERGE_PATCH, Served, drained

SETTLING = ("persistentvolumeclaims", "jobs")
"""Of these the real server stores the first write after they were made, though it changes nothing."""

WIDE = 3 * settings().max_examples  # there are some thirty kinds


def path_of(kind: Kind, name: str = "") -> str:
    root = f"{kind.root}/namespaces/default" if kind.namespaced else kind.root
    return f"{root}/{kind.plural}" + (f"/{name}" if name else "")


def drawn(data: st.DataObject, kind: Kind) -> dict[str, Any]:
    content = kind.content(Drawn(data.draw))
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "a"}, **content}


def apply(served: Served, kind: Kind, config: dict[str, Any], manager: str = "one") -> tuple[int, Any]:
    query = (("fieldManager", manager), ("force", "true"))
    return served.ask("PATCH", path_of(kind, "a"), config, query=query, type=APPLY)


@settings(max_examples=WIDE)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_applying_the_same_again_writes_nothing(kind: Kind, data: st.DataObject) -> None:
    served, config = Served(), drawn(data, kind)
    code, first = apply(served, kind, config)
    assume(code < 300)  # a good configuration
    assume(first["metadata"].get("managedFields"))  # else what there is counts as made before the first apply
    if kind.plural in SETTLING:
        code, first = apply(served, kind, config)
    stream = served.watch(path_of(kind), (("resourceVersion", first["metadata"]["resourceVersion"]),))
    revision = served.revision
    served.clock.pass_seconds(10)

    assert apply(served, kind, config) == (200, first)

    assert served.revision == revision
    assert drained(stream) == []


@settings(max_examples=WIDE)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_applying_the_same_again_writes_nothing_after_others_wrote(kind: Kind, data: st.DataObject) -> None:
    served, config = Served(), drawn(data, kind)
    assume(served.ask("POST", path_of(kind), drawn(data, kind))[0] < 300)
    served.clock.pass_seconds(10)
    assume(apply(served, kind, config)[0] < 300)
    labels = {"metadata": {"labels": {"other": "x"}}}
    served.ask("PATCH", path_of(kind, "a"), labels, query=(("fieldManager", "two"),), type=MERGE_PATCH)
    served.clock.pass_seconds(10)
    code, first = apply(served, kind, config)
    assume(code < 300)
    assume(first["metadata"].get("managedFields"))
    revision = served.revision
    served.clock.pass_seconds(10)

    assert apply(served, kind, config) == (200, first)
    assert served.revision == revision


_keys = st.sampled_from(["k", "l", "m", "n", "o"])
_values = st.dictionaries(
    _keys, st.sampled_from("xyz"), min_size=1, max_size=3
)  # maps with nothing in them have no owner


@given(
    kind=st.sampled_from(KINDS), data=st.data(), labels=st.tuples(_values, _values), notes=st.tuples(_values, _values)
)
def test_it_does_not_matter_who_of_two_applies_first(
    kind: Kind, data: st.DataObject, labels: tuple[Any, Any], notes: tuple[Any, Any]
) -> None:
    base = drawn(data, kind)
    configs = {}
    for manager, label, note in zip(("one", "two"), labels, notes, strict=True):
        meta = {
            "name": "a",
            "labels": {f"{manager}-{key}": value for key, value in label.items()},
            "annotations": {f"{manager}-{key}": value for key, value in note.items()},
        }
        configs[manager] = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta}
    ends = []
    for order in (("one", "two"), ("two", "one")):
        served = Served()
        assume(apply(served, kind, base, "base")[0] < 300)
        for manager in order:
            code, answer = apply(served, kind, configs[manager], manager)
            assume(code < 300)  # objects that may not change at all are none of this law's
        ends.append(_told(answer))

    assert ends[0] == ends[1]


def _told(obj: dict[str, Any]) -> Any:
    meta = {key: value for key, value in obj["metadata"].items() if key not in ("uid", "resourceVersion")}
    meta["managedFields"] = {entry["manager"]: entry["fieldsV1"] for entry in meta.get("managedFields", ())}
    return {**obj, "metadata": meta}
