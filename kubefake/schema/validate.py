"""Checking a value against a structural schema, with the server's errors in the server's order.

A schema is compiled once to a list of checks. Works on schemas rather than nodes, because allOf, anyOf, oneOf and not hold
schemas that are no types.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple, Protocol

from . import formats
from .node import UNSET

__all__ = ["Problem", "Validator", "compile_pattern", "compile_validator", "quote_value", "validate_lists"]

Schema = Mapping[str, Any]


class Problem(NamedTuple):
    """What is wrong with a field: the path, Kubernetes' reason, and the message after the path."""

    field: str
    reason: str
    message: str


class Validator(Protocol):
    """The checks of a schema; adds problems to the list. What equals `old`, the stored value, is not checked again."""

    def __call__(self, value: Any, path: str, problems: list[Problem], old: Any = UNSET) -> None: ...


Check = Callable[[Any, str, list[Problem], Any], None]

_INT64: Final = (-(2**63), 2**63 - 1)
_INT32: Final = (-(2**31), 2**31 - 1)
_NOWHERE: Final = "<nil>"


def quote_value(value: Any) -> str:
    """A value as field errors print it: JSON, with Go's spelling of numbers."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@functools.lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """An RE2 pattern as Python's. Raises re.error when it is not one."""
    text = re.sub(r"\\z", r"\\Z", pattern)
    for name, characters in _POSIX.items():
        text = text.replace(f"[:{name}:]", characters)
    text = re.sub(r"(?<!\\)\$$", r"\\Z", text)
    return re.compile(text, re.ASCII)


_POSIX: Final = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "xdigit": "0-9a-fA-F",
    "punct": r"!-/:-@\[-`{-~",
    "word": r"\w",
}


def compile_validator(schema: Schema) -> Validator:
    """The checks of a schema as one function of value, path and the list that it adds problems to."""
    checks = [check for build in _BUILDERS if (check := build(schema)) is not None]

    def validate(value: Any, path: str, problems: list[Problem], old: Any = UNSET) -> None:
        if old is not UNSET and value == old:
            return
        for check in checks:
            check(value, path, problems, old)

    return validate


def _json_type(value: Any) -> str:
    kind = type(value)
    if kind is int:
        return "integer" if _INT64[0] <= value <= _INT64[1] else "number"
    return _TYPES[kind]


_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): "null",
}


def _type(schema: Schema) -> Check | None:
    either = bool(schema.get("x-kubernetes-int-or-string"))
    wanted = "integer,string" if either else schema.get("type", "")
    if not wanted:
        return None
    accepted = {"integer", "string"} if either else {wanted, "integer"} if wanted == "number" else {wanted}
    nullable = bool(schema.get("nullable"))
    format = schema.get("format", "")

    def check(value: Any, path: str, problems: list[Problem], _old: Any) -> None:
        found = _json_type(value)
        if found == "null" and nullable:
            return
        if "integer" in accepted and wanted != "number" and type(value) in (int, float):
            _whole(value, found, path, problems)
            return
        if found not in accepted:
            _wrong_type(value, found, path, problems)
        elif wanted == "number" and format == "float" and abs(value) > 3.4028234663852886e38:
            problems.append(_nowhere(f"Checked value must be of type number with format float in {path}"))

    def _whole(value: Any, found: str, path: str, problems: list[Problem]) -> None:
        low, high = _INT32 if format == "int32" else _INT64
        if found != "integer" and not (type(value) is float and value.is_integer()):
            _wrong_type(value, found, path, problems)
            if either:
                return
        if type(value) is float or not low <= value <= high:
            what = f"with format {format}" if format in ("int32", "int64") else "(default format)"
            problems.append(_nowhere(f"Checked value must be of type integer {what} in {path}"))

    def _wrong_type(_value: Any, found: str, path: str, problems: list[Problem]) -> None:
        message = f'Invalid value: "{found}": {path} in body must be of type {wanted}: "{found}"'
        problems.append(Problem(path, "FieldValueTypeInvalid", message))

    return check


def _nowhere(message: str) -> Problem:
    return Problem(_NOWHERE, "FieldValueInvalid", f'Invalid value: "": {message}')


