# generated from kubeclient/_async/list_watch.py by .ci/twin.py, do not edit
"""A source for reflectors and informers made of two functions. Ported from client-go tools/cache/listwatch.go.

Where a client of a resource will do as it is, it is its own source.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from kubeclient.machines.options import ListKeywords, WatchKeywords
from kubeclient.runtime.calling import call

from .reflector import ListerWatcher
from .watch import Watch

__all__ = ["ListWatch"]


class ListWatch:
    """Lists and watches by calling functions, which take options as keywords.

    Args:
        list: gives a list with `items` and `metadata`.
        watch: gives a watch that was not opened yet.
        disable_chunking: asks for lists in one piece, whatever limit they are asked for with.
        supports_watch_list: whether the watch knows how to begin with what is there; a fake that does not keeps its
            reader waiting.
    """

    def __init__(
        self,
        list: Callable[..., Any],
        watch: Callable[..., Any],
        *,
        disable_chunking: bool = False,
        supports_watch_list: bool = True,
    ) -> None:
        self._list, self._watch = list, watch
        self._disable_chunking = disable_chunking
        self._supports_watch_list = supports_watch_list

    @classmethod
    def from_client(
        cls,
        client: ListerWatcher[Any],
        *,
        field_selector: str = "",
        modify: Callable[[dict[str, Any]], None] | None = None,
    ) -> ListWatch:
        """The objects of a client that a field selector selects, after a function has changed the options of each call."""

        def narrowed(options: dict[str, Any]) -> dict[str, Any]:
            if field_selector:
                options["field_selector"] = field_selector
            if modify is not None:
                modify(options)
            return options

        def list(**options: Any) -> Any:
            return client.list(**cast("ListKeywords", narrowed(options)))

        def watch(**options: Any) -> Watch[Any]:
            return client.watch(**cast("WatchKeywords", narrowed(options)))

        unsupported = getattr(client, "is_watch_list_semantics_unsupported", None)
        return cls(list, watch, supports_watch_list=unsupported is None or not unsupported())

    def list(self, **options: Any) -> Any:
        """Calls the list function."""
        if self._disable_chunking:
            options.pop("limit", None)
        return call(self._list, **options)

    def watch(self, **options: Any) -> Any:
        """Calls the watch function."""
        return self._watch(**options)

    def is_watch_list_semantics_unsupported(self) -> bool:
        """Whether lists cannot be streamed from here."""
        return not self._supports_watch_list
