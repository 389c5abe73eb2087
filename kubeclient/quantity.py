"""apimachinery's `resource`: exact quantities with suffixes."""

from __future__ import annotations

from kubeclient.apimachinery.quantity import *  # noqa: F403 - the same public names
from kubeclient.apimachinery.quantity import __all__  # noqa: F401  the list of public names
