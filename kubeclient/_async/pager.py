"""Long lists, read page by page. Ported from client-go tools/pager."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Generic, TypeVar, Unpack

from kubeclient.apimachinery.errors import StatusError
from kubeclient.apimachinery.unstructured import UnstructuredList
from kubeclient.machines.options import ListKeywords
from kubeclient.machines.pager import DEFAULT_PAGE_SIZE, PageCursor

__all__ = ["AsyncListPager"]

L = TypeVar("L")


class AsyncListPager(Generic[L]):
    """Reads a list in pages.

    Args:
        page: reads one page; the `list` of any client.
        page_size: how many objects a page has.
        full_list_if_expired: read the whole list at once when the server forgets the list half way.
    """

    def __init__(
        self,
        page: Callable[..., Awaitable[L]],
        *,
        page_size: int = DEFAULT_PAGE_SIZE,
        full_list_if_expired: bool = True,
    ) -> None:
        self._page = page
        self._page_size = page_size
        self._full_list_if_expired = full_list_if_expired

    async def list(self, **options: Unpack[ListKeywords]) -> tuple[L, bool]:
        """The whole list, and whether it came in several pages.

        The list is the one the server sent, or the first page with the items of all and no continuation.
        """
        cursor = PageCursor(options, page_size=self._page_size, full_list_if_expired=self._full_list_if_expired)
        whole: Any = None
        while True:
            try:
                page: Any = await self._page(**cursor.keywords)
            except StatusError as error:
                if not cursor.failed(error):
                    raise
                whole = None
                continue
            if whole is None:
                whole = page
            else:
                whole.items.extend(page.items)
            cursor.took(_continuation(page))
            if cursor.done:
                if cursor.paginated:
                    _clear_continuation(whole)
                return whole, cursor.paginated

    async def each_list_item(self, **options: Unpack[ListKeywords]) -> AsyncIterator[Any]:
        """The objects of the list, one by one; the next page is read when it is needed."""
        cursor = PageCursor(options, page_size=self._page_size, full_list_if_expired=False)
        while not cursor.done:
            page: Any = await self._page(**cursor.keywords)
            for item in page.items:
                yield item
            cursor.took(_continuation(page))


def _continuation(page: Any) -> str:
    if isinstance(page, UnstructuredList):
        return str((page.object.get("metadata") or {}).get("continue") or "")
    return str(page.metadata.continue_)


def _clear_continuation(page: Any) -> None:
    if isinstance(page, UnstructuredList):
        metadata = page.object.get("metadata") or {}
        metadata.pop("continue", None)
        metadata.pop("remainingItemCount", None)
    else:
        page.metadata.continue_ = ""
        page.metadata.remaining_item_count = None
