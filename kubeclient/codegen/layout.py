"""Lays source out as ruff and black do, as far as rendered source needs it: imports in order, long lines in several.

No formatter runs: what is generated must not depend on the version of a tool that happens to be installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from .text import WIDTH

__all__ = ["formatted"]

_FROM = re.compile(r"(?P<indent> *)from (?P<module>\S+) import (?P<names>[^#\n]+?)(?P<comment>  # .*)?$")
_IMPORT = re.compile(r"(?P<indent> *)import (?P<module>[\w.]+)$")
_NATURAL = re.compile(r"(\D*)(\d*)")
_ASSIGNED = re.compile(r" *(?P<name>\w+): (?P<annotation>.+?) = (?P<value>.+)$")
_OPENING = {"(": ")", "[": "]", "{": "}"}


def formatted(source: str) -> str:
    """The same program, laid out."""
    lines = list(_long_lines(_imports(source.split("\n"))))
    return "\n".join(lines).rstrip("\n") + "\n"


def _imports(lines: list[str]) -> Iterator[str]:
    """The lines with every block of imports in order: the standard library, others, those of the same package."""
    position = 0
    while position < len(lines):
        end = position
        while end < len(lines) and (_is_import(lines[end]) or (end > position and not lines[end])):
            end += 1
        if end == position:
            yield lines[position]
            position += 1
            continue
        while not lines[end - 1]:
            end -= 1
        yield from _block(lines[position:end])
        position = end


def _is_import(line: str) -> bool:
    return bool(_FROM.match(line) or _IMPORT.match(line))


def _block(lines: list[str]) -> Iterator[str]:
    indent = re.match(" *", lines[0])
    assert indent is not None
    names: dict[tuple[int, bool, str, str], set[str]] = {}
    comments: dict[tuple[int, bool, str, str], str] = {}
    for line in lines:
        found = _FROM.match(line) or _IMPORT.match(line)
        if found is None:
            continue
        module, said = found["module"], found.groupdict().get("names")
        key = (_section(module), said is not None, module, said if said and " as " in said else "")
        names.setdefault(key, set()).update(said.split(", ") if said else ())
        comments[key] = comments.get(key, "") or found.groupdict().get("comment") or ""
    previous = None
    for key in sorted(names, key=_module_order):
        section, is_from, module, _ = key
        if previous is not None and section != previous:
            yield ""
        previous = section
        listed = ", ".join(sorted(names[key], key=_name_order))
        said = f"from {module} import {listed}" if is_from else f"import {module}"
        yield indent[0] + said + comments[key]


def _section(module: str) -> int:
    top = module.partition(".")[0]
    if module == "__future__":
        return 0
    return 3 if not top else 1 if top in sys.stdlib_module_names else 2


def _module_order(key: tuple[int, bool, str, str]) -> tuple[int, bool, int, str, str]:
    section, is_from, module, said = key
    name = module.lstrip(".")
    return section, is_from, len(name) - len(module), module, said


def _name_order(name: str) -> tuple[int, list[tuple[str, int]], str]:
    """Constants, then classes, then the rest; capitals do not count, and numbers are numbers."""
    plain = name.partition(" as ")[0]
    rank = 0 if len(plain) > 1 and plain.isupper() else 1 if plain[0].isupper() else 2
    return rank, [(text, int(number or -1)) for text, number in _NATURAL.findall(plain.lower())], plain


def _long_lines(lines: Iterator[str]) -> Iterator[str]:
    inside = False  # a docstring, which is wrapped already
    for line in lines:
        quotes = line.count('"""')
        if len(line) <= WIDTH or inside or quotes or line.lstrip().startswith("#"):
            yield line
        else:
            yield from _split(line)
        inside ^= quotes % 2 == 1


