"""The functions of the language itself.

Follows github.com/google/cel-go/common/stdlib/standard.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from kubefake.cel import operations as do
from kubefake.cel.overloads import Overload, function, method
from kubefake.cel.patterns import compile_pattern
from kubefake.cel.values import CelError

from . import conversions as to

__all__ = ["STANDARD", "item_at"]

_ORDERED: Final = (
    ("bool", "bool", "bool"),
    ("int64", "int", "int"),
    ("int64_double", "int", "double"),
    ("int64_uint64", "int", "uint"),
    ("uint64", "uint", "uint"),
    ("uint64_double", "uint", "double"),
    ("uint64_int64", "uint", "int"),
    ("double", "double", "double"),
    ("double_int64", "double", "int"),
    ("double_uint64", "double", "uint"),
    ("string", "string", "string"),
    ("bytes", "bytes", "bytes"),
    ("timestamp", "timestamp", "timestamp"),
    ("duration", "duration", "duration"),
)


def _comparisons() -> Iterator[Overload]:
    operators: tuple[tuple[str, str, Callable[[Any, Any], bool]], ...] = (
        ("_<_", "less", do.less),
        ("_<=_", "less_equals", lambda a, b: not do.less(b, a)),
        ("_>_", "greater", lambda a, b: do.less(b, a)),
        ("_>=_", "greater_equals", lambda a, b: not do.less(a, b)),
    )
    for name, prefix, implementation in operators:
        for suffix, left, right in _ORDERED:
            yield function(name, f"{prefix}_{suffix}", f"{left}; {right} -> bool", implementation)


def _size(value: Any) -> int:
    return len(value)


def _sizes() -> Iterator[Overload]:
    for name, kind in (("bytes", "bytes"), ("list", "list(A)"), ("map", "map(A, B)"), ("string", "string")):
        yield function("size", f"size_{name}", f"{kind} -> int", _size)
        yield method("size", f"{name}_size", f"{kind} -> int", _size)


def item_at(items: list[Any], index: Any) -> Any:
    """items[index]. Raises CelError."""
    if isinstance(index, float) and index.is_integer():
        index = int(index)
    if isinstance(index, bool) or not isinstance(index, int):
        raise CelError(f"unsupported index type '{to.type_text(index)}' in list")
    if not 0 <= index < len(items):
        raise CelError(f"index out of bounds: {index}")
    return items[index]


def _contains(needle: Any, items: list[Any]) -> bool:
    return any(do.equal(needle, item) for item in items)


def _has_key(needle: Any, of: dict[Any, Any]) -> bool:
    try:
        return do.map_key(needle) in of
    except CelError:
        return False


def _matches(text: str, pattern: str) -> bool:
    return compile_pattern(pattern).search(text) is not None


def _logic(*_: Any) -> Any:
    raise AssertionError("logic is compiled")


def _inserted(of: dict[Any, Any], key: Any, value: Any) -> dict[Any, Any]:
    kept = do.map_key(key)
    if kept in of:
        raise CelError(f"insert failed: key {do.shown(key)} already exists")
    return {**of, kept: value}


def _merged(of: dict[Any, Any], more: dict[Any, Any]) -> dict[Any, Any]:
    for key in more:
        if key in of:
            raise CelError(f"insert failed: key {do.shown(do.plain_key(key))} already exists")
    return {**of, **more}


STANDARD: Final[tuple[Overload, ...]] = (
    function("_?_:_", "conditional", "bool; A; A -> A", _logic),
    function("_&&_", "logical_and", "bool; bool -> bool", _logic),
    function("_||_", "logical_or", "bool; bool -> bool", _logic),
    function("!_", "logical_not", "bool -> bool", lambda a: not a),
    function("@not_strictly_false", "not_strictly_false", "bool -> bool", _logic),
    function("_==_", "equals", "A; A -> bool", do.equal),
    function("_!=_", "not_equals", "A; A -> bool", lambda a, b: not do.equal(a, b)),
    function("_+_", "add_bytes", "bytes; bytes -> bytes", lambda a, b: a + b),
    function("_+_", "add_double", "double; double -> double", lambda a, b: a + b),
    function("_+_", "add_duration_duration", "duration; duration -> duration", do.add_durations),
    function("_+_", "add_duration_timestamp", "duration; timestamp -> timestamp", do.move_later),
    function("_+_", "add_timestamp_duration", "timestamp; duration -> timestamp", do.move_later),
    function("_+_", "add_int64", "int; int -> int", do.add_int),
    function("_+_", "add_list", "list(A); list(A) -> list(A)", do.joined),
    function("_+_", "add_string", "string; string -> string", lambda a, b: a + b),
    function("_+_", "add_uint64", "uint; uint -> uint", do.add_uint),
    function("_/_", "divide_double", "double; double -> double", do.divide_double),
    function("_/_", "divide_int64", "int; int -> int", do.divide_int),
    function("_/_", "divide_uint64", "uint; uint -> uint", do.divide_uint),
    function("_%_", "modulo_int64", "int; int -> int", do.modulo_int),
    function("_%_", "modulo_uint64", "uint; uint -> uint", do.modulo_uint),
    function("_*_", "multiply_double", "double; double -> double", lambda a, b: a * b),
    function("_*_", "multiply_int64", "int; int -> int", do.multiply_int),
    function("_*_", "multiply_uint64", "uint; uint -> uint", do.multiply_uint),
    function("-_", "negate_double", "double -> double", lambda a: -a),
    function("-_", "negate_int64", "int -> int", do.negate_int),
    function("_-_", "subtract_double", "double; double -> double", lambda a, b: a - b),
    function("_-_", "subtract_duration_duration", "duration; duration -> duration", do.subtract_durations),
    function("_-_", "subtract_int64", "int; int -> int", do.subtract_int),
    function("_-_", "subtract_timestamp_duration", "timestamp; duration -> timestamp", do.move_earlier),
    function("_-_", "subtract_timestamp_timestamp", "timestamp; timestamp -> duration", do.time_between),
    function("_-_", "subtract_uint64", "uint; uint -> uint", do.subtract_uint),
    *_comparisons(),
    function("_[_]", "index_list", "list(A); int -> A", item_at),
    function("_[_]", "index_map", "map(A, B); A -> B", do.find_key),
    function("@in", "in_list", "A; list(A) -> bool", _contains),
    function("@in", "in_map", "A; map(A, B) -> bool", _has_key),
    *_sizes(),
    function("type", "type", "A -> type(A)", to.type_of_value),
    function("dyn", "to_dyn", "A -> dyn", lambda value: value),
    function("bool", "bool_to_bool", "bool -> bool", lambda value: value),
    function("bool", "string_to_bool", "string -> bool", to.bool_of),
    function("bytes", "bytes_to_bytes", "bytes -> bytes", lambda value: value),
    function("bytes", "string_to_bytes", "string -> bytes", lambda value: value.encode()),
    function("double", "double_to_double", "double -> double", lambda value: value),
    function("double", "int64_to_double", "int -> double", float),
    function("double", "string_to_double", "string -> double", to.double_of),
    function("double", "uint64_to_double", "uint -> double", float),
    function("duration", "duration_to_duration", "duration -> duration", lambda value: value),
    function("duration", "string_to_duration", "string -> duration", to.duration_of),
    function("int", "int64_to_int64", "int -> int", lambda value: value),
    function("int", "double_to_int64", "double -> int", to.int_of_double),
    function("int", "duration_to_int64", "duration -> int", int),
    function("int", "string_to_int64", "string -> int", to.int_of),
    function("int", "timestamp_to_int64", "timestamp -> int", lambda value: int(value) // 10**9),
    function("int", "uint64_to_int64", "uint -> int", to.int_of_uint),
    function("string", "string_to_string", "string -> string", lambda value: value),
    function("string", "bool_to_string", "bool -> string", to.text_of),
    function("string", "bytes_to_string", "bytes -> string", to.text_of_bytes),
    function("string", "double_to_string", "double -> string", to.text_of),
    function("string", "duration_to_string", "duration -> string", to.text_of),
    function("string", "int64_to_string", "int -> string", to.text_of),
    function("string", "timestamp_to_string", "timestamp -> string", to.text_of),
    function("string", "uint64_to_string", "uint -> string", to.text_of),
    function("timestamp", "timestamp_to_timestamp", "timestamp -> timestamp", lambda value: value),
    function("timestamp", "int64_to_timestamp", "int -> timestamp", to.timestamp_of_seconds),
    function("timestamp", "string_to_timestamp", "string -> timestamp", to.timestamp_of),
    function("uint", "uint64_to_uint64", "uint -> uint", lambda value: value),
    function("uint", "double_to_uint64", "double -> uint", to.uint_of_double),
    function("uint", "int64_to_uint64", "int -> uint", to.uint_of_int),
    function("uint", "string_to_uint64", "string -> uint", to.uint_of),
    method("contains", "contains_string", "string; string -> bool", lambda text, part: part in text),
    method("endsWith", "ends_with_string", "string; string -> bool", lambda text, part: text.endswith(part)),
    method("startsWith", "starts_with_string", "string; string -> bool", lambda text, part: text.startswith(part)),
    method("matches", "matches_string", "string; string -> bool", _matches),
    function("matches", "matches", "string; string -> bool", _matches),
    function("cel.@mapInsert", "@mapInsert_map_key_value", "map(K, V); K; V -> map(K, V)", _inserted),
    function("cel.@mapInsert", "@mapInsert_map_map", "map(K, V); map(K, V) -> map(K, V)", _merged),
)
