"""Backoff, rate limits, retries and pages: the decisions about when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeclient.apimachinery.errors import new_bad_request, new_resource_expired
from kubeclient.machines.backoff import DEFAULT_BACKOFF, Backoff
from kubeclient.machines.pager import PageCursor
from kubeclient.machines.rate_limiter import TokenBucket
from kubeclient.machines.retry import Retries
from kubeclient.transport.protocol import ConnectFailed, ConnectionLost, TimedOut


def test_there_is_one_wait_less_than_steps() -> None:
    assert list(Backoff(steps=3, duration=1, factor=2).delays(lambda: 0)) == [1, 2]
    assert list(Backoff(steps=1, duration=1).delays(lambda: 0)) == []


def test_jitter_lengthens_a_wait_by_at_most_its_share() -> None:
    assert list(DEFAULT_BACKOFF.delays(lambda: 1.0)) == pytest.approx([0.011, 0.055, 0.275])


def test_reaching_the_cap_ends_the_steps() -> None:
    assert list(Backoff(steps=10, duration=1, factor=3, cap=5).delays(lambda: 0)) == [1, 3]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60), st.integers(1, 5))
def test_no_more_requests_leave_than_burst_and_rate_allow(gaps: list[int], burst: int) -> None:
    bucket, now, leaves = TokenBucket(10.0, burst), 0, []
    for gap in gaps:
        now += gap
        leaves.append(now + bucket.reserve(now))

    for first in range(len(leaves)):
        for last in range(first, len(leaves)):
            allowed = burst + (leaves[last] - leaves[first]) * 10.0 / 1e9
            assert last - first + 1 <= allowed + 1e-3


def test_a_bucket_without_tokens_refuses_at_once_when_asked_to_try() -> None:
    bucket = TokenBucket(1.0, 1)

    assert [bucket.try_accept(0), bucket.try_accept(0), bucket.try_accept(10**9)] == [True, False, True]


def test_a_burst_must_be_positive() -> None:
    with pytest.raises(ValueError, match="burst is required to be greater than 0"):
        TokenBucket(1.0, 0)


@pytest.mark.parity("RTY-01")
@pytest.mark.parametrize(("status", "retried"), [(429, True), (500, True), (503, True), (409, False), (200, False)])
def test_only_429_and_5xx_with_retry_after_are_repeated(status: int, retried: bool) -> None:
    assert (Retries().after_answer(status, [("retry-after", "1")]) is not None) is retried
    assert Retries().after_answer(status, []) is None


@pytest.mark.parity("RTY-03")
@pytest.mark.parametrize(
    ("error", "method", "watch", "retried"),
    [
        (ConnectionLost(), "GET", False, True),
        (ConnectionLost(), "POST", False, False),
        (ConnectFailed(), "GET", False, False),
        (TimedOut(), "GET", False, False),
        (TimedOut(), "GET", True, True),
        (ConnectFailed(), "GET", True, False),
    ],
)
def test_only_reads_whose_connection_broke_are_repeated(
    error: ConnectionLost, method: str, watch: bool, retried: bool
) -> None:
    assert (Retries().after_error(error, method=method, watch=watch) is not None) is retried


def test_later_pages_carry_the_continuation_and_no_revision() -> None:
    cursor = PageCursor(
        {"resource_version": "5", "resource_version_match": "Exact", "label_selector": "a"}, page_size=2
    )
    first = dict(cursor.keywords)
    cursor.took("next")

    assert first == {"resource_version": "5", "resource_version_match": "Exact", "label_selector": "a", "limit": 2}
    assert cursor.keywords == {"label_selector": "a", "limit": 2, "continue_": "next"}


def test_a_continuation_that_expired_leads_to_the_whole_list_at_the_first_revision() -> None:
    cursor = PageCursor({"resource_version": "5"}, page_size=2)
    cursor.took("next")

    assert cursor.failed(new_resource_expired("old"))
    assert cursor.keywords == {"resource_version": "5", "limit": 0}


def test_other_errors_and_an_expired_first_page_stand() -> None:
    cursor = PageCursor({}, page_size=2)

    assert not cursor.failed(new_resource_expired("old"))
    cursor.took("next")
    assert not cursor.failed(new_bad_request("no"))
