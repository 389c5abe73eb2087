"""apimachinery's `meta`: what every object carries, on models and objects without types."""

from __future__ import annotations

from kubeclient.apimachinery.meta import *  # noqa: F403 - the same public names
from kubeclient.apimachinery.meta import __all__  # noqa: F401  the list of public names
