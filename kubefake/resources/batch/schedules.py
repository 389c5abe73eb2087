"""Cron schedules: what is wrong with one, in the words of the library that the server uses.

Follows github.com/robfig/cron/v3 (parser.go).
"""

from __future__ import annotations

from kubeclient.apimachinery.durations import Duration

__all__ = ["schedule_problem"]

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_DAYS = {name: number for number, name in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])}
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
_DESCRIPTORS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})


class _BadScheduleError(ValueError):
    pass


def schedule_problem(schedule: str) -> str:
    """Empty when it is in order."""
    rest = schedule
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        rest = schedule.partition(" ")[2].strip()
    if rest.startswith("@"):
        if rest in _DESCRIPTORS:
            return ""
        if rest.startswith("@every "):
            return _every(rest)
        return f"unrecognized descriptor: {rest}"
    fields = rest.split()
    if len(fields) != len(_FIELDS):
        return f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
    try:
        for text, (low, high, names) in zip(fields, _FIELDS, strict=True):
            for expression in text.split(","):
                if expression:
                    _range(expression, low, high, names)
    except _BadScheduleError as exc:
        return str(exc)
    return ""


def _every(text: str) -> str:
    try:
        Duration.parse(text.removeprefix("@every "))
    except ValueError as exc:
        return f"failed to parse duration {text}: {exc}"
    return ""


def _number(text: str, names: dict[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not digits.isascii() or not digits.isdigit():
        raise _BadScheduleError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    value = int(text)
    if value < 0:
        raise _BadScheduleError(f"negative number ({value}) not allowed: {text}")
    return value


def _range(expression: str, low: int, high: int, names: dict[str, int]) -> None:
    parts = expression.split("/")
    ends = parts[0].split("-")
    single = len(ends) == 1
    if ends[0] in ("*", "?"):
        start, end = low, high
    else:
        start = _number(ends[0], names)
        if len(ends) > 2:
            raise _BadScheduleError(f"too many hyphens: {expression}")
        end = start if single else _number(ends[1], names)
    step = 1
    if len(parts) > 2:
        raise _BadScheduleError(f"too many slashes: {expression}")
    if len(parts) == 2:
        step = _number(parts[1], {})
        if single:
            end = high
    if start < low:
        raise _BadScheduleError(f"beginning of range ({start}) below minimum ({low}): {expression}")
    if end > high:
        raise _BadScheduleError(f"end of range ({end}) above maximum ({high}): {expression}")
    if start > end:
        raise _BadScheduleError(f"beginning of range ({start}) beyond end of range ({end}): {expression}")
    if step == 0:
        raise _BadScheduleError(f"step of range should be a positive number: {expression}")
