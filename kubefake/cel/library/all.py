"""Every function that expressions of custom resources may use."""

from __future__ import annotations

from typing import Final

from kubefake.cel import types
from kubefake.cel.overloads import named, table

from .authorization import AUTHORIZATION
from .formats import FORMATS
from .lists import LISTS
from .network import NETWORK
from .optionals import OPTIONALS
from .quantities import QUANTITIES
from .semver import SEMVER
from .standard import STANDARD
from .strings import STRINGS
from .times import TIMES
from .urls import URLS

__all__ = ["FUNCTIONS", "TYPE_NAMES"]

FUNCTIONS: Final = table(
    STANDARD, TIMES, OPTIONALS, URLS, LISTS, STRINGS, QUANTITIES, NETWORK, FORMATS, SEMVER, AUTHORIZATION
)

TYPE_NAMES: Final = {
    **{name: named(name) for name in ("bool", "bytes", "double", "int", "string", "uint")},
    "null_type": types.NULL,
    "google.protobuf.Duration": types.DURATION,
    "google.protobuf.Timestamp": types.TIMESTAMP,
    "list": named("list(A)"),
    "map": named("map(A, B)"),
    "type": types.TYPE,
    "optional_type": named("optional(V)"),
    **{name: named(name) for name in ("net.IP", "net.CIDR")},
}
"""The names that stand for types."""
