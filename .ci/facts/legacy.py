"""Writes what a server with old API versions switched on serves beside today's: their resources, and the types of their kinds.

In the forms of `served.py` and `schemas.py`. No server of today can be asked about them: names and verbs are those of the
descriptors of `kubeclient/api/resources.py`, and lists merge as their patch strategies say, which is what servers did before
types said more.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from . import schemas
from .served import _lines, storage_version_hash
from .types import DUMPS

__all__ = ["generate"]

_REVIEWS = ("authentication.k8s.io", "authorization.k8s.io")
_CHANGES = ("get", "patch", "update")
_SUBRESOURCES = {"status": _CHANGES, "scale": _CHANGES, "approval": _CHANGES, "rollback": ("create",)}
_HOMES = {"rollback": "DeploymentRollback", "scale": "Scale"}


def generate(facts: Path) -> dict[str, bytes]:
    """The files made from the facts: repository path to content."""
    from kubeclient.api.resources import RESOURCES

    today = {row.plural for row in RESOURCES if row.served}  # what is newer than the server is not old
    rows = [row for row in RESOURCES if not row.served and row.verbs and (row.older or row.plural in today)]
    return {
        "kubefake/data/legacy-resources.json": _lines(_groups(rows)),
        "kubefake/data/legacy-schemas.json": _types(facts, {row.api_version for row in rows}),
    }


def _groups(rows: list[Any]) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in sorted(rows, key=lambda row: (row.group, _newest_first(row.version))):
        groups.setdefault(row.group, {}).setdefault(row.version, []).append(_resource(row))
    return [
        {"name": name, "versions": [{"version": version, "resources": found} for version, found in versions.items()]}
        for name, versions in groups.items()
    ]


def _newest_first(version: str) -> tuple[int, int, int]:
    found = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    assert found is not None, version
    return ({None: 0, "beta": 1, "alpha": 2}[found[2]], -int(found[1]), -int(found[3] or 0))


def _resource(row: Any) -> dict[str, Any]:
    stored = row.group not in _REVIEWS
    return {
        "plural": row.plural,
        "singular": row.singular,
        "kind": row.kind,
        "listKind": f"{row.kind}List",
        "namespaced": row.namespaced,
        "verbs": list(row.verbs),
        "shortNames": list(row.short_names),
        "categories": list(row.categories),
        "storageVersionHash": storage_version_hash(row.group, row.version, row.kind) if stored else "",
        "storageVersion": row.api_version,
        "subresources": [
            {"name": name, "group": row.group, "version": row.version, "kind": _HOMES.get(name, row.kind), "verbs": list(_SUBRESOURCES[name])}
            for name in row.subresources
        ],
    }  # fmt: skip


def _types(facts: Path, api_versions: set[str]) -> bytes:
    dumps = [json.loads((facts / name).read_text()) for name in DUMPS]
    types = dumps[1]["types"] | dumps[0]["types"]
    known = json.loads(schemas.generate(facts)[schemas.OUTPUT])["types"]
    kinds: dict[str, dict[str, str]] = {}
    for key, full in (dumps[1]["kinds"] | dumps[0]["kinds"]).items():
        version, _, kind = key.rpartition("/")
        if version in api_versions:
            kinds.setdefault(version, {})[kind] = full
    found: dict[str, str] = {}
    waiting = sorted({full for of_version in kinds.values() for full in of_version.values()})
    while waiting:
        full = waiting.pop()
        name = schemas.short_name(full)
        if name in found or name in known or full not in types:
            continue
        found[name] = _merging(schemas._type_line(full, types[full], {}, full), types[full])
        for field in types[full].get("fields", ()):
            waiting.extend(schemas._NAMED.findall(field["type"]))
        waiting.extend(schemas._NAMED.findall(types[full].get("underlying", "")))
    document = {
        "kinds": {
            version: {kind: schemas.short_name(full) for kind, full in sorted(of_version.items())}
            for version, of_version in sorted(kinds.items())
        },
        "types": {name: found[name] for name in sorted(found)},
    }
    return schemas._lines(document)


def _merging(text: str, info: dict[str, Any]) -> str:
    """The text of a type whose lists are merged by apply where strategic merge patches merge them."""
    fields = {one["json"]: one for one in info.get("fields", ()) if "merge" in one.get("patchStrategy", "")}
    lines = []
    for line in text.split("\n"):
        one = fields.get(line.partition(" ")[0].rstrip("?!"))
        if one is not None and one["type"].startswith("[]"):
            line += f" map={one['patchMergeKey']}" if one.get("patchMergeKey") else " set"
        lines.append(line)
    return "\n".join(lines)
