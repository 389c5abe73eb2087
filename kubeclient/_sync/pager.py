# generated from kubeclient/_async/pager.py by .ci/twin.py, do not edit
"""Long lists, read page by page. Ported from client-go tools/pager."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar, Unpack

from kubeclient.apimachinery.errors import StatusError
from kubeclient.apimachinery.unstructured import UnstructuredList
from kubeclient.machines.options import ListKeywords
from kubeclient.machines.pager import DEFAULT_PAGE_BUFFER_SIZE, DEFAULT_PAGE_SIZE, PageCursor
from kubeclient.runtime.calling import call
from kubeclient.runtime.current import current_runtime
from kubeclient.runtime.protocol import Event, Runtime
from kubeclient.runtime.waiting import WaitStoppedError

__all__ = ["ListPager"]

L = TypeVar("L")


class ListPager(Generic[L]):
    """Reads a list in pages.

    Args:
        page: reads one page; the `list` of any client.
        page_size: how many objects a page has.
        full_list_if_expired: read the whole list at once when the server forgets the list half way.
        page_buffer_size: how many pages `for_each` reads ahead.
    """

    def __init__(
        self,
        page: Callable[..., L],
        *,
        page_size: int = DEFAULT_PAGE_SIZE,
        full_list_if_expired: bool = True,
        page_buffer_size: int = DEFAULT_PAGE_BUFFER_SIZE,
        runtime: Runtime | None = None,
    ) -> None:
        self._page = page
        self._page_size = page_size
        self._full_list_if_expired = full_list_if_expired
        self._page_buffer_size = page_buffer_size
        self._runtime = runtime

    def list(self, *, stop: Event | None = None, **options: Unpack[ListKeywords]) -> tuple[L, bool]:
        """The whole list, and whether there were several pages.

        The list is the one the server sent, or the first page with the items of all and no continuation. Raises
        WaitStoppedError when `stop` is set before a page is asked for.
        """
        cursor = PageCursor(options, page_size=self._page_size, full_list_if_expired=self._full_list_if_expired)
        whole: Any = None
        while True:
            _check(stop)
            try:
                page: Any = self._page(**cursor.keywords)
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

    def each_list_item(self, **options: Unpack[ListKeywords]) -> Iterator[Any]:
        """The objects of the list, one by one; the next page is read when it is needed."""
        cursor = PageCursor(options, page_size=self._page_size, full_list_if_expired=False)
        while not cursor.done:
            page: Any = self._page(**cursor.keywords)
            for item in page.items:
                yield item
            cursor.took(_continuation(page))

    def for_each(
        self, function: Callable[[Any], Any], *, stop: Event | None = None, **options: Unpack[ListKeywords]
    ) -> None:
        """Calls `function`, which may be a coroutine function, with each object; pages are read ahead meanwhile.

        What `function` or a page raises ends it; a list that expires half way is not read anew. Raises WaitStoppedError
        when `stop` is set between two pages, and ValueError for a negative number of pages to read ahead.
        """
        if self._page_buffer_size < 0:
            raise ValueError(f"ListPager.PageBufferSize must be >= 0, got {self._page_buffer_size}")
        cursor = PageCursor(options, page_size=self._page_size, full_list_if_expired=False)
        runtime = self._runtime if self._runtime is not None else current_runtime()
        ahead = _Ahead(self._page, cursor, self._page_buffer_size, stop, runtime)
        reading = runtime.spawn(ahead.read, name="pages of a list")
        try:
            for page in ahead:
                _check(stop)
                for item in page.items:
                    call(function, item)
        finally:
            ahead.end()
            reading.cancel()  # a thread ends when its page is there
            reading.join()
        if ahead.error is not None:
            raise ahead.error


class _Ahead:
    """Pages that were read and not taken yet. With room for none, the next page waits for who takes it."""

    def __init__(
        self,
        page: Callable[..., Any],
        cursor: PageCursor,
        room: int,
        stop: Event | None,
        runtime: Runtime,
    ) -> None:
        self._page, self._cursor, self._room, self._stop = page, cursor, room, stop
        self._changed = runtime.condition()
        self._pages: deque[Any] = deque()
        self._wanted = False
        self._over = False
        self._ended = False
        self.error: Exception | None = None

    def read(self) -> None:
        """Reads pages until the last, an error, or `end`."""
        try:
            while not self._cursor.done and not self._over:
                _check(self._stop)
                page = self._page(**self._cursor.keywords)
                self._cursor.took(_continuation(page))
                self._put(page)
        except Exception as error:  # noqa: BLE001 - raised where the pages are taken
            self.error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _put(self, page: Any) -> None:
        with self._changed:
            while not self._over and len(self._pages) >= self._room + (1 if self._wanted and not self._room else 0):
                self._changed.wait()
            self._pages.append(page)
            self._changed.notify_all()

    def __iter__(self) -> _Ahead:
        return self

    def __next__(self) -> Any:
        with self._changed:
            self._wanted = True
            self._changed.notify_all()
            while not self._pages and not self._ended:
                self._changed.wait()
            self._wanted = False
            self._changed.notify_all()
            if self._pages:
                return self._pages.popleft()
        raise StopIteration

    def end(self) -> None:
        """Nobody takes a page any more."""
        with self._changed:
            self._over = True
            self._changed.notify_all()


def _check(stop: Event | None) -> None:
    if stop is not None and stop.is_set():
        raise WaitStoppedError


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
