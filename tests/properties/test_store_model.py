"""The store against a model that keeps a whole copy of everything at every revision."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubefake.store import CompactedError, Store

KEYS = ["a/x", "a/y", "a-b/x", "b/x", "b/z"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "delete", "fork", "snapshot", "restore", "compact"]),
        st.sampled_from(KEYS),
        st.integers(0, 9),
    ),
    max_size=40,
)

State = dict[str, int]


class Model:
    """Every revision's whole state, and how far back one may ask."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.states: dict[int, State] = {store.revision: {}}
        self.compacted = 0

    def now(self) -> State:
        return self.states[self.store.revision]

    def apply(self, step: str, key: str, value: int) -> None:
        current = self.store.get("t", key)
        state = dict(self.now())
        if step == "put":
            self.store.put("t", key, {"metadata": {"name": key}, "value": value}, current)
            self.states[self.store.revision] = state | {key: value}
        elif step == "delete" and current is not None:
            self.store.delete("t", key, current.copy(), current)
            del state[key]
            self.states[self.store.revision] = state
        elif step == "compact":
            revision = max(0, self.store.revision - value)
            self.store.compact(revision)
            self.compacted = max(self.compacted, revision)

    def fork(self) -> Model:
        other = Model(self.store.fork())
        other.states, other.compacted = dict(self.states), self.compacted
        return other

    def check(self) -> None:
        for revision, state in self.states.items():
            if revision < self.compacted:
                with pytest.raises(CompactedError):
                    self.store.list("t", revision=revision)
                continue
            assert _values(self.store, None, revision) == state
            assert list(_values(self.store, None, revision)) == sorted(state)
            inside = {key: value for key, value in state.items() if key.startswith("a/")}
            assert _values(self.store, "a", revision) == inside
            for key in KEYS:
                found = self.store.get_at("t", key, revision)
                assert (found.obj["value"] if found is not None else None) == state.get(key)


def _values(store: Store, namespace: str | None, revision: int) -> dict[str, Any]:
    return {version.key: version.obj["value"] for version in store.list("t", namespace, revision)}


@given(STEPS)
def test_every_held_revision_reads_as_it_was_whatever_forks_and_compactions_happened(
    steps: list[tuple[str, str, int]],
) -> None:
    models = [Model(Store())]
    saved: list[tuple[Any, Model]] = []

    for index, (step, key, value) in enumerate(steps):
        model = models[index % len(models)]
        if step == "fork" and len(models) < 4:
            models.append(model.fork())
        elif step == "snapshot":
            saved.append((model.store.snapshot(), model.fork()))
        elif step == "restore" and saved:
            snapshot, then = saved[value % len(saved)]
            model.store.restore(snapshot)
            model.states, model.compacted = dict(then.states), then.compacted
        else:
            model.apply(step, key, value)

    for model in models:
        model.check()


@given(STEPS)
def test_the_log_replays_to_the_current_state(steps: list[tuple[str, str, int]]) -> None:
    model = Model(Store())
    for step, key, value in steps:
        model.apply("put" if step == "compact" else step, key, value)

    replayed: State = {}
    for version in model.store.table("t").log:
        if version.deleted:
            del replayed[version.key]
        else:
            replayed[version.key] = version.obj["value"]

    assert replayed == model.now()
