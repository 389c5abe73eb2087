"""Reads fault rules and latencies from plain data, as a scenario file holds them. Errors name the field.

A rule:

    effect: refuse                 # or a mapping: {refuse: {code: 429, retry_after: 1}}
    verb: update                   # any field of Match: client, user, verb, group, resource, …
    resource: deployments
    probability: 0.1               # any field of Rule: nth, first, every, after, before, title

A length of time is a number of seconds, Go's text for one ("1m30s", "250ms"), or a mapping with one key: `uniform:
[low, high]`, `exponential: {mean: …, cap: …}`, `lognormal: {median: …, sigma: …, cap: …}`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args

from kubefake.faults.latency import Distribution, Exponential, Fixed, Latency, LogNormal, Uniform
from kubefake.faults.rules import (
    CrashAfterCommit,
    CrashBefore,
    CutWatch,
    Delay,
    DelayEvents,
    DropEvent,
    DuplicateEvent,
    Effect,
    ExpireWatch,
    Failure,
    LoseAnswer,
    LoseRequest,
    Match,
    Refuse,
    Rule,
    StaleRead,
)

__all__ = ["FaultFileError", "load_latency", "load_rule", "load_rules", "parse_seconds"]

EFFECTS: dict[str, type[Effect]] = {
    "refuse": Refuse,
    "delay": Delay,
    "lose-request": LoseRequest,
    "lose-answer": LoseAnswer,
    "crash-before": CrashBefore,
    "crash-after-commit": CrashAfterCommit,
    "stale-read": StaleRead,
    "drop-event": DropEvent,
    "duplicate-event": DuplicateEvent,
    "delay-events": DelayEvents,
    "cut-watch": CutWatch,
    "expire-watch": ExpireWatch,
}
"""Effects by the names that files give them."""

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")


class FaultFileError(ValueError):
    """A rule that cannot be read. The message begins with the field it is about."""


def parse_seconds(value: Any, field: str) -> float:
    """A length of time: a number of seconds, or Go's text for one. Raises FaultFileError."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str):
        seconds = _parse_go_duration(value, field)
    else:
        raise FaultFileError(f'{field}: want seconds or a text like "1m30s", got {value!r}')
    if not math.isfinite(seconds) or seconds < 0:
        raise FaultFileError(f"{field}: a length of time is neither negative nor endless, got {value!r}")
    return seconds


def _parse_go_duration(text: str, field: str) -> float:
    if text == "0":
        return 0.0
    position, seconds = 0, 0.0
    while match := _PART.match(text, position):
        seconds += float(match[1]) * _UNITS[match[2]]
        position = match.end()
    if not text or position != len(text):
        raise FaultFileError(f'{field}: want a text like "1m30s" or "250ms", got {text!r}')
    return seconds


def load_rules(data: Any, field: str = "faults") -> list[Rule]:
    """Rules from a list of mappings. Raises FaultFileError."""
    if not isinstance(data, list):
        raise FaultFileError(f"{field}: want a list of rules, got {data!r}")
    return [load_rule(item, f"{field}[{index}]") for index, item in enumerate(data)]


def load_rule(data: Any, field: str = "fault") -> Rule:
    """A rule from a mapping. Raises FaultFileError."""
    given = dict(_mapping(data, field))
    if "effect" not in given:
        raise FaultFileError(f"{field}.effect: is required; one of {', '.join(EFFECTS)}")
    effect = _effect(given.pop("effect"), f"{field}.effect")
    match: dict[str, str] = {}
    rule: dict[str, Any] = {}
    for key, value in given.items():
        where = f"{field}.{key}"
        if key in Match.__dataclass_fields__:
            match[key] = _text(value, where)
        elif key in _RULE_FIELDS:
            rule[key] = _RULE_FIELDS[key](value, where)
        else:
            known = ", ".join([*Match.__dataclass_fields__, *_RULE_FIELDS])
            raise FaultFileError(f"{where}: is not a field of a rule; those are effect, {known}")
    try:
        return Rule(effect, Match(**match), **rule)
    except ValueError as error:
        raise FaultFileError(f"{field}: {error}") from error


def load_latency(data: Any, field: str = "latency") -> Latency:
    """A latency from a mapping with `client`, `verb`, `request`, `answer` and `events`. Raises FaultFileError."""
    given: dict[str, Any] = {}
    for key, value in _mapping(data, field).items():
        where = f"{field}.{key}"
        if key in ("client", "verb"):
            given[key] = _text(value, where)
        elif key in ("request", "answer", "events"):
            given[key] = _distribution(value, where)
        else:
            raise FaultFileError(
                f"{where}: is not a field of a latency; those are client, verb, request, answer, events"
            )
    return Latency(**given)


