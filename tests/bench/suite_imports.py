"""What imports cost over an interpreter that has asyncio, ssl and json loaded already."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from measure import Row

SUITE = "imports"
BASE = "import asyncio, ssl, json"
PROGRAM = "import asyncio, ssl, json, time; began = time.perf_counter(); {}; print(time.perf_counter() - began)"

IMPORTS = (
    ("kubeclient", "import kubeclient", "<60"),
    ("kubeclient: Clientset", "from kubeclient import Clientset", "<60"),
    ("kubeclient: Clientset and its pods", "from kubeclient import Clientset; import kubeclient.api.core_v1", ""),
    ("kubefake", "import kubefake", "<80"),
    ("kubefake: Cluster", "from kubefake import Cluster", "<80"),
    ("kubefake: the pytest plugin", "import kubefake.pytest_plugin", ""),
    ("kubernetes", "import kubernetes", ""),
    ("kubernetes_asyncio", "import kubernetes_asyncio", ""),
    ("lightkube", "import lightkube", ""),
    ("kr8s", "import kr8s", ""),
)


def run(*, quick: bool) -> Iterator[Row]:
    for package in ("kubeclient", "kubefake"):
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        compileall.compile_dir(Path(spec.origin).parent, quiet=2)
    rounds = 3 if quick else 9
    for name, statement, goal in IMPORTS:
        if find_spec(statement.split()[1].partition(".")[0].rstrip(";")) is None:
            continue
        yield Row(SUITE, name, median(_seconds(statement) for _ in range(rounds)) * 1e3, "ms", goal)


def _seconds(statement: str) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    program = PROGRAM.format(statement)
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)
