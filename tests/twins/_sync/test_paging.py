# generated from tests/twins/_async/test_paging.py by .ci/twin.py, do not edit
"""Long lists page by page, and doing something again while it fails."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient._sync.pager import ListPager
from kubeclient._sync.retry import on_error, retry_on_conflict
from kubeclient.api.core_v1 import Pod, PodList
from kubeclient.api.meta_v1 import ListMeta, ObjectMeta
from kubeclient.apimachinery.errors import (
    Conflict,
    Expired,
    NotFound,
    new_conflict,
    new_not_found,
    new_resource_expired,
)
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.unstructured import UnstructuredList
from kubeclient.retry import Backoff
from kubeclient.runtime.waiting import WaitStoppedError
from tests.twins.support import FakeRuntime, Sim

PODS = GroupResource("", "pods")


class Pages:
    """A server with so many pods, which forgets a list after so many pages."""

    def __init__(self, count: int, *, expire_after: int = 1000, untyped: bool = False) -> None:
        self.count, self.expire_after, self.untyped = count, expire_after, untyped
        self.asked: list[dict[str, Any]] = []
        self.on_page: Any = None

    def __call__(self, **options: Any) -> Any:
        self.asked.append(options)
        if self.on_page is not None:
            self.on_page(len(self.asked))
        begin = int(options.get("continue_") or 0)
        if begin and len(self.asked) > self.expire_after:
            raise new_resource_expired("list expired")
        end = begin + options["limit"] if options.get("limit") else self.count
        more = str(end) if end < self.count else ""
        names = [f"pod-{number}" for number in range(begin, min(end, self.count))]
        if self.untyped:
            objects = [{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name}} for name in names]
            return UnstructuredList(
                {"kind": "PodList", "metadata": {"continue": more, "resourceVersion": "7"}, "items": objects}
            )
        items = [Pod(metadata=ObjectMeta(name=name)) for name in names]
        return PodList(metadata=ListMeta(resource_version=str(7 + len(self.asked)), continue_=more), items=items)


@pytest.mark.parity("PGR-01")
def test_a_page_has_five_hundred_objects_unless_another_number_is_asked_for() -> None:
    pages = Pages(1200)
    ListPager(pages).list()
    ListPager(pages).list(limit=700)
    assert [options["limit"] for options in pages.asked] == [500, 500, 500, 700, 700]


@pytest.mark.parity("PGR-02")
def test_the_version_is_asked_for_with_the_first_page_only() -> None:
    pages = Pages(25)
    ListPager(pages, page_size=10).list(label_selector="a=b", resource_version="5", resource_version_match="Exact")
    always = {"label_selector": "a=b", "limit": 10}
    assert pages.asked == [
        {**always, "resource_version": "5", "resource_version_match": "Exact"},
        {**always, "continue_": "10"},
        {**always, "continue_": "20"},
    ]


@pytest.mark.parity("PGR-04")
@pytest.mark.parametrize("untyped", [False, True])
def test_one_page_is_the_list_and_several_become_one(untyped: bool) -> None:
    found, paginated = ListPager(Pages(10, untyped=untyped), page_size=10).list()
    assert (len(found.items), paginated) == (10, False)

    found, paginated = ListPager(Pages(11, untyped=untyped), page_size=5).list()
    assert (len(found.items), paginated) == (11, True)
    metadata = found.metadata
    version, more = (
        (metadata["resourceVersion"], metadata.get("continue", ""))
        if untyped
        else (metadata.resource_version, metadata.continue_)
    )
    assert (version, more) == ("7" if untyped else "8", ""), "the version is that of the first page"


@pytest.mark.parity("PGR-03")
def test_a_list_that_expires_half_way_is_read_whole_at_its_version() -> None:
    pages = Pages(25, expire_after=2)
    found, paginated = ListPager(pages, page_size=10).list(resource_version="5")
    assert ([pod.metadata.name for pod in found.items][::24], len(found.items), paginated) == (
        ["pod-0", "pod-24"],
        25,
        True,
    )
    assert pages.asked[-1] == {"resource_version": "5", "limit": 0}


@pytest.mark.parity("PGR-03")
def test_a_list_that_expires_is_an_error_where_the_whole_is_not_wanted_or_at_the_first_page() -> None:
    with pytest.raises(Expired):
        ListPager(Pages(25, expire_after=2), page_size=10, full_list_if_expired=False).list()

    def expired(**options: Any) -> PodList:
        raise new_resource_expired("gone")

    with pytest.raises(Expired):
        ListPager(expired).list()


@pytest.mark.parity("PGR-06")
def test_between_pages_it_can_be_stopped(sim: Sim) -> None:
    pages, stop = Pages(50), sim.runtime.event()
    pages.on_page = lambda number: stop.set() if number == 2 else None
    pager = ListPager(pages, page_size=10, runtime=sim.runtime)
    with pytest.raises(WaitStoppedError):
        pager.list(stop=stop)
    assert len(pages.asked) == 2
    with pytest.raises(WaitStoppedError):
        pager.for_each(lambda pod: None, stop=stop)
    assert len(pages.asked) == 2


@pytest.mark.parity("PGR-04")
@pytest.mark.parametrize(("objects", "asked"), [(0, 1), (9, 1), (10, 1), (20, 2), (21, 3), (51, 6)])
def test_a_list_has_as_many_pages_as_it_needs(sim: Sim, objects: int, asked: int) -> None:
    pages = Pages(objects)
    found, paginated = ListPager(pages, page_size=10).list()
    assert (len(found.items), len(pages.asked), paginated) == (objects, asked, asked > 1)

    names: list[str] = []
    ListPager(pages, page_size=10, runtime=sim.runtime).for_each(lambda pod: names.append(pod.metadata.name))
    assert names == [f"pod-{number}" for number in range(objects)]


@pytest.mark.parity("PGR-05", "PGR-06")
def test_who_stops_in_the_middle_of_a_page_gets_the_rest_of_it(sim: Sim) -> None:
    names, stop = list[str](), sim.runtime.event()

    def note(pod: Pod) -> None:
        names.append(pod.metadata.name)
        if len(names) == 3:
            stop.set()

    with pytest.raises(WaitStoppedError):
        ListPager(Pages(51), page_size=10, page_buffer_size=0, runtime=sim.runtime).for_each(note, stop=stop)
    assert len(names) == 10


@pytest.mark.parity("PGR-05")
def test_each_object_is_handed_over_in_order(sim: Sim) -> None:
    names: list[str] = []
    pages = Pages(25)
    ListPager(pages, page_size=10, runtime=sim.runtime).for_each(
        lambda pod: names.append(pod.metadata.name), resource_version="5"
    )
    assert names == [f"pod-{number}" for number in range(25)]
    assert [options.get("resource_version") for options in pages.asked] == ["5", None, None]


@pytest.mark.parity("PGR-05")
@pytest.mark.parametrize(("buffer", "read"), [(0, 2), (1, 3), (3, 5), (10, 6)])
def test_pages_are_read_ahead_as_far_as_there_is_room(sim: Sim, buffer: int, read: int) -> None:
    pages, seen = Pages(60), list[int]()

    def slow(pod: Pod) -> None:
        if not seen:
            sim.runtime.sleep(1)
            seen.append(len(pages.asked))

    ListPager(pages, page_size=10, page_buffer_size=buffer, runtime=sim.runtime).for_each(slow)
    assert (seen, len(pages.asked)) == ([read], 6)


@pytest.mark.parity("PGR-05")
def test_what_the_function_raises_ends_the_reading(sim: Sim) -> None:
    pages = Pages(1000)

    def broken(pod: Pod) -> None:
        raise LookupError(pod.metadata.name)

    with pytest.raises(LookupError, match="pod-0"):
        ListPager(pages, page_size=10, page_buffer_size=2, runtime=sim.runtime).for_each(broken)
    assert len(pages.asked) <= 4


@pytest.mark.parity("PGR-05")
def test_a_page_that_fails_ends_it_after_the_objects_before(sim: Sim) -> None:
    names: list[str] = []
    pager = ListPager(Pages(50, expire_after=2), page_size=10, runtime=sim.runtime)
    with pytest.raises(Expired):
        pager.for_each(lambda pod: names.append(pod.metadata.name))
    assert len(names) == 20


@pytest.mark.parity("PGR-05")
def test_less_than_no_pages_cannot_be_read_ahead(sim: Sim) -> None:
    pager = ListPager(Pages(5), page_buffer_size=-1, runtime=sim.runtime)
    with pytest.raises(ValueError, match="PageBufferSize must be >= 0, got -1"):
        pager.for_each(lambda pod: None)


def test_an_iteration_reads_a_page_when_it_is_needed() -> None:
    pages = Pages(25)
    names = []
    for pod in ListPager(pages, page_size=10).each_list_item():
        names.append(pod.metadata.name)
        if len(names) == 10:
            assert len(pages.asked) == 1
    assert len(names) == 25


class Attempts:
    """Fails with these errors, one after another, then returns."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def conflict(name: str) -> Conflict:
    return new_conflict(PODS, name, ValueError("changed"))


