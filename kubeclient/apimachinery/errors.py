"""API errors: the exceptions, the builders and the predicates under the name Go's users know. Imports only."""

from __future__ import annotations

from .error_builders import *  # noqa: F403
from .error_builders import __all__ as _builders
from .error_predicates import *  # noqa: F403
from .error_predicates import __all__ as _predicates
from .status_error import *  # noqa: F403
from .status_error import __all__ as _types

__all__ = [*_builders, *_predicates, *_types]  # noqa: PLE0604  each is a list of names
