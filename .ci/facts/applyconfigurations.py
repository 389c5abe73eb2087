"""Writes `kubeclient/applyconfigurations`: for every type that can be part of an object, a builder for server-side apply.

Types come from the dump as for the models; what their source looks like is decided in `kubeclient/codegen`.
"""

from __future__ import annotations

from pathlib import Path

from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.codegen import apply_configurations
from kubeclient.codegen.description import Field, FieldType, Group, Struct

from . import types
from .attributes import SPECIAL
from .clients import formatted
from .descriptors import namespaced_kinds
from .models import BANNER
from .types import META, Dump, GoType

__all__ = ["HAND_WRITTEN", "OWNED", "generate"]

OWNED = "kubeclient/applyconfigurations"
HAND_WRITTEN = ("_base.py", "_extract.py", "_shapes.py")

_BANNER = BANNER.format(source="applyconfigurations.py")
_SCALARS = {
    "string": "str",
    "bool": "bool",
    "int32": "int",
    "int64": "int",
    "float64": "float",
    "interface {}": "Any",
    "[]byte": "bytes",
}
_TEXT = FieldType("one", "str")
_OPAQUE = dict.fromkeys(("FieldsV1", "RawFields", "RawExtension", "JSON"), "Any")


def generate(facts: Path) -> dict[str, bytes]:
    """The source files by their path in the repository."""
    dump = types.load(*(facts / name for name in types.DUMPS))
    scopes = namespaced_kinds()
    groups = [group for package in dump.packages() if (group := _group(dump, package, scopes)).structs]
    names = [group.module for group in groups]
    files = {group.module: apply_configurations.render(group, banner=_BANNER) for group in groups}
    kinds = {group.module: [one for one in group.structs if one.gvk is not None] for group in groups}
    files["__init__"] = apply_configurations.render_package(names, kinds, banner=_BANNER, footer=_FOOTER)
    return {f"{OWNED}/{name}.py": formatted(text).encode() for name, text in files.items()}


def _group(dump: Dump, package: str, scopes: dict[tuple[str, str], bool]) -> Group:
    module = types.module_of(package)
    wanted = [name for name in dump.structs(package) if _wanted(dump, name)]
    structs = [_struct(dump, package, name, scopes) for name in wanted]
    title = structs[0].gvk.api_version if structs and structs[0].gvk else module
    named = next((one.gvk.api_version for one in structs if one.gvk is not None), title)
    return Group(module, "meta/v1, which all groups share" if package == META else named, tuple(structs))


def _wanted(dump: Dump, go_name: str) -> bool:
    """Not lists and options, nor what is no part of an object."""
    package, _, name = go_name.rpartition(".")
    if package == META:
        return name in _META
    if go_name in SPECIAL or name in _TALK:
        return False
    registered = bool(dump.registered(go_name))
    return not (registered and name.endswith(("List", "Options")))


_TALK = ("ConversionRequest", "ConversionResponse", "ConversionReview")  # between servers
_META = ("Condition", "DeleteOptions", "GroupResource", "LabelSelector", "LabelSelectorRequirement", "ManagedFieldsEntry", "ObjectMeta", "OwnerReference", "Preconditions", "FieldSelectorRequirement")  # fmt: skip


def _struct(dump: Dump, package: str, go_name: str, scopes: dict[tuple[str, str], bool]) -> Struct:
    name = go_name.rpartition(".")[2]
    fields = tuple(Field(one.python, one.wire, _type(dump, package, one.type)) for one in dump.fields(go_name))
    kinds = dump.registered(go_name) if package != META else []
    if not kinds or not any(one.name == "metadata" for one in fields):
        said = (Field("kind", "kind", _TEXT), Field("api_version", "apiVersion", _TEXT))
        return Struct(name, said + fields if dump.has_type_meta(go_name) else fields)
    kind = kinds[0]
    gvk = (kind.group, kind.version, kind.kind)
    return Struct(name, fields, GroupVersionKind(*gvk), scopes.get((kind.api_version, kind.kind), True))


def _type(dump: Dump, package: str, go_type: GoType) -> FieldType:
    resolved = dump.resolve(go_type)
    if resolved.shape == "pointer" and resolved.item is not None:
        return _type(dump, package, resolved.item)
    if resolved.item is not None:
        item = _type(dump, package, resolved.item)
        form = "list" if resolved.shape == "slice" else "map"
        assert item.form == "one" or not item.module, f"{package}: a {form} of {item.annotation}"
        return FieldType(form, item.name if item.form == "one" else item.annotation, item.module)
    return _named(package, resolved.name)


def _named(package: str, name: str) -> FieldType:
    if name in _SCALARS:
        return FieldType("one", _SCALARS[name])
    if name in SPECIAL:
        text = SPECIAL[name]
        return FieldType("one", _OPAQUE.get(text, text))
    home, _, short = name.rpartition(".")
    return FieldType("one", short, "" if home == package else types.module_of(home))


_FOOTER = '''
__all__ = [
    "KINDS",
    "MODULES",
    "ClusterConfiguration",
    "KindConfiguration",
    "NamespacedConfiguration",
    "PartConfiguration",
    "extract_unstructured",
    "for_kind",
]


def for_kind(gvk: GroupVersionKind) -> KindConfiguration[Any]:
    """An empty configuration of a kind. Raises LookupError for a kind without one."""
    module = KINDS.get((gvk.api_version, gvk.kind))
    if module is None:
        raise LookupError(f'no apply configuration is known for kind "{gvk.kind}" in version "{gvk.api_version}"')
    made: type[KindConfiguration[Any]] = getattr(import_module(f"{__name__}.{module}"), gvk.kind)
    return made.empty()


if not TYPE_CHECKING:

    def __getattr__(name: str) -> ModuleType:
        if name in MODULES:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
'''
