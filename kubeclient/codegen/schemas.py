"""From schemas to descriptions: the models and the apply configurations of the resources of one group version.

A part of an object has no name in a definition: its class is called after its kind and the way to it (`WidgetSpecTemplate`).
What a program may leave out is None, an empty list or an empty map; what it must give is not sent before it is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubeclient.apimachinery.gvk import GroupVersionKind

from .description import ASYNC, SYNC, Field, FieldType, Group, ModelField, ModelModule, ModelStruct, Struct
from .known_types import FREE, Type, by_reference, by_shape, collection, listed, own_struct
from .names import Names, attribute_names, class_name
from .schema_words import is_free, properties_of, reference_of
from .source import CodegenError, Resource, SchemaError
from .text import docstring, first_sentence, quoted
from .typed_clients import class_name as client_name

__all__ = ["Models", "describe"]

JSON = Mapping[str, Any]

_ANY = Type("Any", FieldType("one", "Any"), "any", frozenset(("Any",)))
_STRINGS = {"date-time": "Time", "byte": "bytes"}
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


class Models:
    """What was made of the resources of one group version.

    Attributes:
        classes: by kind, the classes of its objects and of its lists.
    """

    def __init__(self, module: ModelModule, group: Group, classes: Mapping[str, tuple[str, str]]) -> None:
        self.module = module
        self.group = group
        self.classes = classes


def describe(module: str, resources: Sequence[Resource]) -> Models:
    """The types of the resources of one group version. Raises CodegenError that says which field is no good."""
    names = Names(client_name(module, ASYNC), client_name(module, SYNC))
    classes: dict[str, tuple[str, str]] = {}
    ordered = sorted(resources, key=lambda one: (one.kind, one.plural))
    for one in ordered:  # kinds are called what they are; parts have what is left
        if one.kind not in classes:
            classes[one.kind] = (names.take(one.kind), names.take(one.list_kind))
    translation = _Translation(names)
    done: set[str] = set()
    for one in ordered:
        if one.kind in done:
            continue
        done.add(one.kind)
        try:
            translation.kind(one, *classes[one.kind])
        except SchemaError as error:
            raise CodegenError(f"{one.where}: {error}") from None
    return translation.models(module, ordered[0].group_version, classes)


class _Translation:
    """One module while its schemas are read."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._structs: dict[str, ModelStruct] = {}
        self._applied: dict[str, Struct] = {}
        self._choices: dict[str, tuple[str, ...]] = {}
        self._uses: set[str] = set()
        self._components: JSON = {}
        self._named: dict[str, str] = {}  # the classes of components
        self._open: list[str] = []  # components that are being read, outermost first

    def models(self, module: str, title: str, classes: Mapping[str, tuple[str, str]]) -> Models:
        structs = tuple(self._structs[name] for name in sorted(self._structs))
        applied = tuple(self._applied[name] for name in sorted(self._applied))
        described = ModelModule(title, structs, frozenset(self._uses), choices=self._choices)
        return Models(described, Group(module, title, applied, frozenset(self._choices)), classes)

    def kind(self, one: Resource, name: str, list_name: str) -> None:
        """Adds a kind, its list and its parts."""
        self._components = one.components
        gvk = GroupVersionKind(one.group, one.version, one.kind)
        schema = self._plain(one.schema)
        properties = {
            wire: inner
            for wire, inner in properties_of(schema).items()
            if wire not in ("apiVersion", "kind", "metadata")
        }
        if not properties and is_free(schema):
            raise SchemaError("", "has no fields of its own, so a typed client would lose all: use a dynamic client")
        attributes, fields, docs = self._fields(name, "", {**schema, "properties": properties}, of_kind=True)
        metadata = ModelField("metadata", "metadata", "ObjectMeta", "field(default_factory=ObjectMeta)")
        self._uses |= {"meta:ObjectMeta", "meta:ListMeta", "field"}
        doc = docstring(first_sentence(str(schema.get("description", ""))) or f"{one.kind}.", docs)
        self._structs[name] = ModelStruct(name, (metadata, *attributes), tells_kind=True, gvk=gvk, doc=doc)
        self._applied[name] = Struct(name, tuple(fields), gvk, one.namespaced, doc)
        list_meta = ModelField("metadata", "metadata", "ListMeta", "field(default_factory=ListMeta)")
        items = ModelField("items", "items", f"NullableList[{name}]", "empty_list()")
        self._uses |= {"NullableList", "empty_list"}
        list_gvk = GroupVersionKind(one.group, one.version, one.list_kind)
        self._structs[list_name] = ModelStruct(list_name, (list_meta, items), tells_kind=True, gvk=list_gvk)

    def _struct(self, wanted: str, path: str, schema: JSON) -> str:
        return self._fill(self._names.take(wanted), path, schema)

    def _fill(self, name: str, path: str, schema: JSON) -> str:
        attributes, fields, docs = self._fields(name, path, schema, of_kind=False)
        doc = docstring(first_sentence(str(schema.get("description", ""))) or f"{name}.", docs)
        self._structs[name] = ModelStruct(name, tuple(attributes), doc=doc)
        self._applied[name] = Struct(name, tuple(fields), doc=doc)
        return name

    def _fields(
        self, name: str, path: str, schema: JSON, *, of_kind: bool
    ) -> tuple[list[ModelField], list[Field], list[tuple[str, str]]]:
        properties = properties_of(schema)
        required = schema.get("required", ())
        attributes: list[ModelField] = []
        fields: list[Field] = []
        docs: list[tuple[str, str]] = []
        for wire, attribute in attribute_names(properties, of_kind=of_kind).items():
            inner = properties[wire]
            if not wire.isprintable() or '"' in wire or "\\" in wire:
                raise SchemaError(
                    path, f"has a field {wire!r}: quotes, backslashes and control characters cannot be decoded"
                )
            if not isinstance(inner, Mapping):
                raise SchemaError(f"{path}.{wire}", "a schema is a mapping")
            made = self._type(name + class_name(wire), f"{path}.{wire}", inner)
            annotation, default = self._default(made, required=wire in required, nullable=bool(inner.get("nullable")))
            attributes.append(ModelField(attribute, wire, annotation, default))
            fields.append(Field(attribute, wire, made.applied))
            docs.append((attribute, first_sentence(str(inner.get("description", "")))))
        return attributes, fields, docs

    def _default(self, made: Type, *, required: bool, nullable: bool) -> tuple[str, str]:
        """The annotation of a field and its default, as source."""
        optional = made.annotation if made.form == "any" else f"{made.annotation} | None"
        if nullable or made.form == "any":
            self._uses |= {"always"} if required and nullable else {"required"} if required else set()
            return optional, "None" if not required else "always(None)" if nullable else "required()"
        if not required:
            empty = {"list": "[]", "map": "{}"}.get(made.form)
            return (made.annotation, empty) if empty else (optional, "None")
        if made.form == "struct" and not made.recursive:
            self._uses.add("field")
            return made.annotation, f"field(default_factory=lambda: {made.annotation}())"
        default = {"list": "empty_list", "map": "empty_map"}.get(made.form, "required")
        self._uses.add(default)
        return made.annotation, f"{default}()"

    def _type(self, wanted: str, path: str, schema: JSON) -> Type:
        """What a schema allows. `wanted` is the class that it gets where it needs one."""
        reference = reference_of(schema)
        made = self._referenced(wanted, path, reference) if reference else self._described(wanted, path, schema)
        self._uses |= made.uses
        return made

    def _referenced(self, wanted: str, path: str, reference: str) -> Type:
        known = by_reference(reference)
        if known is not None:
            return known
        schema = self._components.get(reference)
        if not isinstance(schema, Mapping):
            raise SchemaError(path, f"refers to {reference!r}, which is not there")
        if reference in self._named:
            return own_struct(self._named[reference], recursive=reference in self._open)
        if not properties_of(schema) or is_free(schema) or reference_of(schema):
            if reference in self._open:
                raise SchemaError(path, f"{reference} is nothing but itself")
            self._open.append(reference)
            made = self._type(wanted, path, schema)
            self._open.pop()
            return made
        name = self._named[reference] = self._names.take(reference.rpartition(".")[2])
        self._open.append(reference)
        self._fill(name, path, schema)
        self._open.pop()
        return own_struct(name)

    def _described(self, wanted: str, path: str, schema: JSON) -> Type:
        known = by_shape(schema)
        if known is not None:
            return known
        if schema.get("x-kubernetes-embedded-resource"):
            return FREE
        form = schema.get("type")
        if form is None and properties_of(schema):
            form = "object"
        if isinstance(form, list):
            raise SchemaError(path, f"has several types {form}: Kubernetes knows one, or x-kubernetes-int-or-string")
        if form is None or form == "":
            return FREE if schema.get("additionalProperties") else _ANY
        if form == "object":
            return self._object(wanted, path, schema)
        if form == "array":
            items = schema.get("items")
            if not isinstance(items, Mapping):
                raise SchemaError(path, "is an array without items")
            return listed(collection("list", self._type(wanted, f"{path}[]", items)), schema)
        if form not in _SCALARS:
            raise SchemaError(path, f"has the type {form!r}, which is none of Kubernetes'")
        return self._scalar(wanted, form, schema)

    def _object(self, wanted: str, path: str, schema: JSON) -> Type:
        if is_free(schema):
            return FREE
        if properties_of(schema):
            return own_struct(self._struct(wanted, path, schema))
        values = schema.get("additionalProperties")
        if isinstance(values, Mapping) and values:
            return collection("map", self._type(wanted, f"{path}.*", values))
        return FREE

    def _scalar(self, wanted: str, form: str, schema: JSON) -> Type:
        values = [one for one in schema.get("enum", ()) if one is not None]
        literals = tuple(quoted(one) if isinstance(one, str) else repr(one) for one in values)
        kind = {"string": str, "integer": int}.get(form)
        if literals and kind is not None and all(type(one) is kind for one in values):
            name = self._names.take(wanted)
            self._choices[name] = literals
            return Type(name, FieldType("one", name), "scalar")
        name = _STRINGS.get(schema.get("format", ""), "str") if form == "string" else _SCALARS[form]
        return Type.plain(name)

    def _plain(self, schema: JSON) -> JSON:
        """The schema itself, where there is a reference."""
        reference = reference_of(schema)
        found = self._components.get(reference) if reference else schema
        if not isinstance(found, Mapping):
            raise SchemaError("", f"refers to {reference!r}, which is not there")
        return found
