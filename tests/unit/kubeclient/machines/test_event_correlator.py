"""Which events are written, and how, without waiting and without a server."""

from __future__ import annotations

import pytest

from kubeclient.api.core_v1 import Event, EventSource, ObjectReference
from kubeclient.machines.event_correlator import LRU, CorrelatorOptions, EventCorrelator, aggregate_key
from kubeclient.machines.event_making import make_event

SECOND = 1_000_000_000


def event(message: str = "hello", *, at: int = 0, name: str = "web", event_type: str = "Normal") -> Event:
    ref = ObjectReference(kind="Pod", api_version="v1", name=name, namespace="default", uid=f"uid of {name}")
    source = EventSource(component="kubelet")
    return make_event(
        ref, event_type, "Started", message, source=source, annotations=None, now_ns=at, new_uid=lambda: "unique"
    )


def messages(correlator: EventCorrelator, count: int, *, start: int = 0) -> list[str]:
    out = []
    for number in range(count):
        at = start + number * SECOND
        found = correlator.correlate(event(f"m{number}", at=at), at)
        if found is not None:
            out.append(found.event.message)
    return out


@pytest.mark.parity("REC-04")
def test_the_tenth_different_message_stands_for_all() -> None:
    assert messages(EventCorrelator(), 11)[8:] == [
        "m8",
        "(combined from similar events): m9",
        "(combined from similar events): m10",
    ]


@pytest.mark.parity("REC-04")
def test_the_same_message_is_counted_however_often_it_comes() -> None:
    correlator = EventCorrelator()
    for number in range(11):
        at = number * 30 * SECOND
        found = correlator.correlate(event(at=at), at)
        assert found is not None
        assert (found.event.message, found.event.count) == ("hello", number + 1)


@pytest.mark.parity("REC-04")
def test_events_about_different_things_are_not_combined() -> None:
    correlator = EventCorrelator()
    for number in range(30):
        at = number * SECOND
        found = correlator.correlate(event(f"m{number}", at=at, name=f"pod {number}"), at)
        assert found is not None
        assert (found.event.message, found.event.count) == (f"m{number}", 1)
    for number in range(3):
        of_one = event("of a container", at=40 * SECOND)
        of_one.involved_object.field_path = f"spec.containers{{{number}}}"
        found = correlator.correlate(of_one, 40 * SECOND)
        assert found is not None
        assert (found.event.message, found.event.count) == ("of a container", 1)


@pytest.mark.parity("REC-04")
def test_the_reason_tells_similar_events_apart_and_the_message_does_not() -> None:
    first, other_message, other_reason = event("one"), event("two"), event("one")
    other_reason.reason = "Stopped"

    assert aggregate_key(first) == (aggregate_key(other_message)[0], "one")
    assert aggregate_key(first)[0] != aggregate_key(other_reason)[0]


@pytest.mark.parity("REC-06", "REC-07")
def test_an_allowance_can_be_for_each_reason() -> None:
    correlator = EventCorrelator(
        CorrelatorOptions(burst=1, spam_key_func=lambda one: f"{one.involved_object.name}{one.reason}")
    )
    other = event()
    other.reason = "Stopped"

    assert correlator.correlate(event(), 0) is not None
    assert correlator.correlate(event(), 0) is None
    assert correlator.correlate(other, 0) is not None


@pytest.mark.parity("REC-04")
def test_similar_events_that_come_ten_minutes_later_are_new() -> None:
    correlator = EventCorrelator()
    messages(correlator, 9)
    late = correlator.correlate(event("m9", at=8 * SECOND + 601 * SECOND), 609 * SECOND)
    assert late is not None
    assert late.event.message == "m9"


@pytest.mark.parity("REC-05")
def test_a_repeated_event_is_a_patch_of_the_first() -> None:
    correlator = EventCorrelator()
    first = correlator.correlate(event(at=SECOND), SECOND)
    assert first is not None
    assert first.patch is None
    again = correlator.correlate(event(at=3 * SECOND), 3 * SECOND)
    assert again is not None
    assert again.event.metadata.name == first.event.metadata.name
    assert again.event.first_timestamp == first.event.first_timestamp
    assert again.patch == {"count": 2, "lastTimestamp": "1970-01-01T00:00:03Z", "message": "hello"}


@pytest.mark.parity("REC-06")
def test_an_allowance_is_for_a_source_an_object_and_a_type() -> None:
    correlator = EventCorrelator()
    written = [correlator.correlate(event(at=n), n) is not None for n in range(30)]
    assert written == [True] * 25 + [False] * 5
    assert correlator.correlate(event(name="other", at=31), 31) is not None
    assert correlator.correlate(event(event_type="Warning", at=32), 32) is not None
    assert correlator.correlate(event(at=33), 300 * SECOND + 33) is not None


@pytest.mark.parity("REC-07")
def test_every_number_can_be_changed_and_zero_is_the_default() -> None:
    correlator = EventCorrelator(
        CorrelatorOptions(max_events=2, burst=3, message_func=lambda one: f"all of {one.reason}")
    )
    assert messages(correlator, 4) == ["m0", "all of Started", "all of Started"]
    assert messages(EventCorrelator(CorrelatorOptions(max_events=0)), 9)[-1] == "m8"


@pytest.mark.parity("REC-07")
def test_what_was_not_used_for_longest_is_forgotten_first() -> None:
    cache: LRU[str, int] = LRU(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)
