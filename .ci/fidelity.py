"""Writes docs/fidelity.md: what of a real apiserver this one answers alike, area by area, and what it knowingly does not.

    python .ci/fidelity.py                       writes the page from tests/corpus/areas.toml and docs/limits.toml
    python .ci/fidelity.py --check               changes nothing, fails when the page is stale
    python .ci/fidelity.py --measure [FOLDER ..] replays the recordings first, and writes areas.toml anew

An area is what cases of a folder share: the first word of their names. The limits are kept by hand; a limit that is gone is
to be taken out there.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "corpus"
AREAS = CORPUS / "areas.toml"
LIMITS = ROOT / "docs" / "limits.toml"
PAGE = ROOT / "docs" / "fidelity.md"
FOLDERS = ("machinery", "builtin", "crd", "admission", "controllers")
VERIFIED = "1.36.3"
TOKEN = "admin-token"

Areas = dict[str, dict[str, tuple[int, int]]]


def measure(folders: list[str]) -> None:
    """Replays folders against a server of their own each, and keeps how many steps of each area match."""
    kept = read_areas()
    for folder in folders:
        kept[folder] = _replay(folder)
        matching, steps = map(sum, zip(*kept[folder].values(), strict=True))
        print(f"{folder}: {matching}/{steps}", flush=True)
        _keep(kept)


def _keep(kept: Areas) -> None:
    text = "# Steps that match and all steps, by folder and area; written by .ci/fidelity.py --measure.\n"
    for folder in FOLDERS:
        if folder in kept:
            text += f"\n[{folder}]\n"
            text += "".join(f"{area} = [{good}, {total}]\n" for area, (good, total) in sorted(kept[folder].items()))
    AREAS.write_text(text)


def _replay(folder: str) -> dict[str, tuple[int, int]]:
    server = subprocess.Popen(
        [sys.executable, "-m", "kubefake", "serve", "--port", "0", "--token", TOKEN], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        with tempfile.TemporaryDirectory() as scratch:
            found = Path(scratch) / "steps.json"
            command = [
                sys.executable,
                str(CORPUS / "conform.py"),
                "check",
                "--quiet",
                "--server",
                url,
                "--token",
                TOKEN,
            ]
            subprocess.run([*command, "--json", str(found), str(CORPUS / folder)], check=False, capture_output=True)
            steps: dict[str, list[str]] = json.loads(found.read_text())
    finally:
        server.terminate()
        server.wait(10)
        if server.stdout is not None:
            server.stdout.close()
    areas: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for step, differences in steps.items():
        area = step.partition("#")[0].partition("-")[0]
        good, total = areas[area]
        areas[area] = (good + (not differences), total + 1)
    return dict(areas)


def read_areas() -> Areas:
    """The numbers as they were last measured."""
    if not AREAS.exists():
        return {}
    loaded = tomllib.loads(AREAS.read_text())
    return {folder: {area: (good, total) for area, (good, total) in areas.items()} for folder, areas in loaded.items()}


def page() -> str:
    """The text of the page."""
    lines = [
        "# Fidelity",
        "",
        f"How `kubefake` compares with kube-apiserver {VERIFIED}: exchanges with the real server were recorded, and are",
        "replayed. A step is one request; it matches when status, headers, warnings and the whole body do, up to what",
        "legitimately varies (uids, times, revisions). Written by `.ci/fidelity.py`.",
        "",
    ]
    for folder, areas in read_areas().items():
        matching, steps = map(sum, zip(*areas.values(), strict=True))
        lines += [f"## {folder}: {matching} of {steps} steps", "", "| area | matching | steps |", "|---|---:|---:|"]
        lines += [f"| {area} | {good} | {total} |" for area, (good, total) in sorted(areas.items())]
        lines.append("")
    lines += ["## Known limits", ""]
    for limit in tomllib.loads(LIMITS.read_text())["limit"]:
        lines += [f"**{limit['what']}.** {limit['instead']}", ""]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail when the page is stale")
    parser.add_argument("--measure", nargs="*", metavar="FOLDER", help="replay the recordings first")
    args = parser.parse_args()
    if args.measure is not None:
        measure(args.measure or list(FOLDERS))
    text = page()
    if args.check:
        if not PAGE.exists() or PAGE.read_text() != text:
            print(f"{PAGE.relative_to(ROOT)} is stale: run python .ci/fidelity.py", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
