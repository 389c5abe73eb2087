"""A watch tells exactly what a list at its start lacks of a list at its end, whatever the selector and the namespace."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubefake.store import Store, Version
from kubefake.watch.fanout import Fanout
from kubefake.watch.subscription import Terms

KEYS = ["a/x", "a/y", "b/x"]
STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "delete"]), st.sampled_from(KEYS), st.sampled_from("rgb")), max_size=30
)


class StillClock:
    def monotonic_ns(self) -> int:
        return 0

    def time_ns(self) -> int:
        return 0


def run(store: Store, steps: list[tuple[str, str, str]]) -> None:
    for step, key, colour in steps:
        current = store.get("t", key)
        if step == "put":
            store.put("t", key, {"metadata": {"name": key, "labels": {"colour": colour}}}, current)
        elif current is not None:
            store.delete("t", key, current.copy(), current)


def is_red(version: Version) -> bool:
    return version.labels.get("colour") == "r"


def drain(subscription: Any) -> list[dict[str, Any]]:
    events = []
    while (frame := subscription.poll()) is not None:
        events.append(json.loads(frame))
    return events


@given(STEPS, STEPS, st.booleans(), st.sampled_from(["", "a"]))
def test_a_list_and_the_events_after_it_make_the_later_list(
    before: list[tuple[str, str, str]], after: list[tuple[str, str, str]], select: bool, namespace: str
) -> None:
    store = Store()
    fanout = Fanout(store, StillClock())
    matches = is_red if select else None
    run(store, before)
    start = store.revision
    state = {v.key: v.data for v in store.list("t", namespace or None) if not select or is_red(v)}

    run(store, after)
    events = drain(fanout.subscribe(Terms("t", start, namespace=namespace, matches=matches)))

    revisions = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
    assert revisions == sorted(set(revisions))
    for event in events:
        name = event["object"]["metadata"]["name"]
        assert (event["type"] == "ADDED") == (name not in state)
        if event["type"] == "DELETED":
            del state[name]
        else:
            state[name] = json.dumps(event["object"], separators=(",", ":")).encode()
    assert state == {v.key: v.data for v in store.list("t", namespace or None) if not select or is_red(v)}


@given(STEPS, st.integers(0, 40))
def test_it_makes_no_difference_whether_a_watcher_reads_at_once_or_late(
    steps: list[tuple[str, str, str]], pace: int
) -> None:
    store = Store()
    fanout = Fanout(store, StillClock())
    prompt = fanout.subscribe(Terms("t", store.revision, matches=is_red))
    late = fanout.subscribe(Terms("t", store.revision, matches=is_red))
    told: list[dict[str, Any]] = []

    for index, step in enumerate(steps):
        run(store, [step])
        if index % (pace + 1) == 0:
            told += drain(prompt)

    assert told + drain(prompt) == drain(late)
