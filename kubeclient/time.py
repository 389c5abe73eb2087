"""apimachinery's `Time` and `MicroTime`: moments as the API writes them."""

from __future__ import annotations

from kubeclient.apimachinery.times import *  # noqa: F403 - the same public names
from kubeclient.apimachinery.times import __all__  # noqa: F401  the list of public names
