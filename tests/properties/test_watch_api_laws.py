"""Laws of watches through the whole API: whoever reads everything ends with the list, from whatever revision and in whatever form."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from properties.serving import MERGE_PATCH, Served, drained

ROOTS = ("/api/v1/namespaces/default/secrets", "/api/v1/namespaces/other/secrets")
EVERYWHERE = "/api/v1/secrets"
PLAIN = ""
METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
FORMS = {PLAIN: PLAIN, METADATA: METADATA_LIST, TABLE: TABLE}

Write = tuple[str, int, str, str]
_writes = st.lists(
    st.tuples(
        st.sampled_from(["create", "label", "note", "delete", "hold"]),
        st.integers(0, 1),
        st.sampled_from("abc"),
        st.sampled_from("rgb"),
    ),
    max_size=14,
)
_selectors = st.sampled_from(
    [
        (),
        (("labelSelector", "colour=r"),),
        (("labelSelector", "colour!=r"),),
        (("labelSelector", "colour in (g,b)"),),
        (("fieldSelector", "metadata.name=a"),),
        (("fieldSelector", "type=Opaque,metadata.name!=b"),),
        (("fieldSelector", "metadata.namespace=other"), ("labelSelector", "colour")),
    ]
)
_paths = st.sampled_from([*ROOTS, EVERYWHERE])


def run(served: Served, writes: list[Write]) -> None:
    """Writes; what the server refuses (twice created, never there) is no harm."""
    for what, root, name, colour in writes:
        path, labels = ROOTS[root], {"labels": {"colour": colour}}
        if what == "create":
            served.ask(
                "POST", path, {"metadata": {"name": name, **labels}, "type": colour if colour == "b" else "Opaque"}
            )
        elif what == "delete":
            served.ask("DELETE", f"{path}/{name}")
        else:
            held = {"finalizers": ["example.com/hold"] if colour == "r" else None}
            change = {"label": labels, "note": {"annotations": {"note": colour}}, "hold": held}[what]
            served.ask("PATCH", f"{path}/{name}", {"metadata": change}, type=MERGE_PATCH)


def begun() -> Served:
    served = Served()
    served.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "other"}})
    return served


def listed(served: Served, path: str, selectors: Any, accept: str) -> tuple[str, dict[str, Any]]:
    """The revision of a list and what it shows, by key."""
    code, found = served.ask("GET", path, query=selectors, accept=FORMS[accept])
    assert code == 200
    return found["metadata"]["resourceVersion"], dict(shown(one) for one in found.get("rows", found.get("items")) or ())


def shown(one: Any) -> tuple[str, Any]:
    """The key of an object, or of a row of a table, and what it is without its kind, which items of lists do not say."""
    meta = one["object"]["metadata"] if "cells" in one else one["metadata"]
    said = {key: value for key, value in one.items() if key not in ("kind", "apiVersion")}
    if "cells" in one:
        said["object"] = {key: value for key, value in one["object"].items() if key not in ("kind", "apiVersion")}
    return f"{meta['namespace']}/{meta['name']}", said


def followed(state: dict[str, Any], events: list[dict[str, Any]]) -> list[int]:
    """Applies events to a state; every one must make sense. Returns their revisions."""
    revisions = []
    for event in events:
        obj = event["object"]
        [one] = obj["rows"] if obj["kind"] == "Table" else [obj]
        key, value = shown(one)
        assert (event["type"] == "ADDED") == (key not in state)
        if event["type"] == "DELETED":
            del state[key]
        else:
            assert state.get(key) != value, "an event that tells nothing"
            state[key] = value
        meta = one["object"]["metadata"] if "cells" in one else one["metadata"]
        revisions.append(int(meta["resourceVersion"]))
    return revisions


@given(_writes, _writes, _paths, _selectors, st.sampled_from([*FORMS]))
def test_a_list_and_what_a_watch_from_it_tells_make_the_later_list(
    before: list[Write], after: list[Write], path: str, selectors: Any, accept: str
) -> None:
    served = begun()
    run(served, before)
    revision, state = listed(served, path, selectors, accept)
    early = served.watch(path, (*selectors, ("resourceVersion", revision)), accept)
    run(served, after)
    late = served.watch(path, (*selectors, ("resourceVersion", revision)), accept)

    events = drained(early)

    assert drained(late) == events
    revisions = followed(state, events)
    assert revisions == sorted(set(revisions))
    assert state == listed(served, path, selectors, accept)[1]


@given(_writes, _paths, _selectors, st.data())
def test_a_watch_from_any_held_revision_replays_exactly_what_the_list_of_then_missed(
    writes: list[Write], path: str, selectors: Any, data: st.DataObject
) -> None:
    served = begun()
    first = served.revision
    for write in writes:
        run(served, [write])
    revision = data.draw(st.integers(first, served.revision))
    query = (*selectors, ("resourceVersion", str(revision)), ("resourceVersionMatch", "Exact"))
    _, state = listed(served, path, query, PLAIN)

    events = drained(served.watch(path, (*selectors, ("resourceVersion", str(revision)))))

    assert all(number > revision for number in followed(state, events))
    assert state == listed(served, path, selectors, PLAIN)[1]


@given(_writes, _writes, _paths, _selectors, st.sampled_from([*FORMS]), st.booleans())
def test_a_watch_that_begins_with_what_there_is_marks_its_end_and_goes_on(
    before: list[Write], after: list[Write], path: str, selectors: Any, accept: str, bookmarks: bool
) -> None:
    served = begun()
    run(served, before)
    revision, expected = listed(served, path, selectors, accept)
    query = [*selectors]
    if bookmarks:
        query += [
            ("sendInitialEvents", "true"),
            ("resourceVersionMatch", "NotOlderThan"),
            ("allowWatchBookmarks", "true"),
        ]
    stream = served.watch(path, query, accept)
    state: dict[str, Any] = {}

    initial = drained(stream)
    if bookmarks:
        mark = initial.pop()
        meta = mark["object"]["rows"][0]["object"]["metadata"] if accept == TABLE else mark["object"]["metadata"]
        assert mark["type"] == "BOOKMARK"
        assert meta["resourceVersion"] == revision
        assert meta["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert all(event["type"] == "ADDED" for event in initial)
    followed(state, initial)
    assert state == expected

    run(served, after)
    followed(state, drained(stream))
    assert state == listed(served, path, selectors, accept)[1]


@given(_writes, _paths, _selectors)
def test_bookmarks_tell_revisions_from_which_one_may_go_on(writes: list[Write], path: str, selectors: Any) -> None:
    served = begun()
    revision, state = listed(served, path, selectors, PLAIN)
    query = (*selectors, ("resourceVersion", revision), ("allowWatchBookmarks", "true"), ("timeoutSeconds", "600"))
    stream = served.watch(path, query)
    half = len(writes) // 2
    run(served, writes[:half])
    followed(state, drained(stream))
    served.clock.pass_seconds(61)
    [mark] = drained(stream)
    assert mark["type"] == "BOOKMARK"
    run(served, writes[half:])
    from_mark = served.watch(path, (*selectors, ("resourceVersion", mark["object"]["metadata"]["resourceVersion"])))

    assert drained(from_mark) == drained(stream)


@given(_writes, _paths, _selectors, st.data())
def test_below_the_compacted_revision_nothing_is_replayed(
    writes: list[Write], path: str, selectors: Any, data: st.DataObject
) -> None:
    served = begun()
    first = served.revision
    run(served, writes)
    compacted = data.draw(st.integers(first, served.revision))
    served.server.store.compact(compacted)
    revision = data.draw(st.integers(max(1, first - 3), served.revision))

    events = drained(served.watch(path, (*selectors, ("resourceVersion", str(revision)))))

    if revision < compacted:
        [event] = events
        assert event["type"] == "ERROR"
        assert (event["object"]["code"], event["object"]["reason"]) == (410, "Expired")
    else:
        assert all(event["type"] != "ERROR" for event in events)
