"""Transports and wrappers of transports, written once; `kubeclient.transport._sync` is generated from them."""
