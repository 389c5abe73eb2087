"""Renders models: a Struct a type, with the defaults of `kubeclient.api._model` where Go's encoder leaves out or keeps."""

from __future__ import annotations

import re

from .description import ModelField, ModelModule, ModelStruct
from .text import quoted

__all__ = ["render"]

_IMPORTS = {
    "Any": "typing",
    "ClassVar": "typing",
    "Literal": "typing",
    "TYPE_CHECKING": "typing",
    "TypeAlias": "typing",
    "Duration": "kubeclient.apimachinery.times",
    "GroupVersionKind": "kubeclient.apimachinery.gvk",
    "IntOrString": "kubeclient.apimachinery.intstr",
    "MicroTime": "kubeclient.apimachinery.times",
    "Quantity": "kubeclient.apimachinery.quantity",
    "Time": "kubeclient.apimachinery.times",
    "field": "msgspec",
}
_MODEL_NAMES = (
    "FieldsModel",
    "JSON",
    "ListModel",
    "Model",
    "NilModel",
    "Nils",
    "NullableList",
    "NullableMap",
    "RawExtension",
    "RawFields",
)
_MODEL_HELPERS = ("always", "empty_list", "empty_map", "nil_list", "nil_map", "required", "zero_quantity")
_BUILTINS = frozenset(("bool", "bytes", "dict", "float", "int", "list", "str"))


def render(module: ModelModule, *, banner: str = "") -> str:
    """The source of the models of one group version."""
    return _Rendering(module).source(banner)


class _Rendering:
    """One module while it is written: it remembers which names the source uses."""

    def __init__(self, module: ModelModule) -> None:
        self.module = module
        self.used = set(module.uses)

    def source(self, banner: str) -> str:
        module = self.module
        body = "\n\n".join(self._class(struct) for struct in module.structs)
        passed_on = [name for names in module.passed_on.values() for name in names]
        names = [*(one.name for one in module.structs), *passed_on, *module.choices]
        exports = "".join(f'    "{name}",\n' for name in sorted(names))
        choices = self._choices()
        head = f'{banner}"""The types of {module.title}."""\n\nfrom __future__ import annotations\n\n'
        return f"{head}{self._imports()}\n__all__ = [\n{exports}]\n\n{choices}\n{body}"

    def _choices(self) -> str:
        """Names of choices. Type checkers hold programs to what is known; what newer servers say besides is read as it is."""
        if not self.module.choices:
            return ""
        self.used |= {"Literal", "TYPE_CHECKING", "TypeAlias"}
        checked, read = "", ""
        for name, values in sorted(self.module.choices.items()):
            checked += f"    {name}: TypeAlias = Literal[{', '.join(values)}]\n"
            read += f"    {name} = {'int' if values[0].lstrip('-').isdigit() else 'str'}\n"
        return f"if TYPE_CHECKING:\n{checked}else:  # newer servers may know more of them\n{read}\n"

    def _class(self, struct: ModelStruct) -> str:
        lines = [f'    """{struct.doc or f"{struct.name}."}"""', ""]
        nils = [one for one in struct.fields if one.nil]
        base = self._base(struct)
        if nils:
            pairs = ", ".join(f'("{one.name}", {one.nil})' for one in nils) + ("," if len(nils) == 1 else "")
            lines += [f"    _nils: ClassVar[Nils] = ({pairs})", ""]
            self.used |= {"ClassVar", "Nils", *(one.nil for one in nils)}
        lines += [f"    {line}".rstrip() for line in self._type_meta(struct)]
        shadowed = {one.name for one in struct.fields} & _BUILTINS
        lines += [f"    {self._line(one, shadowed)}" for one in struct.fields]
        self.used.add(base)
        body = "\n".join(lines).rstrip()
        return f"class {struct.name}({base}, kw_only=True):\n{body}\n"

    def _base(self, struct: ModelStruct) -> str:
        if any(one.nil for one in struct.fields):
            return "NilModel"
        if struct.tells_kind and any(one.wire == "items" and "List[" in one.annotation for one in struct.fields):
            return "ListModel"
        return "FieldsModel" if any(one.annotation == "RawFields" for one in struct.fields) else "Model"

    def _type_meta(self, struct: ModelStruct) -> list[str]:
        if not struct.tells_kind:
            return []
        gvk = struct.gvk
        if gvk is None:
            return ['kind: str = ""', 'api_version: str = ""']
        self.used |= {"ClassVar", "GroupVersionKind", "always"}
        return [
            f'GVK: ClassVar[GroupVersionKind] = GroupVersionKind("{gvk.group}", "{gvk.version}", "{gvk.kind}")',
            "",
            f'kind: str = always("{gvk.kind}")',
            f'api_version: str = always("{gvk.api_version}")',
        ]

    def _line(self, one: ModelField, shadowed: set[str]) -> str:
        annotation = one.annotation
        for name in sorted(shadowed):  # inside this class the name means the attribute
            annotation = re.sub(rf"\b{name}\b", f"builtins.{name}", annotation)
            self.used.add("builtins")
        named = one.wire != _camel(one.name)
        default = one.default
        if named and default.endswith(")"):
            default = f"{default[:-1]}, name={quoted(one.wire)})".replace("(, ", "(")
        elif named:
            factory = {"[]": "list", "{}": "dict"}.get(default, "")
            factory = f"builtins.{factory}" if factory in shadowed else factory
            argument = f"default_factory={factory}" if factory else f"default={default}"
            default = f"field({argument}, name={quoted(one.wire)})"
        if default.startswith("field("):
            self.used.add("field")
        return f"{one.name}: {annotation} = {default}"

    def _imports(self) -> str:
        used = self.used
        plain = ["import builtins"] if "builtins" in used else []
        by_module: dict[str, list[str]] = {}
        for name in sorted(used & set(_IMPORTS)):
            by_module.setdefault(_IMPORTS[name], []).append(name)
        if nil := sorted(used & {"NIL_LIST", "NIL_MAP"}):
            by_module["kubeclient.apimachinery.nil"] = nil
        own = sorted(used & {*_MODEL_NAMES, *_MODEL_HELPERS}, key=lambda name: (name.islower(), name))
        by_module["kubeclient.api._model"] = own
        by_module |= {module: sorted(names) for module, names in self.module.passed_on.items()}
        if meta := sorted(name.removeprefix("meta:") for name in used if name.startswith("meta:")):
            by_module.setdefault("kubeclient.api.meta_v1", meta)
        if "api" in used:
            by_module["kubeclient"] = ["api"]
        groups: list[list[str]] = [plain, [], []]
        for module, names in sorted(by_module.items()):
            rank = 0 if module == "typing" else 1 if module == "msgspec" else 2
            groups[rank].append(f"from {module} import {', '.join(names)}")
        return "\n\n".join("\n".join(group) for group in groups if group) + "\n"


def _camel(name: str) -> str:
    """What msgspec's rename="camel" makes of an attribute's name."""
    first, *rest = [word for word in name.split("_") if word]
    return first + "".join(word[0].upper() + word[1:] for word in rest)
