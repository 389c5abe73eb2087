"""Reads OpenAPI documents as API servers publish them, v2 and v3: the paths say what there is, the schemas what it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .crds import ALL_CALLS, SCALE_CALLS, STATUS_CALLS
from .source import CodegenError, Resource

__all__ = ["is_openapi", "resources"]

JSON = Mapping[str, Any]

_PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)(?P<namespaced>/namespaces/\{namespace\})?/(?P<plural>[^/{}]+)"
    r"(?:/\{name\}(?:/(?P<subresource>[^/{}]+))?)?"
)
_GVK = "x-kubernetes-group-version-kind"


class _Found:
    """What the paths of one resource say."""

    def __init__(self) -> None:
        self.namespaced = False
        self.operations: dict[str, JSON] = {}  # of the collection
        self.kind = ""
        self.subresources: set[str] = set()
        self.readable = False


def is_openapi(document: object) -> bool:
    """Whether a document is OpenAPI of either version."""
    return isinstance(document, Mapping) and isinstance(document.get("openapi", document.get("swagger")), str)


def resources(document: JSON, *, source: str, where: str) -> Iterator[Resource]:
    """The resources of a document. Raises CodegenError where one has no schema."""
    version = str(document.get("openapi", document.get("swagger")))
    if not version.startswith(("2.", "3.")):
        raise CodegenError(f"{where}: is OpenAPI {version}; known are 2 and 3")
    components = document.get("components") or {}
    schemas: JSON = document.get("definitions") or components.get("schemas") or {}
    by_kind = _by_kind(schemas)
    found: dict[tuple[str, str, str], _Found] = {}
    for path, item in (document.get("paths") or {}).items():
        matched = _PATH.fullmatch(path)
        if matched is None or not isinstance(item, Mapping):
            continue
        group, served, plural = matched["group"] or "", matched["version"], matched["plural"]
        _note(found.setdefault((group, served, plural), _Found()), matched, path, item)
    for (group, served, plural), one in sorted(found.items()):
        there = f"{where}, resource {plural} of {group}/{served}"
        if not one.kind:
            continue  # something below a resource, of which nothing else is here
        schema = by_kind.get((group, served, one.kind))
        if schema is None:
            raise CodegenError(f"{there}: no schema says that it is of kind {one.kind}")
        yield Resource(
            group,
            served,
            plural,
            one.kind,
            _list_kind(one, schemas) or f"{one.kind}List",
            one.namespaced,
            schema,
            _calls(one),
            source,
            there,
            schemas,
        )


def _note(one: _Found, matched: re.Match[str], path: str, item: JSON) -> None:
    one.namespaced |= bool(matched["namespaced"])
    if matched["subresource"]:
        one.subresources.add(matched["subresource"])
        return
    operations = {verb: operation for verb, operation in item.items() if isinstance(operation, Mapping)}
    for operation in operations.values():
        gvk = operation.get(_GVK)
        if isinstance(gvk, Mapping) and operation.get("x-kubernetes-action") in ("get", "post", "list"):
            one.kind = one.kind or str(gvk.get("kind", ""))
    one.readable |= "get" in operations
    if not path.endswith("}"):
        one.operations |= operations


def _by_kind(schemas: JSON) -> dict[tuple[str, str, str], JSON]:
    found: dict[tuple[str, str, str], JSON] = {}
    for name, schema in schemas.items():
        for gvk in schema.get(_GVK) or () if isinstance(schema, Mapping) else ():
            key = (gvk.get("group", ""), gvk.get("version", ""), gvk.get("kind", ""))
            found.setdefault(key, {"$ref": f"#/{name}"})
    return found


def _calls(one: _Found) -> frozenset[str]:
    if not one.readable:
        return frozenset(("create",))
    status = STATUS_CALLS if "status" in one.subresources else frozenset[str]()
    scale = SCALE_CALLS if "scale" in one.subresources else frozenset[str]()
    return ALL_CALLS | status | scale


def _list_kind(one: _Found, schemas: JSON) -> str:
    """The kind of what listing answers with."""
    try:
        answer = one.operations["get"]["responses"]["200"]
        schema = answer.get("schema") or answer["content"]["application/json"]["schema"]
        component = schemas[schema["$ref"].rpartition("/")[2]]
        return str(component[_GVK][0]["kind"])
    except (KeyError, IndexError, TypeError):
        return ""
