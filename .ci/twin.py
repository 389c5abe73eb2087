"""Writes the synchronous twins: every `_async` folder listed in PAIRS becomes the `_sync` folder beside it.

Drivers are written once, for asyncio. A twin differs from its source only by the renames of this file: there are no
branches for one colour. What is really different in the two worlds lives in `kubeclient/runtime` and
`kubeclient/transport`, under names that differ only by their prefix.

    python .ci/twin.py            writes the twins, removes those whose source is gone
    python .ci/twin.py --check    changes nothing, fails when a twin is missing, stale, edited or without a source

A rule that matched nothing in all sources is an error, so that the table cannot rot. Formatting and the order of imports
are ruff's, as shorter names need other line breaks; the result depends on the sources and the pinned ruff alone.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tempfile
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PAIRS = [
    (Path("kubeclient/_async"), Path("kubeclient/_sync")),
    (Path("kubeclient/transport/_async"), Path("kubeclient/transport/_sync")),
    (Path("kubefake/streams/_async"), Path("kubefake/streams/_sync")),
    (Path("tests/twins/_async"), Path("tests/twins/_sync")),
]

# Names that change as a whole.
NAMES = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "StopAsyncIteration": "StopIteration",
    "aclose": "close",
    "_async": "_sync",
    "current_async_runtime": "current_runtime",
}

# Optional names: other rooms use them when they need them; they are not asked to match.
SPARE_NAMES = {
    "AbstractAsyncContextManager": "AbstractContextManager",
    "aiter_raw": "iter_raw",
    "aread": "read",
    "async_beside": "beside",
    "async_trace": "sync_trace",
    "async_wake": "wake",
    "handle_async_request": "handle_request",
    "aiter": "iter",
    "anext": "next",
    "asynccontextmanager": "contextmanager",
    "AsyncExitStack": "ExitStack",
    "async_call": "call",
    "async_check_consistency": "check_consistency",
    "async_wait_for_cache_sync": "wait_for_cache_sync",
}

PREFIX = re.compile(r"^(_*)Async(?=[A-Z])")

# Keywords that vanish with the blank behind them.
KEYWORDS = ("async", "await")

# `Awaitable[X]` becomes `X`, and its import goes.
UNWRAPPED = ("Awaitable", "Coroutine")

# Inside strings and comments: names, and the words of code that stands in docstrings.
TEXT = ((re.compile(r"\bAsync(?=[A-Z])"), ""),)
PROSE = (
    (re.compile(r"\basync (?=with\b|for\b|def\b)"), ""),
    (re.compile(r"\bawait (?=[a-z_]+[.(])"), ""),
    (re.compile(r"\baclose\b"), "close"),
    (re.compile(r"\basyncio\b"), "threads"),
)

FORBIDDEN = ("asyncio", "anyio", "threading")

RUFF_CONFIG = ["--isolated", "--line-length", "120", "--target-version", "py311"]


class TwinError(Exception):
    """A source that this tool cannot turn into a twin."""


class Twin:
    """Turns one source text at a time into its twin and counts which rules were used."""

    def __init__(self) -> None:
        self.used: Counter[str] = Counter()

    def convert(self, text: str, origin: str) -> str:
        """The twin of a source text. `origin` is its path, for the header and for errors."""
        edits = list(self._edits(text, origin))
        lines = text.splitlines(keepends=True)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        pieces: list[str] = []
        position = 0
        for (from_row, from_column), (to_row, to_column), replacement in edits:
            start, end = starts[from_row - 1] + from_column, starts[to_row - 1] + to_column
            pieces += [text[position:start], replacement]
            position = end
        pieces.append(text[position:])
        return f"# generated from {origin} by .ci/twin.py, do not edit\n" + "".join(pieces)

    def _edits(self, text: str, origin: str) -> Iterator[tuple[tuple[int, int], tuple[int, int], str]]:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        closing = self._unwrapped_brackets(tokens)
        skip_to = -1
        for index, token in enumerate(tokens):
            if index <= skip_to:
                continue
            if index in closing:
                yield token.start, token.end, ""
            elif token.type == tokenize.NAME:
                if token.string in FORBIDDEN:
                    raise TwinError(
                        f"{origin}:{token.start[0]}: {token.string} is not for drivers: use the runtime of kubeclient.runtime"
                    )
                following = tokens[index + 1]
                if token.string in KEYWORDS:
                    self.used[token.string] += 1
                    yield token.start, following.start, ""
                elif token.string in UNWRAPPED:
                    self.used["unwrapped"] += 1
                    # In an annotation the bracket goes too; in an import, the comma.
                    last = index + 1 if following.string in "[," else index
                    if tokens[last].string == "," and tokens[last + 1].start[0] == tokens[last].end[0]:
                        end = tokens[last + 1].start
                    else:
                        end = tokens[last].end
                    skip_to = last
                    yield token.start, end, ""
                else:
                    name = self._rename(token.string)
                    if name != token.string:
                        yield token.start, token.end, name
            elif token.type in TEXT_TOKENS:
                changed = self._rewrite(token.string, prose=self._is_prose(tokens, index))
                if changed != token.string:
                    yield token.start, token.end, changed

    def _rename(self, name: str) -> str:
        for table in (NAMES, SPARE_NAMES):
            if name in table:
                self.used[name] += 1
                return table[name]
        renamed = PREFIX.sub(r"\1", name)
        if renamed != name:
            self.used["Async prefix"] += 1
        return renamed

    def _rewrite(self, text: str, *, prose: bool) -> str:
        for pattern, replacement in (*TEXT, *PROSE) if prose else TEXT:
            text, count = pattern.subn(replacement, text)
            self.used[pattern.pattern] += count
        return text

    @staticmethod
    def _is_prose(tokens: list[tokenize.TokenInfo], index: int) -> bool:
        """Whether the token is a comment or a docstring, where code words may stand in sentences."""
        if tokens[index].type == tokenize.COMMENT:
            return True
        if not tokens[index].string.lstrip("rR").startswith('"""'):
            return False
        return index == 0 or tokens[index - 1].type in (
            tokenize.INDENT,
            tokenize.NEWLINE,
            tokenize.NL,
        )

    @staticmethod
    def _unwrapped_brackets(tokens: list[tokenize.TokenInfo]) -> set[int]:
        """Positions of the closing brackets whose opening goes with an UNWRAPPED name."""
        closing: set[int] = set()
        stack: list[bool] = []
        for index, token in enumerate(tokens):
            if token.string == "[" and token.type == tokenize.OP:
                stack.append(tokens[index - 1].string in UNWRAPPED)
            elif token.string == "]" and token.type == tokenize.OP and stack.pop():
                closing.add(index)
        return closing

    def unused(self) -> list[str]:
        """The rules that matched nothing."""
        rules = [*NAMES, *KEYWORDS, "Async prefix", *(pattern.pattern for pattern, _ in (*TEXT, *PROSE))]
        return [rule for rule in rules if not self.used[rule]]


