"""OpenAPI of custom resources, in both versions, in the shape of apiextensions-apiserver's builder, without prose."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from kubefake.resources.crd.served import model_name
from kubefake.resources.resource import Resource

__all__ = ["definitions", "paths", "to_v2_path", "to_v2_schema"]

JSON = dict[str, Any]

_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1."
_REF: Final = "#/components/schemas/"
_BODIES: Final = ("application/json", "application/yaml")
_PATCHES: Final = ("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml")
_LIST: Final = (
    ("allowWatchBookmarks", "boolean"),
    ("continue", "string"),
    ("fieldSelector", "string"),
    ("labelSelector", "string"),
    ("limit", "integer"),
    ("resourceVersion", "string"),
    ("resourceVersionMatch", "string"),
    ("sendInitialEvents", "boolean"),
    ("shardSelector", "string"),
    ("timeoutSeconds", "integer"),
    ("watch", "boolean"),
)
_GET: Final = (("resourceVersion", "string"),)
_WRITE: Final = (("dryRun", "string"), ("fieldManager", "string"), ("fieldValidation", "string"))
_PATCH: Final = (*_WRITE, ("force", "boolean"))
_DELETE: Final = (
    ("dryRun", "string"),
    ("gracePeriodSeconds", "integer"),
    ("ignoreStoreReadErrorWithClusterBreakingPotential", "boolean"),
    ("orphanDependents", "boolean"),
    ("propagationPolicy", "string"),
)
_PRETTY: Final = ("pretty", "string")


def _ref(name: str) -> JSON:
    return {"$ref": _REF + name}


def definitions(resource: Resource, schema: Mapping[str, Any]) -> JSON:
    """The schemas of a custom resource and of its list; `schema` is the CRD's, {} where it has none."""
    name = model_name(resource.group, resource.version, resource.kind)
    kind = copy.deepcopy(dict(schema))
    if kind.get("properties") or not kind.get("x-kubernetes-preserve-unknown-fields"):
        kind.setdefault("type", "object")
    given = kind.get("properties") or {}
    base = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"allOf": [_ref(_META + "ObjectMeta")]},
    }
    kind["properties"] = {**given, **base}
    kind["x-kubernetes-group-version-kind"] = [_kind(resource, resource.kind)]
    _embed(kind["properties"], top=True)
    listed = {
        "description": f"{resource.list_kind} is a list of {resource.kind}",
        "type": "object",
        "required": ["items"],
        "properties": {
            "apiVersion": {"type": "string"},
            "items": {"type": "array", "items": _ref(name)},
            "kind": {"type": "string"},
            "metadata": {"allOf": [_ref(_META + "ListMeta")]},
        },
        "x-kubernetes-group-version-kind": [_kind(resource, resource.list_kind)],
    }
    return {name: kind, model_name(resource.group, resource.version, resource.list_kind): listed}


def _embed(node: Any, *, top: bool = False) -> None:
    """Embedded resources get apiVersion, kind and metadata, as the server publishes them."""
    if isinstance(node, list):
        for item in node:
            _embed(item)
    elif isinstance(node, dict):
        if node.get("x-kubernetes-embedded-resource") is True and not top:
            properties = node.setdefault("properties", {})
            properties |= {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}
            properties["metadata"] = {"allOf": [_ref(_META + "ObjectMeta")]}
            node["required"] = list(dict.fromkeys([*node.get("required", ()), "kind", "apiVersion"]))
        for key, value in node.items():
            if key not in ("default", "enum", "example"):
                _embed(value)


def _kind(resource: Resource, kind: str) -> JSON:
    return {"group": resource.group, "version": resource.version, "kind": kind}


def _parameters(pairs: tuple[tuple[str, str], ...], place: str = "query") -> list[JSON]:
    required = {"required": True} if place == "path" else {}
    return [{"name": n, "in": place, **required, "schema": {"type": t, "uniqueItems": True}} for n, t in pairs]


def _camel(text: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in text.replace("-", ".").split(".") if part)


