"""What apply configurations lean on: objects of which every field may be unset, and which are sent as far as they are set.

A configuration is a thin mask over the JSON that will be sent: reading and writing an attribute reads and writes a wire name.
Unset is None, as a nil pointer is in Go, so zero, false and empty texts can be applied. Nothing here knows a type of the API;
the classes beside this module only declare fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, dataclass_transform, overload

from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.wire_object import WireObject

from ._extract import owned_by
from ._shapes import Shape, shapes_of

if TYPE_CHECKING:
    from . import meta_v1

__all__ = ["ClusterConfiguration", "KindConfiguration", "NamespacedConfiguration", "PartConfiguration", "wire"]

T = TypeVar("T")

_FLAT = (
    "labels",
    "annotations",
    "owner_references",
    "finalizers",
)  # of an object: metadata that it lets one set directly


def _camel(name: str) -> str:
    first, *rest = [word for word in name.split("_") if word]
    return first + "".join(word[0].upper() + word[1:] for word in rest)


class _Attribute:
    """An attribute that is kept under its wire name."""

    __slots__ = ("wire",)

    def __init__(self, wire: str) -> None:
        self.wire = wire

    @overload
    def __get__(self, instance: None, owner: type[WireObject]) -> Self: ...

    @overload
    def __get__(self, instance: WireObject, owner: type[WireObject]) -> Any: ...

    def __get__(self, instance: WireObject | None, owner: type[WireObject]) -> Any:
        return self if instance is None else instance._fields.get(self.wire)

    def __set__(self, instance: WireObject, value: Any) -> None:
        if value is None:
            instance._fields.pop(self.wire, None)
        else:
            instance._fields[self.wire] = value

    def __delete__(self, instance: WireObject) -> None:
        instance._fields.pop(self.wire, None)


class _Named(str):
    """A wire name that is not the attribute's in camelCase."""

    __slots__ = ()


def wire(name: str, *, default: None = None) -> Any:  # noqa: ARG001  type checkers read the default
    """A field whose wire name does not follow from its own."""
    return _Named(name)


def identity(*, kw_only: bool) -> Any:
    """A field that says which object it is; always given, and by position."""
    raise NotImplementedError("the constructor takes it")


