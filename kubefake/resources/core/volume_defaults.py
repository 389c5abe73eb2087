"""What decoding fills into volumes.

Follows pkg/apis/core/v1/defaults.go and zz_generated.defaults.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kubefake.resources.core.images import pull_policy
from kubefake.resources.core.quantities import round_list

__all__ = ["default_claim_spec", "default_persistent_source", "default_volumes"]

Source = dict[str, Any]

_MODE = 0o644


def _fill(values: Mapping[str, Any]) -> Callable[[Source], None]:
    pairs = tuple(values.items())

    def fill(source: Source) -> None:
        for key, value in pairs:
            source.setdefault(key, value)

    return fill


def _downward(source: Source) -> None:
    source.setdefault("defaultMode", _MODE)
    for item in source.get("items") or ():
        if item.get("fieldRef") is not None:
            item["fieldRef"].setdefault("apiVersion", "v1")


def _projected(source: Source) -> None:
    source.setdefault("defaultMode", _MODE)
    for projection in source.get("sources") or ():
        token = projection.get("serviceAccountToken")
        if token is not None:
            token.setdefault("expirationSeconds", 3600)
        downward = projection.get("downwardAPI")
        if downward is not None:
            for item in downward.get("items") or ():
                if item.get("fieldRef") is not None:
                    item["fieldRef"].setdefault("apiVersion", "v1")


def _image(source: Source) -> None:
    if not source.get("pullPolicy"):
        source["pullPolicy"] = pull_policy(source.get("reference", ""))


def _ephemeral(source: Source) -> None:
    template = source.get("volumeClaimTemplate")
    if template is not None:
        default_claim_spec(template.setdefault("spec", {}))


def default_claim_spec(spec: Source) -> None:
    """What a claim's spec is when it says nothing (SetDefaults_PersistentVolumeClaimSpec)."""
    spec.setdefault("volumeMode", "Filesystem")
    for key in ("limits", "requests"):
        resources = spec.get("resources", {}).get(key)
        if resources:
            round_list(resources)


_AZURE = _fill({"cachingMode": "ReadWrite", "fsType": "ext4", "readOnly": False, "kind": "Shared"})
_RBD = _fill({"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"})

_PERSISTENT: Mapping[str, Callable[[Source], None]] = {
    "azureDisk": _AZURE,
    "hostPath": _fill({"type": ""}),
    "iscsi": _fill({"iscsiInterface": "default"}),
    "rbd": _RBD,
    "scaleIO": _fill({"storageMode": "ThinProvisioned", "fsType": "xfs"}),
}

_SOURCES: Mapping[str, Callable[[Source], None]] = {
    **_PERSISTENT,
    "configMap": _fill({"defaultMode": _MODE}),
    "downwardAPI": _downward,
    "ephemeral": _ephemeral,
    "image": _image,
    "projected": _projected,
    "secret": _fill({"defaultMode": _MODE}),
}


def default_volumes(volumes: list[Source]) -> None:
    """Fills the sources of a pod's volumes; a volume without any becomes an empty directory."""
    for volume in volumes:
        if len(volume) == 1 and "name" in volume:
            volume["emptyDir"] = {}
            continue
        for key, source in volume.items():
            fill = _SOURCES.get(key)
            if fill is not None and source is not None:
                fill(source)


def default_persistent_source(spec: Source) -> None:
    """Fills the source of a persistent volume."""
    for key, fill in _PERSISTENT.items():
        if spec.get(key) is not None:
            fill(spec[key])
