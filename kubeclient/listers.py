"""client-go's listers: reading from an informer's local copy."""

from __future__ import annotations

from .machines.lister import Lister, NamespaceLister

__all__ = ["Lister", "NamespaceLister"]
