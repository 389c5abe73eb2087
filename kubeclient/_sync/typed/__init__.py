# generated from kubeclient/_async/typed/__init__.py by .ci/twin.py, do not edit
"""Typed clients, one module a group version."""
