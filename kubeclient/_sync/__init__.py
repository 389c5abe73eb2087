# generated from kubeclient/_async/__init__.py by .ci/twin.py, do not edit
"""The drivers: clients that obey the machines, written once for threads; the twin for threads is generated from them."""