class _NoRoom(type):
    """Leaves no room in objects for attributes that are not declared, so that a misspelt one is refused."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], **options: Any) -> _NoRoom:
        body.setdefault("__slots__", ())
        return super().__new__(cls, name, bases, body, **options)


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(wire, identity))
class _Declared(WireObject, metaclass=_NoRoom):
    """Makes attributes of declared fields, and a constructor that takes them as keywords."""

    _wires: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        own: dict[str, str] = {}
        for name, annotation in get_annotations(cls).items():
            if cls.__name__ == "KindConfiguration" and name in _FLAT:
                continue
            if not name.startswith("_") and not annotation.startswith("ClassVar"):
                given = cls.__dict__.get(name)
                own[name] = given if isinstance(given, _Named) else _camel(name)
                setattr(cls, name, _Attribute(own[name]))
        cls._wires = {**cls._wires, **own} if own else cls._wires

    def _take(self, fields: Mapping[str, Any]) -> None:
        wires = self._wires
        for name, value in fields.items():
            if name not in wires:
                raise TypeError(f"{type(self).__name__}() got an unexpected keyword argument {name!r}")
            if value is not None:
                setattr(self, name, value)


class PartConfiguration(_Declared):
    """A part of an object as somebody wants it: fields that are None are not wanted, and not sent.

    Fields are keywords of the constructor and attributes. `with_…` methods change and return the configuration: those of
    lists append, those of maps add entries, the others replace.
    """

    if not TYPE_CHECKING:

        def __init__(self, **fields: Any) -> None:
            self._fields = {}
            self._take(fields)

    def to_dict(self) -> dict[str, Any]:
        """What will be sent, as plain JSON values that share nothing with this."""
        plain: dict[str, Any] = json.decode(json.encode(self), dict[str, Any])
        return plain

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """A configuration of plain JSON values. Raises ValueError for a field that the type does not have."""
        own: type[PartConfiguration] = cls
        shapes = shapes_of(own)
        made = cls.__new__(cls)
        made._fields = {}
        for name, value in fields.items():
            if value is None:
                continue
            if name not in shapes:
                raise ValueError(f"{cls.__name__} has no field {name!r}")
            made._fields[name] = _shaped(shapes[name], value)
        return made

    def _set(self, name: str, value: Any) -> Self:
        self._fields[name] = value
        return self

    def _append(self, name: str, values: Iterable[Any]) -> Self:
        added = list(values)
        if None in added:
            raise ValueError(f"nil value passed to With{name[0].upper()}{name[1:]}")
        if added:  # the list may be the caller's
            self._fields[name] = [*self._fields.get(name, ()), *added]
        return self

    def _join(self, name: str, values: Iterable[Any], keys: tuple[str, ...]) -> Self:
        """Adds to a list that holds an item once: one with the keys of an earlier one, or equal to it, takes its place."""
        items = list(self._fields.get(name, ()))
        for value in values:
            place = next((at for at, item in enumerate(items) if _identity(item, keys) == _identity(value, keys)), None)
            if place is None:
                self._append(name, (value,))
                items = self._fields[name]
            else:
                items = self._fields[name] = [*items[:place], value, *items[place + 1 :]]
        return self

    def _merge(self, name: str, entries: Mapping[str, Any]) -> Self:
        if entries:
            self._fields[name] = {**self._fields.get(name, {}), **entries}
        return self

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, WireObject) and self._fields == other._fields

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._fields.items())
        return f"{type(self).__name__}({shown})"


def _identity(item: Any, keys: tuple[str, ...]) -> Any:
    """What tells an item of a list from others: the values of its keys, or all of it where there are none."""
    if not keys:
        return item
    fields = item._fields if isinstance(item, WireObject) else item
    return [fields.get(key) for key in keys] if isinstance(fields, Mapping) else item


class _MetadataAttribute:
    """An attribute of an object that is one of its metadata."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: KindConfiguration[Any] | None, owner: type[Any]) -> Any:
        if instance is None:
            return self
        metadata = instance.metadata
        return None if metadata is None else getattr(metadata, self.name)

    def __set__(self, instance: KindConfiguration[Any], value: Any) -> None:
        setattr(instance._own_metadata(), self.name, value)


class KindConfiguration(PartConfiguration, Generic[T]):
    """An object as somebody wants it: a configuration that says what it is and what it is called.

    `T` is the model of the same kind: what applying gives back, and what `extract` reads.
    """

    GVK: ClassVar[GroupVersionKind]

    metadata: meta_v1.ObjectMeta | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[meta_v1.OwnerReference] | None = None
    finalizers: list[str] | None = None

    @property
    def kind(self) -> str:
        """The kind, "" for a configuration without one."""
        kind: str = self._fields.get("kind", "")
        return kind

    @property
    def api_version(self) -> str:
        """The apiVersion, "" for a configuration without one."""
        api_version: str = self._fields.get("apiVersion", "")
        return api_version

    def with_labels(self, entries: Mapping[str, str]) -> Self:
        """Adds labels."""
        self._own_metadata().with_labels(entries)
        return self

    def with_annotations(self, entries: Mapping[str, str]) -> Self:
        """Adds annotations."""
        self._own_metadata().with_annotations(entries)
        return self

    def with_owner_references(self, *values: meta_v1.OwnerReference) -> Self:
        """Adds owners."""
        self._own_metadata().with_owner_references(*values)
        return self

    def with_finalizers(self, *values: str) -> Self:
        """Adds finalizers."""
        self._own_metadata().with_finalizers(*values)
        return self

    def with_resource_version(self, value: str) -> Self:
        """Says which state of the object this is meant for: applying to any other is a conflict."""
        self._own_metadata().resource_version = value
        return self

    def with_uid(self, value: str) -> Self:
        """Says which object this is meant for: applying to another of the same name is a conflict."""
        self._own_metadata().uid = value
        return self

    @classmethod
    def empty(cls) -> Self:
        """A configuration of which nothing is set, not even what it is."""
        made = cls.__new__(cls)
        made._fields = {}
        return made

    @classmethod
    def extract(cls, obj: T, field_manager: str, subresource: str = "") -> Self:
        """What `field_manager` has applied of an object: the fields that it owns, with their values.

        For changing what was applied before: extract, change, apply. Fields that the manager set by other calls than Apply
        are not among them. Name, namespace, kind and apiVersion always are; nothing else is for a manager without an entry.

        Args:
            obj: the object as the server gave it, with its managed fields.
            subresource: "" for what was applied to the object itself, or "status", "scale" …
        """
        wire = json.decode(json.encode(obj), dict[str, Any])
        metadata = wire.get("metadata") or {}
        owned = owned_by(wire, field_manager, subresource)
        identity = {name: metadata[name] for name in ("name", "namespace") if metadata.get(name)}
        owned.pop("kind", None)
        owned.pop("apiVersion", None)
        if identity or "metadata" in owned:
            owned["metadata"] = {**identity, **owned.pop("metadata", {})}
        made = cls.from_dict(owned)
        made._fields = {"kind": cls.GVK.kind, "apiVersion": cls.GVK.api_version, **made._fields}
        return made

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """A configuration of plain JSON values. Raises ValueError for a field that the type does not have."""
        said = {name: fields[name] for name in ("kind", "apiVersion") if name in fields}
        made = super().from_dict({name: value for name, value in fields.items() if name not in said})
        made._fields = {**said, **made._fields}
        return made

    def _begin(self, identity: Mapping[str, str], fields: Mapping[str, Any]) -> None:
        self._fields = {"kind": self.GVK.kind, "apiVersion": self.GVK.api_version}
        self.metadata = fields.get("metadata")
        metadata = self._own_metadata()
        for name, value in identity.items():
            setattr(metadata, name, value or None)
        self._take({name: value for name, value in fields.items() if name != "metadata"})

    def _own_metadata(self) -> meta_v1.ObjectMeta:
        metadata = self.metadata
        if metadata is None:
            metadata = self.metadata = import_module("kubeclient.applyconfigurations.meta_v1").ObjectMeta()
        return metadata


