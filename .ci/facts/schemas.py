"""Condenses the API's types into the one data file that `kubefake.schema.builtin` reads.

Field order, omitempty, Go types and merge keys come from the type dump; list types, map keys, key defaults and atomic maps
come from the served OpenAPI documents. The file has a line per type, so that a change of the API reads as a change of lines.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

Facts = dict[str, Any]

OUTPUT = "kubefake/data/schemas.json"

PACKAGES = {
    "meta/v1": "k8s.io/apimachinery/pkg/apis/meta/v1",
    "meta/v1beta1": "k8s.io/apimachinery/pkg/apis/meta/v1beta1",
    "resource": "k8s.io/apimachinery/pkg/api/resource",
    "intstr": "k8s.io/apimachinery/pkg/util/intstr",
    "runtime": "k8s.io/apimachinery/pkg/runtime",
    "types": "k8s.io/apimachinery/pkg/types",
    "watch": "k8s.io/apimachinery/pkg/watch",
    "apiextensions/v1": "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1",
    "apiregistration/v1": "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1",
}
_SHORT = {path: short for short, path in PACKAGES.items()}

# Types whose JSON is not the sum of their Go fields: the loader knows each by name.
SPECIAL = frozenset(
    {
        "resource.Quantity",
        "intstr.IntOrString",
        "meta/v1.Time",
        "meta/v1.MicroTime",
        "meta/v1.Duration",
        "meta/v1.FieldsV1",
        "runtime.RawExtension",
        "runtime.Object",
        "apiextensions/v1.JSON",
        "apiextensions/v1.JSONSchemaPropsOrArray",
        "apiextensions/v1.JSONSchemaPropsOrBool",
        "apiextensions/v1.JSONSchemaPropsOrStringArray",
    }
)
_NAMED = re.compile(r"k8s\.io/[\w./-]+\.\w+")


def generate(facts: Path) -> dict[str, bytes]:
    """The files made from the facts: repository path to content."""
    dump = json.loads((facts / "types.json").read_text())
    schemas = _openapi_schemas(facts)
    kinds = _served_kinds(dump["kinds"], facts)
    embedders = _embedders(dump["types"], schemas)
    types: dict[str, str] = {}
    waiting = sorted({full for of_version in kinds.values() for full in of_version.values()})
    while waiting:
        full = waiting.pop()
        if short_name(full) in types or full not in dump["types"]:
            continue
        info = dump["types"][full]
        types[short_name(full)] = _type_line(full, info, schemas, embedders.get(full, full))
        for field in info.get("fields", ()):
            waiting.extend(_NAMED.findall(field["type"]))
        waiting.extend(_NAMED.findall(info.get("underlying", "")))
    document = {
        "packages": dict(sorted(PACKAGES.items())),
        "kinds": {
            version: {kind: short_name(full) for kind, full in sorted(of_version.items())}
            for version, of_version in sorted(kinds.items())
        },
        "types": {name: types[name] for name in sorted(types)},
    }
    return {OUTPUT: _lines(document)}


def short_name(full: str) -> str:
    """`k8s.io/api/core/v1.Pod` -> `core/v1.Pod`."""
    path, _, name = full.rpartition(".")
    return f"{_SHORT.get(path) or path.removeprefix('k8s.io/api/')}.{name}"


def openapi_name(full: str) -> str:
    """`k8s.io/api/core/v1.Pod` -> `io.k8s.api.core.v1.Pod`."""
    path, _, name = full.rpartition(".")
    domain, *rest = path.split("/")
    return ".".join([*reversed(domain.split(".")), *rest, name])


def _openapi_schemas(facts: Path) -> Facts:
    schemas: Facts = {}
    for folder in ("default", "all-apis"):
        for path in sorted((facts / folder / "openapi-v3").glob("*.json")):
            document = json.loads(path.read_text())
            for name, schema in document.get("components", {}).get("schemas", {}).items():
                schemas.setdefault(name, schema)
    return schemas


def _served_kinds(kinds: Facts, facts: Path) -> dict[str, dict[str, str]]:
    served = {"meta.k8s.io/v1"}
    for folder in ("default", "all-apis"):
        for path in (facts / folder / "openapi-v3").glob("*.json"):
            parts = path.stem.split("__")
            if parts[0] == "api" and len(parts) == 2:
                served.add(parts[1])
            elif parts[0] == "apis" and len(parts) == 3:
                served.add(f"{parts[1]}/{parts[2]}")
    found: dict[str, dict[str, str]] = {}
    for key, full in kinds.items():
        version, _, kind = key.rpartition("/")
        if version in served:
            found.setdefault(version, {})[kind] = full
    return found


def _embedders(types: Facts, schemas: Facts) -> dict[str, str]:
    """For types without a document of their own: a type that embeds them, whose document shows their fields."""
    found: dict[str, str] = {}
    for full, info in sorted(types.items()):
        for field in info.get("fields", ()):
            inner = field["type"].removeprefix("*")
            if field.get("inline") and openapi_name(inner) not in schemas and openapi_name(full) in schemas:
                found.setdefault(inner, full)
    return found


def _type_line(full: str, info: Facts, schemas: Facts, documented: str) -> str:
    """The text of a type: `=underlying`, or its fields, one a line, after `@atomic` where it is so.

    `documented` is the type whose document tells of the fields: itself, or one that embeds it.
    """
    if short_name(full) in SPECIAL:
        return ""
    if info["kind"] != "struct":
        return "=" + _shorten(info["underlying"])
    schema = schemas.get(openapi_name(documented), {})
    lines = ["@atomic"] if documented == full and schema.get("x-kubernetes-map-type") == "atomic" else []
    for field in info.get("fields", ()):
        if field.get("inline"):
            lines.append("+ " + _shorten(field["type"]))
        elif field.get("json", "-") != "-":
            lines.append(_field_line(field, _property(full, field["json"], schema), schemas))
    return "\n".join(lines)


def _field_line(field: Facts, schema: Facts, schemas: Facts) -> str:
    mark = "!" if "omitzero" in field.get("omit", "") else "?" if "omitempty" in field.get("omit", "") else ""
    words = [field["json"] + mark, _shorten(field["type"])]
    if strategy := field.get("patchStrategy"):
        words.append("patch=" + strategy)
    if key := field.get("patchMergeKey"):
        words.append("key=" + key)
    if map_type := schema.get("x-kubernetes-map-type"):
        words.append(map_type)
    list_type = schema.get("x-kubernetes-list-type", "atomic")
    if list_type == "set":
        words.append("set")
    if list_type == "map":
        keys = schema["x-kubernetes-list-map-keys"]
        item = _resolve(schema["items"], schemas).get("properties", {})
        words.append("map=" + ",".join(keys))
        defaults = {key: item[key]["default"] for key in keys if "default" in item.get(key, {})}
        if defaults:
            words.append("defaults=" + json.dumps(defaults, separators=(",", ":")))
    return " ".join(words)


def _property(full: str, name: str, schema: Facts) -> Facts:
    found: Facts = schema.get("properties", {}).get(name, {})
    if schema.get("properties") and not found and name not in ("kind", "apiVersion"):
        print(f"note: {full} serves no {name}", file=sys.stderr)
    return found


def _resolve(schema: Facts, schemas: Facts) -> Facts:
    for part in schema.get("allOf", ()):
        schema = schema | part
    reference = schema.get("$ref")
    return schemas[reference.rpartition("/")[2]] if reference else schema


def _shorten(go_type: str) -> str:
    return _NAMED.sub(lambda match: short_name(match.group()), go_type).replace("interface {}", "any")


def _lines(document: Facts) -> bytes:
    """JSON with one line per entry of each section."""
    sections = []
    for name, section in document.items():
        entries = [
            f"{json.dumps(key)}:{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
            for key, value in section.items()
        ]
        sections.append(f"{json.dumps(name)}:{{\n" + ",\n".join(entries) + "\n}")
    return ("{" + ",\n".join(sections) + "}\n").encode()
