# generated from kubeclient/_async/expansions/__init__.py by .ci/twin.py, do not edit
"""Calls that client-go writes by hand, beside the generated ones: one module a group."""
