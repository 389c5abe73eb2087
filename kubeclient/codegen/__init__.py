"""Makes Python source of descriptions of API types: pure functions, from `description` to text.

Nothing of kubeclient imports this package when it runs; the builtin clients are made with it, as are those of anybody's types.
"""
