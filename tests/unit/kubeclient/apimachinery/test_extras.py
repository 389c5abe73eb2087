"""Libraries that are not installed are told by the extra that brings them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kubeclient.apimachinery.extras import MissingExtra, extra, need


def test_what_is_there_is_not_spoken_of() -> None:
    need("json", "json")
    with extra("json"):
        import json

    assert json


def test_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h2", None)
    with pytest.raises(MissingExtra, match=r"pip install 'kubefake\[http2\]'") as caught:
        need("http2", "h2")
    assert (caught.value.extra, caught.value.name) == ("http2", "h2")


def test_the_error_is_one_of_imports_and_one_of_options() -> None:
    assert issubclass(MissingExtra, ModuleNotFoundError)
    assert issubclass(MissingExtra, ValueError)


@pytest.mark.parametrize("module", ["cert", "certificate", "keyutil"])
def test_modules_that_need_a_library_name_their_extra(module: str) -> None:
    program = f"import sys; sys.modules['cryptography'] = None; import kubeclient.{module}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert 'MissingExtra: the extra "tls" of this package is not installed' in done.stderr


def test_a_config_that_asks_for_a_library_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from kubeclient import Clientset
    from kubeclient.rest import Config

    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(MissingExtra, match='the extra "httpx2"'):
        Clientset.from_config(Config("http://localhost", http_library="httpx2"))
