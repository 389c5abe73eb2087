"""Feature gates: what of this library is on, by default, by the environment, or by the program.

Values and decisions; the environment is handed in. Ported from client-go features/{features,envvar,known_features}.go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

__all__ = [
    "ALPHA",
    "BETA",
    "DEPRECATED",
    "GA",
    "KNOWN_FEATURES",
    "EnvironmentGates",
    "FeatureSpec",
    "Gates",
    "latest_specs",
    "parse_bool",
]

ALPHA: Final = "ALPHA"
BETA: Final = "BETA"
GA: Final = ""
DEPRECATED: Final = "DEPRECATED"

_LOG: Final = logging.getLogger("kubeclient.features")
_TRUE: Final = frozenset(("1", "t", "T", "true", "TRUE", "True"))
_FALSE: Final = frozenset(("0", "f", "F", "false", "FALSE", "False"))


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """What a feature is from a version on.

    Attributes:
        default: whether it is on when nobody says anything.
        stage: ALPHA, BETA, GA or DEPRECATED.
        version: the earliest version for which this is so, as "1.36"; empty: for all.
        locked: whether it stays as it is whatever anybody says.
    """

    default: bool
    stage: str = GA
    version: str = ""
    locked: bool = False


class Gates(Protocol):
    """What answers for features; a program may put its own in place of the library's."""

    def enabled(self, name: str) -> bool:
        """Whether a feature is on. Raises LookupError for one that is not known."""
        ...


KNOWN_FEATURES: Final[Mapping[str, tuple[FeatureSpec, ...]]] = {
    "AtomicFIFO": (FeatureSpec(True, BETA, "1.36"),),
    "ClientsAllowCARotation": (FeatureSpec(True, BETA, "1.36"),),
    "ClientsAllowCBOR": (FeatureSpec(False, ALPHA, "1.32"),),
    "ClientsAllowTLSCacheGC": (FeatureSpec(True, BETA, "1.36"),),
    "ClientsPreferCBOR": (FeatureSpec(False, ALPHA, "1.32"),),
    "InOrderInformers": (FeatureSpec(True, BETA, "1.33"), FeatureSpec(True, GA, "1.36", locked=True)),
    "InOrderInformersBatchProcess": (FeatureSpec(True, BETA, "1.35"),),
    "InformerResourceVersion": (FeatureSpec(False, ALPHA, "1.30"), FeatureSpec(True, GA, "1.35")),
    "UnlockWhileProcessingFIFO": (FeatureSpec(True, BETA, "1.36"),),
    "WatchListClient": (FeatureSpec(False, BETA, "1.30"), FeatureSpec(True, BETA, "1.35")),
}
"""client-go's features at 0.36, each with what it was and is, oldest first. Those that have no part here are known too."""


def latest_specs(features: Mapping[str, Sequence[FeatureSpec]]) -> dict[str, FeatureSpec]:
    """What each feature is now, without its version; features without anything are left out."""
    latest = {name: specs[-1] for name, specs in features.items() if specs}
    return {name: FeatureSpec(spec.default, spec.stage, "", spec.locked) for name, spec in latest.items()}


def parse_bool(text: str) -> bool:
    """strconv.ParseBool. Raises ValueError."""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(f'strconv.ParseBool: parsing "{text}": invalid syntax')


class EnvironmentGates:
    """Gates that read variables `KUBE_FEATURE_<name>`, once, when they are asked first.

    What is `set` goes before the environment, the environment before defaults. Not safe for threads that set; reading is.

    Args:
        features: the features that are known.
        environ: gives the variables when they are read.
    """

    def __init__(self, features: Mapping[str, FeatureSpec], environ: Callable[[], Mapping[str, str]]) -> None:
        self.known: Mapping[str, FeatureSpec] = dict(features)
        self._environ = environ
        self._given: dict[str, bool] | None = None
        self._set: dict[str, bool] = {}

    @property
    def was_read(self) -> bool:
        """Whether somebody has asked already."""
        return self._given is not None

    def enabled(self, name: str) -> bool:
        """Whether a feature is on. Raises LookupError for one that is not known."""
        given = self._given if self._given is not None else self._read()
        if name in self._set:
            return self._set[name]
        if name in given:
            return given[name]
        return self._spec(name).default

    def set(self, name: str, value: bool, *, even_locked: bool = False) -> None:
        """Turns a feature on or off; `even_locked` is for tests.

        Raises LookupError for one that is not known, ValueError for one that is locked to the other value.
        """
        spec = self._spec(name)
        if spec.locked and spec.default != value and not even_locked:
            wanted, locked = str(value).lower(), str(spec.default).lower()
            raise ValueError(f'cannot set feature gate "{name}" to {wanted}, feature is locked to {locked}')
        self._set[name] = value

    def unset(self, name: str) -> None:
        """Lets environment and defaults decide again."""
        self._set.pop(name, None)

    def is_set(self, name: str) -> bool:
        """Whether `set` decides."""
        return name in self._set

    def _spec(self, name: str) -> FeatureSpec:
        spec = self.known.get(name)
        if spec is None:
            raise LookupError(f'feature "{name}" is not registered in FeatureGates "kubeclient.features"')
        return spec

    def _read(self) -> dict[str, bool]:
        environ, given = self._environ(), {}
        for name, spec in self.known.items():
            text = environ.get(f"KUBE_FEATURE_{name}")
            if text is None:
                continue
            try:
                value = parse_bool(text)
            except ValueError as error:
                _LOG.error("Could not set feature gate: %s, feature %s, desired state %s", error, name, text)
                continue
            if spec.locked and value != spec.default:
                _LOG.error("Could not set feature gate, feature is locked: feature %s, desired state %s", name, text)
                continue
            given[name] = value
        self._given = given
        return given
