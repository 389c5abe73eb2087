"""What importing the package costs and shows."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import kubeclient

_LOADED = """
import sys, kubeclient
print(" ".join(name for name in ("httpx", "yaml", "msgspec", "kubeclient.api.core_v1", "kubeclient._async") if name in sys.modules))
"""


def test_importing_the_package_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""


def test_every_public_name_is_there_and_lazy_modules_too() -> None:
    assert [name for name in kubeclient.__all__ if not hasattr(kubeclient, name)] == []
    assert kubeclient.errors.NotFound.__name__ == "NotFound"
    assert not hasattr(kubeclient, "nonsense")


def test_lazy_names_are_not_listed_before_they_are_used() -> None:
    script = "import kubeclient; print('Clientset' in dir(kubeclient)); kubeclient.Clientset; print('Clientset' in dir(kubeclient))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "True"]


MODULES = sorted(path.stem for path in Path(kubeclient.__file__).parent.glob("[a-z]*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_every_package_of_client_go_is_a_module_whose_names_are_there(name: str) -> None:
    module = import_module(f"kubeclient.{name}")

    assert getattr(kubeclient, name) is module
    assert module.__doc__
    assert [public for public in module.__all__ if not hasattr(module, public)] == []
