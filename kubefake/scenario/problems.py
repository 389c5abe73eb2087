"""Reading a file that a person wrote: every problem at once, each with its line, as linters tell them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml as _yaml

from kubeclient.apimachinery import yaml
from kubefake.faults.load import FaultFileError, parse_seconds

__all__ = ["Place", "Problems", "ScenarioFileError", "read_document"]

T = TypeVar("T")

_Loader: Any = getattr(_yaml, "CSafeLoader", _yaml.SafeLoader)


class ScenarioFileError(ValueError):
    """A scenario file that cannot be used. The message has a line for every problem: `file:line: field: what is wrong`."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Problems:
    """Collects what is wrong with one file."""

    def __init__(self, path: Path, lines: Mapping[str, int]) -> None:
        self.path = path
        self._lines = lines
        self._found: list[tuple[int, str]] = []

    def line(self, field: str) -> int:
        """The line of a field, or of the nearest one around it that is there."""
        while field not in self._lines and field:
            field = field[: max(field.rfind("."), field.rfind("["), 0)]
        return self._lines.get(field, 1)

    def add(self, field: str, text: str) -> None:
        line = self.line(field)
        self._found.append((line, f"{self.path}:{line}: {field + ': ' if field else ''}{text}"))

    def raise_all(self) -> None:
        """Raises ScenarioFileError when there is a problem; they come in the order of the file."""
        if self._found:
            raise ScenarioFileError([text for _, text in sorted(self._found, key=lambda found: found[0])])


def read_document(path: Path) -> Place:
    """The file's one document. Raises ScenarioFileError when it cannot be read or is no YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioFileError([f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"]) from error
    try:
        value = yaml.load(text)
    except yaml.YAMLError as error:
        raise ScenarioFileError([f"{path}:{error.line or 1}: {error.args[0]}"]) from error
    lines: dict[str, int] = {}
    node = _yaml.compose(text, Loader=_Loader)
    if node is not None:
        _note_lines(node, "", lines)
    return Place(value, "", Problems(path, lines))


def _note_lines(node: Any, field: str, lines: dict[str, int]) -> None:
    lines.setdefault(field, node.start_mark.line + 1)
    if isinstance(node, _yaml.MappingNode):
        for key, value in node.value:
            inner = f"{field}.{key.value}" if field else str(key.value)
            lines[inner] = key.start_mark.line + 1
            _note_lines(value, inner, lines)
    elif isinstance(node, _yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _note_lines(item, f"{field}[{index}]", lines)


class Place:
    """A value in the file, and what can be read from it. Readers note a problem and go on with a value that does no harm."""

    __slots__ = ("field", "problems", "value")

    def __init__(self, value: Any, field: str, problems: Problems) -> None:
        self.value = value
        self.field = field
        self.problems = problems

    @property
    def line(self) -> int:
        return self.problems.line(self.field)

    def wrong(self, text: str) -> None:
        """Notes a problem with this value."""
        self.problems.add(self.field, text)

    def wants(self, what: str) -> None:
        """Notes that something else is wanted here."""
        shown = repr(self.value) if self.value is not None else "nothing"
        self.wrong(f"want {what}, got {shown if len(shown) <= 60 else shown[:57] + '...'}")

    def child(self, key: str) -> Place:
        """A field of a mapping; its value is None when it is not there."""
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Place(value, f"{self.field}.{key}" if self.field else key, self.problems)

    def has(self, key: str) -> bool:
        return isinstance(self.value, Mapping) and key in self.value

    def check_fields(self, known: Iterable[str], required: Iterable[str] = ()) -> bool:
        """Notes fields that are unknown or missing; False when this is no mapping."""
        known = tuple(known)
        if not isinstance(self.value, Mapping):
            self.wants(f"a mapping of {', '.join(known)}")
            return False
        for key in self.value:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, 1)
                hint = f'; did you mean "{close[0]}"?' if close else ""
                self.child(str(key)).wrong(f"unknown field{hint} (known: {', '.join(known)})")
        for key in required:
            if self.value.get(key) is None:
                self.problems.add(f"{self.field}.{key}" if self.field else key, "is required")
        return True

    def items(self, what: str) -> list[Place]:
        """The items of a list; none when there is nothing."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            self.wants(f"a list of {what}")
            return []
        return [Place(item, f"{self.field}[{index}]", self.problems) for index, item in enumerate(self.value)]

    def text(self, default: str = "", *, what: str = "a text") -> str:
        if self.value is None:
            return default
        if not isinstance(self.value, str):
            self.wants(what)
            return default
        return self.value

    def texts(self, what: str) -> tuple[str, ...]:
        """A text, or a list of them."""
        if isinstance(self.value, str):
            return (self.value,)
        return tuple(item.text() for item in self.items(what))

    def whole(self, *, least: int = 0) -> int | None:
        if self.value is None:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < least:
            self.wants(f"a whole number from {least} on")
            return None
        return self.value

    def truth(self, *, default: bool = False) -> bool:
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            self.wants("true or false")
            return default
        return self.value

    def seconds(self, default: float) -> float:
        """A length of time: seconds, or a text like "1m30s"."""
        return default if self.value is None else self.parsed(parse_seconds, default)

    def parsed(self, parse: Callable[[Any, str], T], default: T) -> T:
        """What another reader of plain data makes of it; its errors begin with the field."""
        try:
            return parse(self.value, self.field)
        except FaultFileError as error:
            field, _, text = str(error).partition(": ")
            self.problems.add(field, text)
            return default
