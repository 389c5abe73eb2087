"""client-go's util/csaupgrade: from client-side to server-side apply."""

from __future__ import annotations

from .machines.csa_upgrade import find_fields_owners, upgrade_managed_fields, upgrade_managed_fields_patch

__all__ = ["find_fields_owners", "upgrade_managed_fields", "upgrade_managed_fields_patch"]
