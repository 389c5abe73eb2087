# generated from tests/twins/_async/test_comparing_lists.py by .ci/twin.py, do not edit
"""What was streamed, compared with a list; and waiting for several caches at once."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient._sync.consistency_detector import check_consistency
from kubeclient._sync.syncing import wait_for_cache_sync
from kubeclient.api.core_v1 import Pod, PodList
from kubeclient.api.meta_v1 import ListMeta, ObjectMeta
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList
from kubeclient.machines.consistency import DataInconsistency
from tests.twins.support import Sim


def pod(name: str, version: str = "1") -> Pod:
    return Pod(metadata=ObjectMeta(name=name, namespace="ns", uid=f"uid of {name}", resource_version=version))


def untyped(name: str) -> Unstructured:
    metadata = {"name": name, "namespace": "ns", "uid": f"uid of {name}", "resourceVersion": "1"}
    return Unstructured({"apiVersion": "v1", "kind": "Pod", "metadata": metadata})


class Lists:
    """Answers with these objects, after so many failures, and writes down what it was asked."""

    def __init__(self, *objects: Any, failures: int = 0) -> None:
        self.objects, self.failures, self.asked = list(objects), failures, list[dict[str, Any]]()

    def __call__(self, **options: Any) -> Any:
        self.asked.append(options)
        if len(self.asked) <= self.failures:
            raise LookupError("not now")
        if self.objects and isinstance(self.objects[0], Unstructured):
            return UnstructuredList({"metadata": {"resourceVersion": "7"}, "items": self.objects})
        return PodList(metadata=ListMeta(resource_version="7"), items=self.objects)


EXACT = {"resource_version": "7", "resource_version_match": "Exact"}


@pytest.mark.parity("CDT-01", "RFL-20")
@pytest.mark.parametrize(
    ("listed", "held", "options", "asked"),
    [
        ([pod("a"), pod("b")], [pod("b"), pod("a")], {}, EXACT),
        ([untyped("a")], [untyped("a")], {}, EXACT),
        ([], [], {}, EXACT),
        ([pod("a"), pod("b")], [pod("a"), pod("b")], {"resource_version": "0", "limit": 1}, {**EXACT, "limit": 0}),
        ([pod("a")], [pod("a")], {"resource_version": "2", "limit": 1}, {**EXACT, "limit": 1}),
        ([pod("a")], [pod("a")], {"resource_version": "0", "limit": 5}, {**EXACT, "limit": 5}),
    ],
    ids=["the same", "untyped", "nothing", "a limit that did not count", "a limit that counts", "a limit not reached"],
)
def test_the_same_objects_pass_and_are_asked_for_at_their_exact_version(
    sim: Sim, listed: list[Any], held: list[Any], options: Any, asked: dict[str, Any]
) -> None:
    lists = Lists(*listed)

    check_consistency(lists, held, "7", runtime=sim.runtime, stop=sim.runtime.event(), options=options)

    assert lists.asked == [asked]


@pytest.mark.parity("CDT-01")
@pytest.mark.parametrize(("version", "options"), [("7", {"continue_": "token"}), ("0", {})])
def test_what_no_list_can_be_compared_with_is_not_compared(sim: Sim, version: str, options: Any) -> None:
    lists = Lists(pod("a"))

    check_consistency(lists, [], version, runtime=sim.runtime, stop=sim.runtime.event(), options=options)

    assert lists.asked == []


@pytest.mark.parity("CDT-01")
@pytest.mark.parametrize("held", [[], [pod("a", "2")], [pod("a"), pod("b")]], ids=["missing", "changed", "more"])
def test_other_objects_are_an_inconsistency(sim: Sim, held: list[Pod]) -> None:
    with pytest.raises(DataInconsistency, match="data inconsistency detected for me: "):
        check_consistency(Lists(pod("a")), held, "7", runtime=sim.runtime, stop=sim.runtime.event(), identity="me")


@pytest.mark.parity("CDT-01")
def test_a_list_that_fails_is_asked_for_until_it_comes(sim: Sim) -> None:
    lists = Lists(pod("a"), failures=5)

    check_consistency(lists, [pod("a")], "7", runtime=sim.runtime, stop=sim.runtime.event())

    assert (lists.asked, sim.now) == ([EXACT] * 6, 5.0)


@pytest.mark.parity("INF-16")
def test_a_wait_for_caches_names_those_that_did_not_come(sim: Sim, caplog: pytest.LogCaptureFixture) -> None:
    class Cache:
        def __init__(self, name: str, at: float) -> None:
            self.name, self.at = name, at

        def has_synced(self) -> bool:
            return sim.now >= self.at

    assert wait_for_cache_sync(runtime=sim.runtime)
    assert wait_for_cache_sync(Cache("a", 0), runtime=sim.runtime)
    assert sim.now == 0
    assert not wait_for_cache_sync(
        Cache("a", 1), Cache("b", 9), Cache("c", 9), timeout=2, name="me", runtime=sim.runtime
    )

    assert sim.now == pytest.approx(2.0, abs=0.2)
    assert "Caches did not sync: me is still waiting for b, c" in caplog.text
