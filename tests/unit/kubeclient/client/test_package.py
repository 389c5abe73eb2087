"""What importing the package costs and shows."""

from __future__ import annotations

import subprocess
import sys

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
