"""The apps group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery.validation import is_dns1123_label
from kubefake.resources.apps import defaults, validation
from kubefake.resources.builtin import BuiltinStrategy, prefixed
from kubefake.resources.core.object_warnings import warn_template_owner
from kubefake.resources.core.pod_warnings import warn_claim_spec, warn_template
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]

Object = Mapping[str, Any]


class DeploymentStrategy(BuiltinStrategy):
    """Deployments: a change of annotations is a change of what is wanted too."""

    def generation_matters(self, obj: Object, old: Object) -> bool:
        if (obj["metadata"].get("annotations") or {}) != (old["metadata"].get("annotations") or {}):
            return True
        return super().generation_matters(obj, old)

    def prepare_for_status_update(self, obj: JSONObject, old: Object, context: Context) -> None:  # noqa: ARG002
        labels = old["metadata"].get("labels")
        if labels:
            obj["metadata"]["labels"] = labels
        else:
            obj["metadata"].pop("labels", None)


def _template_generation(obj: JSONObject, old: Object, context: Context) -> None:  # noqa: ARG001
    annotations = obj["metadata"].get("annotations") or {}
    before = old["metadata"].get("annotations") or {}
    generation = int(before.get(defaults.TEMPLATE_GENERATION, "1"))
    if obj["spec"].get("template") != old["spec"].get("template"):
        generation += 1
    obj["metadata"]["annotations"] = {**annotations, defaults.TEMPLATE_GENERATION: str(generation)}


def _kept_generation(obj: JSONObject, old: Object, context: Context) -> None:  # noqa: ARG001
    annotations, before = ((one["metadata"].get("annotations") or {}) for one in (obj, old))
    generation = before.get(defaults.TEMPLATE_GENERATION, "0")
    obj["metadata"]["annotations"] = {**annotations, defaults.TEMPLATE_GENERATION: generation}


def _first_template(obj: JSONObject, context: Context) -> None:  # noqa: ARG001
    annotations = obj["metadata"]["annotations"]
    generation = max(int(annotations[defaults.TEMPLATE_GENERATION]), 1)
    obj["metadata"]["annotations"] = {**annotations, defaults.TEMPLATE_GENERATION: str(generation)}


def _warn(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Templates are warned of when they are new, and with every new generation."""
    if old is not None and obj["metadata"].get("generation") == old["metadata"].get("generation"):
        return []
    found = warn_template("spec.template", obj["spec"].get("template"))
    for index, claim in enumerate(obj["spec"].get("volumeClaimTemplates") or ()):
        path = f"spec.volumeClaimTemplates[{index}]" + ("" if old is None else ".Spec")  # as the server has it
        found += warn_claim_spec(path, claim.get("spec") or {})
    return found


def _rolling(obj: Object) -> dict[str, Any]:
    return (obj["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}


def _one_at_a_time(obj: JSONObject, context: Context) -> None:  # noqa: ARG001
    """How many pods of a set may miss at once is behind a gate that is shut: it is forgotten."""
    _rolling(obj).pop("maxUnavailable", None)


def _as_many_as_before(obj: JSONObject, old: Object, context: Context) -> None:
    """As on creation, but for what is there already."""
    if "maxUnavailable" not in _rolling(old):
        _one_at_a_time(obj, context)


STRATEGIES: Mapping[str, Strategy] = {
    "controllerrevisions": BuiltinStrategy(
        "apps", "controllerrevisions", check=validation.check_revision, check_update=validation.check_revision_update
    ),
    "daemonsets": BuiltinStrategy(
        "apps",
        "daemonsets",
        default=defaults.default_daemon_set,
        on_create=_first_template,
        on_update=_template_generation,
        on_status=_kept_generation,
        check=validation.check_daemon_set,
        check_update=validation.check_daemon_set_update,
        check_status=validation.check_status("daemonsets"),
        warn=_warn,
    ),
    "deployments": DeploymentStrategy(
        "apps",
        "deployments",
        default=defaults.default_deployment,
        check=validation.check_deployment,
        check_update=validation.check_deployment_update,
        check_status=validation.check_status("deployments"),
        warn=warn_template_owner,
        status_resets=(("f:spec",), ("f:metadata", "f:labels")),
    ),
    "replicasets": BuiltinStrategy(
        "apps",
        "replicasets",
        default=defaults.default_replica_set,
        check=validation.check_replica_set,
        check_update=validation.check_replica_set_update,
        check_status=validation.check_status("replicasets"),
        warn=warn_template_owner,
    ),
    "statefulsets": BuiltinStrategy(
        "apps",
        "statefulsets",
        default=defaults.default_stateful_set,
        on_create=_one_at_a_time,
        on_update=_as_many_as_before,
        check=validation.check_stateful_set,
        check_update=validation.check_stateful_set_update,
        check_status=validation.check_status("statefulsets"),
        name=prefixed(is_dns1123_label),
        warn=_warn,
    ),
}
