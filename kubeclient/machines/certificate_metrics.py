"""What a certificate manager tells of itself."""

from __future__ import annotations

__all__ = ["CertificateMetrics"]


class CertificateMetrics:
    """Hooks that a manager calls. A subclass overrides those it wants; each returns at once and raises nothing."""

    def rotated(self, seconds: float) -> None:
        """A certificate was replaced that had been valid for so long."""

    def renew_failed(self) -> None:
        """An attempt to get a certificate came to nothing."""
