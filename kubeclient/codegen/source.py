"""What the readers make of their inputs: resources with the schemas of their objects, and the errors for what is no good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CodegenError", "Resource", "SchemaError"]


class CodegenError(Exception):
    """Something that nothing can be generated from, in words for whoever gave it."""


class SchemaError(CodegenError):
    """A schema that says nothing a type could be made of. The path names the field: ".spec.rules[].name"."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(f"{path or '.'}: {what}")


@dataclass(frozen=True)
class Resource:
    """A resource of which a typed client can be made.

    Attributes:
        schema: of its objects, in the words of OpenAPI.
        calls: what its client offers, in snake_case.
        source: the input that it is from, for headers: the name of a file without its folders.
        where: the same for errors, as precisely as it is known.
        components: schemas by the name that references use.
    """

    group: str
    version: str
    plural: str
    kind: str
    list_kind: str
    namespaced: bool
    schema: Mapping[str, Any]
    calls: frozenset[str]
    source: str
    where: str
    components: Mapping[str, Any] = field(default_factory=dict)

    @property
    def group_version(self) -> str:
        """As objects say it."""
        return f"{self.group}/{self.version}" if self.group else self.version
