"""apimachinery's `unstructured`: objects without types, helpers that reach into them, and the way to models and back."""

from __future__ import annotations

from kubeclient.apimachinery.unstructured import (
    Unstructured,
    UnstructuredList,
    deep_copy,
    nested_bool,
    nested_field,
    nested_float,
    nested_int,
    nested_list,
    nested_map,
    nested_number_as_float,
    nested_str,
    nested_str_list,
    nested_str_map,
    remove_nested_field,
    set_nested_field,
)
from kubeclient.machines.converter import (
    StrictDecodingError,
    from_unstructured,
    from_unstructured_list,
    to_unstructured,
    to_unstructured_list,
)

__all__ = [
    "StrictDecodingError",
    "Unstructured",
    "UnstructuredList",
    "deep_copy",
    "from_unstructured",
    "from_unstructured_list",
    "nested_bool",
    "nested_field",
    "nested_float",
    "nested_int",
    "nested_list",
    "nested_map",
    "nested_number_as_float",
    "nested_str",
    "nested_str_list",
    "nested_str_map",
    "remove_nested_field",
    "set_nested_field",
    "to_unstructured",
    "to_unstructured_list",
]
