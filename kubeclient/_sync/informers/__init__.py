# generated from kubeclient/_async/informers/__init__.py by .ci/twin.py, do not edit
"""The informers of each group version; generated but for this file."""
