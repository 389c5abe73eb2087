"""What the models lean on: their base classes, and the defaults that Go's encoder has and msgspec has not.

A field whose value is its default is left out, which is Go's `omitempty`. Where Go writes the zero value all the same, the
default is `always(…)`: msgspec compares a value with a plain default, never with what a factory gave. This module must not
know any type of the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias, TypeVar, cast

from msgspec import UNSET, Raw, Struct, field

from kubeclient.apimachinery.fields_v1 import FieldsV1
from kubeclient.apimachinery.nil import NIL_LIST, NIL_MAP
from kubeclient.apimachinery.quantity import Quantity

__all__ = [
    "JSON",
    "FieldsModel",
    "ListModel",
    "Model",
    "NilModel",
    "Nils",
    "NullableList",
    "NullableMap",
    "RawExtension",
    "RawFields",
    "always",
    "empty_list",
    "empty_map",
    "nil_list",
    "nil_map",
    "required",
    "zero_quantity",
]

T = TypeVar("T")
K = TypeVar("K")

JSON: TypeAlias = Any
"""Any JSON value, decoded: None, bool, int, float, str, list or dict."""

RawExtension: TypeAlias = Any
"""An object of any kind, decoded, wire names kept; None is null."""

if TYPE_CHECKING:
    RawFields: TypeAlias = FieldsV1 | None
    NullableList: TypeAlias = list[T]
    NullableMap: TypeAlias = dict[K, T]
else:
    RawFields = Raw  # decoders leave it as it is; the attribute is then a FieldsV1

    class NullableList:
        """A list of which Go writes nil as null. Decoders accept null; the attribute is then NIL_LIST, never None."""

        def __class_getitem__(cls, item: Any) -> Any:
            return list[item] | None

    class NullableMap:
        """A map of which Go writes nil as null. Decoders accept null; the attribute is then NIL_MAP, never None."""

        def __class_getitem__(cls, items: Any) -> Any:
            return dict[items] | None


Nils: TypeAlias = tuple[tuple[str, Any], ...]


class Model(Struct, kw_only=True, omit_defaults=True, repr_omit_defaults=True, gc=False, rename="camel"):
    """An object or a part of one.

    Attributes are snake_case, the wire's names are kept in the encoded form. Models are mutable, compare by value, and hold
    no reference cycles, so the cyclic garbage collector does not look at them.
    """


class ListModel(Model, kw_only=True):
    """A list kind: `items` that are null become an empty list."""

    def __post_init__(self) -> None:
        this = cast("Any", self)
        if this.items is None:
            this.items = []


class NilModel(Model, kw_only=True):
    """A model with lists or maps of which nil is written as null."""

    _nils: ClassVar[Nils] = ()

    def __post_init__(self) -> None:
        for name, nil in self._nils:
            if getattr(self, name) is None:
                setattr(self, name, nil)


class FieldsModel(Model, kw_only=True):
    """A model with a set of fields, which is kept as JSON; null is as good as absent."""

    def __post_init__(self) -> None:
        this = cast("Any", self)
        fields = this.fields_v1
        if fields is not None and fields.__class__ is not FieldsV1:
            this.fields_v1 = _fields_v1(fields)


def _fields_v1(value: Any) -> FieldsV1 | None:
    if isinstance(value, Mapping):
        return FieldsV1.of(value)
    fields = FieldsV1(value)
    return None if fields == b"null" else _shared(fields)


@lru_cache(1024)
def _shared(fields: FieldsV1) -> FieldsV1:
    """The first of several equal ones: the objects of a list are of few shapes, and this is a seventh of a pod."""
    return fields


def always(value: T, *, name: str | None = None) -> T:
    """A default that is encoded too."""
    if not value:
        return field(default_factory=type(value), name=name)  # "", 0, False and None are what their types make
    return field(default_factory=lambda: value, name=name)


def empty_list(*, name: str | None = None) -> Any:
    """A new empty list, encoded as []."""
    return field(default_factory=_EMPTY.copy, name=name)


def empty_map(*, name: str | None = None) -> Any:
    """A new empty map, encoded as {}."""
    return field(default_factory=_EMPTY_MAP.copy, name=name)


def required(*, name: str | None = None) -> Any:
    """A value that its maker has to give. Until then it is msgspec's UNSET, which is not sent: the server says what is missing."""
    return field(default=UNSET, name=name)


def nil_list(*, name: str | None = None) -> Any:
    """A list that is nil until it is set, encoded as null."""
    return field(default_factory=_nil_list, name=name)


def nil_map(*, name: str | None = None) -> Any:
    """A map that is nil until it is set, encoded as null."""
    return field(default_factory=_nil_map, name=name)


def zero_quantity(*, name: str | None = None) -> Any:
    """The quantity 0, encoded as "0"."""
    return field(default_factory=_zero_quantity, name=name)


_EMPTY: Final[list[Any]] = []
_EMPTY_MAP: Final[dict[str, Any]] = {}


def _nil_list() -> Any:
    return NIL_LIST


def _nil_map() -> Any:
    return NIL_MAP


def _zero_quantity() -> Quantity:
    return Quantity("0")
