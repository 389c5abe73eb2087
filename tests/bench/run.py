"""Measures kubefake and kubeclient, side by side with others in the same run, and prints a table.

    python tests/bench/run.py                  all suites
    python tests/bench/run.py objects imports  some of them
    python tests/bench/run.py --json           for machines

Nothing here asserts: numbers of one machine say little about another. What holds everywhere is the ratio of two numbers
that were taken in one run.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
from importlib import import_module

from measure import Row

SUITES = ("objects", "fanout", "lists", "informers", "clients", "serving", "simulation", "imports", "clusters")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"which suites: {', '.join(SUITES)} (default: all)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--quick", action="store_true", help="smaller numbers: for a look, not for the record")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.suites) - set(SUITES))
    if unknown:
        parser.error(f"no suite {', '.join(unknown)}: there are {', '.join(SUITES)}")
    rows: list[Row] = []
    if not arguments.json:
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name in arguments.suites or SUITES:
        gc.collect()
        for row in import_module(f"suite_{name}").run(quick=arguments.quick):
            rows.append(row)
            if not arguments.json:
                print(row.text(), flush=True)
    if arguments.json:
        json.dump([row.data() for row in rows], sys.stdout, indent=2)
        print()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