for _name in _FLAT:
    setattr(KindConfiguration, _name, _MetadataAttribute(_name))
    KindConfiguration._wires[_name] = _name


class _IdentityAttribute(_MetadataAttribute):
    """The same for what every object has: "" where it is not set."""

    __slots__ = ()

    def __get__(self, instance: KindConfiguration[Any] | None, owner: type[Any]) -> Any:
        return self if instance is None else super().__get__(instance, owner) or ""

    def __set__(self, instance: KindConfiguration[Any], value: Any) -> None:
        super().__set__(instance, value or None)


class ClusterConfiguration(KindConfiguration[T]):
    """A configuration of an object that belongs to no namespace: `ClusterRole("reader", rules=[…])`."""

    if TYPE_CHECKING:
        name: str = identity(kw_only=False)
    else:
        name = _IdentityAttribute("name")

        def __init__(self, name: str, **fields: Any) -> None:
            self._begin({"name": name}, fields)

    def with_name(self, value: str) -> Self:
        """Sets the name."""
        self.name = value
        return self


class NamespacedConfiguration(KindConfiguration[T]):
    """A configuration of an object in a namespace: `Deployment("web", "default", spec=…)`."""

    if TYPE_CHECKING:
        name: str = identity(kw_only=False)
        namespace: str = identity(kw_only=False)
    else:
        name = _IdentityAttribute("name")
        namespace = _IdentityAttribute("namespace")

        def __init__(self, name: str, namespace: str, **fields: Any) -> None:
            self._begin({"name": name, "namespace": namespace}, fields)

    def with_name(self, value: str) -> Self:
        """Sets the name."""
        self.name = value
        return self

    def with_namespace(self, value: str) -> Self:
        """Sets the namespace."""
        self.namespace = value
        return self


def _shaped(shape: Shape, value: Any) -> Any:
    """A JSON value as the attribute of that shape holds it."""
    if shape.form == "list" and isinstance(value, list):
        return [_one(shape, item) for item in value]
    if shape.form == "map" and isinstance(value, Mapping):
        return {key: _one(shape, item) for key, item in value.items()}
    return _one(shape, value)


def _one(shape: Shape, value: Any) -> Any:
    if shape.item is None or value is None:
        return value
    if issubclass(shape.item, PartConfiguration):
        return shape.item.from_dict(value) if isinstance(value, Mapping) else value
    return json.convert(value, shape.item)
