"""Writes docs/fidelity.md: what of a real apiserver this one answers alike, area by area, and what it knowingly does not.

    python .ci/fidelity.py            writes the page from tests/corpus/areas.toml, tests/recordings and docs/limits.toml
    python .ci/fidelity.py --check    changes nothing, fails when the page is stale

`python tests/corpus/score.py --update` measures anew. An area is what cases of a folder share: the first word of their names.
The limits are kept by hand; a limit that is gone is to be taken out there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "corpus"
AREAS = CORPUS / "areas.toml"
LIMITS = ROOT / "docs" / "limits.toml"
PAGE = ROOT / "docs" / "fidelity.md"
RECORDINGS = ROOT / "tests" / "recordings"
VERIFIED = "1.36.3"

Areas = dict[str, dict[str, tuple[int, int]]]


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
    lines += ["## Recorded besides", "", "Every step of these matches, as a test holds.", ""]
    lines += ["| area | cases | steps |", "|---|---:|---:|"]
    for kept in sorted(path for path in RECORDINGS.iterdir() if any(path.glob("*.yaml"))):
        cases = sorted(kept.glob("*.json"))
        lines.append(f"| {kept.name} | {len(cases)} | {sum(len(json.loads(case.read_text())) for case in cases)} |")
    lines += ["", "## Known limits", ""]
    for limit in tomllib.loads(LIMITS.read_text())["limit"]:
        lines += [f"**{limit['what']}.** {limit['instead']}", ""]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail when the page is stale")
    args = parser.parse_args()
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
