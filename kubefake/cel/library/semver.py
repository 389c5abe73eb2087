"""Semantic versions.

Follows k8s.io/apiserver/pkg/cel/library/semverlib.go and github.com/blang/semver/v4.
"""

from __future__ import annotations

import re
from typing import Final

from kubeclient.apimachinery.gotext import quote
from kubefake.cel.overloads import Overload, function, method
from kubefake.cel.values import CelError

__all__ = ["SEMVER"]

_CORE: Final = ("Major", "Minor", "Patch")


class Semver:
    """A version."""

    __slots__ = ("build", "core", "prerelease")
    type_name = "kubernetes.Semver"

    def __init__(self, core: tuple[int, ...], prerelease: tuple[str, ...], build: tuple[str, ...]) -> None:
        self.core = core
        self.prerelease = prerelease
        self.build = build

    @property
    def order(self) -> tuple[object, ...]:
        parts = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in self.prerelease)
        return self.core, not self.prerelease, parts

    def compare(self, other: Semver) -> int:
        a, b = self.order, other.order
        return 0 if a == b else -1 if a < b else 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Semver) and self.compare(other) == 0

    def __hash__(self) -> int:
        return hash(self.order)


def _parse(text: str, normalize: bool = False) -> Semver:
    if normalize:
        text = _normalized(text)
    if text == "":
        raise CelError("Version string empty")
    parts = text.split(".", 2)
    if len(parts) != 3:
        raise CelError("No Major.Minor.Patch elements found")
    rest, plus, build = parts[2].partition("+")
    rest, dash, prerelease = rest.partition("-")
    core = []
    for name, part in zip(_CORE, (parts[0], parts[1], rest), strict=True):
        if not re.fullmatch(r"[0-9]+", part):
            if part == "":
                raise CelError('strconv.ParseUint: parsing "": invalid syntax')
            raise CelError(f"Invalid character(s) found in {name.lower()} number {quote(part)}")
        if len(part) > 1 and part[0] == "0":
            raise CelError(f"{name} number must not contain leading zeroes {quote(part)}")
        core.append(int(part))
    released = _identifiers(prerelease, "prerelease") if dash else ()
    built = _identifiers(build, "build meta data") if plus else ()
    return Semver(tuple(core), released, built)


def _identifiers(text: str, what: str) -> tuple[str, ...]:
    parts = tuple(text.split("."))
    for part in parts:
        if part == "":
            raise CelError("Prerelease is empty" if what == "prerelease" else "Build meta data is empty")
        if what == "prerelease" and part.isdigit() and len(part) > 1 and part[0] == "0":
            raise CelError(f"Numeric PreRelease version must not contain leading zeroes {quote(part)}")
        if not re.fullmatch(r"[0-9A-Za-z-]+", part):
            raise CelError(f"Invalid character(s) found in {what} {quote(part)}")
    return parts


def _normalized(text: str) -> str:
    text = text.removeprefix("v")
    parts = text.split(".", 2)
    for index, part in enumerate(parts):
        if len(part) > 1:
            trimmed = part.lstrip("0")
            parts[index] = trimmed if trimmed and trimmed[0] in "0123456789" else "0" + trimmed
    if len(parts) < 3:
        if any(char in parts[-1] for char in "+-"):
            raise CelError("short version cannot contain PreRelease/Build meta data")
        parts += ["0"] * (3 - len(parts))
    return ".".join(parts)


def _is_semver(text: str, normalize: bool = False) -> bool:
    try:
        _parse(text, normalize)
    except CelError:
        return False
    return True


_S: Final = "kubernetes.Semver"

SEMVER: Final[tuple[Overload, ...]] = (
    function("semver", "string_to_semver", f"string -> {_S}", _parse),
    function("semver", "string_bool_to_semver", f"string; bool -> {_S}", _parse),
    function("isSemver", "is_semver_string", "string -> bool", _is_semver),
    function("isSemver", "is_semver_string_bool", "string; bool -> bool", _is_semver),
    method("isGreaterThan", "semver_is_greater_than", f"{_S}; {_S} -> bool", lambda a, b: a.compare(b) > 0),
    method("isLessThan", "semver_is_less_than", f"{_S}; {_S} -> bool", lambda a, b: a.compare(b) < 0),
    method("compareTo", "semver_compare_to", f"{_S}; {_S} -> int", lambda a, b: a.compare(b)),
    method("major", "semver_major", f"{_S} -> int", lambda version: version.core[0]),
    method("minor", "semver_minor", f"{_S} -> int", lambda version: version.core[1]),
    method("patch", "semver_patch", f"{_S} -> int", lambda version: version.core[2]),
)