def _split(line: str) -> Iterator[str]:
    """The line, broken at the brackets where its statement can be broken best."""
    indent = " " * (len(line) - len(line.lstrip()))
    imported = _FROM.match(line)
    if imported is not None:
        yield f"{indent}from {imported['module']} import ("
        yield from (f"{indent}    {name}," for name in imported["names"].split(", "))
        yield f"{indent}){imported['comment'] or ''}"
        return
    assigned = _ASSIGNED.match(line)
    if assigned is not None and not _fits_before_value(line):
        yield from _split_annotation(indent, **assigned.groupdict())
        return
    place = _brackets(line)
    if place is None or not line[place[0] + 1 : place[1]]:
        yield line
        return
    start, end = place
    head, body, tail = line[: start + 1], line[start + 1 : end], line[end:]
    yield head
    if len(indent) + 4 + len(body) <= WIDTH:
        yield f"{indent}    {body}{',' if body == 'self' else ''}"
    else:
        parts = _parts(body)
        for part in parts:
            yield from _part(f"{indent}    {part}{',' if len(parts) > 1 else ''}")
    yield f"{indent}{tail}"


def _part(line: str) -> Iterator[str]:
    head, lambda_, value = line.partition("lambda: ")
    if len(line) <= WIDTH or not lambda_:
        yield from (line,) if len(line) <= WIDTH else _split(line)
        return
    indent = " " * (len(line) - len(line.lstrip()))
    yield f"{head}lambda: ("
    yield f"{indent}    {value.rstrip(',')}"
    yield f"{indent}){',' if value.endswith(',') else ''}"


def _fits_before_value(line: str) -> bool:
    """Whether an assignment is broken in its value: where that has brackets, and either fits or is all that can be broken."""
    head, _, value = line.partition(" = ")
    annotation = head.partition(": ")[2]
    if not annotation or (" | " not in annotation and "[" not in annotation):
        return True
    called = value.partition("(")
    return bool(called[2]) and len(f"{head} = {called[0]}(") <= WIDTH and value.endswith(")") and value[-2] != "("


def _split_annotation(indent: str, name: str, annotation: str, value: str) -> Iterator[str]:
    if value == "None" and len(f"{indent}{name}: {annotation} = (") <= WIDTH:
        yield f"{indent}{name}: {annotation} = ("
        yield f"{indent}    None"
        yield f"{indent})"
    elif not annotation.endswith(" | None"):
        start = annotation.index("[")
        *inner, _ = _split(f"{indent}{annotation}")
        yield f"{indent}{name}: {annotation[: start + 1]}"
        yield from inner[1:]
        yield f"{indent}] = {value}"
    else:
        yield f"{indent}{name}: ("
        whole, part = f"{indent}    {annotation}", f"{indent}    {annotation.removesuffix(' | None')}"
        if len(whole) <= WIDTH:
            yield whole
        else:
            yield from (part,) if len(part) <= WIDTH else _split(part)
            yield f"{indent}    | None"
        yield f"{indent}) = {value}"


def _brackets(line: str) -> tuple[int, int] | None:
    """The pair to break at: the parameters of a function, else the last pair that ends the statement."""
    pairs = list(_outer_pairs(line))
    if line.lstrip().startswith("def "):
        return pairs[0] if pairs else None
    if not pairs or line[pairs[-1][1] + 1 :] not in ("", ":", ","):
        return None
    return pairs[-1]


def _outer_pairs(line: str) -> Iterator[tuple[int, int]]:
    """Where the brackets that are in no others open and close."""
    depth, start = 0, 0
    for position, character in _code(line):
        if character in _OPENING:
            start = position if depth == 0 else start
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                yield start, position


def _parts(body: str) -> list[str]:
    """What stands between the commas."""
    depth, start = 0, 0
    parts: list[str] = []
    for position, character in _code(body):
        if character in _OPENING:
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(body[start:position].strip())
            start = position + 1
    rest = body[start:].strip()
    return [*parts, rest] if rest else parts


def _code(text: str) -> Iterator[tuple[int, str]]:
    """The characters that are in no string."""
    quote, escaped = "", False
    for position, character in enumerate(text):
        if quote:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        else:
            yield position, character
