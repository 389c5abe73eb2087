"""Quantities read, print and count as Go's do."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal

import pytest

from kubeclient.apimachinery.quantity import BINARY_SI, DECIMAL_EXPONENT, DECIMAL_SI, NANO, Quantity


@pytest.mark.parity("AMC-04")
@pytest.mark.parametrize(
    ("text", "canonical", "format"),
    [
        ("0", "0", DECIMAL_SI),
        ("500m", "500m", DECIMAL_SI),
        ("0.5", "500m", DECIMAL_SI),
        ("1.5Gi", "1536Mi", BINARY_SI),
        ("1024Ki", "1Mi", BINARY_SI),
        ("100Ki", "100Ki", BINARY_SI),
        ("1000k", "1M", DECIMAL_SI),
        ("12e6", "12e6", DECIMAL_EXPONENT),
        ("1E3", "1E3", DECIMAL_EXPONENT),
        ("1e2", "100", DECIMAL_EXPONENT),
        ("0.1n", "1n", DECIMAL_SI),
        ("-0.1n", "-1n", DECIMAL_SI),
        ("0.5Ki", "512", BINARY_SI),
        ("0.0001Ki", "102400u", DECIMAL_SI),
        ("9999999999Ei", "9223372036854775807", BINARY_SI),
        ("1.", "1.", DECIMAL_SI),
        (".5", "500m", DECIMAL_SI),
        ("123456789012345678901", "123456789012345678901", DECIMAL_SI),
    ],
)
def test_texts_print_in_canonical_form(text: str, canonical: str, format: str) -> None:
    quantity = Quantity(text)

    assert (str(quantity), quantity.format) == (canonical, format)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "quantities must match the regular expression"),
        ("1.2.3", "quantities must match the regular expression"),
        ("1 Gi", "quantities must match the regular expression"),
        ("١", "quantities must match the regular expression"),
        ("1K", "unable to parse quantity's suffix"),
        ("1e", "unable to parse quantity's suffix"),
        ("e-20", "unable to parse numeric part of quantity"),
    ],
)
def test_other_texts_are_refused_in_go_s_words(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Quantity(text)


def test_values_round_away_from_zero() -> None:
    assert Quantity("1500m").value() == 2
    assert Quantity("-1500m").value() == -2
    assert Quantity("1.0001").milli_value() == 1001
    assert Quantity("2Gi").scaled_value(9) == 3
    assert str(Quantity("1.2345").round_up(-2)) == "1240m"
    assert Quantity("1.0").as_int() == 1
    assert Quantity("1.1").as_int() is None


def test_equality_order_and_hash_go_by_the_number() -> None:
    assert Quantity("1000m") == Quantity("1")
    assert hash(Quantity("1000m")) == hash(Quantity("1"))
    assert Quantity("1Ki") > Quantity("1k")
    assert max(Quantity("1"), Quantity("1500m"), Quantity("1n")) == Quantity("1.5")
    assert Quantity("1e1000000") > Quantity("1")
    assert Quantity("1") != 1


def test_sums_keep_the_format_of_the_first_unless_it_is_zero() -> None:
    assert str(Quantity("1Gi") + Quantity("512Mi")) == "1536Mi"
    assert str(Quantity("0") + Quantity("1Gi")) == "1Gi"
    assert str(Quantity("1Gi") - Quantity("1Gi")) == "0"
    assert str(Quantity("0.1") + Quantity("0.2")) == "300m"
    assert str(3 * Quantity("500m")) == "1500m"


def test_numbers_of_python_are_taken_exactly() -> None:
    assert str(Quantity(5)) == "5"
    assert str(Quantity(0.1)) == "100m"
    assert str(Quantity(Decimal("0.25"))) == "250m"
    assert Quantity("250m").as_decimal() == Decimal("0.25")
    assert float(Quantity("250m")) == 0.25
    assert str(Quantity.from_milli(1500)) == "1500m"
    assert str(Quantity.from_scaled(3, NANO)) == "3n"
    assert str(Quantity(1024, BINARY_SI)) == "1Ki"


def test_a_bool_is_no_quantity() -> None:
    with pytest.raises(TypeError):
        Quantity(True)


def test_sums_of_numbers_too_far_apart_fail_instead_of_filling_memory() -> None:
    with pytest.raises(OverflowError):
        Quantity("1e1000000") + Quantity("1")


def test_quantities_are_values() -> None:
    quantity = Quantity("1.5Gi")

    assert copy.deepcopy(quantity) is quantity
    assert str(pickle.loads(pickle.dumps(quantity))) == "1536Mi"
    assert repr(quantity) == "Quantity('1536Mi')"
