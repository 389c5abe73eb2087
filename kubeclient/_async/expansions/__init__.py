"""Calls that client-go writes by hand, beside the generated ones: one module a group."""
