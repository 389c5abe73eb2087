"""How the server writes YAML: strings quoted only where Go's emitter would, lists not indented below their key."""

from __future__ import annotations

import re
from functools import cmp_to_key
from typing import Any, Final

import yaml

from .yamlread import plain_value

__all__ = ["Dumper"]

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_DIGITS: Final = re.compile(r"[0-9]+")
_BASE_60: Final = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")

_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class Dumper(_Base):  # type: ignore[misc]
    """A safe dumper without PyYAML's own idea of which strings look like something else."""

    yaml_implicit_resolvers: Final[dict[str, Any]] = {}

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _string(dumper: Any, text: str) -> Any:
    style = None
    if "\n" in text:
        style = "|"
    elif not isinstance(plain_value(text), str) or _TIME.fullmatch(text) or _BASE_60.fullmatch(text):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _compare(one: str, other: str) -> int:
    """The order of keys as go-yaml's: numbers inside them count as numbers, letters after everything else."""
    digits = False
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a == b:
            digits = a.isdigit()
            continue
        if a.isalpha() and b.isalpha():
            return -1 if a < b else 1
        if a.isalpha() or b.isalpha():
            return -1 if (a.isalpha() if digits else b.isalpha()) else 1
        return _compare_numbers(one, other, at)
    return len(one) - len(other)


def _compare_numbers(one: str, other: str, at: int) -> int:
    before = re.search(r"[0-9]*$", one[:at])
    lead = "1" if "0" in (one[at], other[at]) and before and before[0].strip("0") else ""
    a, b = _DIGITS.match(one, at), _DIGITS.match(other, at)
    left, right = (a[0] if a else ""), (b[0] if b else "")
    key_one, key_other = (
        (int(lead + left or "0"), len(left), one[at]),
        (int(lead + right or "0"), len(right), other[at]),
    )
    return -1 if key_one < key_other else 1


_order = cmp_to_key(_compare)


def _mapping(dumper: Any, value: dict[str, Any]) -> Any:
    return dumper.represent_mapping(
        "tag:yaml.org,2002:map", {key: value[key] for key in sorted(value, key=_order)}.items()
    )


def _null(dumper: Any, _: None) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", "null")


def _plain(dumper: Any, value: object) -> Any:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text)


Dumper.add_representer(str, _string)
Dumper.add_representer(dict, _mapping)
Dumper.add_representer(type(None), _null)
for _type in (bool, int, float):
    Dumper.add_representer(_type, _plain)
