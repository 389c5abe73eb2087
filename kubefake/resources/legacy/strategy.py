"""A kind's habits as an old version of its API has them: other defaults, other fields, and a warning for whoever uses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.apimachinery.unstructured import deep_copy
from kubefake.resources.strategy import Context, FieldError, JSONObject, Strategy
from kubefake.schema.builtin import node_for
from kubefake.schema.decode import decode

__all__ = ["View", "seen_by"]

Change = Callable[[JSONObject], None]


@dataclass(frozen=True)
class View:
    """How a version differs from the one that is stored. All functions change the object they are given.

    Attributes:
        default: fills what decoding fills in this version and in no other; None: nothing.
        to_stored, from_stored: move what has another place or form. Fields that the other version does not have are left
            out afterwards, so that they need not be.
        alike: whether the stored version's defaulting understands objects of this one.
        forgives: errors of today's validation that this version did not know.
    """

    default: Change | None = None
    to_stored: Change | None = None
    from_stored: Change | None = None
    alike: bool = True
    forgives: Callable[[FieldError], bool] | None = None


def seen_by(
    base: Strategy, view: View, *, own: GroupVersion, stored: GroupVersion, kind: str, warning: str
) -> Strategy:
    """The strategy `base`, which is of version `stored`, as version `own` sees the kind."""
    seen_as: Any = type(f"Legacy{type(base).__name__}", (_Legacy, type(base)), {})  # what it does not differ in stays
    made: _Legacy = seen_as.__new__(seen_as)
    made.__dict__.update(base.__dict__)
    made.deprecation = warning
    made.base, made.view, made.own, made.stored, made.kind = base, view, own, stored, kind
    return made


class _Legacy(Strategy):
    base: Strategy
    view: View
    own: GroupVersion
    stored: GroupVersion
    kind: str

    def default(self, obj: JSONObject, version: str) -> None:  # noqa: ARG002
        if self.view.default is not None:
            self.view.default(obj)
        if self.view.alike:
            self.base.default(obj, self.stored.version)

    def convert(self, obj: JSONObject, version: str) -> JSONObject:  # noqa: ARG002  there is one to turn into
        """An object of this version as it is stored, a stored one as one of this version."""
        if self.own == self.stored:
            return obj
        storing = obj.get("apiVersion") == str(self.own)
        target = self.stored if storing else self.own
        change = self.view.to_stored if storing else self.view.from_stored
        if change is not None:
            obj = deep_copy(obj)
            change(obj)
        body = {key: value for key, value in obj.items() if key not in ("kind", "apiVersion")}
        result, _ = decode(node_for(target.group, target.version, self.kind), body)
        result.pop("kind", None)
        result.pop("apiVersion", None)
        result = {"kind": self.kind, "apiVersion": str(target), **result}
        if storing:
            self.base.default(result, self.stored.version)
        return result

    def validate(self, obj: JSONObject, context: Context) -> list[FieldError]:  # type: ignore[override]
        return self._forgiven(self.base.validate(obj, context))

    def validate_update(self, obj: JSONObject, old: JSONObject, context: Context) -> list[FieldError]:  # type: ignore[override]
        return self._forgiven(self.base.validate_update(obj, old, context))

    def _forgiven(self, found: list[FieldError]) -> list[FieldError]:
        forgives = self.view.forgives
        return found if forgives is None else [error for error in found if not forgives(error)]