def _composed(schema: Schema) -> Check | None:
    any_of, one_of, all_of = (
        [compile_validator(part) for part in schema.get(key) or ()] for key in ("anyOf", "oneOf", "allOf")
    )
    negated = compile_validator(schema["not"]) if schema.get("not") is not None else None
    if not (any_of or one_of or all_of or negated):
        return None

    def failures(validators: list[Validator], value: Any, path: str) -> list[list[Problem]]:
        results = []
        for validator in validators:
            found: list[Problem] = []
            validator(value, path, found)
            results.append(found)
        return results

    def check(value: Any, path: str, problems: list[Problem], _old: Any) -> None:
        if any_of:
            results = failures(any_of, value, path)
            if all(results):
                problems.append(_nowhere(f'"{path}" must validate at least one schema (anyOf)'))
                problems += results[0]
        if one_of:
            results = failures(one_of, value, path)
            valid = sum(not found for found in results)
            if valid != 1:
                count = f"Found {valid} valid alternatives" if valid else "Found none valid"
                problems.append(_nowhere(f'"{path}" must validate one and only one schema (oneOf). {count}'))
                problems += results[0] if not valid else []
        if all_of:
            results = failures(all_of, value, path)
            for found in results:
                problems += found
            if any(results):
                tail = "" if not all(results) or len(results) == 1 else ". None validated"
                problems.append(_nowhere(f'"{path}" must validate all the schemas (allOf){tail}'))
        if negated is not None and not failures([negated], value, path)[0]:
            problems.append(_nowhere(f'"{path}" must not validate the schema (not)'))

    return check


def _string(schema: Schema) -> Check | None:
    longest, shortest = schema.get("maxLength"), schema.get("minLength")
    pattern = schema.get("pattern") or ""
    format = schema.get("format") or ""
    if longest is None and shortest is None and not pattern and not format:
        return None
    search = compile_pattern(pattern).search if pattern else None

    def check(value: Any, path: str, problems: list[Problem], _old: Any) -> None:
        if type(value) is not str:
            return
        if longest is not None and len(value) > longest:
            unit = "byte" if longest == 1 else "bytes"
            problems.append(Problem(path, "FieldValueTooLong", f"Too long: may not be more than {longest} {unit}"))
        if shortest is not None and len(value) < shortest:
            problems.append(_invalid(path, value, f"should be at least {shortest} chars long"))
        if search is not None and search(value) is None:
            problems.append(_invalid(path, value, f"should match '{pattern}'"))
        if format and not formats.matches(format, value):
            text = quote_value(value)
            message = f"Invalid value: {text}: {path} in body must be of type {format}: {text}"
            problems.append(Problem(path, "FieldValueTypeInvalid", message))

    return check


def _invalid(path: str, value: Any, what: str) -> Problem:
    return Problem(path, "FieldValueInvalid", f"Invalid value: {quote_value(value)}: {path} in body {what}")


def _number(schema: Schema) -> Check | None:
    multiple, highest, lowest = schema.get("multipleOf"), schema.get("maximum"), schema.get("minimum")
    if multiple is None and highest is None and lowest is None:
        return None
    below, above = bool(schema.get("exclusiveMaximum")), bool(schema.get("exclusiveMinimum"))
    step = Fraction(str(multiple)) if multiple else None

    def check(value: Any, path: str, problems: list[Problem], _old: Any) -> None:
        if type(value) is not int and type(value) is not float:
            return
        if step is not None and Fraction(str(value)) % step:
            problems.append(_invalid(path, value, f"should be a multiple of {multiple}"))
        if highest is not None and (value >= highest if below else value > highest):
            words = "less than" if below else "less than or equal to"
            problems.append(_invalid(path, value, f"should be {words} {highest}"))
        if lowest is not None and (value <= lowest if above else value < lowest):
            words = "greater than" if above else "greater than or equal to"
            problems.append(_invalid(path, value, f"should be {words} {lowest}"))

    return check


def _too_many(path: str, count: int, most: int) -> Problem:
    unit = "item" if most == 1 else "items"
    return Problem(path, "FieldValueTooMany", f"Too many: {count}: must have at most {most} {unit}")


def _array(schema: Schema) -> Check | None:
    most, least, items = schema.get("maxItems"), schema.get("minItems"), schema.get("items")
    if most is None and least is None and not isinstance(items, Mapping):
        return None
    each = compile_validator(items) if isinstance(items, Mapping) else None
    keys = tuple(schema.get("x-kubernetes-list-map-keys") or ())

    def check(value: Any, path: str, problems: list[Problem], old: Any) -> None:
        if type(value) is not list:
            return
        if each is not None:
            before = _by_keys(old, keys) if keys and type(old) is list else {}
            for index, item in enumerate(value):
                each(item, f"{path}[{index}]", problems, before.get(_identity(item, keys), UNSET))
        if least is not None and len(value) < least:
            problems.append(_invalid_count(path, len(value), f"should have at least {least} items"))
        if most is not None and len(value) > most:
            problems.append(_too_many(path, len(value), most))

    return check


