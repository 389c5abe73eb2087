"""Typed clients, one module a group version."""
