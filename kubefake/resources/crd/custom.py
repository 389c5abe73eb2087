"""The habits of a custom kind, as one version of its CustomResourceDefinition declares them."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gotext import quote
from kubeclient.apimachinery.gvk import GroupResource
from kubefake.merge.govalues import format_v, kind_of
from kubefake.resources.paths import find
from kubefake.resources.strategy import Context, FieldError, JSONObject, ScalePaths, Strategy
from kubefake.schema import embedded
from kubefake.schema.decode import decode
from kubefake.schema.node import UNSET, Node
from kubefake.schema.rules import rules_with
from kubefake.schema.structural import apply_defaults
from kubefake.schema.validate import Problem, compile_validator, quote_value, validate_lists

from . import columns
from .evaluation import RuleValidator, compile_validations
from .versions import deprecation_warning

__all__ = ["CustomStrategy"]

_IN_STATUS = re.compile(": status(\\.|(?= in body))")
_BLOCKING = frozenset(
    ("FieldValueNotSupported", "FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany", "FieldValueTypeInvalid")
)
_NOTHING_TOLERATED: tuple[Any, list[str]] = (None, [])
_STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")


class CustomStrategy(Strategy):
    """One version of a custom kind.

    Args:
        crd: the definition. version: the entry of its spec.versions.
        nodes: the type of each of its versions, served or not, by name.
        settled_at, terminating: see the attributes.

    Attributes:
        scale: the paths of the scale subresource, or None.
        terminating: the definition is being deleted, so that nothing new may be created.
    """

    def __init__(
        self,
        crd: Mapping[str, Any],
        version: Mapping[str, Any],
        nodes: Mapping[str, Node],
        *,
        settled_at: int = 0,
        terminating: bool = False,
    ) -> None:
        spec = crd["spec"]
        self._resource = GroupResource(spec["group"], spec["names"]["plural"])
        self._api_group = spec["group"]
        self._nodes = nodes
        self._node = nodes[version["name"]]
        self._storage = next((other["name"] for other in spec["versions"] if other.get("storage")), "")
        self.settled_at = settled_at
        self._schema: Mapping[str, Any] = (version.get("schema") or {}).get("openAPIV3Schema") or {}
        self.openapi_schema = self._schema
        self._validator = compile_validator(self._schema)
        self._has_rules = any(rules_with(self._schema, "x-kubernetes-validations", ""))
        self._tolerated = _NOTHING_TOLERATED
        self._has_embedded = any(rules_with(self._schema, "x-kubernetes-embedded-resource", ""))
        self._has_lists = any(rules_with(self._schema, "x-kubernetes-list-type", ""))
        self._columns = tuple(version.get("additionalPrinterColumns") or columns.DEFAULT_COLUMNS)
        subresources = version.get("subresources") or {}
        scale = subresources.get("scale")
        self.scale = (
            ScalePaths(scale["specReplicasPath"], scale["statusReplicasPath"], scale.get("labelSelectorPath", ""))
            if scale
            else None
        )
        self.has_status = subresources.get("status") is not None
        self.allow_unconditional_update = False
        self.standard_finalizers = False
        self.terminating = terminating
        self.deprecation = deprecation_warning(spec, version)
        self._selectable = {
            field["jsonPath"].removeprefix("."): field["jsonPath"] for field in version.get("selectableFields") or ()
        }
        self.field_labels = tuple(self._selectable)

    def default(self, obj: JSONObject, version: str) -> None:  # noqa: ARG002
        apply_defaults(self._node, obj)

    def default_applied(self, obj: JSONObject, version: str) -> None:  # noqa: ARG002
        apply_defaults(self._node, obj, keep_nulls=True)

    def prepare_for_create(self, obj: JSONObject, context: Context) -> None:  # noqa: ARG002
        if self.terminating:
            name = obj.get("metadata", {}).get("name", "")
            raise errors.new_forbidden(
                self._resource, name, "create not allowed while custom resource definition is terminating"
            )
        if self.has_status:
            obj.pop("status", None)

    def prepare_for_update(self, obj: JSONObject, old: Mapping[str, Any], context: Context) -> None:  # noqa: ARG002
        if self.has_status:
            obj.pop("status", None)
            if "status" in old:
                obj["status"] = copy.deepcopy(old["status"])

    def warnings(self, obj: Mapping[str, Any], old: Mapping[str, Any] | None, context: Context) -> list[str]:  # noqa: ARG002
        finalizers = obj["metadata"].get("finalizers")
        if not finalizers:
            return []
        known = (*_STANDARD_FINALIZERS, *((old or {}).get("metadata", {}).get("finalizers") or ()))
        return [
            f"metadata.finalizers: {quote(name)}: prefer a domain-qualified finalizer name to avoid accidental conflicts "
            "with other finalizer writers"
            for name in sorted(set(finalizers))
            if "/" not in name and name not in known
        ]

    def generation_matters(self, obj: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
        ignored = {"metadata", "apiVersion", "kind"} | ({"status"} if self.has_status else set())
        keys = (obj.keys() | old.keys()) - ignored
        return any(obj.get(key, UNSET) != old.get(key, UNSET) for key in keys)

    def validate(self, obj: Mapping[str, Any], context: Context) -> list[FieldError]:  # noqa: ARG002
        return self._errors(obj, UNSET)

    def validate_update(self, obj: Mapping[str, Any], old: Mapping[str, Any], context: Context) -> list[FieldError]:
        errors = self._errors(obj, old)
        if context.subresource != "status":
            return errors
        # The real server asks the schema of the status by itself, whose words begin there.
        return [replace(error, message=_IN_STATUS.sub(": ", error.message, count=1)) for error in errors]

    def _errors(self, obj: Mapping[str, Any], old: Any) -> list[FieldError]:
        problems: list[Problem] = []
        plain = {key: value for key, value in obj.items() if key not in ("apiVersion", "kind", "metadata")}
        before = {key: value for key, value in old.items() if key in obj} if old is not UNSET else UNSET
        self._validator(_with_type_meta(plain, obj), "", problems, before)
        problems += self._scale_problems(plain)
        if self._has_embedded:
            problems += embedded.validate_embedded(self._schema, plain)
        if self._has_lists:
            problems += self._list_problems(plain, old)
        if self._has_rules:
            problems += self._rule_problems(obj, old, problems)
        return [FieldError(*problem) for problem in problems]

    def _rule_problems(self, obj: Mapping[str, Any], old: Any, problems: list[Problem]) -> list[Problem]:
        if any(problem.reason in _BLOCKING for problem in problems):
            detail = (
                "some validation rules were not checked because the object was invalid; correct the existing errors to "
                "complete validation"
            )
            return [Problem("<nil>", "FieldValueInvalid", f"Invalid value: null: {detail}")]
        if self._rules is None:
            return []
        found, tolerated = self._rules.problems(obj, old)
        if tolerated:
            self._tolerated = (obj, tolerated)
        return found

    def tolerated(self, obj: Mapping[str, Any]) -> list[str]:
        last, texts = self._tolerated
        self._tolerated = _NOTHING_TOLERATED
        return texts if last is obj else []

    @cached_property
    def _rules(self) -> RuleValidator | None:
        """The rules, compiled when the first object is written."""
        return compile_validations(self._schema)

    def _list_problems(self, obj: dict[str, Any], old: Any) -> list[Problem]:
        found = validate_lists(self._schema, obj)
        if found and old is not UNSET:
            known = {(problem.field, problem.message) for problem in validate_lists(self._schema, dict(old))}
            found = [problem for problem in found if (problem.field, problem.message) not in known]
        return found

    def _scale_problems(self, obj: Mapping[str, Any]) -> list[Problem]:
        if self.scale is None:
            return []
        problems: list[Problem] = []
        for path in (self.scale.spec, self.scale.status):
            value = _nested(obj, path, "0", "int64", problems)
            if type(value) is int and not 0 <= value <= 2**31 - 1:
                detail = (
                    "should be a non-negative integer" if value < 0 else "should be less than or equal to 2147483647"
                )
                problems.append(Problem(path, "FieldValueInvalid", f"Invalid value: {value}: {detail}"))
        if self.scale.selector:
            _nested(obj, self.scale.selector, '""', "string", problems)
        return problems

    def field_values(self, obj: Mapping[str, Any]) -> Mapping[str, str]:
        values = {}
        for label, path in self._selectable.items():
            found = find(obj, path)
            value = found[0] if found else ""
            values[label] = value if isinstance(value, str) else quote_value(value)
        return values

    def columns(self) -> Sequence[Mapping[str, Any]] | None:
        return columns.definitions(self._columns)

    def row(self, obj: Mapping[str, Any], now: str) -> list[Any] | None:
        return columns.row(self._columns, obj, now)

    def node_of(self, version: str) -> Node | None:
        return self._nodes.get(version)

    def read(self, obj: JSONObject) -> JSONObject:
        node = self._nodes.get(obj["apiVersion"].rpartition("/")[2])
        if node is None:
            return obj
        found, _ = decode(node, obj)
        apply_defaults(node, found)
        return {**found, "apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": obj["metadata"]}

    def convert(self, obj: JSONObject, version: str) -> JSONObject:
        """As the version's schema keeps it; what is to be stored gets the defaults of the stored version."""
        if obj["apiVersion"] == f"{self._api_group}/{version}":
            return obj
        converted = {**obj, "apiVersion": f"{self._api_group}/{version}"}
        node = self._nodes.get(version)
        if node is None:
            return converted
        found, _ = decode(node, converted)
        if version == self._storage:
            apply_defaults(node, found)
        return {**found, "apiVersion": converted["apiVersion"], "kind": obj["kind"], "metadata": obj["metadata"]}


