"""Health checks: /healthz, /livez, /readyz, their single checks, and what verbose and exclude do to them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from kubeclient.transport.protocol import QueryList, Response
from kubefake.wire.status import text_response

__all__ = ["Health"]

_HOOKS: Final = tuple(
    f"poststarthook/{name}"
    for name in (
        "start-apiserver-admission-initializer",
        "generic-apiserver-start-informers",
        "max-in-flight-filter",
        "storage-object-count-tracker-hook",
        "start-apiextensions-informers",
        "start-apiextensions-controllers",
        "crd-informer-synced",
        "start-system-namespaces-controller",
        "peer-endpoint-reconciler-controller",
        "start-cluster-authentication-info-controller",
        "start-kube-apiserver-identity-lease-controller",
        "start-kube-apiserver-identity-lease-garbage-collector",
        "storage-readiness",
        "start-legacy-token-tracking-controller",
        "start-service-ip-repair-controllers",
        "rbac/bootstrap-roles",
        "scheduling/bootstrap-system-priority-classes",
        "priority-and-fairness-config-producer",
        "bootstrap-controller",
        "start-kubernetes-service-cidr-controller",
        "start-kube-aggregator-informers",
        "apiservice-status-local-available-controller",
        "apiservice-status-remote-available-controller",
        "apiservice-registration-controller",
        "apiservice-discovery-controller",
        "kube-apiserver-autoregistration",
    )
)
_LAST: Final = (
    "autoregister-completion",
    "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller",
)
_LIVE: Final = ("ping", "log", "loopback-serving-certificate", "etcd", *_HOOKS, *_LAST)
_READY: Final = ("ping", "log", "etcd", "etcd-readiness", "informer-sync", *_HOOKS, *_LAST, "shutdown")
_CHECKS: Final = {"healthz": _LIVE, "livez": _LIVE, "readyz": _READY}


def _nobody() -> Collection[str]:
    return ()


class Health:
    """Answers health checks.

    Args:
        failing: the names of the checks that fail now, so that tests can have an apiserver that is not ready.
    """

    __slots__ = ("_failing",)

    def __init__(self, failing: Callable[[], Collection[str]] = _nobody) -> None:
        self._failing = failing

    def serve(self, path: str, query: QueryList) -> Response | None:
        """The answer to a path below the three; None for any other path, and for checks that do not exist."""
        endpoint, _, check = path[1:].partition("/")
        checks = _CHECKS.get(endpoint)
        if checks is None:
            return None
        if not check:
            return None if path.endswith("/") else self._all(endpoint, checks, query)
        if check not in checks:
            return None
        if check in self._failing():
            return text_response(500, f"internal server error: {check} failed\n")
        response = text_response(200, "ok")
        response.headers = response.headers[:2]  # single checks do not forbid sniffing
        return response

    def _all(self, endpoint: str, checks: tuple[str, ...], query: QueryList) -> Response:
        excluded = dict.fromkeys(value for key, value in query if key == "exclude")
        failing, lines, failed = self._failing(), [], False
        for check in checks:
            if excluded.pop(check, check) is None:
                lines.append(f"[+]{check} excluded: ok\n")
            elif check in failing:
                lines.append(f"[-]{check} failed: reason withheld\n")
                failed = True
            else:
                lines.append(f"[+]{check} ok\n")
        if excluded:
            names = ",".join(f'"{name}"' for name in sorted(excluded))
            lines.append(f"warn: some health checks cannot be excluded: no matches for {names}\n")
        if failed:
            return text_response(500, "".join(lines) + f"{endpoint} check failed\n")
        if any(key == "verbose" for key, _ in query):
            return text_response(200, "".join(lines) + f"{endpoint} check passed\n")
        return text_response(200, "ok")
