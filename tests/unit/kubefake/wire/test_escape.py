"""JSON texts as Go writes them."""

from __future__ import annotations

import json

from kubefake.wire.escape import escape


def test_what_means_something_in_html_or_ends_a_line_of_javascript_is_escaped() -> None:
    text = json.dumps({"k": "<a>&\u2028\u2029é"}, ensure_ascii=False).encode()

    assert escape(text) == rb'{"k": "\u003ca\u003e\u0026\u2028\u2029' + 'é"}'.encode()
    assert json.loads(escape(text)) == json.loads(text)


def test_a_text_without_such_characters_is_the_same_object() -> None:
    text = '{"k":"\u2027 \u202a"}'.encode()

    assert escape(text) == text
    assert escape(b'{"k":"v"}') is not None
