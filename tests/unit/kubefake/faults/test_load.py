"""Rules are read from plain data, and what is wrong is named by its field."""

from __future__ import annotations

from typing import Any

import pytest

from kubefake.faults.latency import Exponential, Fixed, Latency, LogNormal, Uniform
from kubefake.faults.load import EFFECTS, FaultFileError, load_latency, load_rule, load_rules, parse_seconds
from kubefake.faults.rules import CutWatch, Delay, Match, Refuse, Rule


def test_a_rule_is_read_with_all_its_conditions() -> None:
    data = {
        "effect": {"refuse": {"code": 429, "retry_after": 1}}, "verb": "update", "resource": "deployments",
        "probability": 0.5, "after": "1m30s", "title": "storm",
    }  # fmt: skip

    expected = Rule(
        Refuse(429, retry_after=1),
        Match(verb="update", resource="deployments"),
        probability=0.5,
        after=90.0,
        title="storm",
    )
    assert load_rule(data) == expected


@pytest.mark.parametrize("name", EFFECTS)
def test_every_effect_can_be_named_alone(name: str) -> None:
    assert load_rule({"effect": name}).effect == EFFECTS[name]()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2, Fixed(2.0)),
        ("250ms", Fixed(0.25)),
        ({"uniform": [0, "1s"]}, Uniform(0.0, 1.0)),
        ({"exponential": {"mean": "100ms", "cap": 2}}, Exponential(0.1, 2.0)),
        ({"lognormal": {"median": 1, "sigma": 0.3}}, LogNormal(1.0, 0.3)),
    ],
)
def test_a_length_of_time_may_be_random(value: Any, expected: Any) -> None:
    assert load_rule({"effect": {"delay": {"time": value}}}).effect == Delay(expected)


def test_a_latency_is_read() -> None:
    data = {"client": "scaler", "request": "5ms", "events": {"uniform": [0, 1]}}

    assert load_latency(data) == Latency("scaler", request=Fixed(0.005), events=Uniform(0, 1))


def test_a_cut_takes_its_options() -> None:
    assert load_rule({"effect": {"cut-watch": {"after": "1h", "clean": True}}}).effect == CutWatch(3600, clean=True)


@pytest.mark.parametrize(
    ("data", "begins"),
    [
        ({}, "faults[0].effect: is required"),
        ({"effect": "explode"}, "faults[0].effect: 'explode' is not an effect"),
        ({"effect": {"refuse": {"cod": 1}}}, "faults[0].effect.refuse.cod: is not an option"),
        ({"effect": {"refuse": {"code": "x"}}}, "faults[0].effect.refuse.code: want a whole number"),
        ({"effect": {"refuse": {}, "delay": {}}}, "faults[0].effect: want one effect"),
        ({"effect": "refuse", "resourc": "x"}, "faults[0].resourc: is not a field of a rule"),
        ({"effect": "refuse", "verb": 1}, "faults[0].verb: want a text"),
        ({"effect": "refuse", "probability": 2}, "faults[0]: probability must be between"),
        ({"effect": "refuse", "after": "1 m"}, "faults[0].after: want a text like"),
        ({"effect": "refuse", "after": -1}, "faults[0].after: a length of time is neither"),
        ({"effect": {"delay": {"time": {"uniform": [2, 1]}}}}, "faults[0].effect.delay.time.uniform: need 0 <= low"),
        ({"effect": {"delay": {"time": {"gauss": 1}}}}, "faults[0].effect.delay.time: 'gauss' is not"),
        ({"effect": {"delay": {"time": {"exponential": {}}}}}, "faults[0].effect.delay.time.exponential.mean: is req"),
        ({"effect": {"lose-answer": {"failure": "x"}}}, "faults[0].effect.lose-answer.failure: want one of"),
        ("refuse", "faults[0]: want a mapping"),
    ],
)
def test_an_error_begins_with_the_field(data: Any, begins: str) -> None:
    with pytest.raises(FaultFileError) as caught:
        load_rules([data])
    assert str(caught.value).startswith(begins)


def test_go_durations_add_up() -> None:
    assert parse_seconds("1h2m3.5s", "x") == 3723.5
    assert parse_seconds("0", "x") == 0.0
