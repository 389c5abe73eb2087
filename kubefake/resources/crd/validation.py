"""What must hold of a CustomResourceDefinition, with the server's messages in the server's order."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from kubeclient.apimachinery import field, validation
from kubefake.resources.builtin import as_errors
from kubefake.resources.strategy import FieldError
from kubefake.schema.rules import validate_schema

from .internal import dump_versions, internal_spec
from .rules import validate_rules
from .selectable import selectable_fields

__all__ = ["validate_definition", "validate_definition_update", "validate_status_update"]

Object = Mapping[str, Any]
Errors = list[field.FieldError]

_COLUMN_TYPES: Final = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS: Final = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_APPROVED: Final = "api-approved.kubernetes.io"


def validate_definition(crd: Object) -> list[FieldError]:
    """What is wrong with a new definition."""
    return as_errors(_name(crd) + _spec(crd["spec"]) + _stored_versions(crd) + _approval(crd) + _preserve(crd, None))


def validate_definition_update(crd: Object, old: Object) -> list[FieldError]:
    """What is wrong with a changed definition."""
    return as_errors(_spec(crd["spec"]) + _immutable(crd, old) + _stored_versions(crd) + _preserve(crd, old))


def validate_status_update(crd: Object) -> list[FieldError]:
    """What is wrong with a changed status."""
    return as_errors(_stored_versions(crd, storage=False))


def _name(crd: Object) -> Errors:
    name = crd["metadata"].get("name", "")
    names, group = crd["spec"].get("names") or {}, crd["spec"].get("group", "")
    if name and name != f"{names.get('plural', '')}.{group}":
        return [field.invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')]
    return []


def _immutable(crd: Object, old: Object) -> Errors:
    errors: Errors = []
    established = any(
        entry["type"] == "Established" and entry["status"] == "True"
        for entry in (old.get("status") or {}).get("conditions") or ()
    )
    spec, before = crd["spec"], old["spec"]
    if established:
        errors += _same(spec.get("scope"), before.get("scope"), "spec.scope")
        errors += _same(spec["names"].get("kind"), before["names"].get("kind"), "spec.names.kind")
    errors += _same(spec.get("group"), before.get("group"), "spec.group")
    errors += _same(spec["names"].get("plural"), before["names"].get("plural"), "spec.names.plural")
    return errors


def _same(value: Any, before: Any, path: str) -> Errors:
    return [] if value == before else [field.invalid(path, value, "field is immutable")]


def _preserve(crd: Object, old: Object | None) -> Errors:
    if crd["spec"].get("preserveUnknownFields") and not (old and old["spec"].get("preserveUnknownFields")):
        detail = (
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
        )
        return [field.invalid("spec.preserveUnknownFields", True, detail)]
    return []


def _approval(crd: Object) -> Errors:
    group = crd["spec"].get("group", "")
    if not (group.endswith((".k8s.io", ".kubernetes.io")) or group in ("k8s.io", "kubernetes.io")):
        return []
    if (crd["metadata"].get("annotations") or {}).get(_APPROVED):
        return []
    detail = f'protected groups must have approval annotation "{_APPROVED}", see https://github.com/kubernetes/enhancements/pull/1111'
    return [field.required(f"metadata.annotations[{_APPROVED}]", detail)]


def _spec(spec: Object) -> Errors:
    errors = _group(spec.get("group", "")) + _scope(spec.get("scope", ""))
    internal = internal_spec(spec)
    if (internal.shared.get("schema") or {}).get("openAPIV3Schema") is None:
        for index, version in enumerate(internal.versions):
            if (version.get("schema") or {}).get("openAPIV3Schema") is None:
                errors.append(field.required(f"spec.versions[{index}].schema.openAPIV3Schema"))
    for index, version in enumerate(internal.versions):
        errors += _version(version, f"spec.versions[{index}]")
    names = [version.get("name", "") for version in internal.versions]
    given = None if spec.get("versions") is None else internal.versions
    if len(set(names)) != len(names):
        errors.append(_versions_invalid(given, "must contain unique version names"))
    if sum(bool(version.get("storage")) for version in internal.versions) != 1:
        errors.append(_versions_invalid(given, "must have exactly one version marked as storage version"))
    if names and names[0]:
        errors += _label(names[0], "spec.version")
    errors += _names(spec.get("names") or {})
    errors += _shared(internal.shared, "spec", "validation")
    return errors + _conversion(spec.get("conversion") or {})


def _versions_invalid(versions: list[dict[str, Any]] | None, detail: str) -> field.FieldError:
    text = json.dumps(dump_versions(versions), separators=(",", ":"), ensure_ascii=False)
    return _Raw(field.INVALID, "spec.versions", "", f"Invalid value: {text}: {detail}")


class _Raw(field.FieldError):
    """An error whose value is printed in an order of its own."""

    @property
    def body(self) -> str:
        return self.detail


def _group(group: str) -> Errors:
    if not group:
        return [field.required("spec.group")]
    if messages := validation.is_dns1123_subdomain(group):
        return [field.invalid("spec.group", group, ",".join(messages))]
    if "." not in group:
        return [field.invalid("spec.group", group, "should be a domain with at least one dot")]
    return []


def _scope(scope: str) -> Errors:
    if not scope:
        return [field.required("spec.scope")]
    if scope not in ("Cluster", "Namespaced"):
        return [field.not_supported("spec.scope", scope, ("Cluster", "Namespaced"))]
    return []


def _label(value: str, path: str) -> Errors:
    messages = validation.is_dns1035_label(value)
    return [field.invalid(path, value, ",".join(messages))] if messages else []


def _names(names: Object) -> Errors:
    errors: Errors = [
        field.required(f"spec.names.{key}") for key in ("plural", "singular", "kind", "listKind") if not names.get(key)
    ]
    for key in ("plural", "singular"):
        if names.get(key):
            errors += _label(names[key], f"spec.names.{key}")
    for key in ("kind", "listKind"):
        if names.get(key) and (messages := validation.is_dns1035_label(names[key].lower())):
            detail = f"may have mixed case, but should otherwise match: {','.join(messages)}"
            errors.append(field.invalid(f"spec.names.{key}", names[key], detail))
    for key in ("shortNames", "categories"):
        if key == "categories" and names.get("kind") and names.get("kind") == names.get("listKind"):
            errors.append(
                field.invalid("spec.names.listKind", names["listKind"], "kind and listKind may not be the same")
            )
        for index, name in enumerate(names.get(key) or ()):
            errors += _label(name, f"spec.names.{key}[{index}]")
    return errors


def _version(version: Object, path: str) -> Errors:
    errors = _label(version.get("name", ""), f"{path}.name")
    warning = version.get("deprecationWarning")
    if warning is not None:
        errors += _deprecation(warning, f"{path}.deprecationWarning", deprecated=bool(version.get("deprecated")))
    if version.get("selectableFields") and not version.get("schema"):
        detail = "may only be set when `version.schema.openAPIV3Schema` is not included"
        errors.append(field.invalid(f"{path}.selectableFields", "", detail))
    return errors + _shared(version, path, "schema")


def _deprecation(warning: str, path: str, *, deprecated: bool) -> Errors:
    errors: Errors = []
    if not deprecated:
        errors.append(field.invalid(path, warning, "can only be set for deprecated versions"))
    if not warning:
        errors.append(field.invalid(path, warning, "must not be an empty string"))
    if len(warning) > 256:
        errors.append(field.too_long(path, 256))
    for index, char in enumerate(warning):
        if char != " " and (unicodedata.category(char)[0] in "CZ"):
            detail = f"must only contain printable UTF-8 characters; non-printable character found at index {index}"
            errors.append(field.invalid(path, warning, detail))
            break
    return errors


def _shared(part: Object, path: str, schema_name: str) -> Errors:
    """What may stand at the top or in a version: schema, subresources, columns, selectable fields."""
    errors: Errors = []
    schema = (part.get("schema") or {}).get("openAPIV3Schema")
    if schema is not None:
        found = validate_schema(schema, f"{path}.{schema_name}.openAPIV3Schema")
        errors += found + validate_rules(schema, f"{path}.{schema_name}.openAPIV3Schema", compiles=not found)
    scale = (part.get("subresources") or {}).get("scale")
    if scale is not None:
        errors += _scale(scale, f"{path}.subresources.scale")
    for index, column in enumerate(part.get("additionalPrinterColumns") or ()):
        errors += _column(column, f"{path}.additionalPrinterColumns[{index}]")
    if part.get("selectableFields") and schema is not None:
        errors += selectable_fields(part["selectableFields"], schema, f"{path}.selectableFields")
    return errors


def _scale(scale: Object, path: str) -> Errors:
    errors: Errors = []
    for key, parents, where in (
        ("specReplicasPath", (".spec.",), "under .spec"),
        ("statusReplicasPath", (".status.",), "under .status"),
        ("labelSelectorPath", (".spec.", ".status."), "under either .spec or .status"),
    ):
        value = scale.get(key) or ""
        if not value and key == "labelSelectorPath":
            continue
        if not value:
            errors.append(field.required(f"{path}.{key}"))
        elif not value.startswith("."):
            errors.append(field.invalid(f"{path}.{key}", value, "must be a simple json path starting with ."))
        elif not value.startswith(parents):
            errors.append(field.invalid(f"{path}.{key}", value, f"should be a json path {where}"))
    return errors


def _column(column: Object, path: str) -> Errors:
    errors: Errors = []
    if not column.get("name"):
        errors.append(field.required(f"{path}.name"))
    errors += _one_of(column.get("type") or "", _COLUMN_TYPES, f"{path}.type", needed=True)
    errors += _one_of(column.get("format") or "", _COLUMN_FORMATS, f"{path}.format", needed=False)
    json_path = column.get("jsonPath") or ""
    if not json_path:
        errors.append(field.required(f"{path}.JSONPath"))
    elif not json_path.startswith("."):
        errors.append(field.invalid(f"{path}.JSONPath", json_path, "must be a simple json path starting with ."))
    return errors


def _one_of(value: str, allowed: tuple[str, ...], path: str, *, needed: bool) -> Errors:
    detail = f"must be one of {','.join(allowed)}"
    if not value:
        return [field.required(path, detail)] if needed else []
    return [] if value in allowed else [field.invalid(path, value, detail)]


def _conversion(conversion: Object) -> Errors:
    strategy = conversion.get("strategy", "")
    if strategy not in ("None", "Webhook"):
        if not strategy:
            return [field.required("spec.conversion.strategy")]
        return [field.not_supported("spec.conversion.strategy", strategy, ("None", "Webhook"))]
    return []


def _stored_versions(crd: Object, *, storage: bool = True) -> Errors:
    stored = (crd.get("status") or {}).get("storedVersions")
    path = "status.storedVersions"
    if not stored:
        return [field.invalid(path, stored, "must have at least one stored version")]
    left = {name: index for index, name in enumerate(stored)}
    errors: Errors = []
    for version in crd["spec"].get("versions") or ():
        name = version.get("name", "")
        if (
            storage and version.get("storage") and name not in left
        ):  # nor is it for the second of two versions of a name
            errors.append(field.invalid(path, stored, f"must have the storage version {name}"))
        left.pop(name, None)
    return errors + [field.invalid(f"{path}[{index}]", name, _missing(name)) for name, index in left.items()]


def _missing(name: str) -> str:
    return (
        f"missing from spec.versions; {name} was previously a storage version, and must remain in spec.versions until a "
        f"storage migration ensures no data remains persisted in {name} and removes {name} from status.storedVersions"
    )
