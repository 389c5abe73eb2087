"""The feature gates that this process, or this part of it, goes by.

One set of gates for the process, which a program may replace as a whole before it uses the library; and for tests and
simulations, gates for a context, as runtimes are installed. Ported from client-go features and features/testing.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from kubeclient.machines.features import KNOWN_FEATURES, EnvironmentGates, FeatureSpec, Gates, latest_specs, parse_bool

__all__ = [
    "add_features_to_existing_feature_gates",
    "add_versioned_features_to_existing_feature_gates",
    "consistency_is_checked",
    "feature_gates",
    "mutations_are_detected",
    "replace_feature_gates",
    "set_feature_during_test",
    "use_feature_gates",
]

_LOG: Final = logging.getLogger("kubeclient.features")
_context: ContextVar[Gates | None] = ContextVar("kubeclient_feature_gates", default=None)


class _Process:
    """What holds for the process."""

    def __init__(self) -> None:
        self.gates: Gates = EnvironmentGates(latest_specs(KNOWN_FEATURES), lambda: os.environ)
        self.overridden: dict[tuple[int, str], str] = {}
        self.switches: dict[str, bool] = {}  # variables that were read: what changes later is not looked at


_process: Final = _Process()


def feature_gates() -> Gates:
    """The gates of this context, else those of the process."""
    return _context.get() or _process.gates


def consistency_is_checked() -> bool:
    """Whether KUBE_WATCHLIST_INCONSISTENCY_DETECTOR asks to compare streamed lists with plain ones."""
    return _switched("KUBE_WATCHLIST_INCONSISTENCY_DETECTOR")


def mutations_are_detected() -> bool:
    """Whether KUBE_CACHE_MUTATION_DETECTOR asks to look for changes of cached objects."""
    return _switched("KUBE_CACHE_MUTATION_DETECTOR")


def _switched(variable: str) -> bool:
    if variable not in _process.switches:
        text = os.environ.get(variable, "")
        try:
            _process.switches[variable] = parse_bool(text)
        except ValueError:
            _process.switches[variable] = False
    return _process.switches[variable]


def replace_feature_gates(gates: Gates) -> None:
    """Puts a program's own gates in place of the library's, for the whole process.

    Somebody may have gone by the old ones already; that is logged as an error.
    """
    current = _process.gates
    _process.gates = gates
    if isinstance(current, EnvironmentGates) and current.was_read:
        _LOG.error(
            "The default feature gates implementation has already been used and now it's being overwritten. "
            "This might lead to unexpected behaviour. Check your initialization order."
        )


@contextmanager
def use_feature_gates(gates: Gates) -> Iterator[Gates]:
    """Installs gates for what runs inside the `with` block, and for tasks started in it."""
    token = _context.set(gates)
    try:
        yield gates
    finally:
        _context.reset(token)


def add_features_to_existing_feature_gates(add: Callable[[Mapping[str, FeatureSpec]], Any]) -> None:
    """Tells a registry of features of this library's, as they are now."""
    add(latest_specs(KNOWN_FEATURES))


def add_versioned_features_to_existing_feature_gates(
    add: Callable[[Mapping[str, tuple[FeatureSpec, ...]]], Any],
) -> None:
    """Tells a registry of features of this library's, with what they were in earlier versions."""
    add(KNOWN_FEATURES)


@contextmanager
def set_feature_during_test(name: str, value: bool, *, test: str = "") -> Iterator[None]:
    """Turns a feature on or off inside the `with` block, even one that is locked, and leaves it as it was.

    `test` names who does so: another test that does the same at the same time is refused, one inside this one is not.

    Raises RuntimeError for that, TypeError when the gates cannot be set, LookupError for a feature that is not known.
    """
    gates = feature_gates()
    if not isinstance(gates, EnvironmentGates):
        raise TypeError(f"the feature gates {type(gates).__name__} cannot be set")
    before, was_set = gates.enabled(name), gates.is_set(name)
    key = (id(gates), name)
    other = _process.overridden.get(key)
    if other is not None and test != other and not test.startswith(f"{other}/"):
        raise RuntimeError(
            f'client-go feature "{name}" is currently overridden by "{other}" test and cannot be also modified by "{test}"'
        )
    gates.set(name, value, even_locked=True)
    _process.overridden[key] = other if other is not None else test
    try:
        yield
    finally:
        if other is None:
            del _process.overridden[key]
        if was_set:
            gates.set(name, before, even_locked=True)
        else:
            gates.unset(name)
