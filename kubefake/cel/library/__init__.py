"""The functions of expressions, a module a library."""
