"""What must hold of the validation rules that a definition's schema declares.

Follows k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go and cel_validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubeclient.apimachinery import field
from kubeclient.apimachinery.gotext import marshal
from kubefake.cel.declared import Declared, declare, escape
from kubefake.cel.rules import CompiledRule, compile_rules
from kubefake.cel.sizes import MOST
from kubefake.schema.scalars import canonical_json
from kubefake.schema.validate import Problem

from .evaluation import compile_validations
from .fieldpath import field_path

__all__ = ["validate_rules"]

Schema = Mapping[str, Any]
Errors = list[field.FieldError]

_RULE_LIMIT: Final = 10_000_000
_TOTAL_LIMIT: Final = 100_000_000
_REASONS: Final = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_KEYWORD: Final = "x-kubernetes-validations"
_ADVICE: Final = "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)"


class _Raw(field.FieldError):
    """An error whose value is printed already."""

    @property
    def body(self) -> str:
        return self.detail


class _Place:
    """Where a schema stands: how often it can occur, and what of it can be told from before a change."""

    __slots__ = ("cardinality", "declared", "in_scope", "is_root", "path", "schema", "uncorrelated")

    def __init__(
        self, schema: Schema, path: str, *, cardinality: int | None, declared: Declared | None, in_scope: bool,
        uncorrelated: str, is_root: bool,
    ) -> None:  # fmt: skip
        self.schema = schema
        self.path = path
        self.cardinality = cardinality
        self.in_scope = in_scope or bool(schema.get(_KEYWORD))
        self.uncorrelated = uncorrelated
        self.is_root = is_root
        self.declared = declared
        if declared is None and self.in_scope:
            self.declared = declare(schema, is_root=is_root)

    def child(self, schema: Schema, suffix: str, declared: Declared | None) -> _Place:
        most = _most(self.schema)
        known = self.cardinality is not None and most is not None
        where = self.path
        uncorrelated = self.uncorrelated
        if suffix == ".items" and self.schema.get("x-kubernetes-list-type") != "map":
            uncorrelated = uncorrelated or where
        return _Place(
            schema,
            where + suffix,
            cardinality=min((self.cardinality or 0) * (most or 0), MOST) if known else None,
            declared=declared,
            in_scope=self.in_scope,
            uncorrelated=uncorrelated,
            is_root=bool(schema.get("x-kubernetes-embedded-resource")),
        )


def _most(schema: Schema) -> int | None:
    """How many children there can be of one; None for any number."""
    kind = schema.get("type")
    if kind == "object" and schema.get("additionalProperties") is not None:
        most = schema.get("maxProperties")
    elif kind == "array":
        most = schema.get("maxItems")
    else:
        return 1
    return None if most is None else max(most, 0)


def validate_rules(schema: Schema, path: str, *, compiles: bool) -> Errors:
    """What is wrong with the rules of the openAPIV3Schema at `path`.

    `compiles`: nothing else is wrong, so that rules can be compiled.
    """
    if compiles and (errors := _defaults(schema, path, is_root=True)):
        return errors
    check = _Check()
    root = _Place(schema, path, cardinality=1, declared=None, in_scope=False, uncorrelated="", is_root=True)
    check.visit(root, compiles=compiles)
    errors = check.form + check.meaning
    if check.total > _TOTAL_LIMIT:
        for where, _ in check.expensive:
            detail = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"
            errors.append(field.forbidden(where, detail))
        name = f"{_KEYWORD} estimated rule cost total for entire OpenAPIv3 schema"
        errors.append(field.forbidden(path, _too_expensive(name, check.total, _TOTAL_LIMIT)))
    return errors


def _defaults(schema: Schema, path: str, *, is_root: bool = False) -> Errors:
    """What rules find wrong with the defaults of a schema that is sound otherwise."""
    errors: Errors = []
    default = schema.get("default")
    if default is not None and (validator := compile_validations(schema, is_root=is_root)) is not None:
        value = canonical_json(default)
        found = validator.problems(value, value, ratchets=False)[0] or validator.problems(value)[0]
        errors += [_moved(problem, f"{path}.default") for problem in found]
    for name, child in sorted((schema.get("properties") or {}).items()):
        errors += _defaults(child, f"{path}.properties[{name}]")
    if isinstance(items := schema.get("items"), Mapping):
        errors += _defaults(items, f"{path}.items")
    return errors


def _moved(problem: Problem, path: str) -> field.FieldError:
    inside = "" if problem.field == "<nil>" else problem.field
    where = f"{path}{inside}" if inside.startswith("[") or not inside else f"{path}.{inside}"
    return _Raw(problem.reason, where, "", problem.message)


class _Check:
    def __init__(self) -> None:
        self.form: Errors = []
        self.meaning: Errors = []
        self.total = 0
        self.expensive: list[tuple[str, int]] = []

    def visit(self, place: _Place, *, compiles: bool) -> None:
        before = len(self.form)
        for child, suffix, declared in _children(place):
            self.visit(place.child(child, suffix, declared), compiles=compiles)
        rules = place.schema.get(_KEYWORD)
        if not rules:
            return
        for index, rule in enumerate(rules):
            self._form(rule, place, f"{place.path}.{_KEYWORD}[{index}]")
        if not compiles or len(self.form) > before:
            return
        where = f"{place.path}.{_KEYWORD}"
        if place.declared is None:
            message = (
                "internal error: failed to construct type information for x-kubernetes-validations rules: "
                "unable to convert structural schema to CEL declarations"
            )
            self.meaning.append(field.internal_error(where, message))
            return
        for index, compiled in enumerate(compile_rules(rules, place.declared)):
            self._meaning(compiled, place, f"{where}[{index}]")

    def _form(self, rule: Schema, place: _Place, path: str) -> None:
        text, message = rule.get("rule") or "", rule.get("message") or ""
        if not text.strip():
            self.form.append(field.required(f"{path}.rule", "rule is not specified"))
        elif message and not message.strip():
            self.form.append(field.invalid(f"{path}.message", message, "must be non-empty if specified"))
        elif _breaks(message.strip()):
            self.form.append(field.invalid(f"{path}.message", message, "must not contain line breaks"))
        elif _breaks(text.strip()) and not message.strip():
            detail = "message must be specified if rule contains line breaks"
            self.form.append(field.required(f"{path}.message", detail))
        expression = rule.get("messageExpression") or ""
        if expression and not expression.strip():
            detail = "messageExpression must be non-empty if specified"
            self.form.append(field.required(f"{path}.messageExpression", detail))
        reason = rule.get("reason")
        if reason is not None and reason not in _REASONS:
            self.form.append(field.not_supported(f"{path}.reason", reason, _REASONS))
        target = rule.get("fieldPath") or ""
        if target and not target.strip():
            self.form.append(field.invalid(f"{path}.fieldPath", target, "must be non-empty if specified"))
        if _breaks(target):
            self.form.append(field.invalid(f"{path}.fieldPath", target, "must not contain line breaks"))
        if target and field_path(target, place.schema) is None:
            self.form.append(field.invalid(f"{path}.fieldPath", target, "must be a valid path"))

    def _meaning(self, compiled: CompiledRule, place: _Place, path: str) -> None:
        often = compiled.cardinality if place.cardinality is None else place.cardinality
        self._count(f"{path}.rule", min(compiled.cost * often, MOST), "estimated rule cost")
        if compiled.error:
            self.meaning.append(_invalid_rule(f"{path}.rule", compiled.rule, compiled.error))
        if compiled.message_error:
            self.meaning.append(_invalid_rule(f"{path}.messageExpression", compiled.rule, compiled.message_error))
        elif compiled.message is not None:
            name = "estimated messageExpression cost"
            self._count(f"{path}.messageExpression", compiled.message_cost, name)
        if compiled.uses_old:
            if place.uncorrelated:
                detail = (
                    f"oldSelf cannot be used on the uncorrelatable portion of the schema within {place.uncorrelated}"
                )
                self.meaning.append(field.invalid(f"{path}.rule", compiled.rule["rule"], detail))
        elif compiled.rule.get("optionalOldSelf") is not None:
            value = compiled.rule["optionalOldSelf"]
            detail = "may not be set if oldSelf is not used in rule"
            self.meaning.append(field.invalid(f"{path}.optionalOldSelf", value, detail))

    def _count(self, path: str, cost: int, name: str) -> None:
        if cost > _RULE_LIMIT:
            self.meaning.append(field.forbidden(path, _too_expensive(name, cost, _RULE_LIMIT)))
        self.total = min(self.total + cost, MOST)
        if cost >= _TOTAL_LIMIT // 100:
            self.expensive = sorted([*self.expensive, (path, cost)], key=lambda found: -found[1])[:4]


def _children(place: _Place) -> Iterator[tuple[Schema, str, Declared | None]]:
    schema, declared = place.schema, place.declared
    inner = declared.item if declared else None
    if isinstance(extra := schema.get("additionalProperties"), Mapping):
        yield extra, ".additionalProperties", inner
    for name, child in sorted((schema.get("properties") or {}).items()):
        escaped = escape(name)
        yield child, f".properties[{name}]", declared.fields.get(escaped) if declared and escaped else None
    if isinstance(items := schema.get("items"), Mapping):
        yield items, ".items", inner


def _breaks(text: str) -> bool:
    return "\n" in text or "\r" in text


def _invalid_rule(path: str, rule: Schema, detail: str) -> field.FieldError:
    shown = {
        "Rule": rule.get("rule") or "",
        "Message": rule.get("message") or "",
        "MessageExpression": rule.get("messageExpression") or "",
        "Reason": rule.get("reason"),
        "FieldPath": rule.get("fieldPath") or "",
        "OptionalOldSelf": rule.get("optionalOldSelf"),
    }
    text = ",".join(f'"{key}":{marshal(value)}' for key, value in shown.items())
    return _Raw(field.INVALID, path, "", f"Invalid value: {{{text}}}: {detail}")


def _too_expensive(name: str, cost: int, limit: int) -> str:
    factor = cost / limit
    if factor > 100.0:
        text = "more than 100x"
    elif factor < 1.5:
        text = f"{factor:f}x"
    else:
        text = f"{factor:.1f}x"
    return f"{name} exceeds budget by factor of {text} {_ADVICE}"
