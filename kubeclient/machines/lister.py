"""Reads from an informer's local copy as one would read from the server.

What a lister returns is shared with everybody else who reads the same copy: copy an object before changing it. It may be
older than what the server holds.

Follows client-go listers/generic_helpers.go and tools/cache/listers.go, v0.36.
"""

from __future__ import annotations

import logging
from typing import Generic, TypeVar

from kubeclient.apimachinery import errors, labels
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.apimachinery.labels import Selector
from kubeclient.apimachinery.meta import labels_of

from .indexer import NAMESPACE_INDEX, Indexer

__all__ = ["Lister", "NamespaceLister"]

T = TypeVar("T")

logger = logging.getLogger("kubeclient.lister")


def _matching(objects: list[T], selector: Selector | str | None) -> list[T]:
    if selector is None or selector == "":
        return objects
    if isinstance(selector, str):
        selector = labels.parse(selector)
    return [obj for obj in objects if selector.matches(labels_of(obj) or {})]


class Lister(Generic[T]):
    """The objects of a collection, over all namespaces."""

    def __init__(self, indexer: Indexer[T], resource: GroupResource) -> None:
        self._indexer = indexer
        self._resource = resource

    def list(self, label_selector: Selector | str | None = None) -> list[T]:
        """The objects whose labels match; all without a selector. Raises ValueError for a selector that does not parse."""
        return _matching(self._indexer.list(), label_selector)

    def get(self, name: str) -> T:
        """The cluster-scoped object of that name. Raises NotFound."""
        return self._get(name, name)

    def namespace(self, namespace: str) -> NamespaceLister[T]:
        """The same for one namespace."""
        return NamespaceLister(self, namespace)

    def _get(self, key: str, name: str) -> T:
        obj = self._indexer.get_by_key(key)
        if obj is None:
            raise errors.new_not_found(self._resource, name)
        return obj


class NamespaceLister(Generic[T]):
    """The objects of a collection in one namespace."""

    def __init__(self, lister: Lister[T], namespace: str) -> None:
        self._lister = lister
        self._namespace = namespace

    def list(self, label_selector: Selector | str | None = None) -> list[T]:
        """The objects of the namespace whose labels match; all without a selector."""
        indexer = self._lister._indexer
        if NAMESPACE_INDEX in indexer.indexers:
            return _matching(indexer.by_index(NAMESPACE_INDEX, self._namespace), label_selector)
        logger.warning("there is no index by namespace: every object is looked at to list %s", self._lister._resource)
        prefix = f"{self._namespace}/"
        found = [indexer.get_by_key(key) for key in indexer.list_keys() if key.startswith(prefix)]
        return _matching([obj for obj in found if obj is not None], label_selector)

    def get(self, name: str) -> T:
        """The object of that name in the namespace. Raises NotFound."""
        return self._lister._get(f"{self._namespace}/{name}", name)