def _effect(data: Any, field: str) -> Effect:
    if isinstance(data, str):
        name, options = data, {}
    else:
        mapping = _mapping(data, field)
        if len(mapping) != 1:
            raise FaultFileError(f"{field}: want one effect, got {', '.join(map(str, mapping)) or 'none'}")
        name = next(iter(mapping))
        options = dict(_mapping(mapping[name] or {}, f"{field}.{name}"))
    kind = EFFECTS.get(name)
    if kind is None:
        raise FaultFileError(f"{field}: {name!r} is not an effect; those are {', '.join(EFFECTS)}")
    read: dict[str, Any] = {}
    known = {item.name: item for item in fields(kind)}
    for key, value in options.items():
        if key not in known:
            raise FaultFileError(f"{field}.{name}.{key}: is not an option; those are {', '.join(known) or 'none'}")
        read[key] = _OPTIONS[key](value, f"{field}.{name}.{key}")
    required = [key for key, item in known.items() if item.default is MISSING and key not in read]
    assert not required, f"effects have defaults for all options, {name} has none for {required}"
    return kind(**read)


def _distribution(value: Any, field: str) -> Distribution:
    if not isinstance(value, Mapping):
        return Fixed(parse_seconds(value, field))
    if len(value) != 1:
        raise FaultFileError(f"{field}: want one of fixed, uniform, exponential, lognormal, got {dict(value)!r}")
    kind, options = next(iter(value.items()))
    where = f"{field}.{kind}"
    try:
        if kind == "fixed":
            return Fixed(parse_seconds(options, where))
        if kind == "uniform":
            if not isinstance(options, list) or len(options) != 2:
                raise FaultFileError(f"{where}: want [low, high], got {options!r}")
            low, high = (parse_seconds(item, f"{where}[{index}]") for index, item in enumerate(options))
            return Uniform(low, high)
        if kind == "exponential":
            return Exponential(**_numbers(options, where, {"mean": True, "cap": False}))
        if kind == "lognormal":
            return LogNormal(**_numbers(options, where, {"median": True, "sigma": False, "cap": False}))
    except FaultFileError:
        raise
    except ValueError as error:
        raise FaultFileError(f"{where}: {error}") from error
    raise FaultFileError(f"{field}: {kind!r} is not a distribution; those are fixed, uniform, exponential, lognormal")


def _numbers(data: Any, field: str, known: Mapping[str, bool]) -> dict[str, float]:
    given = _mapping(data, field)
    for key in given:
        if key not in known:
            raise FaultFileError(f"{field}.{key}: is not an option; those are {', '.join(known)}")
    for key, required in known.items():
        if required and key not in given:
            raise FaultFileError(f"{field}.{key}: is required")
    return {
        key: _number(value, f"{field}.{key}") if key == "sigma" else parse_seconds(value, f"{field}.{key}")
        for key, value in given.items()
    }


def _mapping(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise FaultFileError(f"{field}: want a mapping, got {value!r}")
    return value


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise FaultFileError(f"{field}: want a text, got {value!r}")
    return value


def _whole(value: Any, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise FaultFileError(f"{field}: want a whole number, got {value!r}")
    return value


def _number(value: Any, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise FaultFileError(f"{field}: want a number, got {value!r}")
    return float(value)


def _truth(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise FaultFileError(f"{field}: want true or false, got {value!r}")
    return value


def _one_of(*choices: str) -> Callable[[Any, str], str]:
    def read(value: Any, field: str) -> str:
        if value not in choices:
            raise FaultFileError(f"{field}: want one of {', '.join(choices)}, got {value!r}")
        return str(value)

    return read


_RULE_FIELDS: dict[str, Callable[[Any, str], Any]] = {
    "probability": _number,
    "nth": _whole,
    "first": _whole,
    "every": _whole,
    "after": parse_seconds,
    "before": parse_seconds,
    "title": _text,
}
_OPTIONS: dict[str, Callable[[Any, str], Any]] = {
    "code": _whole,
    "revisions": _whole,
    "reason": _text,
    "message": _text,
    "retry_after": _whole,
    "time": _distribution,
    "phase": _one_of("request", "answer"),
    "failure": _one_of(*get_args(Failure)),
    "client": _text,
    "after": parse_seconds,
    "clean": _truth,
}
