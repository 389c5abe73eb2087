"""The garbage collector rests while large trees grow."""

from __future__ import annotations

import gc

import pytest

from kubeclient.apimachinery.collector import resting


@pytest.fixture(autouse=True)
def nothing_is_frozen() -> None:
    """A server that another test started in this process may have frozen what there was."""
    gc.unfreeze()


def test_what_was_made_meanwhile_is_old() -> None:
    with resting():
        assert not gc.isenabled()
        made: list[object] = []

    assert gc.isenabled()
    assert any(made is one for one in gc.get_objects(generation=2))


def test_what_others_froze_stays_frozen() -> None:
    gc.freeze()
    try:
        with resting():
            pass

        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with resting():
            made: list[object] = []

        assert not gc.isenabled()
        assert any(made is one for one in gc.get_objects(generation=0))
    finally:
        gc.enable()