def _nested(obj: Mapping[str, Any], path: str, empty: str, expected: str, problems: list[Problem]) -> Any:
    """What a path of names leads to; None, and a problem, where it does not lead to what is expected.

    Follows k8s.io/apimachinery/pkg/apis/meta/v1/unstructured/helpers.go: nothing at all is no problem, something else is.
    """
    value: Any = obj
    names = path.removeprefix(".").split(".")
    for index, name in enumerate(names):
        if value is None:
            return None
        if not isinstance(value, Mapping):
            where = "." + ".".join(names[: index + 1])
            detail = f"{where} accessor error: {format_v(value)} is of the type {kind_of(value)}, expected map[string]interface{{}}"
            problems.append(Problem(path, "FieldValueInvalid", f"Invalid value: {empty}: {detail}"))
            return None
        if name not in value:
            return None
        value = value[name]
    if kind_of(value) == expected:
        return value
    detail = f"{path} accessor error: {format_v(value)} is of the type {kind_of(value)}, expected {expected}"
    problems.append(Problem(path, "FieldValueInvalid", f"Invalid value: {empty}: {detail}"))
    return None


def _with_type_meta(plain: dict[str, Any], obj: Mapping[str, Any]) -> dict[str, Any]:
    """What the root schema checks: everything, because it may constrain metadata.name and require any field."""
    return {**{key: obj[key] for key in ("apiVersion", "kind", "metadata") if key in obj}, **plain}
