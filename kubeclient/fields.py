"""apimachinery's `fields`: field selectors."""

from __future__ import annotations

from kubeclient.apimachinery.fields import *  # noqa: F403 - the same public names
from kubeclient.apimachinery.fields import __all__  # noqa: F401  the list of public names
