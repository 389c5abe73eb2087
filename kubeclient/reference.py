"""client-go's `tools/reference`: references to objects."""

from __future__ import annotations

from kubeclient.machines.reference import NilObjectError, get_partial_reference, get_reference

__all__ = ["NilObjectError", "get_partial_reference", "get_reference"]
