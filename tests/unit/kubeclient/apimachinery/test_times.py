"""Times, durations and percentages read and print as Go's do."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest

from kubeclient.apimachinery import intstr
from kubeclient.apimachinery.times import Duration, MicroTime, Time


@pytest.mark.parity("AMC-05")
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-20T18:53:12Z", "2026-11-20T18:53:12Z"),
        ("2026-11-20T18:53:12.999999999Z", "2026-11-20T18:53:12Z"),
        ("2026-11-20T18:53:12,5+01:30", "2026-11-20T17:23:12Z"),
        ("2024-02-29T1:00:00Z", "2024-02-29T01:00:00Z"),
        ("0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"),
        ("1900-01-01T00:00:00-00:30", "1900-01-01T00:30:00Z"),
    ],
)
def test_times_are_written_in_utc_seconds(text: str, written: str) -> None:
    assert str(Time.parse(text)) == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'),
        ("2026-13-01T00:00:00Z", 'parsing time "2026-13-01T00:00:00Z": month out of range'),
        ("2026-02-29T00:00:00Z", 'parsing time "2026-02-29T00:00:00Z": day out of range'),
        ("2026-01-01T24:00:00Z", 'parsing time "2026-01-01T24:00:00Z": hour out of range'),
        (
            "2026-01-01 00:00:00Z",
            'parsing time "2026-01-01 00:00:00Z" as "2006-01-02T15:04:05Z07:00": cannot parse " 00:00:00Z" as "T"',
        ),
        (
            "2026-01-01T00:00:00z",
            'parsing time "2026-01-01T00:00:00z" as "2006-01-02T15:04:05Z07:00": cannot parse "z" as "Z07:00"',
        ),
        ("2026-01-01T00:00:00Zx", 'parsing time "2026-01-01T00:00:00Zx": extra text: "x"'),
    ],
)
def test_other_texts_are_no_times(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        Time.parse(text)

    assert str(caught.value) == message


@pytest.mark.parity("AMC-05")
def test_micro_times_have_six_digits_both_ways() -> None:
    assert str(MicroTime.parse("2026-11-20T18:53:12.000001+01:00")) == "2026-11-20T17:53:12.000001Z"
    assert str(MicroTime.from_unix(0, 1_999)) == "1970-01-01T00:00:00.000001Z"
    for text in ("2026-11-20T18:53:12Z", "2026-11-20T18:53:12.1Z", "2026-11-20T18:53:12.1234567Z"):
        with pytest.raises(ValueError, match="cannot parse"):
            MicroTime.parse(text)


def test_go_s_zero_time_is_known() -> None:
    assert Time.parse("0001-01-01T00:00:00Z").is_zero
    assert Time.zero() == Time.parse("0001-01-01T00:00:00Z")
    assert not Time(0).is_zero


def test_times_come_from_aware_datetimes_and_go_back() -> None:
    moment = datetime(2026, 11, 20, 18, 53, 12, 345678, tzinfo=timezone(timedelta(hours=2)))

    assert str(Time.from_datetime(moment)) == "2026-11-20T16:53:12Z"
    assert MicroTime.from_datetime(moment).to_datetime() == moment
    assert MicroTime.from_datetime(moment).to_datetime().tzinfo is UTC
    with pytest.raises(ValueError, match="time zone"):
        Time.from_datetime(moment.replace(tzinfo=None))


def test_frozen_datetimes_are_datetimes_too() -> None:
    freezegun = pytest.importorskip("freezegun")

    with freezegun.freeze_time("2020-01-01"):
        moment = Time.from_datetime(freezegun.api.FakeDatetime(2026, 11, 20, 18, 53, 12, tzinfo=UTC))

        assert str(moment) == "2026-11-20T18:53:12Z"
        assert Time.parse(str(moment)) == moment


def test_times_are_ordered_values_with_arithmetic() -> None:
    early, late = Time.from_unix(10), MicroTime.from_unix(10, 500_000_000)

    assert early < late
    assert late.sub(early) == Duration.from_seconds(0.5)
    assert early.add(timedelta(seconds=90)) == Time.from_unix(100)
    assert early.add(Duration.parse("1ns")) == early
    assert {Time(0): 1}[pickle.loads(pickle.dumps(Time(0)))] == 1


@pytest.mark.parity("PORT-05")
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("60s", "1m0s"),
        ("1h", "1h0m0s"),
        ("500ms", "500ms"),
        ("1.5s", "1.5s"),
        ("1500us", "1.5ms"),
        ("1µs1ns", "1.001µs"),
        ("-1h0m0.25s", "-1h0m0.25s"),
        ("0", "0s"),
        ("+5ns", "5ns"),
        ("2562047h47m16.854775807s", "2562047h47m16.854775807s"),
    ],
)
def test_durations_have_go_s_text(text: str, written: str) -> None:
    assert str(Duration.parse(text)) == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'time: invalid duration ""'),
        ("5", 'time: missing unit in duration "5"'),
        ("5d", 'time: unknown unit "d" in duration "5d"'),
        (".s", 'time: invalid duration ".s"'),
        ("2562047h47m16.854775808s", 'time: invalid duration "2562047h47m16.854775808s"'),
    ],
)
def test_other_texts_are_no_durations(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        Duration.parse(text)

    assert str(caught.value) == message


def test_percentages_are_scaled_and_rounded_as_asked() -> None:
    assert intstr.get_scaled_value_from_int_or_percent("25%", 7, round_up=True) == 2
    assert intstr.get_scaled_value_from_int_or_percent("25%", 7, round_up=False) == 1
    assert intstr.get_scaled_value_from_int_or_percent(3, 7, round_up=False) == 3
    assert intstr.get_value_from_int_or_percent("50", 4, round_up=False) == 2


def test_a_text_without_a_percent_sign_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid value for IntOrString: invalid type: string is not a percentage"):
        intstr.get_scaled_value_from_int_or_percent("5", 7, round_up=True)


@pytest.mark.parity("AMC-04")
def test_int_or_string_keeps_its_type() -> None:
    assert intstr.parse("80") == 80
    assert intstr.parse("http") == "http"
    assert intstr.int_value("x") == 0
    assert intstr.value_or_default(None, "25%") == "25%"
