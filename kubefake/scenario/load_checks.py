"""Reads the conditions of a scenario file: what must hold of the cluster, and when."""

from __future__ import annotations

from kubeclient.apimachinery import labels

from .model import Check, Condition, Count, Each, Entrypoint, Function, Get, Section, Selection
from .problems import Place

__all__ = ["SECTIONS", "read_check", "read_checks", "read_entrypoint", "read_reference"]

SECTIONS: tuple[Section, ...] = ("always", "never", "eventually", "final")

_SELECTION = ("namespace", "label_selector", "where")
_BOUNDS = ("equals", "more_than", "less_than", "at_least", "at_most")
_FIELDS: dict[str, tuple[str, ...]] = {
    "get": ("namespace", "match", "absent"),
    "count": (*_SELECTION, *_BOUNDS),
    "each": (*_SELECTION, "match"),
    "any": _SELECTION,
    "check": (),
}
"""The kinds of conditions, and what else each of them has."""

_NOTHING = Get("-/-", absent=True)


def read_checks(place: Place, section: Section) -> tuple[Check, ...]:
    """The checks of one section of `expect`."""
    return tuple(read_check(item, section) for item in place.items("checks"))


def read_check(place: Place, section: Section, *, within: bool = False) -> Check:
    """One check. `within`: whether it may say how long it may take; those of the section "eventually" may anyway."""
    kinds = [one for one in _FIELDS if place.has(one)]
    if not isinstance(place.value, dict) or len(kinds) != 1:
        place.wrong(f"want a mapping with one of {', '.join(_FIELDS)}, got {', '.join(kinds) or place.value!r}")
        return Check("", _NOTHING)
    kind = kinds[0]
    common = ("title", "within") if within or section == "eventually" else ("title",)
    place.check_fields((kind, *_FIELDS[kind], *common))
    condition = _condition(place, kind, section)
    seconds = place.child("within").seconds(-1.0) if place.has("within") else None
    return Check(place.child("title").text() or str(condition), condition, place.line, seconds)


def _condition(place: Place, kind: str, section: Section) -> Condition:
    subject = place.child(kind)
    if section == "never" and kind in ("each", "check"):
        subject.wrong(f'"{kind}" tells what must hold: put it under always; under never use get, any or count')
    if kind == "get":
        return _get(place, subject)
    if kind == "check":
        return Function(read_entrypoint(subject))
    if not subject.text(what="the name of a resource"):
        subject.wants('the name of a resource, as "deployments"')
    selection = Selection(
        subject.text() or "-",
        place.child("namespace").text(),
        _selector(place.child("label_selector")),
        place.child("where").value,
    )
    if kind == "each":
        if not place.has("match"):
            place.wrong("each needs match: what each object must have")
        return Each(selection, place.child("match").value)
    if kind == "any":
        return Count(selection, low=1)
    return _count(place, selection)


def _get(place: Place, subject: Place) -> Get:
    absent = place.child("absent").truth()
    if absent and place.has("match"):
        place.wrong("an object that is absent has nothing to match: want match or absent: true, not both")
    return Get(read_reference(subject), place.child("namespace").text("default"), place.child("match").value, absent)


def _count(place: Place, selection: Selection) -> Count:
    given = {bound: place.child(bound).whole() for bound in _BOUNDS if place.has(bound)}
    if not given:
        place.wrong(f"count needs a bound: {', '.join(_BOUNDS)}")
    equal = given.get("equals")
    lows = [value for value in (equal, given.get("at_least"), _plus(given.get("more_than"), 1)) if value is not None]
    highs = [value for value in (equal, given.get("at_most"), _plus(given.get("less_than"), -1)) if value is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    if (high is not None and high < 0) or (low is not None and high is not None and low > high):
        place.wrong("no number is within these bounds")
    return Count(selection, low, high)


def _plus(value: int | None, more: int) -> int | None:
    return None if value is None else value + more


def _selector(place: Place) -> str:
    text = place.text()
    try:
        labels.parse(text)
    except ValueError as error:
        place.wrong(str(error))
    return text


def read_reference(place: Place) -> str:
    """The name of an object, "deployments/web"."""
    kind, slash, name = str(place.value or "").partition("/")
    if not isinstance(place.value, str) or not (slash and kind and name) or "/" in name:
        place.wants('an object as "deployments/web"')
        return "-/-"
    return place.value


def read_entrypoint(place: Place) -> Entrypoint:
    """A function, "controller.py:main" or "package.module:main"."""
    folder = place.problems.path.parent
    text = place.text()
    module, colon, function = text.rpartition(":")
    if place.value is None:
        return Entrypoint(text, folder)  # that it is required is said where it is
    if not colon or not module or not function.isidentifier():
        place.wants('a function as "controller.py:main" or "package.module:main"')
    elif module.endswith(".py") and not (folder / module).is_file():
        place.wrong(f"there is no file {folder / module}")
    return Entrypoint(text, folder, f"{place.problems.path}:{place.line}: {place.field}")
