"""Reading JSON text: fast where it is well formed, with Go's words where it is not, and noticing duplicate keys.

msgspec keeps the last of duplicate keys in silence, which is right for reading and wrong for strict validation. Duplicates
are noticed by counting: every key of a document is followed by `":`, and a document that was read and written again has lost
one for every duplicate. Anything that could upset the count sends the document the slow way, which is exact.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from .explain import Pairs, read_pairs

__all__ = ["JSONSyntaxError", "has_duplicates", "parse", "summarize", "syntax_error"]

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class JSONSyntaxError(ValueError):
    """The text is not JSON; the words are those of Go's scanner."""


def parse(raw: bytes) -> Any:
    """The value of a JSON text; the last of duplicate keys wins. Raises JSONSyntaxError."""
    try:
        return _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = syntax_error(raw)
        if problem:
            raise JSONSyntaxError(problem) from error
    return _lenient(raw)


def _lenient(raw: bytes) -> Any:
    """What Go accepts and msgspec does not: text that is not UTF-8, lone surrogates. Both become U+FFFD, as in Go."""
    import json

    value = json.loads(raw.decode("utf-8", "replace"))
    # Through UTF-16, where a lone surrogate can stand and can be told from one half of a pair.
    text = json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return json.loads(text)


def has_duplicates(raw: bytes, value: Any) -> bool:
    """Whether a key occurs twice in an object of `raw`, which was parsed to `value`."""
    text = _encode(value)
    if text == raw:  # compact, as clients write it
        return False
    if raw.count(b'":') == text.count(b'":') and not _upsets_the_count(raw):
        return False
    return _has_duplicate_keys(read_pairs(raw))


def _upsets_the_count(raw: bytes) -> bool:
    """Whether a key may stand apart from its colon, or be spelled with escapes."""
    return b" :" in raw or b"\n:" in raw or b"\t:" in raw or b"\r:" in raw or b"\\u00" in raw


def _has_duplicate_keys(value: Any) -> bool:
    if isinstance(value, Pairs):
        keys = {key for key, _ in value}
        return len(keys) < len(value) or any(_has_duplicate_keys(item) for _, item in value)
    if type(value) is list:
        return any(_has_duplicate_keys(item) for item in value)
    return False


def summarize(raw: bytes) -> str:
    """A body as decode errors quote it: 30 bytes of text if it looks like an object, else of hex."""
    if not raw:
        return "<empty>"
    tail = " ..." if len(raw) > 30 else ""
    head = raw[:30]
    return (head.decode("utf-8", "replace") if raw[:1] == b"{" else head.hex()) + tail


def syntax_error(raw: bytes) -> str:
    """What Go's scanner says of a text that is not JSON; "" when it is."""
    return _Scanner(raw).run()


_SPACE: Final = b" \t\r\n"
_DIGITS: Final = b"0123456789"
_HEX: Final = b"0123456789abcdefABCDEF"
_LITERALS: Final = {ord("t"): b"true", ord("f"): b"false", ord("n"): b"null"}


class _StopError(Exception):
    """The scanner has found what is wrong."""


class _Scanner:
    """Go's scanner as a recursive reader without recursion: a stack of what is open."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def run(self) -> str:
        try:
            self._document()
        except _StopError as stop:
            return str(stop)
        return ""

    def _document(self) -> None:
        stack: list[int] = []
        while True:
            byte = self._peek()
            if byte == ord("{"):
                self._at += 1
                if self._peek() == ord("}"):
                    self._at += 1
                else:
                    stack.append(byte)
                    self._key()
                    continue
            elif byte == ord("["):
                self._at += 1
                if self._peek() == ord("]"):
                    self._at += 1
                else:
                    stack.append(byte)
                    continue
            else:
                self._scalar(byte)
            while stack and self._close(stack):
                pass
            if not stack:
                break
        self._skip()
        if self._at < len(self._data):
            self._fail(self._data[self._at], "after top-level value")

    def _close(self, stack: list[int]) -> bool:
        """After a value inside something: true when that is finished too, false when another value begins."""
        in_object = stack[-1] == ord("{")
        byte = self._peek()
        self._at += 1
        if byte == ord(","):
            if in_object:
                self._key()
            return False
        if byte == (ord("}") if in_object else ord("]")):
            stack.pop()
            return True
        self._fail(byte, "after object key:value pair" if in_object else "after array element")
        return False

    def _key(self) -> None:
        byte = self._peek()
        if byte != ord('"'):
            self._fail(byte, "looking for beginning of object key string")
        self._string()
        byte = self._peek()
        if byte != ord(":"):
            self._fail(byte, "after object key")
        self._at += 1

    def _scalar(self, byte: int) -> None:
        if byte == ord('"'):
            self._string()
        elif byte in _LITERALS:
            word = _LITERALS[byte]
            for index in range(1, len(word)):
                self._at += 1
                found = self._byte()
                if found != word[index]:
                    self._fail(found, f"in literal {word.decode()} (expecting {_quoted(word[index])})")
            self._at += 1
        elif byte == ord("-") or byte in _DIGITS:
            self._number(byte)
        else:
            self._fail(byte, "looking for beginning of value")

    def _number(self, byte: int) -> None:
        if byte == ord("-"):
            self._at += 1
            byte = self._byte()
            if byte not in _DIGITS:
                self._fail(byte, "in numeric literal")
        self._at += 1
        if byte != ord("0"):
            self._digits()
        if self._data[self._at : self._at + 1] == b".":
            self._at += 1
            if (byte := self._byte()) not in _DIGITS:
                self._fail(byte, "after decimal point in numeric literal")
            self._digits()
        if self._data[self._at : self._at + 1] in (b"e", b"E"):
            self._at += 1
            if self._byte() in b"+-":
                self._at += 1
            if (byte := self._byte()) not in _DIGITS:
                self._fail(byte, "in exponent of numeric literal")
            self._digits()

    def _digits(self) -> None:
        while self._at < len(self._data) and self._data[self._at] in _DIGITS:
            self._at += 1

    def _string(self) -> None:
        self._at += 1
        while (byte := self._byte()) != ord('"'):
            if byte == ord("\\"):
                self._at += 1
                byte = self._byte()
                if byte == ord("u"):
                    for _ in range(4):
                        self._at += 1
                        if (byte := self._byte()) not in _HEX:
                            self._fail(byte, "in \\u hexadecimal character escape")
                elif byte not in b'bfnrt\\/"':
                    self._fail(byte, "in string escape code")
            elif byte < 0x20:
                self._fail(byte, "in string literal")
            self._at += 1
        self._at += 1

    def _skip(self) -> None:
        while self._at < len(self._data) and self._data[self._at] in _SPACE:
            self._at += 1

    def _peek(self) -> int:
        self._skip()
        return self._byte()

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise _StopError("unexpected end of JSON input")
        return self._data[self._at]

    def _fail(self, byte: int, context: str) -> None:
        raise _StopError(f"invalid character {_quoted(byte)} {context}")


_NAMES: Final = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 39: "\\'", 92: "\\\\"}


def _quoted(byte: int) -> str:
    """A byte as Go quotes a rune."""
    if byte in _NAMES:
        return f"'{_NAMES[byte]}'"
    if byte < 0x20 or byte == 0x7F:
        return f"'\\x{byte:02x}'"
    if 0x80 <= byte < 0xA0 or byte == 0xAD:
        return f"'\\u{byte:04x}'"
    return f"'{chr(byte)}'"
