"""Time limits of waiting, of which nothing means none."""

from __future__ import annotations

import logging

import pytest

from kubeclient.watchtools import optional_timeout


@pytest.mark.parity("RTW-07")
def test_no_time_limit_is_none_and_a_negative_one_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "kubeclient.watchtools"):
        assert (optional_timeout(2.5), optional_timeout(0)) == (2.5, None)
        assert caplog.text == ""
        assert optional_timeout(-1) is None
    assert "Timeout for context shall not be negative" in caplog.text