def _identity(item: Any, keys: tuple[str, ...]) -> str:
    return json.dumps([item.get(key) for key in keys], sort_keys=True) if type(item) is dict else ""


def _by_keys(items: list[Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """The items of a list of type map by their keys."""
    return {_identity(item, keys): item for item in items if type(item) is dict}


def _invalid_count(path: str, count: int, what: str) -> Problem:
    return Problem(path, "FieldValueInvalid", f"Invalid value: {count}: {path} in body {what}")


def _enum(schema: Schema) -> Check | None:
    values = schema.get("enum")
    if not values:
        return None
    nullable = bool(schema.get("nullable"))
    supported = ", ".join(quote_value(item if type(item) is str else quote_value(item)) for item in values)

    def check(value: Any, path: str, problems: list[Problem], _old: Any) -> None:
        if value is None and nullable:
            return
        if not any(value == item and (type(value) is bool) == (type(item) is bool) for item in values):
            message = f"Unsupported value: {quote_value(value)}: supported values: {supported}"
            problems.append(Problem(path, "FieldValueNotSupported", message))

    return check


def _object(schema: Schema) -> Check | None:
    most, least = schema.get("maxProperties"), schema.get("minProperties")
    required = tuple(schema.get("required") or ())
    properties = {key: compile_validator(part) for key, part in (schema.get("properties") or {}).items()}
    extra = schema.get("additionalProperties")
    each = compile_validator(extra) if isinstance(extra, Mapping) else None
    if most is None and least is None and not (required or properties or each):
        return None

    def check(value: Any, path: str, problems: list[Problem], old: Any) -> None:
        if type(value) is not dict:
            return
        if least is not None and len(value) < least:
            problems.append(_invalid_count(path, len(value), f"should have at least {least} properties"))
        if most is not None and len(value) > most:
            problems.append(_too_many(path, len(value), most))
        for key in sorted(value):
            validator = properties.get(key, each)
            if validator is not None:
                before = old.get(key, UNSET) if type(old) is dict else UNSET
                validator(value[key], f"{path}.{key}" if path else key, problems, before)
        problems += [
            Problem(f"{path}.{key}" if path else key, "FieldValueRequired", "Required value")
            for key in required
            if key not in value
        ]

    return check


_BUILDERS: Final = (_type, _composed, _string, _number, _array, _enum, _object)


# --- lists of type set and map


def validate_lists(schema: Schema, value: Any, path: str = "") -> list[Problem]:
    """Items that occur twice in lists of type set or map, anywhere below."""
    problems: list[Problem] = []
    if type(value) is list and isinstance(items := schema.get("items"), Mapping):
        problems += _duplicates(schema, value, path)
        for index, item in enumerate(value):
            problems += validate_lists(items, item, f"{path}[{index}]")
    elif type(value) is dict:
        properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
        for key in sorted(value):
            child = properties.get(key, extra)
            if isinstance(child, Mapping):
                problems += validate_lists(child, value[key], f"{path}.{key}" if path else key)
    return problems


def _duplicates(schema: Schema, value: list[Any], path: str) -> list[Problem]:
    list_type = schema.get("x-kubernetes-list-type")
    if list_type not in ("set", "map"):
        return []
    names = schema.get("x-kubernetes-list-map-keys") or ()
    problems: list[Problem] = []
    if list_type == "map":
        odd = next((index for index, item in enumerate(value) if item is not None and type(item) is not dict), None)
        if odd is not None:
            message = f"Invalid value: {quote_value(value[odd])}: must be an object for an array of list-type map"
            return [Problem(f"{path}[{odd}]", "FieldValueInvalid", message)]
        value = [item or {} for item in value]
    seen: set[str] = set()
    reported: set[str] = set()
    for index, item in enumerate(value):
        shown = {name: item[name] for name in names if name in item} if list_type == "map" else item
        key = json.dumps(shown, sort_keys=True)
        if key in seen and key not in reported:
            reported.add(key)
            message = f"Duplicate value: {quote_value(dict(sorted(shown.items())) if type(shown) is dict else shown)}"
            problems.append(Problem(f"{path}[{index}]", "FieldValueDuplicate", message))
        seen.add(key)
    return problems
