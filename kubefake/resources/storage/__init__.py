"""The storage.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.storage import defaults, validation
from kubefake.resources.strategy import Strategy

__all__ = ["STRATEGIES"]

_GROUP = "storage.k8s.io"


STRATEGIES: Mapping[str, Strategy] = {
    "csidrivers": BuiltinStrategy(_GROUP, "csidrivers", default=defaults.default_driver),
    "csinodes": BuiltinStrategy(_GROUP, "csinodes"),
    "csistoragecapacities": BuiltinStrategy(_GROUP, "csistoragecapacities"),
    "storageclasses": BuiltinStrategy(
        _GROUP,
        "storageclasses",
        default=defaults.default_class,
        check=validation.check_class,
        check_update=validation.check_class_update,
    ),
    "volumeattachments": BuiltinStrategy(_GROUP, "volumeattachments"),
    "volumeattributesclasses": BuiltinStrategy(_GROUP, "volumeattributesclasses"),
}
