"""A real control plane on loopback, for tests that compare: etcd and kube-apiserver, started here and stopped here.

The binaries are looked for in `$KUBEFAKE_ORACLE_HOME/bin`, else in `~/.cache/kubefake-oracle/bin`. Nothing is downloaded.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

__all__ = ["TOKEN", "Oracle", "missing"]

TOKEN = "admin-token"
_READY_SECONDS = 60


def home() -> Path:
    """Where the binaries are."""
    return Path(os.environ.get("KUBEFAKE_ORACLE_HOME") or Path.home() / ".cache" / "kubefake-oracle")


def missing(*names: str) -> str:
    """Why there is no oracle on this machine; empty when there is one. `names`: what is needed besides the usual two."""
    absent = [name for name in ("etcd", "kube-apiserver", *names) if not (home() / "bin" / name).exists()]
    return f"the real control plane is not built: {', '.join(absent)} not in {home() / 'bin'}" if absent else ""


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Oracle:
    """A control plane for as long as a `with` block lasts.

    Args:
        folder: where its data, certificates and logs go; not shared with another.

    Attributes:
        url: of the apiserver; its certificate is its own, so that clients must not verify it.
        etcd: the URL of its etcd.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.url = ""
        self.etcd = ""

    def start(self) -> Self:
        """Returns when the apiserver is ready. Raises RuntimeError with the end of its log when it does not get there."""
        client, peer, secure = _free_ports(3)
        self.url, self.etcd = f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{client}"
        self._folder.mkdir(parents=True, exist_ok=True)
        tokens, key = self._folder / "tokens.csv", self._folder / "sa.key"
        tokens.write_text(f"{TOKEN},admin,admin,system:masters\n", encoding="utf-8")
        subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
        try:
            self._spawn("etcd", _etcd_options(self._folder, self.etcd, f"http://127.0.0.1:{peer}"))
            self._spawn("kube-apiserver", _apiserver_options(self._folder, self.etcd, secure, tokens, key))
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Ends the processes. May be called twice."""
        for process in reversed(self._processes):
            process.kill()
            process.wait()
        self._processes.clear()

    def compact(self, revision: int) -> None:
        """Makes etcd forget what was before a revision."""
        body = json.dumps({"revision": str(revision), "physical": True}).encode()
        with urllib.request.urlopen(f"{self.etcd}/v3/kv/compaction", body, timeout=10):
            return

    def get(self, path: str) -> Any:
        """What the apiserver answers to a GET, as bytes. Raises URLError."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=5, context=context) as answer:
            return answer.read()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def _spawn(self, name: str, options: list[str]) -> None:
        with (self._folder / f"{name}.log").open("wb") as log:
            command = [str(home() / "bin" / name), *options]
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=self._folder
            )
        self._processes.append(process)

    def _wait(self) -> None:
        # A real server takes real time; nothing else in these tests does.
        deadline = time.monotonic() + _READY_SECONDS  # noqa: TID251
        while time.monotonic() < deadline:  # noqa: TID251
            if any(process.poll() is not None for process in self._processes):
                break
            try:
                if self.get("/readyz") == b"ok":
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)  # noqa: TID251
        log = (self._folder / "kube-apiserver.log").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError("the control plane does not get ready; the end of the apiserver's log:\n" + log[-2000:])


def _etcd_options(folder: Path, client: str, peer: str) -> list[str]:
    return [
        *("--data-dir", str(folder / "etcd"), "--unsafe-no-fsync"),
        *("--listen-client-urls", client, "--advertise-client-urls", client),
        *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
        *("--initial-cluster", f"default={peer}"),
    ]


def _apiserver_options(folder: Path, etcd: str, port: int, tokens: Path, key: Path) -> list[str]:
    return [
        *("--etcd-servers", etcd, "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1"),
        *("--secure-port", str(port), "--cert-dir", str(folder / "certs")),
        *("--token-auth-file", str(tokens), "--authorization-mode", "RBAC"),
        *("--service-account-key-file", str(key), "--service-account-signing-key-file", str(key)),
        *("--service-account-issuer", "https://kubernetes.default.svc.cluster.local"),
        *("--service-cluster-ip-range", "10.0.0.0/24", "--endpoint-reconciler-type", "none"),
        *("--allow-privileged", "--disable-admission-plugins", "ServiceAccount"),
        # Tests and benchmarks are one client; nothing is to be queued or refused for fairness.
        *("--max-requests-inflight", "0", "--max-mutating-requests-inflight", "0"),
        "--enable-priority-and-fairness=false",
    ]
