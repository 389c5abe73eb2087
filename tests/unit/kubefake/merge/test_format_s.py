"""Values where Go's %s was meant for text."""

from __future__ import annotations

from typing import Any

import pytest

from kubefake.merge.govalues import format_s


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("delete", "delete"),
        (1, "%!s(int64=1)"),
        (1.5, "%!s(float64=1.5)"),
        (True, "%!s(bool=true)"),
        (None, "%!s(<nil>)"),
        ({"b": 1, "a": "x"}, "map[a:x b:%!s(int64=1)]"),
        (["x", None], "[x %!s(<nil>)]"),
    ],
)
def test_what_is_no_text_is_complained_of(value: Any, text: str) -> None:
    assert format_s(value) == text
