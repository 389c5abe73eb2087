"""How the server writes YAML: strings quoted only where Go's emitter would, lists not indented below their key."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from .yamlread import plain_value

__all__ = ["Dumper"]

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_BASE_60: Final = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")

_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class Dumper(_Base):  # type: ignore[misc]
    """A safe dumper without PyYAML's own idea of which strings look like something else."""

    yaml_implicit_resolvers: Final[dict[str, Any]] = {}

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _string(dumper: Any, text: str) -> Any:
    style = None
    if "\n" in text:
        style = "|"
    elif not isinstance(plain_value(text), str) or _TIME.fullmatch(text) or _BASE_60.fullmatch(text) or text == "<<":
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _null(dumper: Any, _: None) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", "null")


def _plain(dumper: Any, value: object) -> Any:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text)


Dumper.add_representer(str, _string)
Dumper.add_representer(type(None), _null)
for _type in (bool, int, float):
    Dumper.add_representer(_type, _plain)
