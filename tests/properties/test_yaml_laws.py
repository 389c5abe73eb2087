"""JSON is YAML, and what is read of it without asking YAML's parser is what that parser would say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubefake.wire import yamlread

_ODD = ["", "<<", "y", "null", "~", "1.5", "a: b", "#c", "'q'", "!t", "&a", "*b", "-", "? x", "x" * 1030, "2020-01-01"]
texts = st.sampled_from(_ODD) | st.text(max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**65), 2**65) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def _parsed(text: bytes) -> Any:
    try:
        value, doubles = yamlread.parse(text)
    except yamlread.YAMLError as error:
        return str(error)
    return repr(value), doubles


@given(st.dictionaries(texts, values, max_size=4), st.sampled_from(["", "\n"]), st.booleans())
def test_a_short_cut_gives_what_the_long_way_gives(value: dict[str, Any], end: str, ascii_only: bool) -> None:
    text = (json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only) + end).encode("utf-8", "replace")

    short = _parsed(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamlread, "_plain_json", lambda _data: None)
        long = _parsed(text)

    assert short == long


def test_objects_as_clients_send_them_take_the_short_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_data: bytes) -> None:
        raise AssertionError("the parser of YAML was asked")

    monkeypatch.setattr(yamlread, "_Loader", refuse)

    assert yamlread.parse(b'{"kind":"A","spec":{"n":1,"on":true,"x":["http://a.b:80"]}}\n') == (
        {"kind": "A", "spec": {"n": 1, "on": True, "x": ["http://a.b:80"]}},
        [],
    )
