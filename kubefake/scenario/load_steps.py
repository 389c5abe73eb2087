"""Reads the timeline of a scenario file: steps that are taken one after the other."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from kubeclient.machines.manifests import ManifestError
from kubefake.faults.load import load_rules

from .load_checks import read_check, read_reference
from .manifests import objects_of
from .model import (
    Action,
    Apply,
    Check,
    Compact,
    Create,
    Delete,
    Eventually,
    Expect,
    Faults,
    Partition,
    Patch,
    Settle,
    Signal,
    Step,
    Wait,
    short,
)
from .problems import Place

__all__ = ["read_objects", "read_timeline"]

SETTLE_SECONDS = 600.0
WITHIN_SECONDS = 600.0

Programs = Sequence[str]


def read_timeline(place: Place, programs: Programs) -> tuple[Step, ...]:
    """The steps. `programs`: the names of those that the scenario runs."""
    return tuple(_step(item, programs) for item in place.items("steps"))


def _step(place: Place, programs: Programs) -> Step:
    kinds = [one for one in _STEPS if place.has(one)]
    if not isinstance(place.value, dict) or len(kinds) != 1:
        given = list(place.value) if isinstance(place.value, dict) else []
        close = difflib.get_close_matches(str(given[0]), _STEPS, 1) if given else []
        hint = f'; did you mean "{close[0]}"?' if close and not kinds else ""
        shown = ", ".join(map(str, kinds or given)) or repr(place.value)
        place.wrong(f"want a mapping with one of {', '.join(_STEPS)}, got {shown}{hint}")
        return Step("", Compact(), place.line)
    kind = kinds[0]
    fields, read = _STEPS[kind]
    if fields is not None:
        place.check_fields((kind, *fields, "title"))
    subject = place.child(kind)
    action = read(place, subject, programs)
    return Step(place.child("title").text() or _title(kind, subject.value, action), action, place.line)


def _title(kind: str, value: Any, action: Action) -> str:
    match action:
        case Eventually(check=check) | Expect(check=check):
            return f"{kind} {check.title}"
        case Patch(reference=reference, merge=merge):
            return f"{kind} {reference} {short(merge)}"
        case Compact():
            return kind
        case Faults(switch=bool(switch)):
            return f"{kind} {'on' if switch else 'off'}"
    return f"{kind} {short(value)}"


def read_objects(place: Place) -> tuple[Mapping[str, Any], ...]:
    """Objects: a path, an object, or a list of such. Paths are relative to the scenario's file."""
    items = [place] if isinstance(place.value, (str, dict)) else place.items("paths of manifests, or objects")
    folder = place.problems.path.parent
    out: list[Mapping[str, Any]] = []
    for item in items:
        try:
            if isinstance(item.value, str):
                path = folder / item.value
                if not path.exists():
                    item.wrong(f"there is no file or folder {path}")
                    continue
                out.extend(objects_of(path))
            elif isinstance(item.value, dict):
                item.check_fields(item.value, required=("apiVersion", "kind"))
                out.extend(objects_of(item.value))
            else:
                item.wants("the path of a manifest, or an object")
        except (ManifestError, OSError, ValueError) as error:
            item.wrong(str(error))
    return tuple(out)


def _apply(_: Place, subject: Place, __: Programs) -> Action:
    return Apply(read_objects(subject))


def _create(_: Place, subject: Place, __: Programs) -> Action:
    return Create(read_objects(subject))


def _patch(place: Place, subject: Place, _: Programs) -> Action:
    merge = place.child("merge")
    if not isinstance(merge.value, dict):
        place.wrong("patch needs merge: what to change, as a JSON merge patch")
    return Patch(
        read_reference(subject),
        merge.value if isinstance(merge.value, dict) else {},
        place.child("namespace").text("default"),
        place.child("subresource").text(),
    )


def _delete(place: Place, subject: Place, _: Programs) -> Action:
    return Delete(read_reference(subject), place.child("namespace").text("default"))


def _wait(_: Place, subject: Place, __: Programs) -> Action:
    return Wait(subject.seconds(0.0))


def _settle(place: Place, subject: Place, _: Programs) -> Action:
    quiet = place.child("quiet")
    timeout = SETTLE_SECONDS if subject.value is True else subject.seconds(SETTLE_SECONDS)
    return Settle(timeout, quiet.seconds(0.0) if place.has("quiet") else None)


def _signal(kind: Literal["crash", "stop", "start", "restart"]) -> Callable[[Place, Place, Programs], Action]:
    def read(_: Place, subject: Place, programs: Programs) -> Action:
        name = subject.text()
        if name not in programs:
            close = difflib.get_close_matches(name, programs, 1)
            hint = f'; did you mean "{close[0]}"?' if close else ""
            subject.wrong(f"no program is called {name!r}{hint} (known: {', '.join(programs) or 'none'})")
        return Signal(kind, name)

    return read


def _partition(_: Place, subject: Place, __: Programs) -> Action:
    return Partition(subject.text("*"))


def _heal(_: Place, subject: Place, __: Programs) -> Action:
    return Partition(subject.text("*"), heal=True)


def _compact(_: Place, subject: Place, __: Programs) -> Action:
    if subject.value is not True:
        subject.wants("true")
    return Compact()


def _faults(_: Place, subject: Place, __: Programs) -> Action:
    if isinstance(subject.value, bool):
        return Faults(switch=subject.value)
    if not isinstance(subject.value, list):
        subject.wants("on, off, or a list of rules to add")
        return Faults()
    return Faults(rules=tuple(subject.parsed(load_rules, [])))


def _eventually(place: Place, subject: Place, _: Programs) -> Action:
    check = _check_in_flow(place, subject, within=True)
    return Eventually(check if check.within is not None else _within(check, WITHIN_SECONDS))


def _expect(place: Place, subject: Place, _: Programs) -> Action:
    return Expect(_check_in_flow(place, subject, within=False))


def _check_in_flow(place: Place, subject: Place, *, within: bool) -> Check:
    """A check as a step: `{expect: deployments/web, match: …}`, or `{expect: {count: …}}`."""
    more = ("title", "within") if within else ("title",)
    if isinstance(subject.value, dict):
        place.check_fields((subject.field.rpartition(".")[2], *more))
        check = read_check(subject, "timeline")
        return _within(check, place.child("within").seconds(0.0)) if place.has("within") else check
    own = subject.field.rpartition(".")[2]
    place.check_fields((own, "namespace", "match", "absent", *more))
    read_reference(subject)
    flat = {
        ("get" if key == own else key): value
        for key, value in place.value.items()
        if key in (own, "namespace", "match", "absent", *more)
    }
    return read_check(Place(flat, place.field, place.problems), "timeline", within=within)


def _within(check: Check, seconds: float) -> Check:
    return Check(check.title, check.condition, check.line, seconds)


_Read = Callable[[Place, Place, Programs], Action]

_STEPS: dict[str, tuple[tuple[str, ...] | None, _Read]] = {
    "apply": ((), _apply),
    "create": ((), _create),
    "patch": (("merge", "namespace", "subresource"), _patch),
    "delete": (("namespace",), _delete),
    "wait": ((), _wait),
    "settle": (("quiet",), _settle),
    "crash": ((), _signal("crash")),
    "stop": ((), _signal("stop")),
    "start": ((), _signal("start")),
    "restart": ((), _signal("restart")),
    "partition": ((), _partition),
    "heal": ((), _heal),
    "compact": ((), _compact),
    "faults": ((), _faults),
    "eventually": (None, _eventually),
    "expect": (None, _expect),
}
"""The steps: what else each has, None where its reader looks itself, and how it is read."""
