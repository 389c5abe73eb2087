"""What a CustomResourceDefinition's schema must look like: the server's rules for structural schemas, with its messages.

Three passes, as the server makes them: what OpenAPI allows in a definition at all, what makes a schema structural, and
whether its defaults obey it. A later pass runs only where the earlier ones found nothing that would mislead it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from kubeclient.apimachinery import field

from . import embedded
from .formats import FORMATS
from .scalars import canonical_json
from .structural import node_of, root_node_of, unknown_fields
from .validate import Problem, compile_pattern, compile_validator

__all__ = ["regexp_error", "rules_with", "unknown_formats", "validate_schema"]

Schema = Mapping[str, Any]
Errors = list[field.FieldError]
Level = Literal["root", "item", "field"]

_TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
_UNSUPPORTED: Final = ("$ref", "id", "definitions", "dependencies", "patternProperties", "additionalItems")


def validate_schema(schema: Schema, path: str) -> Errors:
    """What is wrong with the openAPIV3Schema at `path`."""
    errors: Errors = []
    if schema.get("nullable"):
        errors.append(field.forbidden(f"{path}.nullable", "nullable cannot be true at the root"))
    errors += _openapi(schema, path)
    errors += _structural(schema, path, "root")
    errors += _extensions(schema, path)
    if not errors:
        errors += _defaults(schema, path, at_root=True)
    return errors


def rules_with(schema: Any, key: str, path: str) -> Iterator[str]:
    """The paths of all schemas below that have the keyword `key`."""
    if isinstance(schema, Mapping):
        if schema.get(key):
            yield f"{path}.{key}"
        for child, where in _children(schema, path):
            yield from rules_with(child, key, where)


def unknown_formats(schema: Any) -> Iterator[str]:
    """The formats in a schema that nobody checks, in the order in which they occur."""
    if isinstance(schema, Mapping):
        name = schema.get("format", "")
        if name and name not in _NUMERIC_FORMATS and name.replace("-", "") not in FORMATS:
            yield name
        for child, _ in _children(schema, ""):
            yield from unknown_formats(child)


_NUMERIC_FORMATS: Final = ("int32", "int64", "float", "double", "password")


def _children(schema: Schema, path: str) -> Iterator[tuple[Schema, str]]:
    """All schemas directly inside, with their paths, in the order in which the server visits them."""
    if isinstance(extra := schema.get("additionalProperties"), Mapping):
        yield extra, f"{path}.additionalProperties"
    yield from _properties(schema, path)
    yield from _value_schemas(schema, path)
    if isinstance(items := schema.get("items"), Mapping):
        yield items, f"{path}.items"


def _properties(schema: Schema, path: str) -> Iterator[tuple[Schema, str]]:
    for name, child in sorted((schema.get("properties") or {}).items()):
        yield child, f"{path}.properties[{name}]"


def _value_schemas(schema: Schema, path: str) -> Iterator[tuple[Schema, str]]:
    for key in ("allOf", "anyOf", "oneOf"):
        for index, child in enumerate(schema.get(key) or ()):
            yield child, f"{path}.{key}[{index}]"
    if schema.get("not") is not None:
        yield schema["not"], f"{path}.not"


# --- what OpenAPI allows


def _openapi(schema: Schema, path: str) -> Errors:
    errors: Errors = []
    if schema.get("uniqueItems"):
        detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        errors.append(field.forbidden(f"{path}.uniqueItems", detail))
    extra = schema.get("additionalProperties")
    if extra is not None and schema.get("properties") and extra is not True:
        detail = "additionalProperties and properties are mutual exclusive"
        errors.append(field.forbidden(f"{path}.additionalProperties", detail))
    errors += _keywords(schema, path)
    for child, where in _children(schema, path):
        errors += _openapi(child, where)
    return errors


def _keywords(schema: Schema, path: str) -> Errors:
    errors: Errors = [
        field.forbidden(f"{path}.{key}", f"{key} is not supported")
        for key in _UNSUPPORTED
        if schema.get(key) is not None
    ]
    type_name = schema.get("type", "")
    if type_name and type_name not in _TYPES:
        errors.append(field.not_supported(f"{path}.type", type_name, _TYPES))
    if type_name == "null":
        errors.append(field.forbidden(f"{path}.type", "type cannot be set to null, use nullable as an alternative"))
    items = schema.get("items")
    if isinstance(items, list):
        errors.append(field.forbidden(f"{path}.items", "items must be a schema object and not an array"))
    if schema.get("x-kubernetes-preserve-unknown-fields") is False:
        where = f"{path}.x-kubernetes-preserve-unknown-fields"
        errors.append(field.invalid(where, False, "must be true or undefined"))
    if pattern := schema.get("pattern"):
        try:
            compile_pattern(pattern)
        except re.error as error:
            detail = f"must be a valid regular expression, but isn't: {regexp_error(pattern, error)}"
            errors.append(field.invalid(f"{path}.pattern", pattern, detail))
    return errors


def regexp_error(pattern: str, error: Exception) -> str:
    """Go's words for what is wrong with a pattern, where they are known."""
    text = str(error)
    at = getattr(error, "pos", None) or 0
    if "missing )" in text:
        return f"error parsing regexp: missing closing ): `{pattern}`"
    if "unterminated character set" in text:
        return f"error parsing regexp: missing closing ]: `{pattern[at:]}`"
    if "nothing to repeat" in text:
        return f"error parsing regexp: missing argument to repetition operator: `{pattern[at : at + 1]}`"
    if "unbalanced parenthesis" in text:
        return f"error parsing regexp: unexpected ): `{pattern}`"
    return f"error parsing regexp: {text}: `{pattern}`"


