"""Where a user's home is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubeclient.config.home import home_dir

pytestmark = pytest.mark.parity("UEX-01")


def test_home_is_what_the_environment_says() -> None:
    assert home_dir({"HOME": "/home/me", "USERPROFILE": "/else"}, windows=False) == "/home/me"
    assert home_dir({"USERPROFILE": "/else"}, windows=False) == ""


def test_on_windows_the_folder_with_a_kubeconfig_comes_first(tmp_path: Path) -> None:
    home, both, profile = (tmp_path / name for name in ("home", "both", "profile"))
    for folder in (home, both, profile):
        folder.mkdir()
    environ = {"HOME": str(home), "HOMEDRIVE": f"{tmp_path}/", "HOMEPATH": "both", "USERPROFILE": str(profile)}
    assert home_dir(environ, windows=True) == str(home)

    (profile / ".kube").mkdir()
    (profile / ".kube" / "config").touch()
    assert home_dir(environ, windows=True) == str(profile)
    (both / ".kube").mkdir()
    (both / ".kube" / "config").touch()
    assert home_dir(environ, windows=True) == f"{tmp_path}/both"


def test_on_windows_a_folder_that_can_be_written_to_comes_before_one_that_cannot(tmp_path: Path) -> None:
    locked, free = tmp_path / "locked", tmp_path / "free"
    locked.mkdir(mode=0o500)
    free.mkdir()

    assert home_dir({"HOME": str(locked), "USERPROFILE": str(free)}, windows=True) == str(free)
    assert home_dir({"HOME": str(locked), "USERPROFILE": "/none"}, windows=True) == str(locked)


def test_on_windows_a_folder_that_is_not_there_is_better_than_none() -> None:
    environ = {"HOMEDRIVE": "Z:", "HOMEPATH": "\\me", "USERPROFILE": "/none"}

    assert home_dir(environ, windows=True) == "/none"
    assert home_dir({"HOMEDRIVE": "Z:"}, windows=True) == ""