@pytest.mark.parity("RET-02")
def test_a_conflict_is_tried_again_and_another_error_is_not() -> None:
    runtime = FakeRuntime()
    attempts = Attempts(conflict("a"), conflict("b"))
    assert retry_on_conflict(attempts, runtime=runtime) == "done"
    assert attempts.made == 3
    assert runtime.slept == pytest.approx([0.0105, 0.0105])

    attempts = Attempts(conflict("a"), new_not_found(PODS, "x"), conflict("b"))
    with pytest.raises(NotFound):
        retry_on_conflict(attempts, runtime=runtime)
    assert attempts.made == 2


@pytest.mark.parity("RET-02")
def test_when_no_step_is_left_the_last_error_is_raised() -> None:
    attempts = Attempts(*[conflict(f"pod-{number}") for number in range(9)])
    with pytest.raises(Conflict, match="pod-4"):
        retry_on_conflict(attempts, runtime=FakeRuntime())
    assert attempts.made == 5


@pytest.mark.parity("RET-02")
def test_whoever_tries_again_says_what_is_worth_it() -> None:
    runtime, attempts = FakeRuntime(), Attempts(KeyError("a"), ValueError("b"))
    with pytest.raises(ValueError, match="b"):
        on_error(
            attempts,
            retriable=lambda error: isinstance(error, KeyError),
            backoff=Backoff(steps=4, duration=1, factor=2),
            runtime=runtime,
        )
    assert runtime.slept == [1]
