"""The operator's folder goes on the path, as it would when it is started with `python controller.py`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kubeclient import Unstructured
from kubefake import Cluster

FOLDER = Path(__file__).resolve().parents[4] / "scenarios" / "website"
sys.path.insert(0, str(FOLDER))


@pytest.fixture
def folder() -> Path:
    """Where the operator and its manifests are."""
    return FOLDER


@pytest.fixture
def cluster() -> Cluster:
    """A cluster that knows Websites and has one, shop."""
    return Cluster(objects=[FOLDER / "crd.yaml", FOLDER / "website.yaml"])


@pytest.fixture
def website() -> Callable[..., Unstructured]:
    """Makes Websites as the server would hand them out; keywords go into the spec."""

    def make(**spec: object) -> Unstructured:
        return Unstructured(
            {
                "apiVersion": "example.com/v1",
                "kind": "Website",
                "metadata": {"name": "shop", "namespace": "default", "uid": "1", "generation": 1},
                "spec": {"image": "shop:1", "replicas": 2, "port": 80, **spec},
            }
        )

    return make
