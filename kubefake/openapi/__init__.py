"""OpenAPI documents of what a registry serves."""

from __future__ import annotations

from .service import OpenAPI

__all__ = ["OpenAPI"]
