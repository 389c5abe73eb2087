"""What the renderers are told of types: neutral values, wherever they were read from (Go's types, OpenAPI, definitions)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubeclient.apimachinery.gvk import GroupVersionKind

__all__ = [
    "ASYNC",
    "SYNC",
    "ClientResource",
    "Colour",
    "Field",
    "FieldType",
    "Group",
    "ListedResource",
    "ModelField",
    "ModelModule",
    "ModelStruct",
    "OwnClient",
    "Struct",
]


@dataclass(frozen=True)
class Colour:
    """Which of the two worlds a client is for: what its classes begin with, and the room of kubeclient that they lean on."""

    prefix: str
    room: str


ASYNC = Colour("Async", "kubeclient._async")
SYNC = Colour("", "kubeclient._sync")


@dataclass(frozen=True)
class FieldType:
    """The type of a field.

    Attributes:
        form: "one", "list" or "map" (whose keys are text).
        name: of what it holds: a Python type, or a struct.
        module: where that struct is declared, as "core_v1"; "" for one of the same module and for Python's types.
        keys: of lists of which the server tells the items apart by these fields: their wire names.
        unique: for lists that hold nothing twice.
    """

    form: str
    name: str
    module: str = ""
    keys: tuple[str, ...] = ()
    unique: bool = False

    @property
    def item(self) -> str:
        """What it holds, as source."""
        return f"{self.module}.{self.name}" if self.module else self.name

    @property
    def annotation(self) -> str:
        """The whole type, as source."""
        return {"list": f"list[{self.item}]", "map": f"dict[str, {self.item}]"}.get(self.form, self.item)


@dataclass(frozen=True)
class Field:
    """One field: its name in Python, on the wire, and its type."""

    name: str
    wire: str
    type: FieldType


@dataclass(frozen=True)
class Struct:
    """A type with fields.

    Attributes:
        gvk: what its objects say they are; None for a part of others.
        namespaced: whether its objects belong to namespaces; without meaning for parts.
        fields: without kind and apiVersion; those of kinds without metadata too.
        doc: its docstring, laid out; "": its name.
    """

    name: str
    fields: tuple[Field, ...]
    gvk: GroupVersionKind | None = None
    namespaced: bool = False
    doc: str = ""


@dataclass(frozen=True)
class Group:
    """The types of one module, as "apps_v1", and what people call it, as "apps/v1".

    Attributes:
        aliases: names of types that the module with the models declares beside them.
    """

    module: str
    title: str
    structs: tuple[Struct, ...]
    aliases: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ModelField:
    """One attribute of a model.

    Attributes:
        annotation, default: as source.
        nil: NIL_LIST or NIL_MAP where null is a value of its own, else "".
    """

    name: str
    wire: str
    annotation: str
    default: str
    nil: str = ""


@dataclass(frozen=True)
class ModelStruct:
    """A model.

    Attributes:
        tells_kind: whether its objects have a kind and an apiVersion.
        gvk: which they always are; None where whoever makes one says it.
        doc: its docstring, laid out for the body of a class; "": its name.
    """

    name: str
    fields: tuple[ModelField, ...]
    tells_kind: bool = False
    gvk: GroupVersionKind | None = None
    doc: str = ""


@dataclass(frozen=True)
class ModelModule:
    """The models of one group version.

    Attributes:
        title: what people call it.
        uses: names that annotations and defaults use, beside those that follow from the structs: of `kubeclient.api._model`
            and apimachinery, "api" for the package of models, and "meta:NAME" for models of meta/v1.
        passed_on: names of other modules that are importable from this one too, by module.
        choices: names for texts or numbers of which only some are known, with those, as source.
    """

    title: str
    structs: tuple[ModelStruct, ...]
    uses: frozenset[str] = frozenset()
    passed_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnClient:
    """The class that has the calls of a resource, where the generic ones do not: its module, name and type parameters."""

    module: str
    name: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientResource:
    """A resource with a typed client.

    Attributes:
        method: the name of the method that makes its client.
        list_kind: "" where it cannot be listed.
        calls: what its client offers, in snake_case.
        own_client: the class of its client; None for a generic one.
        model, list_model: the classes of its objects and lists; "": those called like the kinds.
    """

    group: str
    version: str
    plural: str
    kind: str
    list_kind: str
    namespaced: bool
    method: str
    calls: frozenset[str]
    own_client: OwnClient | None = None
    model: str = ""
    list_model: str = ""


@dataclass(frozen=True)
class ListedResource:
    """A resource that can be listed and watched: the name of the client's method, and the model of its objects."""

    method: str
    kind: str
    namespaced: bool
