"""Field errors: what is wrong with which field of an object, in the words of the server.

Ports apimachinery pkg/util/validation/field. Builds values; raising a StatusError out of them is `errors.new_invalid`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .gotext import float_v, marshal, quote

__all__ = [
    "DUPLICATE",
    "FORBIDDEN",
    "INTERNAL",
    "INVALID",
    "NOT_FOUND",
    "NOT_SUPPORTED",
    "OMIT_VALUE",
    "REQUIRED",
    "TOO_FEW",
    "TOO_LONG",
    "TOO_MANY",
    "TOO_SHORT",
    "TYPE_INVALID",
    "FieldError",
    "Path",
    "aggregate",
    "duplicate",
    "forbidden",
    "internal_error",
    "invalid",
    "not_found",
    "not_supported",
    "required",
    "too_few",
    "too_long",
    "too_long_characters",
    "too_many",
    "too_short",
    "type_invalid",
]

NOT_FOUND: Final = "FieldValueNotFound"
REQUIRED: Final = "FieldValueRequired"
DUPLICATE: Final = "FieldValueDuplicate"
INVALID: Final = "FieldValueInvalid"
NOT_SUPPORTED: Final = "FieldValueNotSupported"
FORBIDDEN: Final = "FieldValueForbidden"
TOO_LONG: Final = "FieldValueTooLong"
TOO_MANY: Final = "FieldValueTooMany"
TOO_FEW: Final = "FieldValueTooFew"
INTERNAL: Final = "InternalError"
TYPE_INVALID: Final = "FieldValueTypeInvalid"
TOO_SHORT: Final = "FieldValueTooShort"

_WORDS: Final = {
    NOT_FOUND: "Not found",
    REQUIRED: "Required value",
    DUPLICATE: "Duplicate value",
    INVALID: "Invalid value",
    NOT_SUPPORTED: "Unsupported value",
    FORBIDDEN: "Forbidden",
    TOO_LONG: "Too long",
    TOO_MANY: "Too many",
    TOO_FEW: "Too few",
    INTERNAL: "Internal error",
    TYPE_INVALID: "Invalid value",
    TOO_SHORT: "Too short",
}
_WITHOUT_VALUE: Final = frozenset({REQUIRED, FORBIDDEN, TOO_LONG, TOO_SHORT, INTERNAL})


class _OmitValue:
    __slots__ = ()

    def __repr__(self) -> str:
        return "OMIT_VALUE"


OMIT_VALUE: Final = _OmitValue()
"""A bad value that is left out of the message."""


class Path:
    """The way to a field: "spec.containers[0].ports[http]". Immutable.

    >>> str(Path("spec").child("containers").index(0).child("name"))
    'spec.containers[0].name'
    """

    __slots__ = ("_text",)

    def __init__(self, name: str = "", *more: str) -> None:
        self._text = ".".join((name, *more)) if more else name

    def child(self, name: str, *more: str) -> Path:
        """The field of that name under this one."""
        text = ".".join((name, *more)) if more else name
        return Path(f"{self._text}.{text}" if self._text else text)

    def index(self, index: int) -> Path:
        """The item at that position."""
        return Path(f"{self._text}[{index}]")

    def key(self, key: str) -> Path:
        """The entry of that key."""
        return Path(f"{self._text}[{key}]")

    def __str__(self) -> str:
        # Go prints a nil path so; a selector parsed without a path shows it to users.
        return self._text or "<nil>"

    def __repr__(self) -> str:
        return f"Path({self._text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Path) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field and what is wrong with it.

    Attributes:
        type: the kind of error, one of the constants of this module; a Status carries it as the cause's reason.
        field: the path as text.
        bad_value: the offending JSON value.
        detail: what would be right.
    """

    type: str
    field: str
    bad_value: Any = ""
    detail: str = ""

    @property
    def body(self) -> str:
        """The message without the field."""
        words = _WORDS.get(self.type)
        if words is None:
            return f"Internal error: unhandled error code: <unknown error {quote(self.type)}>: please report this"
        text = words if self.type in _WITHOUT_VALUE or self.bad_value is OMIT_VALUE else f"{words}: {self._value()}"
        return f"{text}: {self.detail}" if self.detail else text

    def _value(self) -> str:
        value = self.bad_value
        if isinstance(value, str):
            return quote(value)
        if isinstance(value, float):
            return float_v(value)
        try:
            return marshal(value)
        except TypeError:
            return str(value)

    def __str__(self) -> str:
        return f"{self.field}: {self.body}"


