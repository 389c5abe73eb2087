"""Renders apply configurations: a class a type, of which every field may be unset. Follows client-go's applyconfiguration-gen."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .description import Field, Group, Struct
from .text import quoted

__all__ = ["PACKAGE", "render", "render_package"]

PACKAGE = "kubeclient.applyconfigurations"
"""Where the builtin types' configurations are, and what all lean on."""

_HOMES = {
    "Any": "typing",
    "Duration": "kubeclient.apimachinery.times",
    "IntOrString": "kubeclient.apimachinery.intstr",
    "MicroTime": "kubeclient.apimachinery.times",
    "Quantity": "kubeclient.apimachinery.quantity",
    "Time": "kubeclient.apimachinery.times",
}
_BUILTINS = frozenset(("bool", "bytes", "dict", "float", "int", "list", "str"))


def render(
    group: Group, *, banner: str = "", models: str = "kubeclient.api", elsewhere: Mapping[str, str] | None = None
) -> str:
    """The source of a module of configurations.

    Args:
        models: the package with the models of the same names.
        elsewhere: the packages of modules that are not beside this one, by module: {"core_v1": PACKAGE}.
    """
    classes = "\n\n".join(_class(group.module, struct) for struct in group.structs)
    kinds = [struct for struct in group.structs if struct.gvk is not None]
    extracts = "".join(f"{_extract(kind)} = {kind.name}.extract\n" for kind in kinds)
    exported = sorted([struct.name for struct in group.structs] + [_extract(kind) for kind in kinds])
    listed = "".join(f'    "{name}",\n' for name in exported)
    head = f'{banner}"""Apply configurations of {group.title}."""\n\nfrom __future__ import annotations\n\n'
    body = f"__all__ = [\n{listed}]\n\n\n{classes}"
    tail = f"\n\n{extracts}" if extracts else ""
    return f"{head}{_imports(group, body, models, elsewhere or {})}\n{body}{tail}"


def render_package(modules: list[str], kinds: dict[str, list[Struct]], *, banner: str = "", footer: str = "") -> str:
    """The source of the package that loads modules when they are first used, with the table of kinds."""
    imported = "".join(f"        {name} as {name},\n" for name in modules)
    listed = "".join(f'        "{name}",\n' for name in modules)
    rows = "".join(
        f'    ("{struct.gvk.api_version}", "{struct.gvk.kind}"): "{module}",\n'
        for module in modules
        for struct in kinds.get(module, ())
        if struct.gvk is not None
    )
    return f"""{banner}{_PACKAGE}if TYPE_CHECKING:
    from . import (
{imported}    )

MODULES: Final = frozenset(
    (
{listed}    )
)

KINDS: Final = {{
{rows}}}
{footer}"""


_PACKAGE = '''"""Objects as somebody wants them, for server-side apply: builders of which only what is set is sent.

    from kubeclient.applyconfigurations import apps_v1

    await client.apps_v1.deployments("default").apply(apps_v1.Deployment("web", "default", spec=…), field_manager="me")

One module a group version, imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from kubeclient.apimachinery.gvk import GroupVersionKind

from ._base import PartConfiguration, ClusterConfiguration, KindConfiguration, NamespacedConfiguration
from ._extract import extract_unstructured

'''


def _class(module: str, struct: Struct) -> str:
    lines = [f"class {struct.name}({_base(module, struct)}):", f'    """{struct.doc or f"{struct.name}."}"""']
    if struct.gvk is not None:
        group, version, kind = struct.gvk.group, struct.gvk.version, struct.gvk.kind
        lines += ["", f'    GVK: ClassVar[GroupVersionKind] = GroupVersionKind("{group}", "{version}", "{kind}")']
    fields = _declared(struct)
    shadowed = {one.name for one in fields} & _BUILTINS
    lines += ["", *(f"    {_line(one, shadowed)}" for one in fields)] if fields else []
    methods = "".join(f"\n{_setter(one, shadowed)}" for one in fields)
    return "\n".join(lines) + "\n" + methods


def _declared(struct: Struct) -> list[Field]:
    """The fields of a class: the metadata of kinds is declared by their base."""
    return [one for one in struct.fields if struct.gvk is None or one.name != "metadata"]


