"""Names in Python for names on the wire, none of which Python, the renderers or a neighbour already uses."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from kubeclient.api import meta_v1

__all__ = ["Names", "attribute_names", "class_name", "method_name", "module_name", "snake_case"]

_LATER_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PLURAL_ACRONYM = re.compile(r"([A-Z]{2,})s(?=[A-Z]|$)")  # clusterIPs is no "I Ps"

# What the source of a class says while its attributes are declared.
_USED_BY_CLASSES = frozenset(
    "always api builtins empty_list empty_map field from_dict required self to_dict wire".split()  # noqa: SIM905  a table
)
# What configurations of kinds have beside their fields.
_USED_BY_KINDS = frozenset(
    [
        "name",
        "namespace",
        "labels",
        "annotations",
        "finalizers",
        "owner_references",
        "extract",
        "empty",
        "metadata",
        "resource_version",
        "uid",
        "kind",
        "api_version",
    ]
)
# What modules import, besides the types of meta/v1.
_USED_BY_MODULES = frozenset(
    [
        "Any",
        "ClassVar",
        "ClusterConfiguration",
        "Duration",
        "FieldsModel",
        "GroupVersionKind",
        "IntOrString",
        "JSON",
        "ListModel",
        "Lister",
        "Literal",
        "Mapping",
        "MicroTime",
        "Model",
        "NamespacedConfiguration",
        "NilModel",
        "Nils",
        "NamespaceLister",
        "NullableList",
        "NullableMap",
        "PartConfiguration",
        "Quantity",
        "RawExtension",
        "RawFields",
        "ResourceType",
        "Scale",
        "Self",
        "TYPE_CHECKING",
        "Time",
        "TypeAlias",
        "RESTClient",
        "GroupInformers",
        "SharedIndexInformer",
        "CreateClient",
        "ResourceClient",
        "StatusClient",
        "ScaleReadClient",
        "ScalableClient",
    ]
)


def snake_case(name: str) -> str:
    """`podIPs` -> `pod_ips`, `x-kubernetes-y` -> `x_kubernetes_y`; may still be no identifier."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name)
    words = _LATER_WORD.sub("_", _PLURAL_ACRONYM.sub(lambda found: found[1] + "S", plain))
    return re.sub("_+", "_", words).strip("_").lower()


def class_name(text: str) -> str:
    """The text as words in CapitalizedForm: `config-map` -> `ConfigMap`, `podIPs` -> `PodIPs`; "" where nothing is left."""
    return "".join(word[0].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text) if word)


def attribute_names(wires: Iterable[str], *, of_kind: bool) -> dict[str, str]:
    """An attribute for every wire name. `of_kind`: they are fields of an object itself, which has a name and labels already."""
    taken: set[str] = set()
    names: dict[str, str] = {}
    for wire in sorted(wires):
        name = _identifier(snake_case(wire), wire)
        if name.startswith("with_") or (of_kind and name in _USED_BY_KINDS):
            name = f"{name}_field"
        elif name in _USED_BY_CLASSES:
            name += "_"
        names[wire] = _free(name, taken)
        taken |= {names[wire], names[wire].rstrip("_")}
    return names


def _identifier(name: str, wire: str) -> str:
    if not name:
        return "field_" + "_".join(f"{ord(one):x}" for one in wire)
    if name[0].isdigit():
        return f"field_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _free(name: str, taken: set[str]) -> str:
    number = 2
    found = name
    while found.rstrip("_") in taken:
        found = f"{name.rstrip('_')}_{number}"
        number += 1
    return found


class Names:
    """The classes of one module: what was asked for first has its name, later ones of the same name get a number."""

    def __init__(self, *clients: str) -> None:
        """`clients`: the classes of its typed clients."""
        used = {*_USED_BY_MODULES, *meta_v1.__all__, *clients}
        self._taken = used | {f"Async{name}" for name in used}

    def take(self, wanted: str) -> str:
        """A name like the wanted one that nobody has; it is taken from now on."""
        name = class_name(wanted) or "Value"
        if name[0].isdigit():
            name = f"Kind{name}"
        if keyword.iskeyword(name) or name in self._taken:
            number = 2
            while f"{name}{number}" in self._taken:
                number += 1
            name = f"{name}{number}"
        self._taken.add(name)
        return name


def method_name(kind: str, plural: str) -> str:
    """The plural in snake_case: its words are those of the kind (NetworkPolicy, networkpolicies: network_policies)."""
    words = _LATER_WORD.sub("_", kind).lower()
    result, position = "", 0
    for character in words:
        if character == "_":
            result += "_"
        elif position < len(plural) and plural[position] == character:
            result += character
            position += 1
        else:
            break
    return result + plural[position:]


def module_name(group: str, version: str) -> str:
    """The module of a group version, after the first label of the group: `cert-manager.io`, `v1` -> `cert_manager_v1`."""
    return f"{snake_case(group.partition('.')[0]) or 'core'}_{version}"
