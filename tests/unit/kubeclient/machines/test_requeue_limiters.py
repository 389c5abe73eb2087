"""How long items that failed wait: client-go's formulae, number by number."""

from __future__ import annotations

import pytest

from kubeclient.machines.requeue_limiters import (
    BucketRateLimiter,
    ItemExponentialFailureRateLimiter,
    ItemFastSlowRateLimiter,
    MaxOfRateLimiter,
    WithMaxWaitRateLimiter,
    default_controller_rate_limiter,
    default_item_based_rate_limiter,
)


class Clock:
    def __init__(self) -> None:
        self.now_ns = 0

    def monotonic_ns(self) -> int:
        return self.now_ns


@pytest.mark.parity("WQ-08")
def test_an_items_wait_doubles_with_its_failures_up_to_a_maximum() -> None:
    limiter = ItemExponentialFailureRateLimiter[str](0.001, 1.0)

    waits = [limiter.when("one") for _ in range(12)]

    assert waits[:5] == pytest.approx([0.001, 0.002, 0.004, 0.008, 0.016])
    assert waits[9:] == pytest.approx([0.512, 1.0, 1.0])
    assert (limiter.num_requeues("one"), limiter.when("two")) == (12, 0.001)

    limiter.forget("one")
    assert (limiter.num_requeues("one"), limiter.when("one")) == (0, 0.001)


@pytest.mark.parity("WQ-08")
def test_so_many_failures_that_no_number_holds_their_wait_give_the_maximum() -> None:
    limiter = ItemExponentialFailureRateLimiter[str](0.001, 1000.0)

    assert {limiter.when("one") for _ in range(1200)} >= {1000.0}
    assert limiter.when("one") == 1000.0


@pytest.mark.parity("WQ-08")
def test_the_limiter_by_item_goes_from_a_millisecond_to_1000_seconds() -> None:
    limiter = default_item_based_rate_limiter()

    waits = [limiter.when("one") for _ in range(30)]

    assert (waits[0], waits[1], waits[-1]) == (0.001, 0.002, 1000.0)


@pytest.mark.parity("WQ-09")
def test_the_first_failures_are_fast_and_the_rest_slow() -> None:
    limiter = ItemFastSlowRateLimiter[str](0.005, 3.0, 3)

    assert [limiter.when("one") for _ in range(5)] == [0.005, 0.005, 0.005, 3.0, 3.0]
    assert limiter.num_requeues("one") == 5

    limiter.forget("one")
    assert (limiter.num_requeues("one"), limiter.when("one")) == (0, 0.005)


@pytest.mark.parity("WQ-10")
def test_the_longest_wait_counts_and_every_limiter_is_asked() -> None:
    slow = ItemExponentialFailureRateLimiter[str](1.0, 100.0)
    fast = ItemFastSlowRateLimiter[str](0.5, 3.0, 2)
    limiter = MaxOfRateLimiter[str](fast, slow)

    assert [limiter.when("one") for _ in range(4)] == [1.0, 2.0, 4.0, 8.0]
    assert (fast.num_requeues("one"), limiter.num_requeues("one")) == (4, 4)

    slow.forget("one")
    assert limiter.when("one") == 3.0

    limiter.forget("one")
    assert limiter.num_requeues("one") == 0


@pytest.mark.parity("WQ-10")
def test_a_longest_wait_caps_another_limiter() -> None:
    inner = ItemExponentialFailureRateLimiter[str](1.0, 100.0)
    limiter = WithMaxWaitRateLimiter[str](inner, 3.0)

    assert [limiter.when("one") for _ in range(4)] == [1.0, 2.0, 3.0, 3.0]
    assert limiter.num_requeues("one") == 4
    limiter.forget("one")
    assert inner.num_requeues("one") == 0


@pytest.mark.parity("WQ-11")
def test_a_bucket_gives_its_burst_and_then_one_token_after_the_other() -> None:
    clock = Clock()
    limiter = BucketRateLimiter[str](clock, qps=10, burst=3)

    assert [limiter.when("any") for _ in range(5)] == pytest.approx([0, 0, 0, 0.1, 0.2])

    clock.now_ns += 1_000_000_000
    limiter.forget("any")
    assert limiter.when("other") == 0
    assert limiter.num_requeues("any") == 0


@pytest.mark.parity("WQ-07")
def test_controllers_wait_5_ms_doubling_and_all_items_share_10_a_second_after_100() -> None:
    limiter = default_controller_rate_limiter(Clock())

    assert [limiter.when("one") for _ in range(3)] == pytest.approx([0.005, 0.01, 0.02])
    others = [limiter.when(f"item {number}") for number in range(99)]
    assert others[:97] == [0.005] * 97
    assert others[97:] == pytest.approx([0.1, 0.2])
