"""Files that script pods, for `kubefake serve --pods`."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubefake import Cluster
from kubefake.cli import main
from kubefake.scenario.pod_files import PodFileError, load_pod_file

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}


def logs_after(path: Path, text: str) -> str:
    cluster = Cluster(objects=[POD])
    path.write_text(text)
    load_pod_file(path, cluster.pods)
    return cluster.client().core_v1.pods("default").get_logs("web")


def test_yaml_has_logs(tmp_path: Path) -> None:
    assert logs_after(tmp_path / "a.yaml", "- {pod: default/web, container: c, logs: [one, 2]}") == "one\n2\n"
    assert logs_after(tmp_path / "b.yaml", "- pod: web\n  logs: |\n    one\n    two\n") == "one\ntwo\n"


def test_python_scripts_pods_itself(tmp_path: Path) -> None:
    assert logs_after(tmp_path / "a.py", "def script(pods):\n    pods.script('web', logs=['made'])\n") == "made\n"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.py", "x = 1", r"defines no function script\(pods\)"),
        ("a.yaml", "{pod: web}", "a list of pods is expected"),
        ("a.yaml", "[{logs: []}]", r'\[0\]: a mapping with "pod" is expected'),
        ("a.yaml", "[{pod: web, exec: ls}]", "unknown fields exec; there are pod, container, logs, previous_logs"),
        ("a.yaml", "[{pod: web, logs: 3}]", r"\[0\].logs: a list of lines is expected"),
        ("a.yaml", "[{pod: /web}]", r"\[0\].pod: '/web' names no pod: write namespace/name"),
        ("a.yaml", "[", "is no YAML"),
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(PodFileError, match=message):
        load_pod_file(tmp_path / name, Cluster().pods)


def test_a_file_that_is_wrong_ends_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--port", "0", "--pods", str(tmp_path / "none.yaml")]) == 2
    assert "kubefake serve: --pods: " in capsys.readouterr().err
