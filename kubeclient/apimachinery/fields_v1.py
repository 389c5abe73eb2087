"""A set of fields as managedFields writes it: JSON that is kept as it came, because hardly anybody looks into it.

It is a good half of what a small object consists of. This module knows nothing of models, and does not know what the
elements of a set mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["FieldsV1"]


class FieldsV1(bytes):
    """The JSON of a set of fields, as `FieldsV1.Raw` of k8s.io/apimachinery/pkg/apis/meta/v1 is.

    Immutable, so that copies share it; equal when the bytes are.

    Example:
        >>> FieldsV1.of({"f:data": {"f:key": {}}})
        FieldsV1(b'{"f:data":{"f:key":{}}}')
        >>> FieldsV1(b'{"f:data":{"f:key":{}}}').fields()
        {'f:data': {'f:key': {}}}
    """

    __slots__ = ()

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> FieldsV1:
        """A set from the tree of its elements."""
        return cls(msgspec.json.encode(fields))

    def fields(self) -> dict[str, Any]:
        """The tree of its elements, decoded anew every time. Raises msgspec.DecodeError (a ValueError) for other bytes."""
        return msgspec.json.decode(self or b"{}", type=dict[str, Any])

    def __repr__(self) -> str:
        return f"FieldsV1({bytes(self)!r})"
