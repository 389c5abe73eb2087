"""Label selectors: values that say which objects are meant, by their labels.

Ports apimachinery pkg/labels and LabelSelectorAsSelector. Selectors are immutable; `matches` is compiled once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from . import field
from .field import Path
from .gotext import quote
from .label_parser import (
    BINARY_OPERATORS,
    DOES_NOT_EXIST,
    DOUBLE_EQUALS,
    EQUALS,
    EXISTS,
    GREATER_THAN,
    IN,
    LESS_THAN,
    NOT_EQUALS,
    NOT_IN,
    parse_terms,
)
from .validation import is_label_key, is_valid_label_value

__all__ = [
    "DOES_NOT_EXIST",
    "DOUBLE_EQUALS",
    "EQUALS",
    "EXISTS",
    "GREATER_THAN",
    "IN",
    "LESS_THAN",
    "NOT_EQUALS",
    "NOT_IN",
    "Labels",
    "Requirement",
    "Selector",
    "everything",
    "format_labels",
    "from_label_selector",
    "from_set",
    "nothing",
    "parse",
]

Labels: TypeAlias = Mapping[str, str]
Match: TypeAlias = Callable[[Labels], bool]

_OPERATORS: Final = (*BINARY_OPERATORS, EXISTS, DOES_NOT_EXIST)
_POSITIVE: Final = frozenset({IN, EQUALS, DOUBLE_EQUALS})
_NEGATIVE: Final = frozenset({NOT_IN, NOT_EQUALS})
_COMPARING: Final = frozenset({GREATER_THAN, LESS_THAN})
_SIGNS: Final = {GREATER_THAN: ">", LESS_THAN: "<"}


def _parse_int(text: str) -> int | None:
    """strconv.ParseInt(text, 10, 64): ASCII digits with a sign, within 64 bits; None for anything else."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(text)
    return number if -(2**63) <= number < 2**63 else None


def _check_count(path: Path, operator: str, values: Sequence[str]) -> list[field.FieldError]:
    bad = list(values)
    if operator in (IN, NOT_IN):
        if not values:
            # A nil slice prints as null.
            return [field.invalid(path, bad, "for 'in', 'notin' operators, values set can't be empty")]
    elif operator in (EQUALS, DOUBLE_EQUALS, NOT_EQUALS):
        if len(values) != 1:
            return [field.invalid(path, bad, "exact-match compatibility requires one single value")]
    elif operator in (EXISTS, DOES_NOT_EXIST):
        if values:
            return [field.invalid(path, bad, "values set must be empty for exists and does not exist")]
    else:
        errors = []
        if len(values) != 1:
            errors.append(field.invalid(path, bad, "for 'Gt', 'Lt' operators, exactly one value is required"))
        errors.extend(
            field.invalid(path.index(i), value, "for 'Gt', 'Lt' operators, the value must be an integer")
            for i, value in enumerate(values)
            if _parse_int(value) is None
        )
        return errors
    return []


