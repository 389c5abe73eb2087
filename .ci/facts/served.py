"""Writes what a fresh apiserver serves, from recordings of a real one, into the compact data files of `kubefake/data`.

Facts only: nothing is decided here that the recordings do not say. The storage version of a resource is not in them
directly; it is found as the one whose hash is the recorded storageVersionHash.
"""

from __future__ import annotations

import base64
import hashlib
import json
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["generate"]

JSON = dict[str, Any]


def generate(facts: Path) -> dict[str, bytes]:
    """The data files by their path in the repository."""
    return {
        "kubefake/data/resources.json": _lines(_groups(facts / "default")),
        "kubefake/data/columns.json": _columns(facts / "default"),
        "kubefake/data/bootstrap.json": _bootstrap(facts / "default"),
        "kubefake/data/kinds.json": _kinds(facts),
        "kubefake/data/paths.json": _compact(_load(facts / "default/discovery-legacy.json")["/"]["paths"]) + b"\n",
        "kubefake/data/openapi-v2.json.xz": _squeeze(_compact(_load(facts / "default/openapi-v2.json"))),
        "kubefake/data/openapi-v3.jsonl.xz": _openapi_v3(facts),
    }


def _load(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _squeeze(data: bytes) -> bytes:
    return lzma.compress(data, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, preset=9 | lzma.PRESET_EXTREME)


# --- resources


def _aggregated(folder: Path) -> Iterator[tuple[str, str, JSON]]:
    """Group, version and aggregated resource, in the order in which the server presents them."""
    for name in ("discovery-api.json", "discovery-apis.json"):
        for group in _load(folder / name)["items"]:
            for version in group["versions"]:
                for resource in version["resources"]:
                    yield group["metadata"].get("name", ""), version["version"], resource


def storage_version_hash(group: str, version: str, kind: str) -> str:
    """As apiserver's discovery.StorageVersionHash: eight bytes of a digest over the three names."""
    return base64.b64encode(hashlib.sha256(f"{group}/{version}/{kind}".encode()).digest()[:8]).decode()


def _storages(folder: Path) -> dict[str, str]:
    """Which `group/version` a storage version hash stands for."""
    found: dict[str, str] = {}
    for group, version, resource in _aggregated(folder):
        kind = resource["responseKind"]["kind"]
        found[storage_version_hash(group, version, kind)] = f"{group}/{version}" if group else version
    return found


def _legacy_hashes(folder: Path) -> dict[tuple[str, str], str]:
    return {
        (document["groupVersion"], resource["name"]): resource.get("storageVersionHash", "")
        for document in _load(folder / "discovery-legacy.json").values()
        if document.get("kind") == "APIResourceList"
        for resource in document["resources"]
    }


def _groups(folder: Path) -> list[JSON]:
    """Groups in the order served, each with its versions in the order of preference."""
    storages, hashes = _storages(folder), _legacy_hashes(folder)
    groups: dict[str, JSON] = {}
    for group, version, resource in _aggregated(folder):
        versions = groups.setdefault(group, {"name": group, "versions": {}})["versions"]
        api_version = f"{group}/{version}" if group else version
        digest = hashes[api_version, resource["resource"]]
        versions.setdefault(version, []).append(_resource(resource, api_version, digest, storages.get(digest)))
    return [
        {"name": g["name"], "versions": [{"version": v, "resources": r} for v, r in g["versions"].items()]}
        for g in groups.values()
    ]


def _resource(recorded: JSON, api_version: str, digest: str, storage: str | None) -> JSON:
    kind = recorded["responseKind"]["kind"]
    return {
        "plural": recorded["resource"],
        "singular": recorded["singularResource"],
        "kind": kind,
        "listKind": kind + "List",
        "namespaced": recorded["scope"] == "Namespaced",
        "verbs": recorded["verbs"],
        "shortNames": recorded.get("shortNames", []),
        "categories": recorded.get("categories", []),
        "storageVersionHash": digest,
        "storageVersion": storage or api_version,
        "subresources": [
            {
                "name": sub["subresource"],
                "group": sub["responseKind"]["group"] or api_version.rpartition("/")[0],
                "version": sub["responseKind"]["version"] or api_version.rpartition("/")[2],
                "kind": sub["responseKind"]["kind"],
                "verbs": sub["verbs"],
            }
            for sub in recorded.get("subresources", [])
        ],
    }


def _lines(groups: list[JSON]) -> bytes:
    """One resource a line, so that a change of the facts reads as a diff."""
    out = []
    for group in groups:
        versions = []
        for version in group["versions"]:
            rows = ",\n".join(json.dumps(r, separators=(",", ":")) for r in version["resources"])
            versions.append(f'{{"version":"{version["version"]}","resources":[\n{rows}\n]}}')
        out.append(f'{{"name":"{group["name"]}","versions":[' + ",".join(versions) + "]}")
    return ("[" + ",\n".join(out) + "]\n").encode()


# --- columns, first objects


def _columns(folder: Path) -> bytes:
    """Column definitions by `apiVersion plural`."""
    recorded = _load(folder / "table-columns.json")
    rows = ",\n".join(
        f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in recorded.items()
    )
    return ("{" + rows + "}\n").encode()


def _bootstrap(folder: Path) -> bytes:
    """The objects of a fresh server, one a line. What mirrors the outside of the process is not an object of the store."""
    rows = [o for o in _load(folder / "bootstrap-objects.json") if o["kind"] != "ComponentStatus"]
    return ("[" + ",\n".join(json.dumps(o, separators=(",", ":"), ensure_ascii=False) for o in rows) + "]\n").encode()


def _kinds(facts: Path) -> bytes:
    """Every kind the server's scheme knows, by apiVersion, whether served or not: its errors depend on it."""
    kinds: dict[str, list[str]] = {}
    for name in sorted(_load(facts / "types.json")["kinds"]):
        api_version, _, kind = name.rpartition("/")
        if not api_version.endswith("__internal"):
            kinds.setdefault(api_version, []).append(kind)
    return (
        "{" + ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in kinds.items()) + "}\n"
    ).encode()


# --- OpenAPI


def _openapi_v3(facts: Path) -> bytes:
    """A line for each document: its path, a tab, the document; those of optional versions after the default ones."""
    folders = (facts / "default/openapi-v3", facts / "all-apis/openapi-v3")
    paths = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    return _squeeze(b"".join(p.stem.replace("__", "/").encode() + b"\t" + _compact(_load(p)) + b"\n" for p in paths))


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    for path, data in generate(Path(sys.argv[1])).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
        print(f"{len(data):9d} {path}")
