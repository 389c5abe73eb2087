"""apimachinery's `util/validation/field`: what is wrong with which field."""

from __future__ import annotations

from kubeclient.apimachinery.field import *  # noqa: F403 - the same public names
from kubeclient.apimachinery.field import __all__  # noqa: F401  the list of public names
