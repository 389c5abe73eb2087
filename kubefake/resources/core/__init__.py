"""The core group, and events wherever they are served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import validation
from kubefake.resources.builtin import BuiltinStrategy, long_name, nested, prefixed
from kubefake.resources.core import (
    cluster_validation,
    data_validation,
    defaults,
    limits_validation,
    object_warnings,
    prepare,
)
from kubefake.resources.core.claim_validation import check_claim, check_claim_status, check_claim_update
from kubefake.resources.core.events import EventStrategy
from kubefake.resources.core.namespaces import NamespaceStrategy
from kubefake.resources.core.pods import PodStrategy
from kubefake.resources.core.service_status import check_service_status
from kubefake.resources.core.service_validation import check_service, check_service_update
from kubefake.resources.core.services import allocate_on_create, allocate_on_update, default_service
from kubefake.resources.core.volume_warnings import warn_volume
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["EVENTS", "STRATEGIES"]


class ClaimStrategy(BuiltinStrategy):
    """Claims, whose first write is stored whatever it says."""

    def settles(self, created: Mapping[str, Any]) -> bool:  # noqa: ARG002
        return True


def _kind(plural: str, **functions: Any) -> Strategy:
    return BuiltinStrategy("", plural, **functions)


def _limit_ranges() -> Strategy:
    def store_null(obj: JSONObject) -> None:
        if not obj["spec"].get("limits"):
            obj["spec"]["limits"] = None

    def create(obj: JSONObject, _: Context) -> None:
        store_null(obj)
        if not obj["metadata"].get("name"):  # the one kind whose objects may come without
            obj["metadata"]["name"] = obj["metadata"]["uid"]

    strategy = _kind(
        "limitranges",
        default=defaults.default_limit_range,
        check=limits_validation.check_limit_range,
        on_create=create,
        on_update=lambda obj, _, __: store_null(obj),
    )
    strategy.owned_when_empty = ("spec.limits",)
    return strategy


def _unschedulable(obj: Mapping[str, Any]) -> str:
    return "true" if (obj.get("spec") or {}).get("unschedulable") else "false"


EVENTS: Mapping[str, Strategy] = {"events": EventStrategy("events.k8s.io")}

STRATEGIES: Mapping[str, Strategy] = {
    "configmaps": _kind(
        "configmaps", check=data_validation.check_config_map, check_update=data_validation.check_config_map_update
    ),
    "endpoints": _kind(
        "endpoints",
        default=defaults.default_endpoints,
        check=limits_validation.check_endpoints,
        warn=object_warnings.warn_endpoints,
    ),
    "events": EventStrategy(""),
    "limitranges": _limit_ranges(),
    "namespaces": NamespaceStrategy(),
    "nodes": _kind(
        "nodes",
        default=defaults.default_node,
        on_create=prepare.create_node,
        on_update=prepare.update_node,
        on_status=prepare.node_status,
        fields={"spec.unschedulable": _unschedulable},
        check=cluster_validation.check_node,
        check_update=cluster_validation.check_node_update,
        check_status=cluster_validation.check_node_status,
        warn=object_warnings.warn_node,
    ),
    "persistentvolumeclaims": ClaimStrategy(
        "",
        "persistentvolumeclaims",
        default=defaults.default_claim,
        on_create=prepare.create_claim,
        on_update=prepare.update_claim,
        check=check_claim,
        check_update=check_claim_update,
        check_status=check_claim_status,
        warn=object_warnings.warn_claim,
    ),
    "persistentvolumes": _kind(
        "persistentvolumes",
        default=defaults.default_volume,
        on_create=prepare.create_volume,
        on_status=prepare.volume_status,
        check=cluster_validation.check_volume,
        check_update=cluster_validation.check_volume_update,
        warn=warn_volume,
    ),
    "pods": PodStrategy(),
    "podtemplates": _kind(
        "podtemplates",
        default=defaults.default_pod_template,
        check=data_validation.check_pod_template,
        warn=object_warnings.warn_pod_template,
    ),
    "replicationcontrollers": _kind(
        "replicationcontrollers",
        default=defaults.default_controller,
        on_create=prepare.create_controller,
        check=data_validation.check_controller,
        check_status=data_validation.check_controller_status,
        warn=object_warnings.warn_template_owner,
        name=prefixed(long_name),
        fields={"status.replicas": nested("status", "replicas", default="0")},
    ),
    "resourcequotas": _kind(
        "resourcequotas",
        default=defaults.default_quota,
        check=limits_validation.check_quota,
        check_update=limits_validation.check_quota_update,
        check_status=limits_validation.check_quota_status,
    ),
    "secrets": _kind(
        "secrets",
        default=defaults.default_secret,
        on_update=prepare.update_secret,
        fields={"type": nested("type")},
        check=data_validation.check_secret,
        check_update=data_validation.check_secret_update,
        warn=object_warnings.warn_secret,
    ),
    "serviceaccounts": _kind(
        "serviceaccounts",
        on_create=prepare.clean_account,
        on_update=prepare.clean_account,
        warn=object_warnings.warn_account,
    ),
    "services": _kind(
        "services",
        default=default_service,
        on_create=allocate_on_create,
        on_update=allocate_on_update,
        check=check_service,
        check_update=check_service_update,
        check_status=check_service_status,
        warn=object_warnings.warn_service,
        name=prefixed(validation.is_dns1123_label),
        fields={"spec.clusterIP": nested("spec", "clusterIP"), "spec.type": nested("spec", "type")},
    ),
}
