"""Runs the validation rules of a custom kind on its objects.

Follows k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubeclient.apimachinery import field
from kubeclient.apimachinery.gotext import quote
from kubefake.cel.convert import converter
from kubefake.cel.declared import Declared, declare, escape, with_type_meta
from kubefake.cel.evaluator import CALL_LIMIT
from kubefake.cel.rules import CompiledRule, compile_rules
from kubefake.cel.values import NONE, CelError, CostExceeded, Optional
from kubefake.schema.node import UNSET
from kubefake.schema.validate import Problem

from .correlated import Correlated, by_keys, same_keys
from .fieldpath import field_path

__all__ = ["RuleValidator", "compile_validations"]

Schema = Mapping[str, Any]

_BUDGET: Final = 10_000_000
_LONGEST_MESSAGE: Final = 5 * 1024
_OUT_OF_BUDGET: Final = "validation failed due to running out of cost budget, no further validation rules will be run"
_NO_OVERLOAD: Final = "call arguments did not match a supported operator, function or macro signature for rule"


def compile_validations(schema: Schema, *, is_root: bool = True) -> RuleValidator | None:
    """What checks an object by the rules of its schema; None when there are none."""
    return _compiled(schema, declare(schema, is_root=is_root), is_root=is_root)


def _compiled(schema: Schema, declared: Declared | None, *, is_root: bool) -> RuleValidator | None:
    rules = compile_rules(list(schema.get("x-kubernetes-validations") or ()), declared) if declared is not None else []
    inner = declared.item if declared else None
    items = _child(schema.get("items"), inner)
    extra = _child(schema.get("additionalProperties"), inner)
    fields = _fields(schema, declared)
    if not (rules or items or extra or fields):
        return None
    return RuleValidator(schema, rules, items, extra, fields, is_root=is_root)


def _embedded(schema: Schema) -> bool:
    return bool(schema.get("x-kubernetes-embedded-resource"))


def _child(schema: Any, declared: Declared | None) -> RuleValidator | None:
    return _compiled(schema, declared, is_root=_embedded(schema)) if isinstance(schema, Mapping) else None


def _fields(schema: Schema, declared: Declared | None) -> dict[str, RuleValidator]:
    found = {}
    for name, child in (schema.get("properties") or {}).items():
        escaped = escape(name)
        if escaped is None:  # expressions cannot name it, but its own rules hold
            inner = declare(child, is_root=_embedded(child))
        else:
            inner = declared.fields.get(escaped) if declared is not None else None
        if (validator := _child(child, inner)) is not None:
            found[name] = validator
    return found


class _Run:
    """One validation of one object: what is wrong, and what may still be spent."""

    __slots__ = ("budget", "problems", "tolerated")

    def __init__(self) -> None:
        self.budget = _BUDGET
        self.problems: list[Problem] = []
        self.tolerated: list[str] = []

    def add(self, error: field.FieldError) -> None:
        self.problems.append(Problem(error.field, error.type, error.body))


class RuleValidator:
    """The rules at a place of a schema and below."""

    def __init__(
        self,
        schema: Schema,
        rules: list[CompiledRule],
        items: RuleValidator | None,
        extra: RuleValidator | None,
        fields: dict[str, RuleValidator],
        *,
        is_root: bool,
    ) -> None:
        self._schema = schema
        self._rules = rules
        self._paths = [field_path(rule.rule.get("fieldPath") or "", schema) or "" for rule in rules]
        self._items = items
        self._extra = extra
        self._fields = fields
        self._type = schema.get("type", "")
        self._convert = converter(with_type_meta(schema) if is_root else schema) if rules else None
        self._uses_old = any(rule.uses_old for rule in rules)
        self._list_keys = tuple(schema.get("x-kubernetes-list-map-keys") or ())
        self._is_map_list = schema.get("x-kubernetes-list-type") == "map"

    def problems(self, obj: Any, old: Any = UNSET, *, ratchets: bool = True) -> tuple[list[Problem], list[str]]:
        """What the rules find wrong with an object, and what of that it is forgiven, because it was so before.

        `old`: what it replaces. `ratchets`: what was wrong before is forgiven.
        """
        run = _Run()
        before = None if old is UNSET else old
        correlated = Correlated(self._schema, obj, old) if old is not UNSET and ratchets else None
        self._check(run, "", obj, before, correlated, None)
        return run.problems, run.tolerated

    def _check(
        self, run: _Run, path: str, value: Any, old: Any, now: Correlated | None, parent: Correlated | None
    ) -> None:
        if value is None:
            return
        if self._rules:
            self._evaluate(run, path, value, old, now if now is not None else parent)
        if run.budget < 0:
            return
        if type(value) is list and self._items is not None:
            self._check_items(run, path, value, old, now, parent)
        elif type(value) is dict:
            self._check_fields(run, path, value, old, now, parent)

    def _check_items(
        self, run: _Run, path: str, value: list[Any], old: Any, now: Correlated | None, parent: Correlated | None
    ) -> None:
        assert self._items is not None
        known = by_keys(old, self._list_keys) if self._is_map_list and type(old) is list else {}
        for index, item in enumerate(value):
            before = known.get(same_keys(item, self._list_keys)) if known else None
            child = now.index(index) if now is not None else None
            self._items._check(run, f"{path}[{index}]", item, before, child, now if now is not None else parent)
            if run.budget < 0:
                return

    def _check_fields(
        self, run: _Run, path: str, value: dict[str, Any], old: Any, now: Correlated | None, parent: Correlated | None
    ) -> None:
        before = old if type(old) is dict else {}
        above = now if now is not None else parent
        for name in sorted(value):
            validator = self._extra or self._fields.get(name)
            if validator is None:
                continue
            where = f"{path}[{name}]" if self._extra else f"{path}.{name}" if path else name
            child = now.key(name) if now is not None else None
            if now is not None and parent is None and name in ("apiVersion", "kind"):
                validator._check(run, where, value[name], before.get(name), None, None)
            else:
                validator._check(run, where, value[name], before.get(name), child, above)
            if run.budget < 0:
                return

    def _evaluate(self, run: _Run, path: str, value: Any, old: Any, correlated: Correlated | None) -> None:
        where = path or "<nil>"
        if run.budget <= 0:
            run.add(field.invalid(where, self._type, _OUT_OF_BUDGET))
            run.budget = -1
            return
        convert = self._convert
        try:
            self_value = value if convert is None else convert(value)
            old_value = old if convert is None or old is None or not self._uses_old else convert(old)
        except CelError as error:
            run.add(field.invalid(where, self._type, f"{error.args[0]} evaluating rule: {_name(self._rules[0].rule)}"))
            return
        for compiled, target in zip(self._rules, self._paths, strict=True):
            if compiled.program is None:
                continue
            optional = bool(compiled.rule.get("optionalOldSelf"))
            if compiled.uses_old and old is None and not optional:
                continue
            before = (NONE if old is None else Optional(old_value)) if optional else old_value
            if self._holds(run, where, compiled, self_value, before):
                continue
            if run.budget < 0:
                return
            self._report(run, where, target, compiled, value, (self_value, old_value), correlated)
            if run.budget < 0:
                return

    def _holds(self, run: _Run, where: str, compiled: CompiledRule, value: Any, before: Any) -> bool:
        """Whether a rule holds; errors are reported here, and count as holding."""
        assert compiled.program is not None
        try:
            result, cost = compiled.program.run(value, before)
        except CostExceeded:
            self._exceeded(run, where, compiled)
            return True
        except CelError as error:
            run.budget -= error.args[1]
            text = error.args[0]
            if text.startswith("no such overload"):
                detail = f"'{text}': {_NO_OVERLOAD}: {_name(compiled.rule)}"
            else:
                detail = f"{text} evaluating rule: {_name(compiled.rule)}"
            run.add(field.invalid(where, self._type, detail))
            return True
        if cost > run.budget:
            run.add(field.invalid(where, self._type, _OUT_OF_BUDGET))
            run.budget = -1
            return True
        run.budget -= cost
        return result is True

    def _exceeded(self, run: _Run, where: str, compiled: CompiledRule) -> None:
        if run.budget < CALL_LIMIT:
            run.add(field.invalid(where, self._type, _OUT_OF_BUDGET))
        else:
            text = "operation cancelled: actual cost limit exceeded"
            detail = f"'{text}': no further validation rules will be run due to call cost exceeds limit for rule: {_name(compiled.rule)}"
            run.add(field.invalid(where, self._type, detail))
        run.budget = -1

    def _report(
        self,
        run: _Run,
        where: str,
        target: str,
        compiled: CompiledRule,
        value: Any,
        values: tuple[Any, Any],
        correlated: Correlated | None,
    ) -> None:
        if target:
            where = f"{where}.{target}" if where != "<nil>" else target
        detail, failed = self._message(run, compiled, values)
        error = self._error(where, compiled, value, detail, failed=failed)
        if not compiled.uses_old and correlated is not None and correlated.unchanged:
            run.tolerated.append(str(error))
        else:
            run.add(error)

    def _error(self, where: str, compiled: CompiledRule, value: Any, detail: str, *, failed: bool) -> field.FieldError:
        if failed:
            return field.invalid(where, self._type, detail)
        shown = field.OMIT_VALUE if self._type in ("object", "array") else value
        reason = compiled.rule.get("reason")
        if reason == field.FORBIDDEN:
            return field.forbidden(where, detail)
        if reason == field.REQUIRED:
            return field.required(where, detail)
        return field.duplicate(where, shown) if reason == field.DUPLICATE else field.invalid(where, shown, detail)

    def _message(self, run: _Run, compiled: CompiledRule, values: tuple[Any, Any]) -> tuple[str, bool]:
        """What to say of a rule that does not hold, and whether saying it went wrong."""
        rule = compiled.rule
        default = (rule.get("message") or "").strip() or f"failed rule: {_name(rule)}"
        if compiled.message is None:
            return default, False
        source = rule["messageExpression"]
        try:
            text, cost = compiled.message.run(*values)
        except CostExceeded:
            run.budget = -1
            detail = "no further validation rules will be run due to call cost exceeds limit for messageExpression"
            return f"{detail}: {quote(source)}", True
        except CelError as error:
            run.budget -= error.args[1]
            return default, False
        if cost > run.budget:
            run.budget = -1
            return (
                "messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run",
                True,
            )
        run.budget -= cost
        text = text.strip()
        good = text and "\n" not in text and len(text.encode()) <= _LONGEST_MESSAGE
        return (text if good else default), False


def _name(rule: Schema) -> str:
    return str((rule.get("message") or "").strip() or rule["rule"].strip())
