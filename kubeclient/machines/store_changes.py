"""Changes of a store that are made together, and what can be wrong with a change. Values only."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

__all__ = ["ObjectKeyError", "Transaction", "TransactionError", "TransactionType"]


class ObjectKeyError(ValueError):
    """An object has no key.

    Attributes:
        obj: the object.
        cause: what the key function raised.
    """

    def __init__(self, obj: Any, cause: Exception) -> None:
        super().__init__(f"couldn't create key for object {obj!r}: {cause}")
        self.obj, self.cause = obj, cause
        self.__cause__ = cause


class TransactionType(Enum):
    """What a transaction does with its object."""

    ADD = "Add"
    UPDATE = "Update"
    DELETE = "Delete"


class Transaction(NamedTuple):
    """One change of several that are made together."""

    type: TransactionType
    obj: Any


class TransactionError(Exception):
    """Some changes were not made.

    Attributes:
        total: how many were asked for.
        successful: the places of those that were made.
        errors: why the others were not.
    """

    def __init__(self, total: int, successful: list[int], errors: list[Exception]) -> None:
        super().__init__(f"failed to execute ({total - len(successful)}/{total}) transactions: {errors}")
        self.total, self.successful, self.errors = total, successful, errors
