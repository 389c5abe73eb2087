"""Asks two servers siblings of the recorded cases, and tells every kind of difference once, with the fewest steps that lead to it.

    python tests/oracle/mutate.py --server https://127.0.0.1:PORT --siblings 500 --seed 1 --out /tmp/found [FOLDER ...]

The fake is a `kubefake serve` of its own. Everything is chosen by the seed, so the same seed finds the same; give a real server
that was asked a seed before another one, or a new server. What is written to --out are cases for tests/recordings/random.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import http.client
import json
import random
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "corpus")]

import conform  # noqa: E402
from oracle.siblings import Siblings, Step  # noqa: E402

TOKEN = "admin-token"
_PATIENCE = 1.5
_FOLDERS = tuple(str(HERE.parent / "corpus" / one) for one in ("machinery", "builtin", "crd"))
_of_the_moment = (
    (re.compile(r"\b10\.0\.0\.\d+"), "ADDRESS"),
    (re.compile(r'"([nN]odePort|healthCheckNodePort)": \d+'), '"nodePort": 0'),
    (re.compile(r"\b3[0-2]\d{3}\b"), "PORT"),
    (re.compile(r"(resourceVersion\W+|record \(|precondition \(|in object meta: |current: )\d+"), r"\1N"),
    (re.compile(r'"(\d+[smhd]){1,2}"|"<invalid>"'), '"AGE"'),
    (re.compile(r"description: ('[^']*'|[^\\]*?)\\n(?=  [a-z])"), "description: D"),  # prose, in tables in YAML
    (re.compile(r"(?<=goroutine )\d+|0x[0-9a-f]{6,}|eyJ[\w.-]+"), "N"),
)
_varying = re.compile(r"\[\d+\]|\"[^\"]*\"|'[^']*'|\d+")


class Kept(conform.Server):  # type: ignore[misc]
    """A server that is asked over one connection."""

    def __init__(self, url: str) -> None:
        super().__init__(url, TOKEN)
        self._kept: http.client.HTTPConnection | None = None

    def connect(self, timeout: float) -> Any:
        if timeout == 60:  # a watch
            return super().connect(timeout)
        if self._kept is None:
            self._kept = super().connect(timeout)
        return _Borrowed(self._kept)

    def open(self, method: str, path: str, headers: Any, body: Any = None, timeout: float = 30.0) -> Any:
        try:
            return super().open(method, path, headers, body, timeout)
        except (http.client.HTTPException, OSError):
            if self._kept is not None:
                self._kept.close()
                self._kept = None
            return super().open(method, path, headers, body, timeout)


class _Borrowed:
    """A connection that stays open when it is given back."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Nothing is let go of."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class Pair:
    """Both servers, and the namespaces they were given so far."""

    def __init__(self, real: str, fake: str, seed: str) -> None:
        self._servers = (Kept(real), Kept(fake))
        self._random = random.Random(f"pair/{seed}")
        self.asked = 0

    def run(self, steps: list[Step]) -> Iterator[tuple[int, list[str]]]:
        """Where the answers differ, up to the first time that what the servers hold may differ, too."""
        rand = "".join(self._random.choices(string.ascii_lowercase, k=8))
        self.asked += len(steps)
        real, fake = (self._answers(server, steps, rand) for server in self._servers)
        whole = _plain(steps, real, rand), _plain(steps, fake, rand)
        if whole[0] == whole[1]:
            return
        said = [step for step in steps if "sleep" not in step]
        for at in range(min(len(real), len(fake))):
            left, right = (_plain(steps, part[: at + 1], rand)[at:] for part in (fake, real))
            if left == right:
                continue
            found = list(conform.differences(right[0], left[0]))
            yield steps.index(said[at]), found
            if real[at].get("status", 0) < 400 and not str(real[at].get("do", "GET")).startswith("GET"):
                return
            if real[at].get("status") != fake[at].get("status"):
                return

    def _answers(self, server: Kept, steps: list[Step], rand: str) -> list[Any]:
        try:
            got: list[Any] = conform.run(server, copy.deepcopy(steps), rand)
        except (OSError, http.client.HTTPException, KeyError, TypeError, ValueError) as error:
            return [{"error": type(error).__name__}] * len(steps)
        self._clean(server, got, rand)
        return got

    def _clean(self, server: Kept, got: list[Any], rand: str) -> None:
        """Takes away what is not in the namespace, and what holds addresses."""
        for answer in got:
            method, _, path = str(answer.get("do", "")).partition(" ")
            body = answer.get("body")
            if answer.get("status") != 201 or not isinstance(body, dict) or not isinstance(body.get("metadata"), dict):
                continue
            name, namespace = body["metadata"].get("name"), body["metadata"].get("namespace")
            if not name or (namespace and "/services" not in path):
                continue
            path = path.split("?")[0].replace("$(ns)", f"case-{rand}").replace("$(rand)", rand)
            one = f"{path}/{name}" if method == "POST" else path
            merge = {"Content-Type": "application/merge-patch+json"}
            for how, data in (("PATCH", '{"metadata": {"finalizers": null}}'), ("DELETE", '{"gracePeriodSeconds": 0}')):
                with contextlib.suppress(OSError, http.client.HTTPException):
                    headers = merge if how == "PATCH" else {"Content-Type": "application/json"}
                    server.open(how, one, headers, data)[1].read()


