"""Reading a long list page by page: which page to ask for next, and what an expired continuation means.

Ported from client-go tools/pager/pager.go. Consistency: all pages show the revision of the first; when the server has
forgotten it half way, the whole list is read again at once, unless the caller forbids it.
"""

from __future__ import annotations

from kubeclient.apimachinery.errors import StatusError, is_resource_expired
from kubeclient.machines.options import ListKeywords

__all__ = ["DEFAULT_PAGE_BUFFER_SIZE", "DEFAULT_PAGE_SIZE", "PageCursor"]

DEFAULT_PAGE_SIZE = 500
DEFAULT_PAGE_BUFFER_SIZE = 10


class PageCursor:
    """The place in one list. Ask for `keywords`, then tell what came: `took` or `failed`."""

    __slots__ = ("_first", "_full_list_if_expired", "done", "keywords", "paginated", "restarted")

    def __init__(
        self, keywords: ListKeywords, *, page_size: int = DEFAULT_PAGE_SIZE, full_list_if_expired: bool = True
    ) -> None:
        self._first: ListKeywords = {**keywords}
        self._full_list_if_expired = full_list_if_expired
        self.keywords: ListKeywords = {**keywords}
        if not self.keywords.get("limit"):
            self.keywords["limit"] = page_size
        self.done = False
        self.paginated = False
        self.restarted = False

    def took(self, continue_: str) -> None:
        """A page came; `continue_` is its continuation, empty on the last page."""
        if not continue_:
            self.done = True
            return
        self.paginated = True
        self.keywords = {**self.keywords, "continue_": continue_}
        # The continuation names the revision; the server refuses both together.
        self.keywords.pop("resource_version", None)
        self.keywords.pop("resource_version_match", None)

    def failed(self, error: StatusError) -> bool:
        """A page did not come. True: forget the pages so far and ask again with `keywords`; False: the error stands."""
        if not is_resource_expired(error) or not self.keywords.get("continue_") or not self._full_list_if_expired:
            return False
        self.restarted = True
        self.keywords = {**self._first, "limit": 0}
        self.keywords.pop("continue_", None)
        return True
