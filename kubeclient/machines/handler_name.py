"""What a handler of events is called in logs: by its class, or by the functions that it is made of.

Ported from client-go tools/cache/event_handler_name.go.
"""

from __future__ import annotations

from functools import partial
from typing import Any

__all__ = ["handler_name"]


def handler_name(handler: Any) -> str:
    """The class and its module; behind it the functions of a handler of functions, or whom a filter tells."""
    type_ = type(handler)
    name = f"{type_.__module__}.{type_.__qualname__}"
    inner = getattr(handler, "handler", None)
    if inner is not None and hasattr(inner, "on_add"):
        return f"{name}({handler_name(inner)})"
    functions = getattr(handler, "functions", None)
    if isinstance(functions, tuple):
        called = dict.fromkeys(_function_name(function) for function in functions if function is not None)
        return f"{name}({', '.join(called)})" if called else name
    return name


def _function_name(function: Any) -> str:
    while isinstance(function, partial):
        function = function.func
    owner = getattr(function, "__module__", None) or type(function).__module__
    return f"{owner}.{getattr(function, '__qualname__', type(function).__qualname__)}"
