"""The group apiextensions.k8s.io; what it has lives in `resources.crd`, with the kinds that definitions bring."""

from __future__ import annotations

from kubefake.resources.crd import STRATEGIES

__all__ = ["STRATEGIES"]