def _extensions(schema: Schema, path: str) -> Errors:
    errors = _list_type(schema, path) + _map_type(schema, path)
    for child, where in _children(schema, path):
        errors += _extensions(child, where)
    return errors


def _list_type(schema: Schema, path: str) -> Errors:
    kind = schema.get("x-kubernetes-list-type")
    keys = schema.get("x-kubernetes-list-map-keys") or []
    errors: Errors = []
    where = f"{path}.x-kubernetes-list-type"
    if kind is not None:
        if schema.get("type") != "array":
            detail = "must be array if x-kubernetes-list-type is specified"
            empty = not schema.get("type")
            errors.append(
                field.required(f"{path}.type", detail)
                if empty
                else field.invalid(f"{path}.type", schema["type"], detail)
            )
        if kind not in ("atomic", "set", "map"):
            errors.append(field.not_supported(where, kind, ("atomic", "set", "map")))
    if keys and kind != "map":
        detail = "must be map if x-kubernetes-list-map-keys is non-empty"
        errors.append(field.required(where, detail) if kind is None else field.invalid(where, kind, detail))
    items = schema.get("items")
    if kind == "set" and isinstance(items, Mapping):
        errors += _set_items(items, f"{path}.items")
    if kind == "map":
        errors += _map_items(items if isinstance(items, Mapping) else None, keys, path)
    return errors


def _set_items(items: Schema, path: str) -> Errors:
    errors: Errors = []
    if items.get("nullable"):
        errors.append(field.forbidden(f"{path}.nullable", "cannot be nullable when x-kubernetes-list-type is set"))
    key = {"object": "x-kubernetes-map-type", "array": "x-kubernetes-list-type"}.get(items.get("type", ""))
    if key is not None and items.get(key) != "atomic" and not (key.endswith("list-type") and items.get(key) is None):
        detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
        errors.append(field.invalid(f"{path}.{key}", items.get(key), detail))
    return errors


def _map_items(items: Schema | None, keys: list[str], path: str) -> Errors:
    where = f"{path}.x-kubernetes-list-map-keys"
    errors: Errors = []
    if not keys:
        return [field.required(where, "must not be empty if x-kubernetes-list-type is map")]
    if len(set(keys)) != len(keys):
        errors.append(field.invalid(where, keys, "must not contain duplicate entries"))
    if items is None:
        return errors
    if items.get("nullable"):
        errors.append(
            field.forbidden(f"{path}.items.nullable", "cannot be nullable when x-kubernetes-list-type is map")
        )
    if items.get("type") != "object":
        detail = "must be object if parent array's x-kubernetes-list-type is map"
        errors.append(field.invalid(f"{path}.items.type", items.get("type", ""), detail))
        return errors
    properties = items.get("properties") or {}
    for key in dict.fromkeys(keys):
        child = properties.get(key)
        if child is None:
            errors.append(field.invalid(where, keys, "entries must all be names of item properties"))
        else:
            errors += _key_property(items, key, child, f"{path}.items.properties[{key}]")
    return errors


