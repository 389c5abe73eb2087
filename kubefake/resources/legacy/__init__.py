"""API versions that servers of today serve no longer, for those who switch them on.

Where today's server has the kind, an old version is another view of the same stored objects: decoding fills in that version's
defaults, and conversions follow that version's conversion functions. Where there is none any more, it is a kind of its own.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

from kubeclient.apimachinery.gvk import GroupResource, GroupVersion
from kubefake.data import load
from kubefake.resources.legacy.gone import STRATEGIES
from kubefake.resources.legacy.lifecycle import deprecation
from kubefake.resources.legacy.strategy import View, seen_by
from kubefake.resources.legacy.views import VIEWS
from kubefake.resources.registry import builtin_resources, read_resource
from kubefake.resources.resource import Resource

__all__ = ["legacy_resources"]

# Where kinds of the extensions group live now; all others live in the group of the same name.
_MOVED = {
    "daemonsets": "apps",
    "deployments": "apps",
    "ingresses": "networking.k8s.io",
    "networkpolicies": "networking.k8s.io",
    "podsecuritypolicies": "policy",
    "replicasets": "apps",
}
# Kinds that are no more, and the version in which they were stored last.
_GONE = {
    "podpresets": GroupVersion("settings.k8s.io", "v1alpha1"),
    "podsecuritypolicies": GroupVersion("policy", "v1beta1"),
}

# Whose deletion leaves dependents behind unless it says otherwise, as before there was a collector of garbage.
_ORPHANING = {
    ("apps", "v1beta1"): ("deployments", "statefulsets"),
    ("apps", "v1beta2"): ("daemonsets", "deployments", "replicasets", "statefulsets"),
    ("batch", "v1beta1"): ("cronjobs",),
    ("extensions", "v1beta1"): ("daemonsets", "deployments", "replicasets"),
}


@functools.cache
def legacy_resources() -> tuple[Resource, ...]:
    """The resources of old versions, groups in the order of their names, versions newest first."""
    today = {(one.group, one.plural): one for one in builtin_resources() if one.is_storage_version}
    today |= {(one.group, one.plural): one for one in builtin_resources() if (one.group, one.plural) not in today}
    return tuple(
        _resource(group["name"], version["version"], entry, today)
        for group in load("legacy-resources.json")
        for version in group["versions"]
        for entry in version["resources"]
    )


def _resource(group: str, version: str, entry: dict[str, Any], today: dict[tuple[str, str], Resource]) -> Resource:
    plural = entry["plural"]
    home = _MOVED[plural] if group == "extensions" else group
    current = today.get((home, plural))
    stored_in = current.storage_version if current is not None else _GONE[plural]
    storage = current.storage if current is not None else GroupResource(home, plural)
    base = current.strategy if current is not None else STRATEGIES[home, plural]
    view = VIEWS.get((group, version, plural), View())
    own = GroupVersion(group, version)
    warning = deprecation(group, version, entry["kind"])
    made = read_resource(group, version, entry, base, storage)
    strategy = seen_by(base, view, own=own, stored=stored_in, kind=entry["kind"], warning=warning)
    if plural in _ORPHANING.get((group, version), ()):
        strategy.orphans_dependents = True
    return replace(made, strategy=strategy, storage_version=stored_in, legacy=True)