class _Operations:
    """Writes the operations of one resource."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.name = model_name(resource.group, resource.version, resource.kind)
        self.list_name = model_name(resource.group, resource.version, resource.list_kind)
        group, version = _camel(resource.group), _camel(resource.version)
        self.tag = f"{group[:1].lower()}{group[1:]}_{resource.version}"
        scope = "Namespaced" if resource.namespaced else ""
        self.middle, self.tail = f"{group}{version}", f"{scope}{resource.kind}"

    def __call__(
        self,
        action: str,
        operation_id: str,
        parameters: tuple[tuple[str, str], ...],
        answer: str,
        *,
        body: str = "",
        body_types: tuple[str, ...] = _BODIES,
        codes: tuple[int, ...] = (200,),
    ) -> JSON:
        content = {media: {"schema": _ref(answer)} for media in _BODIES}
        operation: JSON = {"tags": [self.tag], "operationId": operation_id}
        if parameters:
            operation["parameters"] = _parameters(parameters)
        if body:
            operation["requestBody"] = {"content": {media: {"schema": _ref(body)} for media in body_types}}
            if action != "delete":
                operation["requestBody"]["required"] = True
        reasons = {200: "OK", 201: "Created", 202: "Accepted"}
        operation["responses"] = {str(code): {"description": reasons[code], "content": content} for code in codes}
        operation["responses"]["401"] = {"description": "Unauthorized"}
        operation["x-kubernetes-action"] = action
        operation["x-kubernetes-group-version-kind"] = _kind(self.resource, self.resource.kind)
        return operation

    def collection(self) -> JSON:
        middle, tail = self.middle, self.tail
        return {
            "get": self("list", f"list{middle}{tail}", _LIST, self.list_name),
            "post": self("post", f"create{middle}{tail}", _WRITE, self.name, body=self.name, codes=(200, 201, 202)),
            "delete": self("deletecollection", f"delete{middle}Collection{tail}", _LIST, _META + "Status"),
        }

    def item(self, suffix: str = "", answer: str = "") -> JSON:
        middle, tail, kind = self.middle, self.tail + suffix, answer or self.name
        patch = _META + "Patch"
        operations = {
            "get": self("get", f"read{middle}{tail}", _GET, kind),
            "put": self("put", f"replace{middle}{tail}", _WRITE, kind, body=kind, codes=(200, 201)),
            "patch": self("patch", f"patch{middle}{tail}", _PATCH, kind, body=patch, body_types=_PATCHES),
        }
        if not suffix:
            options, status = _META + "DeleteOptions", _META + "Status"
            operations["delete"] = self(
                "delete", f"delete{middle}{tail}", _DELETE, status, body=options, codes=(200, 202)
            )
        return operations

    def everywhere(self) -> JSON:
        return {"get": self("list", f"list{self.middle}{self.resource.kind}ForAllNamespaces", (), self.list_name)}


def paths(resource: Resource) -> JSON:
    """The paths of a custom resource (OpenAPI v3)."""
    write = _Operations(resource)
    root = f"/apis/{resource.group}/{resource.version}"
    base = f"{root}/namespaces/{{namespace}}/{resource.plural}" if resource.namespaced else f"{root}/{resource.plural}"
    space = _parameters((("namespace", "string"),), "path") if resource.namespaced else []
    pretty = _parameters((_PRETTY,))
    named = _parameters((("name", "string"),), "path") + space + pretty
    out = {base: write.collection() | {"parameters": space + pretty}}
    out[base + "/{name}"] = write.item() | {"parameters": named}
    for name in sorted(resource.subresources):
        answer = "io.k8s.api.autoscaling.v1.Scale" if name == "scale" else ""
        out[f"{base}/{{name}}/{name}"] = write.item(_camel(name), answer) | {"parameters": named}
    if resource.namespaced:
        every = _parameters(tuple(sorted((*_LIST, _PRETTY))))
        out[f"{root}/{resource.plural}"] = write.everywhere() | {"parameters": every}
    return out


# --- version 2


def _rewritten(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: v.replace(_REF, "#/definitions/") if k == "$ref" else _rewritten(v) for k, v in value.items()}
    return [_rewritten(item) for item in value] if isinstance(value, list) else value


def to_v2_schema(schema: Any) -> Any:
    """A schema with what version 2 cannot say left out, as the server leaves it out."""
    if isinstance(schema, list):
        return [to_v2_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    only = schema.get("allOf")
    if isinstance(only, list) and len(only) == 1 and set(only[0]) == {"$ref"}:
        return _rewritten(only[0])
    drop = {"oneOf", "anyOf", "allOf", "not", "nullable"}
    if schema.get("nullable"):
        drop |= {"type", "properties", "items", "additionalProperties"}
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        drop |= {"type", "properties", "items", "additionalProperties"}
    if schema.get("x-kubernetes-int-or-string"):
        drop.add("type")
    out: JSON = {}
    for key, value in schema.items():
        if key in drop:
            continue
        if key == "properties":
            out[key] = {name: to_v2_schema(child) for name, child in value.items()}
        elif key in ("items", "additionalProperties"):
            out[key] = to_v2_schema(value)
        else:
            out[key] = _rewritten(value)
    return out


def to_v2_path(item: JSON) -> JSON:
    """A path's operations as version 2 writes them."""
    out: JSON = {}
    for method, operation in item.items():
        if method == "parameters":
            out[method] = [_v2_parameter(parameter) for parameter in operation]
            continue
        body = operation.get("requestBody")
        parameters = [_v2_parameter(parameter) for parameter in operation.get("parameters", ())]
        consumes = ["application/json", "application/yaml"]
        if body:
            consumes = list(body["content"])
            schema = _rewritten(next(iter(body["content"].values()))["schema"])
            required = {"required": True} if body.get("required") else {}
            parameters.insert(0, {"name": "body", "in": "body", **required, "schema": schema})
        out[method] = {
            "consumes": consumes,
            "produces": list(_BODIES),
            "schemes": ["https"],
            "tags": operation["tags"],
            "operationId": operation["operationId"],
            "parameters": parameters,
            "responses": {code: _v2_response(answer) for code, answer in operation["responses"].items()},
            "x-kubernetes-action": operation["x-kubernetes-action"],
            "x-kubernetes-group-version-kind": operation["x-kubernetes-group-version-kind"],
        }
    return out


def _v2_parameter(parameter: JSON) -> JSON:
    schema = parameter["schema"]
    return {**{k: v for k, v in parameter.items() if k != "schema"}, **schema}


def _v2_response(answer: JSON) -> JSON:
    out = {"description": answer["description"]}
    if "content" in answer:
        out["schema"] = _rewritten(next(iter(answer["content"].values()))["schema"])
    return out
