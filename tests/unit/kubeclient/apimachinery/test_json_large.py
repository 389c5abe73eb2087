"""Large bodies are read while the garbage collector rests."""

from __future__ import annotations

import gc
from typing import Any

import msgspec
import pytest

from kubeclient.apimachinery.json import decoder

LARGE = b'{"items":[' + b",".join([b'{"metadata":{"labels":{"a":"b"}}}'] * 40_000) + b"]}"


def _collections() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


def test_reading_a_large_body_starts_no_collection():
    read = decoder(dict[str, Any]).decode
    before = _collections()

    read(LARGE)

    assert _collections() - before <= 1
    assert gc.isenabled()


def test_the_collector_works_again_after_a_body_that_cannot_be_read():
    with pytest.raises(msgspec.DecodeError):
        decoder(dict[str, Any]).decode(LARGE + b"}")

    assert gc.isenabled()


def test_a_collector_that_was_switched_off_stays_so():
    gc.disable()
    try:
        decoder(dict[str, Any]).decode(LARGE)

        assert not gc.isenabled()
    finally:
        gc.enable()