def _plain(steps: list[Step], got: list[Any], rand: str) -> list[Any]:
    said = [step for step in steps if "sleep" not in step][: len(got)]
    got = [{k: v for k, v in one.items() if k != "body" or "protobuf" not in one.get("type", "")} for one in got]
    text = json.dumps(conform.settled(conform.normalise(said, got, rand)))
    for pattern, to in _of_the_moment:
        text = pattern.sub(to, text)
    plain: list[Any] = json.loads(text)
    return plain


class Search:
    """Siblings one after another."""

    def __init__(self, pair: Pair, out: Path | None) -> None:
        self._pair = pair
        self._out = out
        self.found: dict[str, int] = {}

    def ask(self, name: str, steps: list[Step]) -> None:
        """Asks one sibling, and tells what is new of what differs."""
        for at, differing in self._pair.run(steps):
            signature = _signature(steps[at], differing)
            self.found[signature] = self.found.get(signature, 0) + 1
            if self.found[signature] == 1:
                self._tell(name, signature, steps[: at + 1])

    def _tell(self, name: str, signature: str, steps: list[Step]) -> None:
        fewest = self._shrunk(steps, signature)
        differing = self._again(fewest, signature)
        print(f"\n== {len(self.found)}: like {name}: {signature}{'' if differing else ' (did not come again)'}")
        for step in fewest:
            print("  ", json.dumps({k: v for k, v in step.items() if k not in ("note", "ignore", "only")})[:900])
        for line in differing[:5]:
            print(f"      {line[:700]}")
        sys.stdout.flush()
        if self._out is not None and differing:
            self._out.mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump(fewest, sort_keys=False, width=130)
            (self._out / f"{len(self.found):03d}.yaml").write_text(text, encoding="utf-8")

    def _again(self, steps: list[Step], signature: str) -> list[str]:
        for at, differing in self._pair.run(steps):
            if at == len(steps) - 1 and _signature(steps[at], differing) == signature:
                return differing
        return []

    def _shrunk(self, steps: list[Step], signature: str) -> list[Step]:
        if len(steps) > 1 and self._again(steps[-1:], signature):
            return steps[-1:]
        at = 0
        while at < len(steps) - 1:
            tried = [*steps[:at], *steps[at + 1 :]]
            if self._again(tried, signature):
                steps = tried
            else:
                at += 1
        return steps


def _signature(step: Step, differing: list[str]) -> str:
    where = str(step.get("do") or step.get("read") or step.get("watch")).split("?")[0]
    where = re.sub(r"\$\(\w+\)|/namespaces/[^/]+(?=/)", "", where)
    found = re.match(r"(\w+) /(?:api/v1|apis/[^/]+/[^/]+)/([a-z]+)(?:/[^/]*)?(/.*)?", where)
    where = "".join(f"{part or ''} " for part in found.groups()) if found else where
    first = next((line for line in differing if ".message" in line), differing[0])
    if first.startswith(".body.message"):
        pair = re.match(r".body.message: want (.*) got (.*)", first)
        if pair:
            first = "message " + _apart(*pair.groups())
    return f"{where}: {_varying.sub('#', first)[:110]}"


def _apart(left: str, right: str) -> str:
    """Where two texts part."""
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    return f"…{left[max(0, at - 25) : at + 35]} <> {right[at : at + 35]}"


def _cases(folders: list[str]) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for folder in folders:
        for file in sorted(Path(folder).rglob("*.yaml")):
            steps = yaml.load(file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            for step in steps:
                if "retry" in step:  # what is spoilt is not waited for
                    step["retry"] = _PATIENCE
            if all("watch" not in step and "read" not in step for step in steps):
                found[f"{file.parent.name}/{file.stem}"] = steps
    return found


@contextlib.contextmanager
def _served() -> Iterator[str]:
    command = [sys.executable, "-m", "kubefake", "serve", "--port", "0", "--token", TOKEN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            match = re.search(r"https?://\S+", server.stdout.readline())
            assert match is not None, "kubefake serve did not say where it listens"
            yield match[0]
        finally:
            server.terminate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--server", required=True)
    parser.add_argument("--siblings", type=int, default=200)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--rate", type=float, default=0.5)
    parser.add_argument("--like", default="", help="a pattern for the names of the cases")
    parser.add_argument("--unlike", default="^$", help="a pattern for the names of the cases to leave out")
    parser.add_argument("--out", type=Path)
    parser.add_argument("folders", nargs="*", default=list(_FOLDERS))
    options = parser.parse_args()
    cases = {
        name: steps
        for name, steps in _cases(options.folders).items()
        if re.search(options.like, name) and not re.search(options.unlike, name)
    }
    siblings = Siblings(cases, options.seed, options.rate)
    with _served() as fake:
        search = Search(Pair(options.server, fake, options.seed), options.out)
        for _ in range(options.siblings):
            search.ask(*siblings.one())
        print(f"\n{options.siblings} siblings, {search._pair.asked} steps, {len(search.found)} kinds of difference:")
    for signature, count in sorted(search.found.items(), key=lambda pair: -pair[1]):
        print(f"{count:5} {signature}")
    return 1 if search.found else 0


if __name__ == "__main__":
    sys.exit(main())