def _base(module: str, struct: Struct) -> str:
    if struct.gvk is None:
        return "PartConfiguration"
    base = "NamespacedConfiguration" if struct.namespaced else "ClusterConfiguration"
    return f'{base}["api.{module}.{struct.name}"]'


def _line(field: Field, shadowed: set[str]) -> str:
    default = "None" if field.wire == _camel(field.name) else f"wire({quoted(field.wire)}, default=None)"
    annotation = field.type.annotation
    optional = annotation if annotation == "Any" else f"{annotation} | None"
    return f"{field.name}: {_unshadowed(optional, shadowed)} = {default}"


def _setter(field: Field, shadowed: set[str]) -> str:
    name, item, wire = field.name.rstrip("_"), _unshadowed(field.type.item, shadowed), quoted(field.wire)
    if field.type.form == "list":
        keys = ", ".join(quoted(one) for one in field.type.keys)
        added = f"self._append({wire}, values)"
        if field.type.unique or keys:
            added = f"self._join({wire}, values, ({keys}{',' if len(field.type.keys) == 1 else ''}))"
        return f"    def with_{name}(self, *values: {item}) -> Self:\n        return {added}\n"
    if field.type.form == "map":
        text = _unshadowed("str", shadowed)
        return (
            f"    def with_{name}(self, entries: Mapping[{text}, {item}]) -> Self:\n"
            f"        return self._merge({wire}, entries)\n"
        )
    return f"    def with_{name}(self, value: {item}) -> Self:\n        return self._set({wire}, value)\n"


def _unshadowed(annotation: str, shadowed: set[str]) -> str:
    """Inside a class whose field is called like a builtin type, the type is meant with its module."""
    for name in sorted(shadowed):
        annotation = re.sub(rf"\b{name}\b", f"builtins.{name}", annotation)
    return annotation


def _extract(kind: Struct) -> str:
    return "extract_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", kind.name).lower()


def _imports(group: Group, body: str, models: str, elsewhere: Mapping[str, str]) -> str:
    types = {field.type for struct in group.structs for field in _declared(struct)}
    modules = sorted({one.module for one in types if one.module})
    named = {word for one in types if not one.module for word in re.findall(r"\w+", one.name)}
    plain = {
        "typing": {"TYPE_CHECKING"}
        | ({"ClassVar"} if "ClassVar[" in body else set())
        | ({"Any"} if "Any" in named else set()),
        f"{PACKAGE}._base": {name for name in _BASE_NAMES if re.search(rf"\b{name}\b", body)},
    }
    if "GroupVersionKind(" in body:
        plain["kubeclient.apimachinery.gvk"] = {"GroupVersionKind"}
    checked: dict[str, set[str]] = {"typing": {"Self"} if "-> Self" in body else set()}
    for name in sorted(named & _HOMES.keys() - {"Any"}):
        checked.setdefault(_HOMES[name], set()).add(name)
    for module in modules:
        checked.setdefault(elsewhere.get(module, "."), set()).add(module)
    if aliases := named & group.aliases:
        checked[f"{models}.{group.module}"] = aliases
    if "Mapping[" in body:
        checked["collections.abc"] = {"Mapping"}
    if any(struct.gvk is not None for struct in group.structs):
        home, _, package = models.rpartition(".")
        parent = f"{home}." if models.startswith(".") else home
        checked[parent] = {package if package == "api" else f"{package} as api"}
    inner = "".join(f"    {line}" for line in _from(checked)) or "    pass\n"
    inner = re.sub(r"(?m)^(    from \S+ import (?:\w+ as )?api)$", r"\1  # noqa: F401  the bases name it", inner)
    builtin = "    import builtins\n" if "builtins." in body else ""
    return f"{''.join(_from(plain))}\nif TYPE_CHECKING:\n{builtin}{inner}"


_BASE_NAMES = ("PartConfiguration", "ClusterConfiguration", "NamespacedConfiguration", "wire")


def _from(imports: dict[str, set[str]]) -> list[str]:
    return [f"from {module} import {', '.join(sorted(names))}\n" for module, names in sorted(imports.items()) if names]


def _camel(name: str) -> str:
    first, *rest = [word for word in name.split("_") if word]
    return first + "".join(word[0].upper() + word[1:] for word in rest)
