"""A strategy made of functions: what most builtin kinds need to say fits a line of a table in their group's folder.

The functions get and change plain objects in the storage version unless they say otherwise. Checks give the field errors of
`kubeclient.apimachinery.field`, in the order in which the server tells them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kubeclient.apimachinery import field, validation
from kubefake.resources.checks import METADATA
from kubefake.resources.strategies import apply_traits
from kubefake.resources.strategy import METADATA_HERE, Context, FieldError, JSONObject, Strategy

__all__ = ["BuiltinStrategy", "Check", "Fields", "as_errors", "nested", "path_name"]

Object = Mapping[str, Any]
Default = Callable[[JSONObject, str], None]
OnCreate = Callable[[JSONObject, Context], None]
OnUpdate = Callable[[JSONObject, Object, Context], None]
Check = Callable[[Object, Context], Iterable[field.FieldError]]
CheckUpdate = Callable[[Object, Object, Context], Iterable[field.FieldError]]
Warn = Callable[[Object, Object | None, Context], list[str]]
Fields = Mapping[str, Callable[[Object], str]]
NameCheck = Callable[[str, bool], list[str]]


def nested(*keys: str, default: str = "") -> Callable[[Object], str]:
    """What reads a field below others, as the text that field selectors see."""

    def read(obj: Object) -> str:
        value: Any = obj
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
            if value is None:
                return default
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    return read


def path_name(name: str, prefix: bool) -> list[str]:
    """Names that need only be fit for a path (roles and the like)."""
    from kubeclient.apimachinery import validation

    return validation.is_path_segment_prefix(name) if prefix else validation.is_path_segment_name(name)


def as_errors(found: Iterable[field.FieldError]) -> list[FieldError]:
    """Field errors as strategies give them."""
    return [METADATA_HERE if error is METADATA else FieldError(error.field, error.type, error.body) for error in found]


class BuiltinStrategy(Strategy):
    """A kind of the server's own.

    Args:
        group, plural: which; its plain traits are looked up.
        default: fills what decoding defaults; gets the object and the API version it is in.
        on_create, on_update, on_status: prepare what creations, updates and status updates may not decide.
        check, check_update, check_status: what is wrong with a new object, a change, a change of status.
        warn: what is warned of; `old` is None for creations.
        name: what is wrong with a name.
        fields: the field labels besides metadata's, and how they are read.
        unknown_field: how another one is refused; by default as most kinds do.
        status_resets: see Strategy.
    """

    def __init__(
        self,
        group: str,
        plural: str,
        *,
        default: Default | None = None,
        on_create: OnCreate | None = None,
        on_update: OnUpdate | None = None,
        on_status: OnUpdate | None = None,
        check: Check | None = None,
        check_update: CheckUpdate | None = None,
        check_status: CheckUpdate | None = None,
        warn: Warn | None = None,
        name: NameCheck | None = None,
        fields: Fields | None = None,
        unknown_field: str = "",
        status_resets: tuple[tuple[str, ...], ...] | None = None,
    ) -> None:
        apply_traits(self, group, plural)
        self._on_create, self._on_update, self._on_status = on_create, on_update, on_status
        self._check, self._check_update, self._check_status = check, check_update, check_status
        self._default, self._warn, self._name = default, warn, name
        self._fields: Fields = fields or {}
        self.field_labels = tuple(self._fields)
        if unknown_field:
            self.unknown_field = unknown_field
        if status_resets is not None:
            self.status_resets = status_resets

    def default(self, obj: JSONObject, version: str) -> None:
        if self._default is not None:
            self._default(obj, version)

    def prepare_for_create(self, obj: JSONObject, context: Context) -> None:
        if self._on_create is not None:
            self._on_create(obj, context)
        self._store_null(obj)

    def prepare_for_update(self, obj: JSONObject, old: Object, context: Context) -> None:
        if self._on_update is not None:
            self._on_update(obj, old, context)
        self._store_null(obj)

    def _store_null(self, obj: JSONObject) -> None:
        """What is owned though it is empty is stored as Go's nil."""
        for path in self.owned_when_empty:
            *above, last = path.split(".")
            place: Any = obj
            for key in above:
                place = place.get(key) if isinstance(place, dict) else None
            if isinstance(place, dict) and place.get(last) == []:
                place[last] = None

    def prepare_for_status_update(self, obj: JSONObject, old: Object, context: Context) -> None:
        if self._on_status is not None:
            self._on_status(obj, old, context)

    def validate(self, obj: Object, context: Context) -> list[FieldError]:
        return as_errors(self._check(obj, context)) if self._check is not None else []

    def validate_update(self, obj: Object, old: Object, context: Context) -> list[FieldError]:
        if context.subresource == "status":
            return as_errors(self._check_status(obj, old, context)) if self._check_status is not None else []
        if self._check_update is not None:
            return as_errors(self._check_update(obj, old, context))
        return self.validate(obj, context)

    def validate_name(self, name: str, *, prefix: bool) -> list[str]:
        if self._name is None:
            return super().validate_name(name, prefix=prefix)
        return self._name(name, prefix)

    def warnings(self, obj: Object, old: Object | None, context: Context) -> list[str]:
        return self._warn(obj, old, context) if self._warn is not None else []

    def field_values(self, obj: Object) -> Mapping[str, str]:
        return {label: read(obj) for label, read in self._fields.items()}


def long_name(name: str) -> list[str]:
    """A DNS subdomain, as kinds check it whose rules are declared: their limit is one of bytes."""
    return [text.replace("253 characters", "253 bytes") for text in validation.is_dns1123_subdomain(name)]


def prefixed(check: Callable[[str], Sequence[str]]) -> NameCheck:
    """A check of names that takes the dash off a generateName first, as Go's does."""
    return lambda name, prefix: list(check(name.removesuffix("-") if prefix else name))
