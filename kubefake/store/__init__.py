"""The log of revisions: see `store.py`."""

from .store import CompactedError, FutureRevisionError, Snapshot, StaleVersionError, Store
from .table import Table
from .version import Version

__all__ = ["CompactedError", "FutureRevisionError", "Snapshot", "StaleVersionError", "Store", "Table", "Version"]
