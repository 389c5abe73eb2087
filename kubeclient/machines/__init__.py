"""Decisions without input or output: what to send, what came back, when to try again, what to keep."""
