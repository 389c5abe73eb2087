"""client-go's `util/jsonpath`: kubectl's templates over objects."""

from __future__ import annotations

from kubeclient.apimachinery.jsonpath import JSONPath, JSONPathError, find, relaxed_expression, render

__all__ = ["JSONPath", "JSONPathError", "find", "relaxed_expression", "render"]