class Requirement:
    """A key, an operator and values. Immutable, hashable; `str()` is its part of a selector's text.

    Args:
        key: the label.
        operator: one of the constants of this module.
        values: none for EXISTS and DOES_NOT_EXIST, one for the equalities, GREATER_THAN and LESS_THAN, else at least one.

    Raises:
        ValueError: with Go's text, when key, operator or values are not valid.
    """

    __slots__ = ("_match", "_values", "key", "operator")

    def __init__(self, key: str, operator: str, values: Iterable[str] = (), *, path: Path | None = None) -> None:
        values = tuple(values)
        path = path or Path()
        errors: list[field.FieldError] = []
        if messages := is_label_key(key):
            errors.append(field.invalid(path.child("key"), key, "; ".join(messages)))
        value_path = path.child("values")
        if operator in _OPERATORS:
            errors.extend(_check_count(value_path, operator, values))
        else:
            errors.append(field.not_supported(path.child("operator"), operator, _OPERATORS))
        for i, value in enumerate(values):
            if messages := is_valid_label_value(value):
                errors.append(field.invalid(value_path.index(i).key(key), value, "; ".join(messages)))
        if errors:
            raise ValueError(field.aggregate(errors))
        self._set(key, operator, values)

    def _set(self, key: str, operator: str, values: tuple[str, ...]) -> None:
        self.key = key
        self.operator = operator
        self._values = values
        self._match = _compile(key, operator, values)

    @classmethod
    def unchecked(cls, key: str, operator: str, values: Iterable[str] = ()) -> Requirement:
        """A requirement that was validated elsewhere, or that the server shall judge."""
        requirement = cls.__new__(cls)
        requirement._set(key, operator, tuple(values))
        return requirement

    @property
    def values(self) -> tuple[str, ...]:
        """The values in the order given."""
        return self._values

    def matches(self, labels: Labels) -> bool:
        """True when the labels meet the requirement."""
        return self._match(labels)

    def __str__(self) -> str:
        key, operator = self.key, self.operator
        if operator == EXISTS:
            return key
        if operator == DOES_NOT_EXIST:
            return f"!{key}"
        values = ",".join(sorted(self._values))
        if operator in (IN, NOT_IN):
            return f"{key} {operator} ({values})"
        return f"{key}{_SIGNS.get(operator, operator)}{values}"

    def __repr__(self) -> str:
        return f"Requirement({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Requirement):
            return NotImplemented
        return (self.key, self.operator, self._values) == (other.key, other.operator, other._values)

    def __hash__(self) -> int:
        return hash((self.key, self.operator, self._values))

    def __reduce__(self) -> tuple[Any, ...]:
        return Requirement.unchecked, (self.key, self.operator, self._values)


def _compile(key: str, operator: str, values: tuple[str, ...]) -> Match:
    if operator in _POSITIVE:
        if len(values) == 1:
            only = values[0]
            return lambda labels: labels.get(key) == only
        allowed = frozenset(values)
        return lambda labels: labels.get(key) in allowed
    if operator in _NEGATIVE:
        if len(values) == 1:
            only = values[0]
            return lambda labels: labels.get(key) != only
        refused = frozenset(values)
        return lambda labels: labels.get(key) not in refused
    if operator == EXISTS:
        return lambda labels: key in labels
    if operator == DOES_NOT_EXIST:
        return lambda labels: key not in labels
    return _compile_comparison(key, operator, values)


def _compile_comparison(key: str, operator: str, values: tuple[str, ...]) -> Match:
    bound = _parse_int(values[0]) if len(values) == 1 else None
    if bound is None or operator not in _COMPARING:
        return lambda labels: False  # noqa: ARG005
    limit: int = bound
    greater = operator == GREATER_THAN

    def match(labels: Labels) -> bool:
        value = labels.get(key)
        number = _parse_int(value) if value is not None else None
        if number is None:
            return False
        return number > limit if greater else number < limit

    return match


def _compile_all(requirements: tuple[Requirement, ...]) -> Match:
    if not requirements:
        return lambda labels: True  # noqa: ARG005
    if len(requirements) == 1:
        return requirements[0]._match
    if all(requirement.operator in (EQUALS, DOUBLE_EQUALS) for requirement in requirements):
        # What controllers use most: a subset of items, decided without a Python loop.
        wanted = {(requirement.key, requirement.values[0]) for requirement in requirements}
        return lambda labels: wanted <= labels.items()
    matches = tuple(requirement._match for requirement in requirements)

    def match(labels: Labels) -> bool:
        for one in matches:  # noqa: SIM110  a generator costs more than the test
            if not one(labels):
                return False
        return True

    return match


