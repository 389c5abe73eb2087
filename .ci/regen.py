"""Writes every file of the repository that is made from facts about the API, or checks that they are as they should be.

    python .ci/regen.py [--check] [--facts ../shared/facts]

A generator is a module of `.ci/facts` named below with `generate(facts) -> {path: content}`; it is deterministic. Where it
also has `OWNED`, a folder, then every file there is either generated or named in its `HAND_WRITTEN`.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

GENERATORS = (
    "models",
    "descriptors",
    "served",
    "schemas",
    "clients",
    "protobuf",
    "applyconfigurations",
    "informers",
    "legacy",
)

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Return the exit status: 1 where a checked file is stale, missing or nobody's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where something would change")
    parser.add_argument("--facts", type=Path, default=ROOT.parent / "shared" / "facts", help="the folder of facts")
    options = parser.parse_args()
    if not (options.facts / "types.json").exists():
        print(f"no facts in {options.facts}: nothing to {'check' if options.check else 'write'}")
        return 0 if options.check else 1
    sys.path[:0] = [str(Path(__file__).resolve().parent), str(ROOT)]
    generators = [importlib.import_module(f"facts.{name}") for name in GENERATORS]
    wanted: dict[str, bytes] = {}
    stale = 0
    for generator in generators:  # in order: a later one may read what an earlier one wrote
        made = generator.generate(options.facts)
        assert not wanted.keys() & made.keys(), f"{generator.__name__} writes another's files"
        wanted.update(made)
        stale += sum(_settle(path, content, options.check) for path, content in made.items())
    unknown = list(strays(generators, wanted, ROOT))
    for path in unknown:
        print(f"{path}: neither generated nor known as hand-written")
    return 1 if unknown or (options.check and stale) else 0


def _settle(path: str, content: bytes, check: bool) -> bool:
    """Whether the file was not as it should be; writes it then, unless it is only to be checked."""
    file = ROOT / path
    if file.exists() and file.read_bytes() == content:
        return False
    if not check:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    print(f"{path}: {'not what .ci/regen.py writes' if check else 'written'}")
    return True


def strays(generators: list[ModuleType], wanted: dict[str, bytes], root: Path) -> Iterator[str]:
    """The files in the generators' folders that are neither made by them nor named as written by hand."""
    for generator in generators:
        folder = getattr(generator, "OWNED", None)
        if folder is None:
            continue
        for file in sorted((root / folder).rglob("*")):
            path = file.relative_to(root).as_posix()
            if (
                file.is_file()
                and "__pycache__" not in path
                and path not in wanted
                and file.name not in generator.HAND_WRITTEN
            ):
                yield path


if __name__ == "__main__":
    sys.exit(main())
