"""client-go's `restmapper`: from kinds to resources and back."""

from __future__ import annotations

from kubeclient._async.restmapper import (
    AsyncCategoryExpander,
    AsyncDiscoveryCategoryExpander,
    AsyncRESTMapper,
    AsyncUnionCategoryExpander,
)
from kubeclient._sync.restmapper import CategoryExpander, DiscoveryCategoryExpander, RESTMapper, UnionCategoryExpander
from kubeclient.machines.restmapper import ResourceMap, RESTMapping, SimpleCategoryExpander, guess_kind_to_resource
from kubeclient.machines.restmapper_errors import (
    AmbiguousKindError,
    AmbiguousMatchError,
    AmbiguousResourceError,
    NoKindMatchError,
    NoMatchError,
    NoResourceMatchError,
    is_ambiguous_error,
    is_no_match_error,
)

__all__ = [
    "AmbiguousKindError",
    "AmbiguousMatchError",
    "AmbiguousResourceError",
    "AsyncCategoryExpander",
    "AsyncDiscoveryCategoryExpander",
    "AsyncRESTMapper",
    "AsyncUnionCategoryExpander",
    "CategoryExpander",
    "DiscoveryCategoryExpander",
    "NoKindMatchError",
    "NoMatchError",
    "NoResourceMatchError",
    "RESTMapper",
    "RESTMapping",
    "ResourceMap",
    "SimpleCategoryExpander",
    "UnionCategoryExpander",
    "guess_kind_to_resource",
    "is_ambiguous_error",
    "is_no_match_error",
]