class Selector:
    """Requirements that must all be met. Immutable, hashable; `str()` is the canonical text, sorted by key.

    Attributes:
        requirements: the requirements, sorted by key.
        selectable: False only for `nothing()`, which has no requirements and matches no object.
        matches: called with labels, says whether they are meant.
    """

    __slots__ = ("matches", "requirements", "selectable")

    def __init__(self, requirements: Iterable[Requirement] = (), *, selectable: bool = True) -> None:
        self.requirements: Final = tuple(sorted(requirements, key=_key)) if selectable else ()
        self.selectable: Final = selectable
        self.matches: Final[Match] = _compile_all(self.requirements) if selectable else _never

    @property
    def empty(self) -> bool:
        """True when everything matches."""
        return self.selectable and not self.requirements

    def add(self, *requirements: Requirement) -> Selector:
        """A selector with further requirements. `nothing()` stays what it is."""
        return Selector((*self.requirements, *requirements)) if self.selectable else self

    def requires_exact_match(self, label: str) -> str | None:
        """The one value a label must have, or None when there is no such value."""
        for requirement in self.requirements:
            if requirement.key == label:
                exact = requirement.operator in _POSITIVE and len(requirement.values) == 1
                return requirement.values[0] if exact else None
        return None

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))

    def __repr__(self) -> str:
        return f"Selector({str(self)!r})" if self.selectable else "Selector(nothing)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Selector):
            return NotImplemented
        return self.selectable == other.selectable and self.requirements == other.requirements

    def __hash__(self) -> int:
        return hash((self.selectable, self.requirements))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.requirements, self.selectable)


def _key(requirement: Requirement) -> str:
    return requirement.key


def _never(labels: Labels) -> bool:  # noqa: ARG001
    return False


def _rebuild(requirements: tuple[Requirement, ...], selectable: bool) -> Selector:
    return Selector(requirements, selectable=selectable)


_EVERYTHING: Final = Selector()
_NOTHING: Final = Selector(selectable=False)


def everything() -> Selector:
    """The selector that matches all labels."""
    return _EVERYTHING


def nothing() -> Selector:
    """The selector that matches no labels, not even empty ones."""
    return _NOTHING


def parse(text: str, *, path: Path | None = None) -> Selector:
    """Reads the text form: `app=web,tier in (a,b),!old,size>3`.

    Raises:
        ValueError: with Go's text.
    """
    if not text:
        return _EVERYTHING
    root = path or Path()

    def check_key(key: str) -> None:
        if messages := is_label_key(key):
            raise ValueError(field.invalid(root, key, "; ".join(messages)))

    def build(key: str, operator: str, values: list[str]) -> Requirement:
        return Requirement(key, operator, values, path=root)

    return Selector(parse_terms(text, check_key, build))


def from_set(labels: Labels | None, *, validate: bool = False) -> Selector:
    """The selector that asks for exactly these labels; everything for none.

    Raises:
        ValueError: with `validate`, when a key or a value is not valid.
    """
    if not labels:
        return _EVERYTHING
    make = Requirement if validate else Requirement.unchecked
    return Selector(make(key, EQUALS, (value,)) for key, value in labels.items())


_LABEL_SELECTOR_OPERATORS: Final = {"In": IN, "NotIn": NOT_IN, "Exists": EXISTS, "DoesNotExist": DOES_NOT_EXIST}


def _get(value: Any, wire: str, attribute: str) -> Any:
    return value.get(wire) if isinstance(value, Mapping) else getattr(value, attribute, None)


def from_label_selector(selector: Any) -> Selector:
    """The selector in a LabelSelector of the API: a mapping with wire keys, or an object with `match_labels` and
    `match_expressions`. None matches nothing, an empty one everything.

    Raises:
        ValueError: with Go's text.
    """
    if selector is None:
        return _NOTHING
    match_labels = _get(selector, "matchLabels", "match_labels") or {}
    match_expressions = _get(selector, "matchExpressions", "match_expressions") or ()
    requirements = [Requirement(key, EQUALS, (match_labels[key],)) for key in sorted(match_labels)]
    for expression in match_expressions:
        name = _get(expression, "operator", "operator") or ""
        operator = _LABEL_SELECTOR_OPERATORS.get(name)
        if operator is None:
            raise ValueError(f"{quote(name)} is not a valid label selector operator")
        values = _get(expression, "values", "values") or ()
        requirements.append(Requirement(_get(expression, "key", "key") or "", operator, values))
    return Selector(requirements) if requirements else _EVERYTHING


def format_labels(labels: Labels | None) -> str:
    """Labels as text, sorted: "a=b,c=d"; "<none>" for none."""
    if not labels:
        return "<none>"
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels))
