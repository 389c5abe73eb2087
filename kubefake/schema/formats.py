"""String formats that CustomResourceDefinitions may name, and what each accepts.

The set and its tolerances are those of the server's format registry; a format that is not here is not checked.
"""

from __future__ import annotations

import binascii
import datetime as dt
import functools
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

__all__ = ["FORMATS", "matches"]


def matches(format: str, text: str) -> bool:
    """Whether `text` is of `format` (dashes do not matter); true for a format that nobody knows."""
    check = FORMATS.get(format.replace("-", ""))
    return check is None or check(text)


def _pattern(regex: str) -> Callable[[str], bool]:
    compiled = re.compile(regex)
    return lambda text: compiled.fullmatch(text) is not None


def _uri(text: str) -> bool:
    if not text or re.search(r"[\x00-\x20\x7f]", text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme) or text.startswith("/")


def _ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def _cidr(text: str) -> bool:
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        return False
    _, slash, bits = text.partition("/")
    return bool(slash) and bits.isdigit()


def _email(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(at and local and domain) and _EMAIL(text)


_EMAIL: Final = _pattern(r"[^\s@<>()\[\]\\,;:\"]+@[^\s@<>()\[\]\\,;:\"]+")


def _hostname(text: str) -> bool:
    return len(text) <= 255 and _HOSTNAME(text)


_LABEL: Final = r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_HOSTNAME: Final = _pattern(rf"{_LABEL}(\.{_LABEL})*\.?")


def _byte(text: str) -> bool:
    try:
        binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return False
    return bool(text) and len(text) % 4 == 0


def _date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


_DATE_TIME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})([.,]\d+)?([Zz]|[+-]\d{2}:?\d{2})?")


def _date_time(text: str) -> bool:
    match = _DATE_TIME.fullmatch(text)
    if match is None or not _date(match.group(1)):
        return False
    hour, minute, second = (int(match.group(index)) for index in (2, 3, 4))
    return hour <= 23 and minute <= 59 and second <= 59


_GO_DURATION: Final = _pattern(r"[+-]?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+|[+-]?0")
_WORDED_DURATION: Final = _pattern(
    r"((\d+)\s*(weeks?|wks?|w|days?|d|hours?|hrs?|hr|h|minutes?|mins?|min|m|seconds?|secs?|sec|s"
    r"|milliseconds?|millis|milli|ms|microseconds?|micros|micro|µs|us|nanoseconds?|nanos|nano|ns)\s*)+"
)


_ISO_DURATION: Final = _pattern(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")


def _duration(text: str) -> bool:
    return _GO_DURATION(text) or _WORDED_DURATION(text) or _ISO_DURATION(text)


def _isbn(length: int) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        digits = re.sub(r"[\s-]", "", text)
        if length == 10:
            if not re.fullmatch(r"\d{9}[\dX]", digits):
                return False
            total = sum((10 - index) * (10 if digit == "X" else int(digit)) for index, digit in enumerate(digits))
            return total % 11 == 0
        if not re.fullmatch(r"\d{13}", digits):
            return False
        return sum(int(digit) * (1, 3)[index % 2] for index, digit in enumerate(digits)) % 10 == 0

    return check


def _credit_card(text: str) -> bool:
    digits = re.sub(r"[^0-9]+", "", text)
    if not _CARD(digits):
        return False
    total = 0
    for index, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + index % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


_CARD: Final = _pattern(
    r"4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|(222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}|6[27][0-9]{14}"
)
_UUID: Final = r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?%s[0-9a-fA-F]{3}-?%s[0-9a-fA-F]{3}-?[0-9a-fA-F]{12}"
_RGB: Final = r"(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])"


def _validator(name: str) -> Callable[[str], bool]:
    @functools.wraps(_uri)
    def check(text: str) -> bool:
        from kubeclient.apimachinery import validation

        return not getattr(validation, name)(text)

    return check


FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "bsonobjectid": _pattern(r"[0-9a-fA-F]{24}"),
    "uri": _uri,
    "email": _email,
    "hostname": _hostname,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "cidr": _cidr,
    "mac": _pattern(
        r"[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(\1[0-9a-fA-F]{2}){4}((\1[0-9a-fA-F]{2}){2})?"
        r"|[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4})?"
    ),
    "uuid": _pattern(_UUID % ("[0-9a-fA-F]", "[0-9a-fA-F]")),
    "uuid3": _pattern(_UUID % ("3", "[0-9a-fA-F]")),
    "uuid4": _pattern(_UUID % ("4", "[89abAB]")),
    "uuid5": _pattern(_UUID % ("5", "[89abAB]")),
    "isbn": lambda text: _isbn(10)(text) or _isbn(13)(text),
    "isbn10": _isbn(10),
    "isbn13": _isbn(13),
    "creditcard": _credit_card,
    "ssn": _pattern(r"\d{3}[- ]?\d{2}[- ]?\d{4}"),
    "hexcolor": _pattern(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    "rgbcolor": _pattern(rf"rgb\(\s*{_RGB}\s*,\s*{_RGB}\s*,\s*{_RGB}\s*\)"),
    "byte": _byte,
    "date": _date,
    "duration": _duration,
    "datetime": _date_time,
    "k8sshortname": _validator("is_dns1123_label"),
    "k8slongname": _validator("is_dns1123_subdomain"),
}
