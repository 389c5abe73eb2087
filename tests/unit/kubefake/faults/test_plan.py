"""A plan decides who suffers what, counts it, and decides the same again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kubeclient.transport.protocol import ConnectFailed, ConnectionLost, Request, Response, TimedOut
from kubefake.faults.door import Door
from kubefake.faults.exchange import Answer
from kubefake.faults.latency import Fixed, Latency, Uniform
from kubefake.faults.plan import FaultPlan
from kubefake.faults.rules import (
    Crash,
    CrashAfterCommit,
    CrashBefore,
    Delay,
    LoseAnswer,
    LoseRequest,
    Match,
    Refuse,
    Rule,
    StaleRead,
)
from kubefake.pipeline.caller import Caller
from kubefake.sim.rng import Seeds

UPDATE = Request("PUT", "/apis/apps/v1/namespaces/shop/deployments/web", body=b"{}")
GET = Request("GET", "/api/v1/namespaces/shop/pods/web-1")
SCALER = Caller("scaler")

Make = Callable[..., tuple[Door, FaultPlan]]


@pytest.fixture
def make(server: Any, hand_clock: Any) -> Make:
    def make(**options: Any) -> tuple[Door, FaultPlan]:
        plan = FaultPlan(hand_clock, Seeds(options.pop("seed", 1)).stream, **options)
        return Door(server, plan), plan

    return make


def carry_out(door: Door, request: Request, caller: Caller = SCALER) -> tuple[Answer, list[int]]:
    """An exchange, and the nanoseconds it asked its front door to wait."""
    exchange = door.exchange(request, caller)
    waits: list[int] = []
    try:
        while True:
            waits.append(next(exchange).ns)
    except StopIteration as end:
        answer: Answer = end.value
    return answer, waits


def status_of(answer: Answer) -> dict[str, Any]:
    assert isinstance(answer, Response)
    status: dict[str, Any] = json.loads(answer.body)
    return status


def test_a_door_without_rules_is_quiet(make: Make) -> None:
    door, plan = make()

    quiet = [door.quiet]
    with plan.add(effect=Refuse()):
        quiet.append(door.quiet)
    quiet.append(door.quiet)

    assert quiet == [True, False, True]


def test_a_door_without_plan_and_lock_calls_the_server_itself(server: Any) -> None:
    assert Door(server).handle == server.handle


def test_a_refusal_is_a_status_and_the_server_sees_nothing(make: Make, server: Any) -> None:
    door, plan = make()
    plan.add(effect=Refuse(429, message="slow down", retry_after=3), verb="update")

    answer, _ = carry_out(door, UPDATE)

    assert status_of(answer) == {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "slow down",
        "reason": "TooManyRequests", "details": {"retryAfterSeconds": 3}, "code": 429,
    }  # fmt: skip
    assert ("retry-after", "3") in answer.headers
    assert server.requests == []


def test_globs_choose_whom_a_rule_is_for(make: Make) -> None:
    door, plan = make()
    plan.add(effect=Refuse(), client="sc*", resource="deploy*", namespace="shop", name="w?b", group="apps")

    assert carry_out(door, UPDATE)[0].status == 500
    assert carry_out(door, UPDATE, Caller("other"))[0].status == 200
    assert carry_out(door, GET)[0].status == 200


@pytest.mark.parametrize(
    ("condition", "struck"),
    [({"nth": 2}, [2]), ({"first": 2}, [1, 2]), ({"every": 2}, [2, 4]), ({"every": 2, "first": 3}, [2])],
)
def test_occurrences_count_the_matches(make: Make, condition: dict[str, Any], struck: list[int]) -> None:
    door, plan = make()
    plan.add(effect=Refuse(), verb="update", **condition)

    codes = [carry_out(door, UPDATE)[0].status for _ in range(4)]

    assert [number for number, code in enumerate(codes, 1) if code == 500] == struck


def test_a_rule_strikes_only_while_its_window_is_open(make: Make, hand_clock: Any) -> None:
    hand_clock.advance(100)
    door, plan = make()
    plan.add(effect=Refuse(), after=10, before=20)
    codes = []

    for _ in range(3):
        codes.append(carry_out(door, GET)[0].status)
        hand_clock.advance(10)

    assert codes == [200, 500, 200]


def test_a_disabled_rule_neither_strikes_nor_counts(make: Make) -> None:
    door, plan = make()
    handle = plan.add(effect=Refuse())
    handle.enabled = False

    assert carry_out(door, GET)[0].status == 200
    assert (handle.seen, handle.fired) == (0, 0)


def test_a_lost_request_never_reaches_the_server(make: Make, server: Any) -> None:
    door, plan = make()
    plan.add(effect=LoseRequest("timed-out"))

    with pytest.raises(TimedOut, match="scaler update deployments"):
        carry_out(door, UPDATE)
    assert server.requests == []


def test_a_lost_answer_comes_after_the_commit(make: Make, server: Any) -> None:
    door, plan = make()
    plan.add(effect=LoseAnswer())

    with pytest.raises(ConnectionLost):
        carry_out(door, UPDATE)
    assert server.requests == [UPDATE]


@pytest.mark.parametrize(("effect", "reached"), [(CrashBefore(), 0), (CrashAfterCommit("scal*"), 1)])
def test_a_crash_kills_the_client_before_or_after_its_write(
    make: Make, server: Any, effect: CrashBefore | CrashAfterCommit, reached: int
) -> None:
    door, plan = make()
    plan.add(effect=effect)

    with pytest.raises(Crash) as caught:
        carry_out(door, UPDATE)
    assert caught.value.client == "scaler"
    assert not isinstance(caught.value, Exception)
    assert len(server.requests) == reached


def test_a_crash_is_for_the_client_it_names(make: Make) -> None:
    door, plan = make()
    plan.add(effect=CrashAfterCommit("other"))

    assert carry_out(door, UPDATE)[0].status == 200


def test_delays_lie_before_and_after_the_commit_and_let_later_rules_strike(make: Make, server: Any) -> None:
    door, plan = make()
    plan.add(effect=Delay(Fixed(1)))
    plan.add(effect=Delay(Fixed(2), "answer"))
    exchange = door.exchange(UPDATE, SCALER)

    assert next(exchange).ns == 1_000_000_000
    assert server.requests == []
    assert next(exchange).ns == 2_000_000_000
    assert server.requests == [UPDATE]


def test_latency_is_of_the_first_that_fits(make: Make) -> None:
    door, _ = make(latency=[Latency("other", request=Fixed(9)), Latency(verb="up*", request=Fixed(1), answer=Fixed(2))])

    assert carry_out(door, UPDATE)[1] == [1_000_000_000, 2_000_000_000]
    assert carry_out(door, GET)[1] == []


def test_the_lost_answer_of_a_watch_forgets_the_watch(make: Make, server: Any) -> None:
    door, plan = make()
    plan.add(effect=LoseAnswer())

    with pytest.raises(ConnectionLost):
        carry_out(door, Request("GET", "/api/v1/pods", [("watch", "true")]))
    assert server.streams[0].closed


def decisions_of(make: Make, seed: int, masked: tuple[int, ...] = ()) -> tuple[list[str], list[int]]:
    door, plan = make(seed=seed, masked=masked)
    plan.add(effect=Refuse(), probability=0.5)
    plan.add(effect=Refuse(503), probability=0.5, every=2)
    codes = [carry_out(door, UPDATE)[0].status for _ in range(20)]
    return [str(decision) for decision in plan.decisions], codes


def test_one_seed_decides_alike_and_another_does_not(make: Make) -> None:
    assert decisions_of(make, 1) == decisions_of(make, 1)
    assert decisions_of(make, 1) != decisions_of(make, 2)


def test_a_masked_decision_is_noted_but_left_undone(make: Make) -> None:
    whole, codes = decisions_of(make, 1)
    struck = next(index for index, code in enumerate(codes) if code == 500)

    masked, masked_codes = decisions_of(make, 1, masked=(0,))

    assert masked[0] == whole[0] + " (masked)"
    assert masked_codes[struck] != codes[struck] or masked_codes[struck] == 503


def test_a_new_rule_changes_nothing_that_others_draw(make: Make) -> None:
    def codes(extra: bool) -> list[int]:
        door, plan = make(seed=3)
        if extra:
            plan.add(effect=Delay(Uniform(0, 1)), probability=0.5)
        plan.add(effect=Refuse(), probability=0.5)
        return [carry_out(door, UPDATE)[0].status for _ in range(20)]

    assert codes(extra=False) == codes(extra=True)


def test_a_partition_refuses_connections_and_breaks_watches_until_repaired(make: Make, server: Any) -> None:
    door, plan = make()
    stream = door.handle(Request("GET", "/api/v1/pods", [("watch", "true")]), SCALER)
    assert not isinstance(stream, Response)
    server.streams[0].frames.append(b"lost\n")

    partition = plan.partition("scaler")

    with pytest.raises(ConnectFailed):
        carry_out(door, GET)
    with pytest.raises(ConnectionLost):
        stream.poll()
    assert stream.ended
    partition.remove()
    assert carry_out(door, GET)[0].status == 200


def test_titles_name_rules_and_repeat_with_a_number(make: Make) -> None:
    _, plan = make(rules=[Rule(Refuse()), Rule(Refuse(), title="quota"), Rule(Refuse(), Match(verb="get"))])

    assert [handle.name for handle in plan.rules] == ["Refuse", "quota", "Refuse-2"]
    assert plan.statistics()["quota"] == (0, 0)


@pytest.mark.parametrize("wrong", [{"probability": 1.5}, {"nth": 0}, {"after": 5, "before": 5}])
def test_conditions_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Rule(Refuse(), **wrong)


def test_decisions_are_told_as_they_fall(make: Make) -> None:
    told: list[str] = []
    door, plan = make(on_decision=lambda decision: told.append(decision.rule))
    plan.add(effect=Refuse(), title="storm")

    carry_out(door, GET)

    assert told == ["storm"]


def test_a_door_lets_its_lock_go_while_an_exchange_waits(server: Any, hand_clock: Any) -> None:
    held: list[bool] = []

    class Lock:
        def __enter__(self) -> None:
            held.append(True)

        def __exit__(self, *exc_info: object) -> None:
            held.append(False)

    plan = FaultPlan(hand_clock, Seeds(1).stream)
    plan.add(effect=Delay(Fixed(1)))
    exchange = Door(server, plan, Lock()).exchange(UPDATE, SCALER)

    next(exchange)
    assert held == [True, False]
    with pytest.raises(StopIteration) as caught:
        next(exchange)
    assert held == [True, False] * 2
    assert caught.value.value.status == 200


def test_a_stale_read_lists_at_an_earlier_revision_where_the_client_allows_it(make: Make, server: Any) -> None:
    door, plan = make(revision=lambda: 40)
    handle = plan.add(effect=StaleRead(7))
    for version in ("0", "", "12"):
        carry_out(door, Request("GET", "/api/v1/pods", [("resourceVersion", version), ("limit", "5")]))

    assert list(server.requests[0].query) == [
        ("limit", "5"),
        ("resourceVersion", "33"),
        ("resourceVersionMatch", "Exact"),
    ]
    assert [request.query[0] for request in server.requests[1:]] == [
        ("resourceVersion", ""),
        ("resourceVersion", "12"),
    ]
    assert (handle.seen, handle.fired) == (1, 1)


def test_a_plan_that_cannot_tell_the_revision_refuses_stale_reads(make: Make) -> None:
    _, plan = make()

    with pytest.raises(ValueError, match="newest revision"):
        plan.add(effect=StaleRead())
