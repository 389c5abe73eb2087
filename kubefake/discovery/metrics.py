"""The few metrics that a test may ask an apiserver for, in Prometheus' text form."""

from __future__ import annotations

from kubefake.wire.request_info import RequestInfo

__all__ = ["Metrics"]

_VERBS = {
    "create": "POST",
    "update": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "deletecollection": "DELETECOLLECTION",
}
_HELP = "Counter of apiserver requests broken out for each verb, group, version, resource, scope and HTTP code."


class Metrics:
    """Counts requests. One for each server."""

    __slots__ = ("_requests",)

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, str, str, str, str, str, int], int] = {}

    def count(self, info: RequestInfo, code: int, *, dry_run: bool = False, applies: bool = False) -> None:
        """Counts an answered request for a resource; `applies`: it is a patch that applies a configuration."""
        scope = "resource" if info.name or info.verb == "create" else "namespace" if info.namespace else "cluster"
        verb = "APPLY" if applies else _VERBS.get(info.verb) or info.verb.upper()
        key = (verb, info.group, info.version, info.resource, info.subresource, scope, "All" if dry_run else "", code)
        self._requests[key] = self._requests.get(key, 0) + 1

    def render(self) -> str:
        """The text of /metrics."""
        lines = [f"# HELP apiserver_request_total [STABLE] {_HELP}", "# TYPE apiserver_request_total counter"]
        for key, count in sorted(self._requests.items()):
            verb, group, version, resource, subresource, scope, dry_run, code = key
            labels = {
                "code": str(code),
                "component": "apiserver",
                "dry_run": dry_run,
                "group": group,
                "resource": resource,
                "scope": scope,
                "subresource": subresource,
                "verb": verb,
                "version": version,
            }
            lines.append("apiserver_request_total{" + ",".join(f'{n}="{v}"' for n, v in labels.items()) + f"}} {count}")
        return "\n".join(lines) + "\n"
