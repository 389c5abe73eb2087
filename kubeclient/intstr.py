"""apimachinery's `util/intstr`: whole numbers or texts, and percentages of a total."""

from __future__ import annotations

from kubeclient.apimachinery.intstr import *  # noqa: F403 - the same public names
from kubeclient.apimachinery.intstr import __all__  # noqa: F401  the list of public names
