"""apimachinery's `labels`: label selectors."""

from __future__ import annotations

from kubeclient.apimachinery.labels import *  # noqa: F403 - the same public names
from kubeclient.apimachinery.labels import __all__  # noqa: F401  the list of public names
