from __future__ import annotations

from kubefake.wire.query import parse_query


def test_malformed_pairs_are_left_out_as_go_leaves_them_out() -> None:
    assert parse_query("a=1&b;c=2&d=%zz&e&f=x+y%2Bz&=v&") == [("a", "1"), ("e", ""), ("f", "x y+z"), ("", "v")]
