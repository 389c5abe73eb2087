"""Laws of the API machinery: what is printed reads back, and arithmetic is exact."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubeclient.apimachinery import fields, labels, yaml
from kubeclient.apimachinery.quantity import Quantity
from kubeclient.apimachinery.times import Duration, MicroTime, Time

_keys = st.from_regex(r"([a-z]{1,3}\.[a-z]{1,3}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,5}[A-Za-z0-9])?", fullmatch=True)
_values = st.from_regex(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,5}[A-Za-z0-9])?)?", fullmatch=True)
_requirements = st.one_of(
    st.builds(lambda k, o, v: labels.Requirement(k, o, [v]), _keys, st.sampled_from(["=", "==", "!="]), _values),
    st.builds(
        lambda k, o, v: labels.Requirement(k, o, sorted(v)),
        _keys,
        st.sampled_from(["in", "notin"]),
        st.sets(_values, min_size=1, max_size=3),
    ),
    st.builds(labels.Requirement, _keys, st.sampled_from(["exists", "!"])),
    st.builds(
        lambda k, o, v: labels.Requirement(k, o, [str(v)]), _keys, st.sampled_from(["gt", "lt"]), st.integers(0, 10**6)
    ),
)
_suffixes = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "e3", "e-3", "E6", "e2"]
_quantities = st.builds(
    lambda number, places, suffix: f"{number / 10**places:.{places}f}{suffix}",
    st.integers(-(10**6), 10**6),
    st.integers(0, 4),
    st.sampled_from(_suffixes),
)
_ns = st.integers(-62_135_596_800 * 10**9, 253_402_300_799 * 10**9)
_json: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(-1e15, 1e15)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029\ufeff\r"), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(_requirements, max_size=4))
def test_label_selectors_read_what_they_print(requirements: list[labels.Requirement]) -> None:
    selector = labels.Selector(requirements)

    assert labels.parse(str(selector)) == selector


@given(st.lists(_requirements, max_size=4), st.dictionaries(_keys, _values, max_size=4))
def test_a_selector_matches_when_every_requirement_does(
    requirements: list[labels.Requirement], have: dict[str, str]
) -> None:
    assert labels.Selector(requirements).matches(have) == all(one.matches(have) for one in requirements)


@given(st.text(max_size=20))
def test_any_text_is_a_label_selector_or_a_value_error(text: str) -> None:
    try:
        selector = labels.parse(text)
    except ValueError:
        return
    assert labels.parse(str(selector)) == selector


@given(st.text(max_size=20))
def test_escaped_field_values_read_back(value: str) -> None:
    selector = fields.one_term_equal_selector("a", value)

    assert fields.unescape_value(fields.escape_value(value)) == value
    assert fields.parse_selector(str(selector)) == selector


@given(_quantities)
def test_quantities_read_what_they_print(text: str) -> None:
    quantity = Quantity(text)
    printed = Quantity(str(quantity))

    assert printed == quantity
    assert str(Quantity(str(printed))) == str(printed)
    assert str(printed + Quantity(0)) == str(quantity + Quantity(0))


@given(_quantities, _quantities, st.integers(-1000, 1000))
def test_arithmetic_of_quantities_is_that_of_fractions(left: str, right: str, factor: int) -> None:
    a, b = Quantity(left), Quantity(right)
    x, y = a.as_fraction(), b.as_fraction()

    assert (a + b).as_fraction() == x + y
    assert (a - b).as_fraction() == x - y
    assert (a * factor).as_fraction() == x * factor
    assert (a < b, a == b, a > b) == (x < y, x == y, x > y)
    if abs(x + y) < 2**63:  # a larger text with a binary suffix is capped when it is read
        assert Quantity(str(a + b)).as_fraction() in (x + y, _up_to_nano(x + y))


def _up_to_nano(number: Fraction) -> Fraction:
    scaled = abs(number) * 10**9
    return Fraction(-(-scaled.numerator // scaled.denominator), 10**9) * (1 if number >= 0 else -1)


@given(_ns)
def test_times_read_what_they_print(ns: int) -> None:
    assert Time.parse(str(Time(ns))) == Time(ns)
    assert MicroTime.parse(str(MicroTime(ns))) == MicroTime(ns)
    assert MicroTime.from_datetime(MicroTime(ns).to_datetime()) == MicroTime(ns)


@given(_ns, _ns)
def test_text_of_times_sorts_as_they_do(left: int, right: int) -> None:
    a, b = MicroTime(left), MicroTime(right)

    assert (str(a) < str(b)) == (a < b)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_durations_read_what_they_print(ns: int) -> None:
    assert Duration.parse(str(Duration(ns))) == Duration(ns)


@given(_json)
def test_yaml_reads_what_it_writes(value: Any) -> None:
    assert yaml.load(yaml.dump(value)) == value
