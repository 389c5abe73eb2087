"""Merging: the three kinds of patches, and who owns which field. Pure functions over plain dicts and nodes."""
