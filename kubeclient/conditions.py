"""apimachinery's `api/meta` for conditions: finding, setting and removing them."""

from __future__ import annotations

from kubeclient.apimachinery.conditions import *  # noqa: F403 - the same public names
from kubeclient.apimachinery.conditions import __all__  # noqa: F401  the list of public names
