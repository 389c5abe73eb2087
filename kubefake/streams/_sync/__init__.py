# generated from kubefake/streams/_async/__init__.py by .ci/twin.py, do not edit
"""What handlers hold in their hands, for `def` handlers; `_sync` is its twin, for plain functions."""