def aggregate(messages: Iterable[object]) -> str:
    """Several errors as one text: alone as it is, else "[a, b]"; repeated texts once. Empty for none."""
    texts = list(dict.fromkeys(map(str, messages)))
    if len(texts) == 1:
        return texts[0]
    return f"[{', '.join(texts)}]" if texts else ""


def type_invalid(path: Path | str, value: Any, detail: str) -> FieldError:
    """The value is of another type than the schema says."""
    return FieldError(TYPE_INVALID, str(path), value, detail)


def not_found(path: Path | str, value: Any) -> FieldError:
    """The value refers to something that is not there."""
    return FieldError(NOT_FOUND, str(path), value)


def required(path: Path | str, detail: str = "") -> FieldError:
    """A value must be given."""
    return FieldError(REQUIRED, str(path), "", detail)


def duplicate(path: Path | str, value: Any) -> FieldError:
    """The value must be unique and is not."""
    return FieldError(DUPLICATE, str(path), value)


def invalid(path: Path | str, value: Any, detail: str) -> FieldError:
    """The value is malformed or out of bounds."""
    return FieldError(INVALID, str(path), value, detail)


def not_supported(path: Path | str, value: Any, valid_values: Sequence[str] = ()) -> FieldError:
    """The value is none of those that are known; they are named in the order given."""
    detail = f"supported values: {', '.join(map(quote, valid_values))}" if valid_values else ""
    return FieldError(NOT_SUPPORTED, str(path), value, detail)


def forbidden(path: Path | str, detail: str = "") -> FieldError:
    """The value would be fine under other conditions."""
    return FieldError(FORBIDDEN, str(path), "", detail)


def _unit(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def too_long(path: Path | str, max_length: int) -> FieldError:
    """More bytes than allowed. A negative limit is not named."""
    detail = f"may not be more than {_unit(max_length, 'byte')}" if max_length >= 0 else "value is too long"
    return FieldError(TOO_LONG, str(path), "<value omitted>", detail)


def too_long_characters(path: Path | str, max_length: int) -> FieldError:
    """More characters than allowed. A negative limit is not named."""
    detail = f"may not be more than {_unit(max_length, 'character')}" if max_length >= 0 else "value is too long"
    return FieldError(TOO_LONG, str(path), "<value omitted>", detail)


def too_many(path: Path | str, actual: int, max_quantity: int) -> FieldError:
    """More items than allowed. A negative number of items is not named, nor a negative limit."""
    detail = f"must have at most {_unit(max_quantity, 'item')}" if max_quantity >= 0 else "has too many items"
    return FieldError(TOO_MANY, str(path), actual if actual >= 0 else OMIT_VALUE, detail)


def too_few(path: Path | str, actual: int, min_quantity: int) -> FieldError:
    """Fewer items than needed. A negative limit is not named."""
    detail = f"must have at least {_unit(min_quantity, 'item')}" if min_quantity >= 0 else "has too few items"
    return FieldError(TOO_FEW, str(path), actual, detail)


def too_short(path: Path | str, value: str, min_length: int) -> FieldError:
    """Fewer characters than needed. A negative limit is not named."""
    detail = f"must be at least {_unit(min_length, 'character')}" if min_length >= 0 else "value is too short"
    return FieldError(TOO_SHORT, str(path), value, detail)


def internal_error(path: Path | str, error: object) -> FieldError:
    """Something failed that the user's input did not cause."""
    return FieldError(INTERNAL, str(path), str(error), str(error))
