"""Which wire formats a client speaks: what it asks for and what it writes. Ported from client-go rest/{config,client}.go.

JSON and protobuf are spoken; CBOR is not, so that who asks for it is given JSON in its place, as client-go does unless two
of its feature gates are on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kubeclient.machines.request import JSON, PROTOBUF, PROTOBUF_FIRST

__all__ = ["ContentConfig", "check_stream", "media_type"]

_SHORT = {"": JSON, "json": JSON, "protobuf": PROTOBUF}
_CBOR = "application/cbor"


def media_type(content_type: str) -> str:
    """The media type of a header, in lower case and without parameters. Raises ValueError for what is none."""
    found = content_type.partition(";")[0].strip().lower()
    kind, slash, subtype = found.partition("/")
    if not slash or not kind or not subtype or any(one.isspace() or one in '"(),' for one in found):
        raise ValueError(f'mime: expected a media type, not "{content_type}"')
    return found


def check_stream(content_type: str | None) -> None:
    """Raises ValueError when a watch of that type cannot be read; one that names none is taken for JSON."""
    if content_type and content_type != JSON:
        found = media_type(content_type)
        if found not in {JSON, PROTOBUF} and not found.endswith("json"):
            raise ValueError(f"no stream serializers registered for {found}")


def _without_cbor(content_type: str) -> str:
    """JSON in the place of CBOR, with what stands behind it."""
    clauses = []
    for clause in content_type.split(","):
        name, semicolon, parameters = clause.partition(";")
        if name.strip().lower() == _CBOR:
            name = name.replace(name.strip(), JSON)
        clauses.append(f"{name}{semicolon}{parameters}")
    return ",".join(clauses)


@dataclass(frozen=True, slots=True)
class ContentConfig:
    """The formats of a client.

    Attributes:
        content_type: what is written.
        accept: what is asked for; empty: what is written, and anything else.
        defaulted: nobody chose; who prefers protobuf may take it.
    """

    content_type: str = JSON
    accept: str = ""
    defaulted: bool = True

    @classmethod
    def of(cls, content_type: str, accept: str = "") -> ContentConfig:
        """From "json", "protobuf", media types, or nothing. Raises ValueError for a format that is not spoken."""
        written = _without_cbor(_SHORT.get(content_type, content_type))
        try:
            media_type(written)
        except ValueError:
            raise ValueError(
                f'the content type of a client is "json", "protobuf" or a media type, not "{content_type}"'
            ) from None
        return cls(written, _without_cbor(accept), content_type == "")

    @property
    def accept_header(self) -> str:
        """The Accept header."""
        return self.accept or f"{self.content_type}, */*"

    @property
    def in_protobuf(self) -> bool:
        """Whether objects are written in protobuf."""
        return self.content_type == PROTOBUF

    def preferring_protobuf(self) -> ContentConfig:
        """In protobuf, unless somebody chose otherwise."""
        if not self.defaulted or self.accept:
            return self
        return replace(self, content_type=PROTOBUF, accept=PROTOBUF_FIRST)
