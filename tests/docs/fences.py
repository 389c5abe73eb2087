"""Reads the fenced blocks of a page, and carries them out in their order, in a folder of their own.

```python               executed; the blocks of one page share their names
```python file=x.py     written to a file; yaml likewise
```python test          written to a test file and run by pytest, which must pass
```console              `$ command` lines, each followed by what it prints; `…` stands for anything
```console status=1     the same, for commands that end with that status
```yaml                 must be YAML
```text, ``` …          not looked at
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubeclient.apimachinery import yaml

_FENCE = re.compile(r"^```(?P<head>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LANGUAGES = ("python", "yaml", "console")


@dataclass(frozen=True)
class Fence:
    """One block: its language, the words behind it, its text and its line."""

    language: str
    options: Mapping[str, str]
    body: str
    line: int


def fences(text: str) -> Iterator[Fence]:
    """The blocks of a page that are carried out."""
    for found in _FENCE.finditer(text):
        language, *words = found["head"].split() or [""]
        if language in LANGUAGES:
            options = dict(word.partition("=")[::2] for word in words)
            yield Fence(language, options, found["body"], text.count("\n", 0, found.start()) + 1)


class Reader:
    """Carries out one page, in the folder it is given, which must be the current one."""

    def __init__(self, page: Path, folder: Path) -> None:
        self._page = page
        self._folder = folder
        self._names: dict[str, Any] = {"__name__": "__docs__"}

    def carry_out(self, fence: Fence) -> None:
        """Raises AssertionError, or whatever the block raises, with the page's line in its traceback."""
        if "file" in fence.options:
            path = self._folder / fence.options["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fence.body)
        elif "test" in fence.options:
            self._test(fence)
        elif fence.language == "python":
            code = compile("\n" * fence.line + fence.body, str(self._page), "exec")
            exec(code, self._names)
        elif fence.language == "yaml":
            list(yaml.load_all(fence.body))
        else:
            self._console(fence)

    def _test(self, fence: Fence) -> None:
        path = self._folder / f"test_line_{fence.line}.py"
        path.write_text(fence.body)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", path.name]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)
        wanted = int(fence.options.get("status", 0))
        assert done.returncode == wanted, f"{self._page}:{fence.line}\n{done.stdout}{done.stderr}"

    def _console(self, fence: Fence) -> None:
        for entry in re.split(r"^\$ ", fence.body, flags=re.MULTILINE)[1:]:
            line, _, expected = entry.partition("\n")
            done = self._run(shlex.split(line))
            where = f"{self._page}:{fence.line}: {line}"
            assert done.returncode == int(fence.options.get("status", 0)), f"{where}\n{done.stdout}{done.stderr}"
            pattern = re.escape(expected.rstrip("\n")).replace("…", "(?s:.*?)")
            assert re.fullmatch(pattern, done.stdout.rstrip("\n")), f"{where} printed\n{done.stdout}{done.stderr}"

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        programs = {"kubefake": ["-m", "kubefake"], "pytest": ["-m", "pytest", "-p", "no:cacheprovider"], "python": []}
        assert words[0] in programs, f"{words[0]} is not a command that pages may show with its output"
        command = [sys.executable, *programs[words[0]], *words[1:]]
        return subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)
