"""What a reflector does next, for every state it can be in and everything that can happen to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.status import Status, StatusCause, StatusDetails
from kubeclient.machines.reflector import (
    Command,
    ListCommand,
    ReflectorMachine,
    SleepCommand,
    VeryShortWatchError,
    WatchCommand,
    is_expired,
)
from kubeclient.transport.protocol import ConnectFailed, ConnectionLost, TimedOut

SECOND = 1_000_000_000

EXPIRED = errors.new_resource_expired("too old")
GONE = errors.new_gone("gone")
BUSY = errors.new_too_many_requests("busy", 1)
INTERNAL = errors.new_internal_error(RuntimeError("broken"))
FORBIDDEN = errors.new_forbidden(GroupResource("", "pods"), "", "no")
TIMEOUT = errors.new_timeout_error("slow", 1)
REFUSED = ConnectFailed("refused")
LOST = ConnectionLost("lost")
LATE = TimedOut("late")
SHORT = VeryShortWatchError("short")
PROGRAMMING = TypeError("no list")


def _too_large(*, reason: str = "", message: str = "", cause: str = "") -> errors.StatusError:
    details = StatusDetails(causes=[StatusCause(reason=reason, message=cause)])
    return errors.from_status(
        Status(status="Failure", reason="Timeout", code=504, message=message or "Timeout: retry", details=details)
    )


TOO_LARGE = _too_large(reason="ResourceVersionTooLarge", cause="Too large resource version")


def _machine() -> ReflectorMachine:
    return ReflectorMachine(lambda: 0.0)


def fresh() -> ReflectorMachine:
    """Nothing was ever listed."""
    return _machine()


def watching() -> ReflectorMachine:
    """A list at 7 came back."""
    machine = _machine()
    machine.listed(machine.start(), "7")
    return machine


def forgotten() -> ReflectorMachine:
    """A list at 7 came back, and the server knows 7 no more."""
    machine = watching()
    machine.list_failed(EXPIRED, 0)
    return machine


def paging() -> ReflectorMachine:
    """The first list came in pages, and said 7."""
    machine = _machine()
    machine.listed(machine.start(), "7", paginated=True)
    return machine


STATES = {state.__name__: state for state in (fresh, watching, forgotten, paging)}

LIST_FRESH = ListCommand("0", 500)
LIST_KNOWN = ListCommand("7", 0)
LIST_CONSISTENT = ListCommand("", 500)
LIST_PAGES = ListCommand("7", 500)
RELIST = {"fresh": LIST_FRESH, "watching": LIST_KNOWN, "forgotten": LIST_CONSISTENT, "paging": LIST_PAGES}
WATCH = {
    "fresh": WatchCommand("", 300),
    "watching": WatchCommand("7", 300),
    "forgotten": WatchCommand("7", 300),
    "paging": WatchCommand("7", 300),
}
FIRST_WAIT = 800_000_000


def _rested(command: Command) -> tuple[bool, ListCommand | WatchCommand]:
    """Whether the reflector waits first, and what it does then."""
    if isinstance(command, SleepCommand):
        assert command.ns == FIRST_WAIT
        return True, command.then
    return False, command


@pytest.mark.parity("RFL-01")
@pytest.mark.parity("RFL-02")
@pytest.mark.parametrize("state", STATES)
def test_a_list_is_at_the_last_version_in_pages_where_memory_does_not_answer(state: str) -> None:
    assert STATES[state]().start() == RELIST[state]


@pytest.mark.parity("RFL-05")
@pytest.mark.parametrize("state", STATES)
def test_a_list_is_followed_by_a_watch_from_its_version(state: str) -> None:
    machine = STATES[state]()

    assert machine.listed(machine.start(), "9") == WatchCommand("9", 300)
    assert machine.start().resource_version == "9"


@pytest.mark.parity("RFL-03")
@pytest.mark.parametrize("error", [EXPIRED, GONE, TOO_LARGE], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("state", STATES)
def test_a_list_at_a_version_that_is_not_there_is_tried_at_once_as_a_consistent_read(
    state: str, error: Exception
) -> None:
    command = STATES[state]().list_failed(error, 0)

    assert _rested(command) == (state == "forgotten", LIST_CONSISTENT)


@pytest.mark.parametrize(
    "error",
    [BUSY, INTERNAL, FORBIDDEN, TIMEOUT, REFUSED, LOST, LATE, PROGRAMMING],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("state", STATES)
def test_a_list_that_fails_otherwise_is_tried_again_after_a_wait(state: str, error: Exception) -> None:
    assert _rested(STATES[state]().list_failed(error, 0)) == (True, RELIST[state])


@pytest.mark.parity("RFL-10")
@pytest.mark.parametrize("error", [BUSY, REFUSED], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("state", STATES)
def test_a_watch_that_a_busy_or_absent_server_refuses_is_tried_again_without_a_list(
    state: str, error: Exception
) -> None:
    assert _rested(STATES[state]().watch_refused(error, 0)) == (True, WATCH[state])


@pytest.mark.parity("RFL-10")
@pytest.mark.parametrize(
    "error",
    [EXPIRED, GONE, INTERNAL, FORBIDDEN, TIMEOUT, LOST, LATE, PROGRAMMING],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("state", STATES)
def test_a_watch_that_is_refused_otherwise_leads_to_a_list(state: str, error: Exception) -> None:
    assert _rested(STATES[state]().watch_refused(error, 0)) == (True, RELIST[state])


@pytest.mark.parity("RFL-11")
@pytest.mark.parametrize("state", STATES)
def test_a_watch_that_ends_by_itself_goes_on_at_once_from_the_last_version(state: str) -> None:
    assert _rested(STATES[state]().watch_ended(None, 0)) == (False, WATCH[state])


@pytest.mark.parity("RFL-11")
@pytest.mark.parametrize("state", STATES)
def test_a_watch_that_a_busy_server_ends_goes_on_after_a_wait(state: str) -> None:
    assert _rested(STATES[state]().watch_ended(BUSY, 0)) == (True, WATCH[state])


@pytest.mark.parity("RFL-11")
@pytest.mark.parity("RFL-12")
@pytest.mark.parametrize(
    "error",
    [EXPIRED, GONE, INTERNAL, FORBIDDEN, TIMEOUT, REFUSED, LOST, SHORT, PROGRAMMING],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("state", STATES)
def test_a_watch_that_ends_by_an_error_leads_to_a_list(state: str, error: Exception) -> None:
    assert _rested(STATES[state]().watch_ended(error, 0)) == (True, RELIST[state])


def test_an_expired_watch_does_not_make_the_next_list_a_consistent_one() -> None:
    machine = watching()

    machine.watch_ended(EXPIRED, 0)

    assert machine.start() == LIST_KNOWN


def test_a_list_that_works_ends_consistent_reads() -> None:
    machine = forgotten()
    machine.listed(machine.start(), "9")

    assert machine.start() == ListCommand("9", 0)


def test_pages_are_kept_to_only_if_the_list_at_any_version_came_in_them() -> None:
    machine = forgotten()
    machine.listed(machine.start(), "9", paginated=True)

    assert machine.start() == ListCommand("9", 0)


@pytest.mark.parity("RFL-12")
@pytest.mark.parametrize(
    ("lasted_ns", "events", "short"), [(SECOND - 1, 0, True), (SECOND, 0, False), (0, 1, False), (0, 0, True)]
)
def test_a_watch_without_an_event_must_last_a_second(lasted_ns: int, events: int, short: bool) -> None:
    assert (watching().watch_closed(lasted_ns=lasted_ns, events=events) is not None) is short


@pytest.mark.parity("RFL-07")
def test_events_and_bookmarks_move_the_version() -> None:
    machine = watching()
    machine.saw("8", added=True)
    machine.saw("", added=False)

    assert (machine.last_sync_resource_version, machine.watch_ended(None, 0)) == ("8", WatchCommand("8", 300))


@pytest.mark.parity("RFL-07")
@pytest.mark.parametrize("version", ["", "0"])
def test_the_events_with_which_a_watch_from_no_version_begins_do_not_move_it(version: str) -> None:
    machine = _machine()
    machine.listed(machine.start(), version)
    machine.saw("50", added=True)
    before = machine.last_sync_resource_version
    machine.saw("51", added=False)
    machine.saw("60", added=True)

    assert (before, machine.last_sync_resource_version) == (version, "60")


def test_a_list_without_a_version_is_followed_by_a_watch_without_one_and_a_first_list() -> None:
    machine = _machine()

    assert machine.listed(machine.start(), "") == WatchCommand("", 300)
    assert machine.start() == LIST_FRESH


@pytest.mark.parity("RFL-03")
@pytest.mark.parametrize(
    "error",
    [
        _too_large(reason="ResourceVersionTooLarge"),
        _too_large(cause="Too large resource version"),
        _too_large(message="Timeout: Too large resource version: 9, current: 7"),
    ],
    ids=["by its reason", "by its cause's words", "by its own words"],
)
def test_servers_of_every_age_can_say_that_a_version_is_too_large(error: Exception) -> None:
    assert watching().list_failed(error, 0) == LIST_CONSISTENT


@pytest.mark.parity("RFL-06")
@given(number=st.floats(0, 0.999), least=st.integers(1, 3600))
def test_a_watch_is_asked_to_last_once_to_twice_the_least_time(number: float, least: int) -> None:
    machine = ReflectorMachine(lambda: number, min_timeout_seconds=least)

    command = machine.listed(machine.start(), "1")

    assert least <= command.timeout_seconds < 2 * least


@pytest.mark.parity("RFL-13")
def test_waits_double_from_800_milliseconds_to_30_seconds_and_start_over_after_two_quiet_minutes() -> None:
    machine, now, waits = watching(), 0, []
    for _ in range(8):
        command = machine.list_failed(FORBIDDEN, now)
        assert isinstance(command, SleepCommand)
        waits.append(command.ns / SECOND)
        now += command.ns
    command = machine.list_failed(FORBIDDEN, now + 121 * SECOND)
    assert isinstance(command, SleepCommand)

    assert waits == [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0]
    assert command.ns / SECOND == 0.8


@pytest.mark.parity("RFL-13")
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 400 * SECOND)), min_size=1, max_size=30))
def test_a_wait_is_its_base_and_up_to_as_much_of_jitter(steps: list[tuple[float, int]]) -> None:
    draws = iter([number for number, _ in steps])
    machine = ReflectorMachine(lambda: next(draws))
    now, last, base = 0, -(10**18), 0.8
    for number, pause in steps:
        now += pause
        base = 0.8 if now - last > 120 * SECOND else min(base * 2, 30.0)
        last = now
        command = machine.list_failed(LOST, now)
        assert isinstance(command, SleepCommand)
        assert command.ns == pytest.approx(base * (1 + number) * SECOND, abs=2)


def test_only_expiry_is_nothing_to_tell_anybody_of() -> None:
    assert [is_expired(error) for error in (EXPIRED, GONE, TOO_LARGE, FORBIDDEN, LOST)] == [
        True,
        True,
        False,
        False,
        False,
    ]
