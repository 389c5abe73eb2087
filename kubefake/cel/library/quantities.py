"""Quantities.

Follows k8s.io/apiserver/pkg/cel/library/quantity.go.
"""

from __future__ import annotations

from typing import Any, Final

from kubeclient.apimachinery.quantity import Quantity
from kubefake.cel.overloads import Overload, function, method
from kubefake.cel.values import CelError

__all__ = ["QUANTITIES"]

_LIMIT: Final = 2**63


class Amount:
    """A quantity as a value of an expression."""

    __slots__ = ("quantity",)
    type_name = "kubernetes.Quantity"

    def __init__(self, quantity: Quantity) -> None:
        self.quantity = quantity

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Amount) and self.quantity.cmp(other.quantity) == 0

    def __hash__(self) -> int:
        return hash(self.quantity)


def _amount(text: str) -> Amount:
    try:
        return Amount(Quantity(text))
    except ValueError as error:
        raise CelError(str(error)) from None


def _is_quantity(text: str) -> bool:
    try:
        Quantity(text)
    except ValueError:
        return False
    return True


def _whole(amount: Amount) -> int | None:
    value = amount.quantity.as_fraction()
    return int(value) if value.denominator == 1 and -_LIMIT <= value < _LIMIT else None


def _as_integer(amount: Amount) -> int:
    value = _whole(amount)
    if value is None:
        raise CelError("cannot convert value to integer")
    return value


def _add(amount: Amount, other: Any) -> Amount:
    return Amount(amount.quantity + (other.quantity if isinstance(other, Amount) else Quantity(other)))


def _sub(amount: Amount, other: Any) -> Amount:
    return Amount(amount.quantity - (other.quantity if isinstance(other, Amount) else Quantity(other)))


_Q: Final = "kubernetes.Quantity"

QUANTITIES: Final[tuple[Overload, ...]] = (
    function("quantity", "string_to_quantity", f"string -> {_Q}", _amount),
    function("isQuantity", "is_quantity_string", "string -> bool", _is_quantity),
    function("sign", "quantity_sign", f"{_Q} -> int", lambda amount: amount.quantity.sign),
    method(
        "isGreaterThan", "quantity_is_greater_than", f"{_Q}; {_Q} -> bool", lambda a, b: a.quantity.cmp(b.quantity) > 0
    ),
    method("isLessThan", "quantity_is_less_than", f"{_Q}; {_Q} -> bool", lambda a, b: a.quantity.cmp(b.quantity) < 0),
    method("compareTo", "quantity_compare_to", f"{_Q}; {_Q} -> int", lambda a, b: a.quantity.cmp(b.quantity)),
    method("asApproximateFloat", "quantity_get_float", f"{_Q} -> double", lambda amount: float(amount.quantity)),
    method("asInteger", "quantity_get_int", f"{_Q} -> int", _as_integer),
    method("isInteger", "quantity_is_integer", f"{_Q} -> bool", lambda amount: _whole(amount) is not None),
    method("add", "quantity_add", f"{_Q}; {_Q} -> {_Q}", _add),
    method("add", "quantity_add_int", f"{_Q}; int -> {_Q}", _add),
    method("sub", "quantity_sub", f"{_Q}; {_Q} -> {_Q}", _sub),
    method("sub", "quantity_sub_int", f"{_Q}; int -> {_Q}", _sub),
)
