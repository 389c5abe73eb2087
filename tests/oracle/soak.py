"""Asks two servers at random for long and tells every difference once, with the fewest requests that lead to it.

    python tests/oracle/soak.py --server https://127.0.0.1:PORT --seconds 600 --seed 1 --out /tmp/found

The test beside it stops at the first difference; this goes on. What it writes are cases for tests/recordings/random.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from oracle.asked import Asked, Seeded  # noqa: E402
from oracle.comparing import Real, Session, prepare  # noqa: E402
from oracle.known import known  # noqa: E402
from oracle.requests_at_random import Requests  # noqa: E402

_FORMS = {
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
    "application/json-patch+json": "jsonpatch",
    "application/apply-patch+yaml": "apply",
}
_varying = re.compile(r"\[\d+\]|\"[^\"]*\"|'[^']*'|\d+|_moved_\w+")


Numbered = list[tuple[int, Asked]]


class Soak:
    """Sessions one after another."""

    def __init__(self, url: str, out: Path | None) -> None:
        self._real = Real(url)
        self._template = prepare(self._real)
        self._sessions = 0
        self._run = f"{int(time.time()) % 10**7:07d}"  # noqa: TID251
        self._out = out
        self.asked = 0
        self.found: dict[str, int] = {}
        self.known: dict[str, int] = {}

    def session(self, seed: str, steps: int) -> None:
        """Asks until what the two hold differs, or until all is asked."""
        namespace = self._next()
        requests = Requests(Seeded(seed), namespace)
        drawn = list(enumerate(requests.draw() for _ in range(steps)))
        for at, differing in self._replay(drawn, namespace):
            if entry := known(drawn[at][1], differing):
                self.known[entry.what] = self.known.get(entry.what, 0) + 1
                continue
            signature = _signature(drawn[at][1], differing)
            self.found[signature] = self.found.get(signature, 0) + 1
            if self.found[signature] == 1:
                self._tell(seed, signature, _moved(drawn[: at + 1], namespace, "$(ns)"))

    def _tell(self, seed: str, signature: str, asked: Numbered) -> None:
        fewest = self._shrunk(asked, signature)
        differing = self._again(fewest, signature)
        again = "" if differing else " (did not come again)"
        print(f"\n== {len(self.found)}: seed {seed}, {signature}{again}")
        for number, one in fewest:
            print(f"  {number}: {one}")
        for line in differing[:8]:
            print(f"    {_parting(line)}")
        sys.stdout.flush()
        if self._out is not None and differing:
            self._out.mkdir(parents=True, exist_ok=True)
            (self._out / f"{len(self.found):03d}.yaml").write_text(_case(fewest, differing), encoding="utf-8")

    def _next(self) -> str:
        self._sessions += 1
        return f"d{self._run}-{self._sessions:06d}"

    def _replay(self, asked: Numbered, namespace: str) -> Iterator[tuple[int, list[str]]]:
        """Where the two differ, up to the first time that their states may differ, too."""
        session = Session(self._real, self._template, namespace)
        try:
            for at, (number, one) in enumerate(asked):
                self.asked += 1
                if differing := session.ask(one, number):
                    yield at, differing
                    if session.apart(one, differing):
                        return
        finally:
            session.close()

    def _again(self, asked: Numbered, signature: str) -> list[str]:
        """Whether the last of the requests is still answered with that difference."""
        namespace = self._next()
        for at, differing in self._replay(_moved(asked, "$(ns)", namespace), namespace):
            if at == len(asked) - 1 and _signature(asked[at][1], differing) == signature:
                return differing
        return []

    def _shrunk(self, asked: Numbered, signature: str) -> Numbered:
        """The fewest requests that lead to the last one's difference: whole halves are left out first."""
        size = max(1, (len(asked) - 1) // 2)
        while len(asked) > 1:
            start = 0
            while start < len(asked) - 1:
                tried = [*asked[:start], *asked[min(start + size, len(asked) - 1) :]]
                if self._again(tried, signature):
                    asked = tried
                else:
                    start += size
            if size == 1:
                break
            size = max(1, size // 2)
        return asked


def _parting(line: str) -> str:
    """A difference; of two long texts the parts around the place from which they differ."""
    left, found, right = line.partition(" where the real one says ")
    where, _, left = left.partition(": ")
    same = next((at for at, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), 0)
    if not found or same < 100:
        return line[:700]
    return f"{where}: ...{left[same - 60 : same + 300]} <> ...{right[same - 60 : same + 300]}"


def _moved(asked: Numbered, old: str, new: str) -> Numbered:
    def text(value: str) -> str:
        return value.replace(old, new)

    return [
        (
            number,
            Asked(
                one.method,
                text(one.path),
                tuple((name, text(value)) for name, value in one.query),
                None if one.body is None else json.loads(text(json.dumps(one.body))),
                one.type,
                one.accept,
            ),
        )
        for number, one in asked
    ]


def _signature(asked: Asked, differing: list[str]) -> str:
    found = re.search(r"/(?:namespaces/[^/]+/)?([a-z]+)(?:/[^/]+)?(/status|/scale)?$", asked.path)
    where = "".join(part or "" for part in found.groups()) if found is not None else asked.path
    return f"{asked.method} {where} {_varying.sub('#', differing[0])[:110]}"


def _case(asked: Numbered, differing: list[str]) -> str:
    """A case for conform.py."""
    steps: list[dict[str, Any]] = []
    for number, one in asked:
        query = "&".join(f"{name}={urllib.parse.quote(value, safe='$(),=!')}" for name, value in one.query)
        step: dict[str, Any] = {"do": f"{one.method} {one.path}" + (f"?{query}" if query else "")}
        if one.type in _FORMS:
            step["type"] = _FORMS[one.type]
        if one.body is not None:
            step["body"] = one.body
        if one.accept:
            step["accept"] = one.accept
        if any(f"$(rv{number})" in str(later) for _, later in asked):
            step["save"] = {f"rv{number}": "metadata.resourceVersion"}
        steps.append(step)
    head = "".join(f"# {line[:200]}\n" for line in differing[:3])
    return head + yaml.safe_dump(steps, sort_keys=False, width=130)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--server", required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    soak = Soak(options.server, options.out)
    end = time.monotonic() + options.seconds  # noqa: TID251
    number = 0
    while time.monotonic() < end:  # noqa: TID251
        soak.session(f"{options.seed}-{number}", options.steps)
        number += 1
    for what, count in sorted(soak.known.items()):
        print(f"{count:5} known: {what}")
    print(f"\n{number} sessions, {soak.asked} requests, {len(soak.found)} differences:")
    for signature, count in sorted(soak.found.items(), key=lambda pair: -pair[1]):
        print(f"{count:5} {signature}")
    return 1 if soak.found else 0


if __name__ == "__main__":
    sys.exit(main())
