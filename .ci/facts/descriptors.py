"""Writes `kubeclient/api/resources.py`: a descriptor for every resource that has a typed client.

Which resources there are and what their clients offer says `clients.toml`, beside this file. Names, verbs and subresources
come from discovery of a real server; for versions that no server of today serves they follow from the kinds of the types
and from the served versions of the same resource.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from . import types
from .models import BANNER
from .types import Dump, Kind

__all__ = ["generate", "namespaced_kinds"]

_COMMON = [
    "create",
    "update",
    "update_status",
    "delete",
    "delete_collection",
    "get",
    "list",
    "watch",
    "patch",
    "apply",
    "apply_status",
]
_STATUS = {"update_status", "apply_status"}
_EXPANSIONS = {
    "Bind": "bind",
    "Evict": "evict",
    "FieldSelector": "get_field_selector",
    "Finalize": "finalize",
    "GetLogs": "get_logs",
    "PatchStatus": "patch_status",
    "ProxyGet": "proxy_get",
    "Rollback": "rollback",
    "Search": "search",
    "UpdateApproval": "update_approval",
    "WithEventNamespace": "create_with_event_namespace update_with_event_namespace patch_with_event_namespace",
}
_VERBS = {
    "create": "create",
    "delete": "delete",
    "delete_collection": "deletecollection",
    "get": "get",
    "list": "list",
    "patch": "patch",
    "update": "update",
    "watch": "watch",
}


class Client(NamedTuple):
    """One line of clients.toml, read."""

    module: str
    plural: str
    namespaced: bool
    calls: tuple[str, ...]
    informer: bool
    extra: bool


class Served(NamedTuple):
    """One resource of a discovery document."""

    kind: str
    singular: str
    verbs: tuple[str, ...]
    subresources: tuple[str, ...]
    short_names: tuple[str, ...]
    categories: tuple[str, ...]


def generate(facts: Path) -> dict[str, bytes]:
    """The source file by its path in the repository."""
    dump = types.load(*(facts / name for name in types.DUMPS))
    today = types.load(facts / types.DUMPS[0])
    served = {key: value for folder in ("all-apis", "default") for key, value in _served(facts / folder)}
    rows = [_row(client, dump, served, today) for client in _clients()]
    text = BANNER.format(source="descriptors.py") + _HEAD + "".join(rows) + _TAIL
    return {"kubeclient/api/resources.py": text.encode()}


def namespaced_kinds() -> dict[tuple[str, str], bool]:
    """Whether objects belong to namespaces, by apiVersion and kind, as the committed descriptors say."""
    from kubeclient.api.resources import RESOURCES

    return {(one.api_version, one.kind): one.namespaced for one in RESOURCES}


def _clients() -> Iterator[Client]:
    document = tomllib.loads((Path(__file__).parent / "clients.toml").read_text())
    for module, resources in document.items():
        informer = resources.pop("informers", True)
        extra = resources.pop("extra", False)
        for plural, letters in resources.items():
            usual = informer and letters[1] not in "RE"
            yield Client(module, plural, letters[0] == "N", tuple(_calls(letters[1:])), usual, extra)


def _calls(letters: str) -> Iterator[str]:
    base, *more = letters.split(" ")
    base, *without = base.split("-")
    missing = {types.python_name(name[0].lower() + name[1:]) for name in without}
    if base == "R":
        yield "create"
    elif base != "E":
        yield from (call for call in _COMMON if call not in missing and (base == "A" or call not in _STATUS))
    for part in more:
        for name in part[1:].split(","):
            yield from (_EXPANSIONS[name].split() if part[0] == "&" else [_snake(name)])


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _served(folder: Path) -> Iterator[tuple[tuple[str, str, str], Served]]:
    for name in ("discovery-api.json", "discovery-apis.json"):
        for group in json.loads((folder / name).read_bytes())["items"] if (folder / name).exists() else ():
            for version in group["versions"]:
                for resource in version["resources"]:
                    key = (group["metadata"].get("name", ""), version["version"], resource["resource"])
                    yield key, _discovered(resource)


def _discovered(resource: dict[str, Any]) -> Served:
    return Served(
        resource["responseKind"]["kind"],
        resource["singularResource"],
        tuple(resource["verbs"]),
        tuple(one["subresource"] for one in resource.get("subresources", ())),
        tuple(resource.get("shortNames", ())),
        tuple(resource.get("categories", ())),
    )


def _row(client: Client, dump: Dump, served: dict[tuple[str, str, str], Served], today: Dump) -> str:
    kinds = [kind for kind, name in dump.kinds.items() if types.module_of(name.rpartition(".")[0]) == client.module]
    group, version = kinds[0].group, kinds[0].version
    found = served.get((group, version, client.plural))
    facts = found or _derived(client, kinds, served)
    listed = f"{facts.kind}List" if Kind(group, version, f"{facts.kind}List") in kinds else ""
    assert Kind(group, version, facts.kind) in kinds, f"{client}: no kind {facts.kind}"
    assert bool(listed) == ("list" in client.calls), f"{client}: list kind {listed!r}"
    values = (
        *(client.module, group, version, client.plural, facts.singular, facts.kind, listed, client.namespaced),
        *(facts.verbs, client.calls, facts.subresources, facts.short_names, facts.categories),
        *(client.informer, found is not None, client.extra),
        *(() if Kind(group, version, facts.kind) in today.kinds else (True,)),
    )
    return f"    R({', '.join(_source(value) for value in values)}),\n"


def _derived(client: Client, kinds: list[Kind], served: dict[tuple[str, str, str], Served]) -> Served:
    """What a version that is not served would say: names from its kinds and from its served relatives."""
    [kind] = [one.kind for one in kinds if client.plural in _plurals(one.kind)]
    relative = next(
        (one for (_, _, plural), one in served.items() if plural == client.plural and one.kind == kind), None
    )
    verbs = tuple(verb for call, verb in _VERBS.items() if call in client.calls)
    subresources = [
        name for name, call in (("scale", "get_scale"), ("status", "update_status")) if call in client.calls
    ]
    if "rollback" in client.calls:
        subresources.insert(0, "rollback")
    if "update_approval" in client.calls:
        subresources.insert(0, "approval")
    short, categories = (relative.short_names, relative.categories) if relative else ((), ())
    return Served(kind, kind.lower(), verbs, tuple(subresources), short, categories)


def _plurals(kind: str) -> tuple[str, ...]:
    name = kind.lower()
    return (f"{name}es",) if name.endswith("s") else (f"{name[:-1]}ies",) if name.endswith("y") else (f"{name}s",)


def _source(value: str | bool | tuple[str, ...]) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value)
    if tuple(value) in _NAMED_TUPLES:
        return _NAMED_TUPLES[tuple(value)]
    return f"({', '.join(map(_source, value))}{',' if len(value) == 1 else ''})"


_NAMED_TUPLES = {
    tuple(_COMMON): "_WITH_STATUS",
    tuple(call for call in _COMMON if call not in _STATUS): "_PLAIN",
    tuple(_VERBS.values()): "_VERBS",
}

_HEAD = f'''"""The resources that have a typed client: what a client, an informer or a mapper has to know of each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from .descriptor import TypedResource as R
from .descriptor import index_by

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RESOURCES", "by_kind", "by_resource"]

_VERBS: Final = ({", ".join(f'"{verb}"' for verb in _VERBS.values())})
_PLAIN: Final = ({", ".join(f'"{call}"' for call in _COMMON if call not in _STATUS)})
_WITH_STATUS: Final = ({", ".join(f'"{call}"' for call in _COMMON)})

RESOURCES: Final[tuple[R, ...]] = (
'''

_TAIL = ''')


@cache
def by_resource() -> Mapping[tuple[str, str, str], R]:
    """The descriptors by group, version and plural name."""
    return index_by(RESOURCES, lambda one: (one.group, one.version, one.plural))


@cache
def by_kind() -> Mapping[tuple[str, str, str], R]:
    """The descriptors by group, version and kind."""
    return index_by(RESOURCES, lambda one: (one.group, one.version, one.kind))
'''
