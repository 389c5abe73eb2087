"""apimachinery's `api/errors`: the errors that a server answers with, and the questions to ask of them."""

from __future__ import annotations

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.errors import *  # noqa: F403 - the same public names

# In a form that type checkers follow.
__all__: list[str] = []
__all__ += errors.__all__
