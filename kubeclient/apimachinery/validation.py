"""Validation of names, labels, ports and addresses: each function returns messages, none when the value is fine.

Ports apimachinery pkg/util/validation and pkg/api/validate/content. The two differ in one word: where the newer one counts
it says "bytes", the older "characters"; which one a function uses is which one the server uses for it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = [
    "empty_error",
    "inclusive_range_error",
    "is_c_identifier",
    "is_config_map_key",
    "is_decimal_integer",
    "is_dns1035_label",
    "is_dns1123_label",
    "is_dns1123_subdomain",
    "is_dns1123_subdomain_caseless",
    "is_dns1123_subdomain_with_underscore",
    "is_env_var_name",
    "is_http_header_name",
    "is_in_range",
    "is_label_key",
    "is_path_segment_name",
    "is_path_segment_prefix",
    "is_qualified_name",
    "is_relaxed_env_var_name",
    "is_valid_group_id",
    "is_valid_label_value",
    "is_valid_percent",
    "is_valid_port_name",
    "is_valid_port_num",
    "is_valid_user_id",
    "is_wildcard_dns1123_subdomain",
    "max_len_bytes_error",
    "max_len_error",
    "regex_error",
]

_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = _LABEL + r"(\." + _LABEL + ")*"
_LABEL_UNDERSCORE: Final = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SUBDOMAIN_UNDERSCORE: Final = _LABEL_UNDERSCORE + r"(\." + _LABEL_UNDERSCORE + ")*"
_LABEL_1035: Final = "[a-z]([-a-z0-9]*[a-z0-9])?"
_WILDCARD: Final = r"\*\." + _SUBDOMAIN
_NAME_PART: Final = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE: Final = f"({_NAME_PART})?"
_C_IDENTIFIER: Final = "[A-Za-z_][A-Za-z0-9_]*"
_PERCENT: Final = "[0-9]+%"
_HEADER: Final = "[-A-Za-z0-9]+"
_ENV: Final = "[-._a-zA-Z][-._a-zA-Z0-9]*"
_CONFIG_KEY: Final = "[-._a-zA-Z0-9]+"

_label = re.compile(_LABEL).fullmatch
_subdomain = re.compile(_SUBDOMAIN).fullmatch
# The two letters outside ASCII are what Go's (?i) folds to s and k.
_subdomain_caseless = re.compile(_SUBDOMAIN.replace("a-z", "a-zA-Z\u017f\u212a")).fullmatch
_subdomain_underscore = re.compile(_SUBDOMAIN_UNDERSCORE).fullmatch
_label_1035 = re.compile(_LABEL_1035).fullmatch
_wildcard = re.compile(_WILDCARD).fullmatch
_name_part = re.compile(_NAME_PART).fullmatch
_label_value = re.compile(_LABEL_VALUE).fullmatch
_c_identifier = re.compile(_C_IDENTIFIER).fullmatch
_percent = re.compile(_PERCENT).fullmatch
_header = re.compile(_HEADER).fullmatch
_env = re.compile(_ENV).fullmatch
_config_key = re.compile(_CONFIG_KEY).fullmatch
_port_charset = re.compile("[-a-z0-9]+").fullmatch
_port_letter = re.compile("[a-z]").search
_decimal = re.compile("0|-?[1-9][0-9]*").fullmatch

_LABEL_TEXT: Final = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character"
)
_SUBDOMAIN_TEXT: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character"
)
_SUBDOMAIN_CASELESS_TEXT: Final = (
    "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character"
)
_SUBDOMAIN_UNDERSCORE_TEXT: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', "
    "and must start and end with an alphanumeric character"
)
_LABEL_1035_TEXT: Final = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
    "start with an alphabetic character, and end with an alphanumeric character"
)
_WILDCARD_TEXT: Final = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
)
_NAME_PART_TEXT: Final = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)
_LABEL_VALUE_TEXT: Final = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character"
)
_C_IDENTIFIER_TEXT: Final = (
    "a valid C identifier must start with alphabetic character or '_', "
    "followed by a string of alphanumeric characters or '_'"
)
_ENV_TEXT: Final = (
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', "
    "and must not start with a digit"
)
_ENV_RELAXED_TEXT: Final = (
    "a valid environment variable name must consist only of printable ASCII characters other than '='"
)
_CONFIG_KEY_TEXT: Final = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
_PERCENT_TEXT: Final = "a valid percent string must be a numeric string followed by an ending '%'"
_HEADER_TEXT: Final = "a valid HTTP header must consist of alphanumeric characters or '-'"


def max_len_error(length: int) -> str:
    """The message of pkg/util/validation for a text that is too long."""
    return f"must be no more than {length} characters"


def max_len_bytes_error(length: int) -> str:
    """The message of pkg/api/validate/content for a text that is too long."""
    return f"must be no more than {length} bytes"


def empty_error() -> str:
    return "must be non-empty"


def inclusive_range_error(low: int, high: int) -> str:
    return f"must be between {low} and {high}, inclusive"


def regex_error(message: str, pattern: str, *examples: str) -> str:
    """A message with the regular expression that was not met, and examples that meet it."""
    if not examples:
        return f"{message} (regex used for validation is '{pattern}')"
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{message} (e.g. {shown}regex used for validation is '{pattern}')"


def _size(value: str) -> int:
    """Bytes, as Go counts."""
    return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))


def is_dns1123_label(value: str) -> list[str]:
    """A DNS label of RFC 1123: lower case, digits, hyphens inside, at most 63."""
    errors = [max_len_error(63)] if _size(value) > 63 else []
    if not _label(value):
        if _subdomain(value):
            errors.append("must not contain dots")
        else:
            errors.append(regex_error(_LABEL_TEXT, _LABEL, "my-name", "123-abc"))
    return errors


def is_dns1123_subdomain(value: str) -> list[str]:
    """DNS labels joined by dots, at most 253."""
    errors = [max_len_error(253)] if _size(value) > 253 else []
    if not _subdomain(value):
        errors.append(regex_error(_SUBDOMAIN_TEXT, _SUBDOMAIN, "example.com"))
    return errors


def is_dns1123_subdomain_caseless(value: str) -> list[str]:
    """As `is_dns1123_subdomain`, upper case allowed."""
    errors = [max_len_bytes_error(253)] if _size(value) > 253 else []
    if not _subdomain_caseless(value):
        errors.append(regex_error(_SUBDOMAIN_CASELESS_TEXT, _SUBDOMAIN, "Example.com"))
    return errors


def is_dns1123_subdomain_with_underscore(value: str) -> list[str]:
    """As `is_dns1123_subdomain`, underscores allowed."""
    errors = [max_len_error(253)] if _size(value) > 253 else []
    if not _subdomain_underscore(value):
        errors.append(regex_error(_SUBDOMAIN_UNDERSCORE_TEXT, _SUBDOMAIN_UNDERSCORE, "example.com"))
    return errors


def is_wildcard_dns1123_subdomain(value: str) -> list[str]:
    """`*.` and a subdomain."""
    errors = [max_len_error(253)] if _size(value) > 253 else []
    if not _wildcard(value):
        errors.append(regex_error(_WILDCARD_TEXT, _WILDCARD, "*.example.com"))
    return errors


def is_dns1035_label(value: str) -> list[str]:
    """A DNS label of RFC 1035: as of RFC 1123, but it starts with a letter."""
    errors = [max_len_error(63)] if _size(value) > 63 else []
    if not _label_1035(value):
        errors.append(regex_error(_LABEL_1035_TEXT, _LABEL_1035, "my-name", "abc-123"))
    return errors


def is_label_key(value: str) -> list[str]:
    """An optional DNS subdomain and a slash, then a name of at most 63: the keys of labels and annotations."""
    return [*_known_label_key(value)] if len(value) < _LABEL_KEY_LIMIT else _label_key(value)


_LABEL_KEY_LIMIT: Final = 320
"""Characters from which a key is not remembered; it is too long to be one."""


@lru_cache(2048)
def _known_label_key(value: str) -> tuple[str, ...]:
    """What is wrong with a key, remembered: everything that a cluster holds is labelled with the same few."""
    return (*_label_key(value),)


def _label_key(value: str) -> list[str]:
    prefix, slash, name = value.partition("/")
    if "/" in name:
        text = regex_error(_NAME_PART_TEXT, _NAME_PART, "MyName", "my.name", "123-abc")
        return [f"a valid label key {text} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    errors: list[str] = []
    if not slash:
        name = value
    elif not prefix:
        errors.append(f"prefix part {empty_error()}")
    else:
        if _size(prefix) > 253:
            errors.append(f"prefix part {max_len_bytes_error(253)}")
        if not _subdomain(prefix):
            errors.append(f"prefix part {regex_error(_SUBDOMAIN_TEXT, _SUBDOMAIN, 'example.com')}")
    if not name:
        errors.append(f"name part {empty_error()}")
    elif _size(name) > 63:
        errors.append(f"name part {max_len_bytes_error(63)}")
    if not _name_part(name):
        errors.append(f"name part {regex_error(_NAME_PART_TEXT, _NAME_PART, 'MyName', 'my.name', '123-abc')}")
    return errors


is_qualified_name: Final = is_label_key


def is_valid_label_value(value: str) -> list[str]:
    """Empty, or at most 63 of letters, digits, `-`, `_`, `.`, with a letter or digit at both ends."""
    errors = [max_len_bytes_error(63)] if _size(value) > 63 else []
    if not _label_value(value):
        errors.append(regex_error(_LABEL_VALUE_TEXT, _LABEL_VALUE, "MyValue", "my_value", "12345"))
    return errors


def is_c_identifier(value: str) -> list[str]:
    if _c_identifier(value):
        return []
    return [regex_error(_C_IDENTIFIER_TEXT, _C_IDENTIFIER, "my_name", "MY_NAME", "MyName")]


def is_decimal_integer(value: str) -> list[str]:
    """A whole number as people write it: no plus, no leading zero."""
    if not value:
        return [empty_error()]
    return [] if _decimal(value) else ["must be a valid decimal integer in canonical form"]


def is_in_range(value: int, low: int, high: int) -> list[str]:
    return [] if low <= value <= high else [inclusive_range_error(low, high)]


def is_valid_port_num(port: int) -> list[str]:
    return is_in_range(port, 1, 65535)


def is_valid_group_id(gid: int) -> list[str]:
    return is_in_range(gid, 0, 2**31 - 1)


def is_valid_user_id(uid: int) -> list[str]:
    return is_in_range(uid, 0, 2**31 - 1)


def is_valid_port_name(port: str) -> list[str]:
    """At most 15 of lower case, digits and single hyphens inside, with a letter among them."""
    errors = [max_len_error(15)] if _size(port) > 15 else []
    if not _port_charset(port):
        errors.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not _port_letter(port):
        errors.append("must contain at least one letter (a-z)")
    if "--" in port:
        errors.append("must not contain consecutive hyphens")
    if port.startswith("-") or port.endswith("-"):
        errors.append("must not begin or end with a hyphen")
    return errors


def is_valid_percent(percent: str) -> list[str]:
    return [] if _percent(percent) else [regex_error(_PERCENT_TEXT, _PERCENT, "1%", "93%")]


def is_http_header_name(value: str) -> list[str]:
    return [] if _header(value) else [regex_error(_HEADER_TEXT, _HEADER, "X-Header-Name")]


def _dots(value: str) -> list[str]:
    if value in (".", ".."):
        return [f"must not be '{value}'"]
    return ["must not start with '..'"] if value.startswith("..") else []


def is_env_var_name(value: str) -> list[str]:
    """The strict rule for environment variables, before 1.30."""
    errors = [] if _env(value) else [regex_error(_ENV_TEXT, _ENV, "my.env-name", "MY_ENV.NAME", "MyEnvName1")]
    return errors + _dots(value)


def is_relaxed_env_var_name(value: str) -> list[str]:
    """The present rule for environment variables: printable ASCII without `=`."""
    if not value:
        return [f"environment variable name {empty_error()}"]
    if not value.isascii() or not value.isprintable() or "=" in value:
        return [_ENV_RELAXED_TEXT]
    return []


def is_config_map_key(value: str) -> list[str]:
    """A key of a ConfigMap or a Secret."""
    errors = [max_len_error(253)] if _size(value) > 253 else []
    if not _config_key(value):
        errors.append(regex_error(_CONFIG_KEY_TEXT, _CONFIG_KEY, "key.name", "KEY_NAME", "key-name"))
    return errors + _dots(value)


def is_path_segment_name(name: str) -> list[str]:
    """A name that can stand as one segment of a URL path. Emptiness and length are not looked at."""
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return is_path_segment_prefix(name)


def is_path_segment_prefix(name: str) -> list[str]:
    """As `is_path_segment_name` for the beginning of a name."""
    return [f"may not contain '{part}'" for part in ("/", "%") if part in name]
