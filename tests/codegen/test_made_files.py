"""The files of packages made of large definitions: the same every time and from every source, typed, and laid out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from codegen.samples import FOLDER, SETS

from kubeclient.codegen.cli import main
from kubefake import Cluster


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


@pytest.mark.parametrize("name", SETS)
def test_what_is_made_again_is_the_same_to_the_byte(name: str, source_root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kubeclient.codegen", str(FOLDER / name), "--package", f"made_{name}", "--output"]
    subprocess.run([*command, str(tmp_path)], check=True, capture_output=True, env={"PYTHONHASHSEED": "7"})

    assert _files(tmp_path / f"made_{name}") == _files(source_root / f"made_{name}")
    assert main([*command[3:], str(source_root), "--check"]) == 0


@pytest.mark.parametrize("name", SETS)
def test_a_running_server_gives_the_same_package_as_its_definitions(
    name: str, source_root: Path, tmp_path: Path
) -> None:
    with Cluster(objects=[FOLDER / name]).serve() as server:
        assert main(["--server", server.url, "--output", str(tmp_path), "--package", f"made_{name}"]) == 0

    assert _unsigned(tmp_path / f"made_{name}") == _unsigned(source_root / f"made_{name}")


def _unsigned(root: Path) -> dict[str, str]:
    """The files without the line that says what they were made from."""
    texts = {path: data.decode() for path, data in _files(root).items()}
    return {path: text.partition("\n# From: ")[2].partition("\n")[2] if text else "" for path, text in texts.items()}


_PROGRAM = """
from typing import assert_type

import kubeclient
from made_certificates import AsyncClientset, AsyncSharedInformerFactory, Clientset, SharedInformerFactory
from made_certificates.api.cert_manager_v1 import Certificate, CertificateList, CertificateSpec
from made_certificates.api.cert_manager_v1 import CertificateSpecPrivateKeyAlgorithm as Algorithm
from made_certificates.applyconfigurations import cert_manager_v1 as configurations
from made_certificates.listers.cert_manager_v1 import CertificateLister, CertificateNamespaceLister


def blocking(other: kubeclient.Clientset) -> None:
    with Clientset.of(other) as client, SharedInformerFactory(client) as factory:
        certificates = client.cert_manager_v1.certificates("default")
        one = certificates.get("a")
        assert_type(one, Certificate)
        assert_type(certificates.list(), CertificateList)
        assert_type(one.spec, CertificateSpec | None)
        if one.spec is not None:
            assert_type(one.spec.secret_name, str)
            assert_type(one.spec.dns_names, list[str])
        wish = configurations.Certificate("a", "default", spec=configurations.CertificateSpec(secret_name="s"))
        assert_type(certificates.apply(wish.with_labels({"a": "b"}), field_manager="me"), Certificate)
        assert_type(configurations.extract_certificate(one, "me"), configurations.Certificate)
        lister: CertificateLister = factory.cert_manager_v1.certificates.lister
        here: CertificateNamespaceLister = lister.namespace("default")
        assert_type(here.get("a"), Certificate)
    algorithm: Algorithm = "RSA"


async def waiting(other: kubeclient.AsyncClientset) -> None:
    async with AsyncClientset.of(other) as client, AsyncSharedInformerFactory(client) as factory:
        assert_type(await client.cert_manager_v1.certificates("default").get("a"), Certificate)
        assert_type(factory.cert_manager_v1.certificates.lister.namespace("default").get("a"), Certificate)


def wrong(client: Clientset) -> None:
    CertificateSpec(secret_name=3)
    algorithm: Algorithm = "DSA"
    client.cert_manager_v1.certificates("default").get_scale("a")
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_type_checkers_find_nothing_but_what_is_wrong_in_programs(source_root: Path, tmp_path: Path) -> None:
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    (tmp_path / "program.py").write_text(_PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")]
    environment = {**os.environ, "MYPYPATH": f"{tmp_path}{os.pathsep}{source_root}"}
    packages = [argument for name in SETS for argument in ("-p", f"made_{name}")]
    done = subprocess.run(
        [*command, *packages, "-m", "program"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    found = [line for line in done.stdout.splitlines() if " error: " in line]
    assert [line.rpartition("[")[2] for line in found] == ["arg-type]", "assignment]", "attr-defined]"], done.stdout
    assert all(line.startswith("program.py:") for line in found), done.stdout


def test_formatters_have_nothing_to_change(source_root: Path) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    options = ["--isolated", "--no-cache", "--line-length", "120", "-q"]
    for command in (["format", "--check"], ["check", "--select", "I,F,N,UP"]):
        done = subprocess.run(
            [ruff, *command, *options, "."], cwd=source_root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