def _key_property(items: Schema, key: str, child: Schema, path: str) -> Errors:
    errors: Errors = []
    if child.get("type") in ("array", "object"):
        detail = "must be a scalar type if parent array's x-kubernetes-list-type is map"
        errors.append(field.invalid(f"{path}.type", child["type"], detail))
    named = "this property is in x-kubernetes-list-map-keys, so it"
    if child.get("nullable"):
        errors.append(field.forbidden(f"{path}.nullable", f"{named} cannot be nullable"))
    if child.get("default") is None and key not in (items.get("required") or ()):
        errors.append(field.required(f"{path}.default", f"{named} must have a default or be a required property"))
    return errors


def _map_type(schema: Schema, path: str) -> Errors:
    kind = schema.get("x-kubernetes-map-type")
    if kind is None:
        return []
    errors: Errors = []
    if schema.get("type") != "object":
        detail = "must be object if x-kubernetes-map-type is specified"
        empty = not schema.get("type")
        errors.append(
            field.required(f"{path}.type", detail) if empty else field.invalid(f"{path}.type", schema["type"], detail)
        )
    if kind not in ("atomic", "granular"):
        errors.append(field.not_supported(f"{path}.x-kubernetes-map-type", kind, ("atomic", "granular")))
    return errors


# --- what makes it structural


def _structural(schema: Schema, path: str, level: Level) -> Errors:
    errors = _invariants(schema, path, level)
    if isinstance(items := schema.get("items"), Mapping):
        errors += _structural(items, f"{path}.items", "item")
    for child, where in _properties(schema, path):
        errors += _structural(child, where, "field")
    if isinstance(extra := schema.get("additionalProperties"), Mapping):
        errors += _structural(extra, f"{path}.additionalProperties", "field")
    either = bool(schema.get("x-kubernetes-int-or-string"))
    for index, (child, where) in enumerate(_value_schemas(schema, path)):
        allowed = either and (_is_int_or_string(schema.get("anyOf")) and ".anyOf[" in where.removeprefix(path))
        nested = (
            either and index == 0 and ".allOf[0]" in where.removeprefix(path) and _is_int_or_string(child.get("anyOf"))
        )
        errors += _value_only(child, where, may_have_type=allowed, any_of_may=nested)
    return errors


def _is_int_or_string(any_of: Any) -> bool:
    return [dict(part) for part in any_of or ()] == [{"type": "integer"}, {"type": "string"}]


def _invariants(schema: Schema, path: str, level: Level) -> Errors:
    errors: Errors = []
    type_name = schema.get("type", "")
    preserve = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    if level == "root":
        if not type_name:
            errors.append(field.required(f"{path}.type", "must not be empty at the root"))
        elif type_name != "object":
            errors.append(field.invalid(f"{path}.type", type_name, "must be object at the root"))
        if schema.get("additionalProperties") not in (None, False):
            errors.append(field.forbidden(f"{path}.additionalProperties", "must not be used at the root"))
    elif not type_name and not preserve and not schema.get("x-kubernetes-int-or-string"):
        what = "array items" if level == "item" else "object fields"
        errors.append(field.required(f"{path}.type", f"must not be empty for specified {what}"))
    if type_name == "array" and not isinstance(schema.get("items"), (Mapping, list)):
        errors.append(field.required(f"{path}.items", "must be specified"))
    if schema.get("x-kubernetes-embedded-resource"):
        errors += _embedded_rules(schema, path, preserve=preserve)
    if level == "root" or schema.get("x-kubernetes-embedded-resource"):
        errors += _type_meta(schema, path)
    return errors


def _embedded_rules(schema: Schema, path: str, *, preserve: bool) -> Errors:
    errors: Errors = []
    type_name = schema.get("type", "")
    if schema.get("additionalProperties") is not None:
        detail = "must not be used if x-kubernetes-embedded-resource is set"
        errors.append(field.forbidden(f"{path}.additionalProperties", detail))
    if not preserve and not schema.get("properties"):
        detail = (
            "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"
        )
        errors.append(field.required(f"{path}.properties", detail))
    if type_name != "object":
        detail = "must be object if x-kubernetes-embedded-resource is true"
        errors.append(
            field.required(f"{path}.type", detail)
            if not type_name
            else field.invalid(f"{path}.type", type_name, detail)
        )
    return errors


