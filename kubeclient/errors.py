"""apimachinery's `api/errors`: the errors that a server answers with, and the questions to ask of them."""

from __future__ import annotations

from kubeclient.apimachinery import error_builders, error_predicates, status_error
from kubeclient.apimachinery.error_builders import *  # noqa: F403
from kubeclient.apimachinery.error_predicates import *  # noqa: F403
from kubeclient.apimachinery.status_error import *  # noqa: F403

# In the one form that type checkers follow.
__all__: list[str] = []
__all__ += error_builders.__all__
__all__ += error_predicates.__all__
__all__ += status_error.__all__