TEXT_TOKENS = {tokenize.STRING, tokenize.COMMENT} | (
    # From Python 3.12 on, f-strings come in parts.
    {tokenize.FSTRING_MIDDLE} if sys.version_info >= (3, 12) else set()
)


def ruff(*arguments: str) -> None:
    """Runs the ruff that stands beside this interpreter."""
    tool = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [str(tool) if tool.exists() else "ruff", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise TwinError(f"ruff {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def drop_empty_imports(text: str) -> str:
    """Removes import statements that lost their last name."""
    return re.sub(r"^from [\w.]+ import *\n", "", text, flags=re.MULTILINE)


def build() -> dict[Path, str]:
    """All twins: path relative to the repository, and text."""
    twin = Twin()
    texts: dict[Path, str] = {}
    for source_folder, twin_folder in PAIRS:
        for source in sorted((ROOT / source_folder).rglob("*.py")):
            relative = source.relative_to(ROOT / source_folder)
            text = source.read_text(encoding="utf-8")
            texts[twin_folder / relative] = drop_empty_imports(
                twin.convert(text, (source_folder / relative).as_posix())
            )
    unused = twin.unused()
    if unused:
        raise TwinError(f"rules that match nothing any more, remove them: {unused}")
    return formatted(texts)


def formatted(texts: dict[Path, str]) -> dict[Path, str]:
    """The texts with imports sorted and lines broken by ruff."""
    with tempfile.TemporaryDirectory(prefix="twin-") as name:
        folder = Path(name)
        for path, text in texts.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        known = 'lint.isort.known-first-party=["kubeclient", "kubefake"]'
        ruff("check", *RUFF_CONFIG, "--no-cache", "-q", "--select", "I,RUF022", "--fix", "--config", known, name)
        ruff("format", *RUFF_CONFIG, "--no-cache", "-q", name)
        return {path: (folder / path).read_text(encoding="utf-8") for path in texts}


def existing() -> list[Path]:
    """The twins that are there now."""
    return [path.relative_to(ROOT) for _, folder in PAIRS for path in sorted((ROOT / folder).rglob("*.py"))]


def check(texts: dict[Path, str]) -> int:
    """Reports every difference between what is there and what should be."""
    problems = [f"{path} has no source" for path in existing() if path not in texts]
    for path, text in texts.items():
        target = ROOT / path
        if not target.exists():
            problems.append(f"{path} is missing")
        elif target.read_text(encoding="utf-8") != text:
            problems.append(f"{path} is not what its source says")
    for problem in problems:
        print(f"{problem}: run python .ci/twin.py", file=sys.stderr)
    return 1 if problems else 0


def write(texts: dict[Path, str]) -> int:
    """Writes what changed and removes twins whose source is gone."""
    for path in existing():
        if path not in texts:
            (ROOT / path).unlink()
            print(f"removed {path}")
    for path, text in texts.items():
        target = ROOT / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            print(f"wrote {path}")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="change nothing, fail when a twin is not up to date")
    arguments = parser.parse_args()
    try:
        texts = build()
    except TwinError as error:
        print(error, file=sys.stderr)
        return 2
    return check(texts) if arguments.check else write(texts)


if __name__ == "__main__":
    sys.exit(main())
