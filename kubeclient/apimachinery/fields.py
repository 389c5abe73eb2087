"""Field selectors: equalities and inequalities on a few fields of an object, as text and as values.

Ports apimachinery pkg/fields. A field that an object does not have counts as empty. Which fields a resource knows is the
server's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

__all__ = [
    "EQUALS",
    "NOT_EQUALS",
    "Requirement",
    "Selector",
    "and_selectors",
    "escape_value",
    "everything",
    "from_set",
    "nothing",
    "one_term_equal_selector",
    "one_term_not_equal_selector",
    "parse_and_transform_selector",
    "parse_selector",
    "unescape_value",
]

EQUALS: Final = "="
NOT_EQUALS: Final = "!="

Fields: TypeAlias = Mapping[str, str]
Match: TypeAlias = Callable[[Fields], bool]
Transform: TypeAlias = Callable[[str, str], tuple[str, str]]


class Requirement(NamedTuple):
    """A field, an operator (`EQUALS` or `NOT_EQUALS`) and a value without escapes."""

    field: str
    operator: str
    value: str

    def __str__(self) -> str:
        return f"{self.field}{self.operator}{escape_value(self.value)}"


def _compile(requirement: Requirement) -> Match:
    field, operator, value = requirement
    if operator == EQUALS:
        return lambda fields: fields.get(field, "") == value
    return lambda fields: fields.get(field, "") != value


def _compile_all(requirements: tuple[Requirement, ...]) -> Match:
    if not requirements:
        return lambda fields: True  # noqa: ARG005
    matches = tuple(map(_compile, requirements))
    if len(matches) == 1:
        return matches[0]

    def match(fields: Fields) -> bool:
        for one in matches:  # noqa: SIM110  a generator costs more than the test
            if not one(fields):
                return False
        return True

    return match


def _never(fields: Fields) -> bool:  # noqa: ARG001
    return False


class Selector:
    """Requirements that must all be met, in the order of the text. Immutable, hashable.

    Attributes:
        requirements: the requirements.
        selectable: False only for `nothing()`.
        matches: called with the fields of an object, says whether it is meant.
    """

    __slots__ = ("matches", "requirements", "selectable")

    def __init__(self, requirements: Iterable[Requirement] = (), *, selectable: bool = True) -> None:
        self.requirements: Final = tuple(requirements) if selectable else ()
        self.selectable: Final = selectable
        self.matches: Final[Match] = _compile_all(self.requirements) if selectable else _never

    @property
    def empty(self) -> bool:
        """True when everything matches."""
        return self.selectable and not self.requirements

    def requires_exact_match(self, field: str) -> str | None:
        """The one value a field must have, or None when there is no such value."""
        for requirement in self.requirements:
            if requirement.field == field and requirement.operator == EQUALS:
                return requirement.value
        return None

    def transform(self, transform: Transform) -> Selector:
        """A selector of what `transform(field, value)` gives for each requirement; two empty texts drop it."""
        changed = []
        for requirement in self.requirements:
            field, value = transform(requirement.field, requirement.value)
            if field or value:
                changed.append(Requirement(field, requirement.operator, value))
        return Selector(changed, selectable=self.selectable)

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


def _rebuild(requirements: tuple[Requirement, ...], selectable: bool) -> Selector:
    return Selector(requirements, selectable=selectable)


_EVERYTHING: Final = Selector()
_NOTHING: Final = Selector(selectable=False)


def everything() -> Selector:
    """The selector that matches every object."""
    return _EVERYTHING


def nothing() -> Selector:
    """The selector that matches no object."""
    return _NOTHING


def from_set(fields: Fields | None) -> Selector:
    """The selector that asks for exactly these fields, sorted by field; everything for none."""
    if not fields:
        return _EVERYTHING
    return Selector(Requirement(field, EQUALS, fields[field]) for field in sorted(fields))


def one_term_equal_selector(field: str, value: str) -> Selector:
    """The selector of one equality."""
    return Selector((Requirement(field, EQUALS, value),))


def one_term_not_equal_selector(field: str, value: str) -> Selector:
    """The selector of one inequality."""
    return Selector((Requirement(field, NOT_EQUALS, value),))


def and_selectors(*selectors: Selector) -> Selector:
    """The selector of what all of them select."""
    if not all(selector.selectable for selector in selectors):
        return _NOTHING
    return Selector(requirement for selector in selectors for requirement in selector.requirements)


def escape_value(value: str) -> str:
    r"""A value as it stands in a selector's text: `\`, `,` and `=` get a backslash."""
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=")


def unescape_value(text: str) -> str:
    r"""The value behind a text.

    Raises:
        ValueError: for an escape other than `\\`, `\,`, `\=`, and for a comma or an equals sign without one.
    """
    if "\\" not in text and "," not in text and "=" not in text:
        return text
    out: list[str] = []
    escaped = False
    for char in text:
        if escaped:
            if char not in "\\,=":
                raise ValueError(f"invalid field selector: invalid escape sequence: \\{char}")
            out.append(char)
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in ",=":
            # Go prints the character's number.
            raise ValueError(f"invalid field selector: unescaped character in value: {ord(char)}")
        else:
            out.append(char)
    if escaped:
        raise ValueError("invalid field selector: invalid escape sequence: \\")
    return "".join(out)


def _split_terms(text: str) -> list[str]:
    """The parts between commas that no backslash protects; the backslashes stay."""
    if "\\" not in text:
        return text.split(",")
    terms, start, escaped = [], 0, False
    for i, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == ",":
            terms.append(text[start:i])
            start = i + 1
    terms.append(text[start:])
    return terms


def _split_term(term: str) -> tuple[str, str, str] | None:
    """Field, operator and raw value, split at the first operator; None without one."""
    for i, char in enumerate(term):
        if char == "!" and term.startswith("!=", i):
            return term[:i], NOT_EQUALS, term[i + 2 :]
        if char == "=":
            return term[:i], EQUALS, term[i + (2 if term.startswith("==", i) else 1) :]
    return None


def parse_selector(text: str) -> Selector:
    r"""Reads `metadata.name=a,status.phase!=Running`; empty parts are skipped, parts are sorted, `==` means `=`.

    Raises:
        ValueError: with Go's text.
    """
    requirements = []
    for term in sorted(_split_terms(text)):
        if not term:
            continue
        parts = _split_term(term)
        if parts is None:
            raise ValueError(f"invalid selector: '{text}'; can't understand '{term}'")
        field, operator, raw = parts
        requirements.append(Requirement(field, operator, unescape_value(raw)))
    # Go drops a requirement whose field and value are both empty.
    return Selector(r for r in requirements if r.field or r.value) if requirements else _EVERYTHING


def parse_and_transform_selector(text: str, transform: Transform) -> Selector:
    """Reads a selector and sends every field and value through `transform`, which may raise.

    Raises:
        ValueError: with Go's text.
    """
    return parse_selector(text).transform(transform)
