# generated from kubeclient/transport/_async/__init__.py by .ci/twin.py, do not edit
"""Transports and wrappers of transports, written once; `kubeclient.transport._sync` is generated from them."""
