"""How a field of a Go struct becomes an attribute of a model: its annotation and its default, as source text.

Go's encoder decides: a pointer is left out when nil, a struct never, a slice without `omitempty` becomes null.
"""

from __future__ import annotations

from typing import NamedTuple

from . import types
from .types import META, Dump, Field, GoType, Omit

__all__ = ["LEFT_OUT", "SPECIAL", "Attribute", "Attributes"]

_APIEXTENSIONS = "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

# Go types whose JSON is not the sum of their fields, and the Python types that stand for them.
SPECIAL = {
    f"{META}.Time": "Time",
    f"{META}.MicroTime": "MicroTime",
    f"{META}.Duration": "Duration",
    f"{META}.FieldsV1": "RawFields",
    "k8s.io/apimachinery/pkg/api/resource.Quantity": "Quantity",
    "k8s.io/apimachinery/pkg/util/intstr.IntOrString": "IntOrString",
    "k8s.io/apimachinery/pkg/runtime.RawExtension": "RawExtension",
    f"{_APIEXTENSIONS}.JSON": "JSON",
    f"{_APIEXTENSIONS}.JSONSchemaPropsOrBool": "JSONSchemaProps | bool",
    f"{_APIEXTENSIONS}.JSONSchemaPropsOrArray": "JSONSchemaProps | list[JSONSchemaProps]",
    f"{_APIEXTENSIONS}.JSONSchemaPropsOrStringArray": "JSONSchemaProps | list[str]",
}
_SCALARS = {
    "string": "str",
    "bool": "bool",
    "int32": "int",
    "int64": "int",
    "float64": "int | float",
    "interface {}": "Any",
}
_HOLDS_NONE = frozenset(("Any", "JSON", "RawExtension", "RawFields"))
_ZERO = {"str": '""', "bool": "False", "int": "0", "int | float": "0"}

LEFT_OUT = frozenset(("InternalEvent", "TypeMeta"))  # of meta/v1, never on the wire by themselves


class Attribute(NamedTuple):
    """One attribute: its annotation, and its default as source text."""

    name: str
    annotation: str
    default: str
    wire: str
    nil: str = ""  # NIL_LIST or NIL_MAP where null is a value of its own


class Attributes:
    """Makes the attributes of one package's structs and remembers which names their source uses."""

    def __init__(self, dump: Dump, package: str) -> None:
        self.dump = dump
        self.package = package
        self.used: set[str] = set()

    def make(self, member: Field) -> Attribute:
        go_type = self.dump.resolve(member.type)
        annotation = self._annotation(go_type)
        nil = ""
        if go_type.shape == "pointer":
            annotation = annotation if annotation in _HOLDS_NONE else f"{annotation} | None"
            default = "always(None)" if member.omit is Omit.NEVER else "None"
        elif go_type.shape in {"slice", "map"}:
            annotation, default, nil = self._collection(member, go_type, annotation)
        else:
            annotation, default = self._plain(member, annotation)
        if default.startswith(("always", "zero_quantity")):
            self.used.add(default.partition("(")[0])
        return Attribute(member.python, annotation, default, member.wire, nil)

    def _collection(self, member: Field, go_type: GoType, annotation: str) -> tuple[str, str, str]:
        is_list = go_type.shape == "slice"
        if member.omit is not Omit.NEVER:
            return annotation, "[]" if is_list else "{}", ""
        wrapper = "NullableList" if is_list else "NullableMap"
        annotation = f"{wrapper}[{annotation.partition('[')[2]}"
        factory, nil = ("nil_list", "NIL_LIST") if is_list else ("nil_map", "NIL_MAP")
        if member.wire == "items":
            factory, nil = "empty_list", ""
        self.used |= {wrapper, factory}
        return annotation, f"{factory}()", nil

    def _plain(self, member: Field, annotation: str) -> tuple[str, str]:
        always = member.omit is Omit.NEVER
        if annotation == "bytes":
            return ("bytes | None", "always(None)") if always else ("bytes", 'b""')
        if annotation in _ZERO:
            zero = _ZERO[annotation]
            return annotation, f"always({zero})" if always else zero
        if annotation in {"Time", "MicroTime"}:  # a zero time is null, and only omitzero leaves it out
            return f"{annotation} | None", "None" if member.omit is Omit.ZERO else "always(None)"
        if annotation in _HOLDS_NONE:
            return annotation, "always(None)"
        if annotation == "Quantity":
            return annotation, "zero_quantity()"
        if annotation == "IntOrString":
            return annotation, "always(0)"
        if f"meta:{annotation}" in self.used:
            return annotation, f"field(default_factory={annotation})"
        return annotation, f"field(default_factory=lambda: {annotation}())"

    def _annotation(self, go_type: GoType) -> str:
        go_type = self.dump.resolve(go_type)
        if go_type.shape == "name":
            return self._named(go_type.name)
        assert go_type.item is not None
        item = self._annotation(go_type.item)
        if go_type.shape == "pointer":
            return item
        return f"list[{item}]" if go_type.shape == "slice" else f"dict[str, {item}]"

    def _named(self, name: str) -> str:
        if name == "[]byte":
            return "bytes"
        if name in _SCALARS or name in SPECIAL:
            text = _SCALARS.get(name) or SPECIAL[name]
            self.used.add(text)
            return text
        package, _, short = name.rpartition(".")
        assert self.dump.types[name]["kind"] == "struct", name
        if package == self.package:
            return short
        if package == META:
            self.used.add(f"meta:{short}")
            return short
        self.used.add("api")
        return f"api.{types.module_of(package)}.{short}"