def _type_meta(schema: Schema, path: str) -> Errors:
    """apiVersion and kind are strings; metadata is an object of which only the name may be constrained."""
    errors: Errors = []
    properties = schema.get("properties") or {}
    for name, wanted in (("metadata", "object"), ("apiVersion", "string"), ("kind", "string")):
        child = properties.get(name)
        if child is not None and child.get("type", "") != wanted:
            errors.append(field.invalid(f"{path}.properties[{name}].type", child.get("type", ""), f"must be {wanted}"))
    metadata = properties.get("metadata")
    if metadata is not None and metadata.get("type") == "object":
        rest = {key: value for key, value in metadata.items() if key not in ("description", "type") and value}
        inner = rest.pop("properties", {})
        if rest or set(inner) - {"name", "generateName"}:
            detail = "must not specify anything other than name and generateName, but metadata is implicitly specified"
            errors.append(field.forbidden(f"{path}.properties[metadata]", detail))
    return errors


_FORBIDDEN: Final = (
    ("additionalProperties", "must be undefined to be structural"),
    ("default", "must be undefined to be structural"),
    ("description", "must be empty to be structural"),
    ("nullable", "must be false to be structural"),
    ("title", "must be empty to be structural"),
    ("type", "must be empty to be structural"),
    ("x-kubernetes-embedded-resource", "must be false to be structural"),
    ("x-kubernetes-int-or-string", "must be false to be structural"),
    ("x-kubernetes-list-map-keys", "must be empty to be structural"),
    ("x-kubernetes-list-type", "must be undefined to be structural"),
    ("x-kubernetes-map-type", "must be undefined to be structural"),
    ("x-kubernetes-preserve-unknown-fields", "must be false to be structural"),
    ("x-kubernetes-validations", "must be empty to be structural"),
)


def _value_only(schema: Schema, path: str, *, may_have_type: bool = False, any_of_may: bool = False) -> Errors:
    """A schema inside allOf, anyOf, oneOf or not may only validate."""
    errors: Errors = []
    for key, detail in _FORBIDDEN:
        value = schema.get(key)
        if value in (None, "", False) and not (key == "additionalProperties" and value is False):
            continue
        if not (key == "type" and may_have_type):
            errors.append(field.forbidden(f"{path}.{key}", detail))
    for child, where in _children(schema, path):
        if where != f"{path}.additionalProperties":
            errors += _value_only(child, where, may_have_type=any_of_may and f"{path}.anyOf[" in where)
    return errors


# --- whether its defaults obey it


def _defaults(schema: Schema, path: str, *, at_root: bool = False, below: str = "") -> Errors:
    """`below`: the top-level field of type meta that this is inside, where defaults are forbidden; or ""."""
    errors: Errors = []
    default = schema.get("default")
    if default is not None and below:
        errors.append(field.forbidden(f"{path}.default", f"must not be set in top-level {below}"))
    elif default is not None:
        errors += _one_default(schema, canonical_json(default), f"{path}.default", is_root=at_root)
    for name, child in sorted((schema.get("properties") or {}).items()):
        top = name if at_root and name in ("apiVersion", "kind", "metadata") else below
        errors += _defaults(child, f"{path}.properties[{name}]", below=top)
    for key in ("items", "additionalProperties"):
        if isinstance(child := schema.get(key), Mapping):
            errors += _defaults(child, f"{path}.{key}", below=below)
    return errors


def _one_default(schema: Schema, default: Any, path: str, *, is_root: bool) -> Errors:
    node = root_node_of(schema) if is_root else node_of(schema)
    errors: Errors = []
    if unknown_fields(node, default):
        errors.append(field.invalid(path, default, "must not have unknown fields"))
    problems: list[Problem] = []
    compile_validator(schema)(default, "", problems)
    problems += embedded.validate_embedded(schema, default, root=is_root)
    return errors + [_moved(problem, path) for problem in problems]


class _Moved(field.FieldError):
    """An error of validation, whose message is made already."""

    @property
    def body(self) -> str:
        return self.detail


def _moved(problem: Problem, path: str) -> field.FieldError:
    where = f"{path}.{problem.field}" if problem.field and problem.field != "<nil>" else path
    return _Moved(problem.reason, where, "", problem.message)
