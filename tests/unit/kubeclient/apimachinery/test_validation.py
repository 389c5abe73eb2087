"""Validation says what Go's says, byte for byte."""

from __future__ import annotations

import pytest

from kubeclient.apimachinery import validation as v

NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"


@pytest.mark.parity("AMC-13")
@pytest.mark.parametrize("name", ["a", "a-1", "0", "a" * 63])
def test_labels_of_dns_pass(name: str) -> None:
    assert v.is_dns1123_label(name) == []


@pytest.mark.parity("AMC-13")
@pytest.mark.parametrize("name", ["", "A", "-a", "a-", "a_b", "é", "a\n"])
def test_other_texts_are_no_labels(name: str) -> None:
    assert v.is_dns1123_label(name) == [
        (
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
            "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
            "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
        )
    ]


@pytest.mark.parity("AMC-13")
def test_a_dot_in_a_label_is_named() -> None:
    assert v.is_dns1123_label("a.b") == ["must not contain dots"]


@pytest.mark.parity("AMC-13")
def test_length_is_counted_in_bytes_and_named_as_each_function_does() -> None:
    assert v.is_dns1123_label("a" * 64) == ["must be no more than 63 characters"]
    assert v.is_dns1123_subdomain("a" * 254) == ["must be no more than 253 characters"]
    assert v.is_valid_label_value("a" * 64) == ["must be no more than 63 bytes"]
    assert v.is_label_key("a" * 64) == ["name part must be no more than 63 bytes"]
    assert v.is_valid_label_value("é" * 32)[0] == "must be no more than 63 bytes"


@pytest.mark.parity("AMC-13")
def test_keys_of_labels_have_a_prefix_and_a_name() -> None:
    assert v.is_label_key("example.com/My_Name.1") == []
    assert v.is_label_key("/a") == ["prefix part must be non-empty"]
    assert v.is_label_key("a/") == [
        "name part must be non-empty",
        (
            "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
            f"character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{NAME}')"
        ),
    ]
    assert v.is_label_key("A/a") == [
        (
            "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
            f"must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{SUBDOMAIN}')"
        )
    ]
    assert v.is_label_key("a/b/c")[0].endswith(
        f"'{NAME}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
    )


def test_ports_have_numbers_and_names() -> None:
    assert v.is_valid_port_num(1) == v.is_valid_port_num(65535) == []
    assert v.is_valid_port_num(0) == ["must be between 1 and 65535, inclusive"]
    assert v.is_valid_port_name("http-2") == []
    assert v.is_valid_port_name("-") == [
        "must contain at least one letter (a-z)",
        "must not begin or end with a hyphen",
    ]


def test_keys_of_config_maps_are_no_paths() -> None:
    assert v.is_config_map_key("a.b_c-D") == []
    assert v.is_config_map_key("..") == ["must not be '..'"]
    assert v.is_config_map_key("..a") == ["must not start with '..'"]


def test_path_segments_are_neither_dots_nor_slashes() -> None:
    assert v.is_path_segment_name("a b") == []
    assert v.is_path_segment_name("..") == ["may not be '..'"]
    assert v.is_path_segment_name("a/%") == ["may not contain '/'", "may not contain '%'"]


def test_environment_variables_have_two_rules() -> None:
    assert v.is_relaxed_env_var_name("1 a!") == []
    assert v.is_relaxed_env_var_name("a=b") != []
    assert v.is_env_var_name("1a") != []
