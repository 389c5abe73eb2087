"""apimachinery's `api/errors`: the errors that a server answers with, and the questions to ask of them."""

from __future__ import annotations

from kubeclient.apimachinery.errors import *  # noqa: F403 - the same public names
from kubeclient.apimachinery.errors import __all__  # noqa: F401  the list of public names
