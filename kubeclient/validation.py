"""apimachinery's `util/validation`: names, labels and other texts with rules."""

from __future__ import annotations

from kubeclient.apimachinery.validation import *  # noqa: F403 - the same public names
from kubeclient.apimachinery.validation import __all__  # noqa: F401  the list of public names
