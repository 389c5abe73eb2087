"""What is wrong with the volumes of pods.

Follows pkg/apis/core/validation/validation.go (ValidateVolumes and what it uses). The order of the sources is the server's: of a
volume with several, the first in it is checked and the others are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import (
    Object,
    dns_label,
    dns_subdomain,
    label_map,
    label_selector,
    named,
    one_of,
    path_without_backsteps,
    relative_path,
    reserved_path,
)
from kubefake.resources.core.claim_validation import check_claim_spec
from kubefake.resources.core.environment_validation import check_field_ref, check_resource_ref
from kubefake.resources.core.quantities import quantity

__all__ = ["SOURCES", "check_csi_driver", "check_volumes"]

Check = Callable[[str, Object], list[FieldError]]

_MODE = "must be a number between 0 and 0777 (octal), both inclusive"
_ONE_TYPE = "may not specify more than 1 volume type"
_HOST_PATHS = frozenset(
    {"", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"}
)
_FIELDS = frozenset({"metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"})
_IQN = {
    "iqn": re.compile(r"iqn\.\d{4}-\d{2}\.([a-z0-9][a-z0-9.-]*[a-z0-9]|[a-z0-9])(:.*)?"),
    "eui": re.compile(r"eui\.[0-9A-Fa-f]{16}"),
    "naa": re.compile(r"naa\.[0-9A-Fa-f]{32}"),
}
_PAIRS = "must be a host:port pair or multiple pairs separated by commas"


def check_volumes(
    path: str, volumes: list[Object] | None, pod_name: str, *, pod: bool
) -> tuple[dict[str, Object], list[FieldError]]:
    """The volumes of a pod or a template: those that are in order by name, and what is wrong with the others."""
    known: dict[str, Object] = {}
    found: list[FieldError] = []
    created = {f"{pod_name}-{v.get('name', '')}" for v in volumes or () if pod_name and v.get("ephemeral") is not None}
    for index, volume in enumerate(volumes or ()):
        here, name = f"{path}[{index}]", volume.get("name", "")
        wrong = _source(here, volume, name, pod_name, pod=pod)
        if name:
            wrong += dns_label(f"{here}.name", name)
        else:
            wrong.append(field.required(f"{here}.name"))
        if name in known:
            wrong.append(field.duplicate(f"{here}.name", name))
        if wrong:
            found += wrong
        else:
            known[name] = volume
        claim = volume.get("persistentVolumeClaim")
        if claim is not None and claim.get("claimName") in created:
            text = "must not reference a PVC that gets created for an ephemeral volume"
            found.append(field.invalid(f"{here}.persistentVolumeClaim.claimName", claim["claimName"], text))
    return known, found


def _source(path: str, volume: Object, name: str, pod_name: str, *, pod: bool) -> list[FieldError]:
    found: list[FieldError] = []
    count = 0
    for key, check in SOURCES.items():
        source = volume.get(key)
        if source is None:
            continue
        count += 1
        if count > 1 and key != "emptyDir":
            found.append(field.forbidden(f"{path}.{_SHOWN.get(key, key)}", _ONE_TYPE))
            continue
        if key == "image":
            if pod and not source.get("reference"):
                found.append(field.required(f"{path}.image.reference"))
            known = ("Always", "IfNotPresent", "Never")
            found += one_of(f"{path}.image.pullPolicy", source.get("pullPolicy", ""), known, required=True)
            continue
        found += check(f"{path}.{'persistentDisk' if key == 'gcePersistentDisk' else key}", source)
        if key == "ephemeral" and pod_name and name:
            claim = f"{pod_name}-{name}"
            for text in validation.is_dns1123_subdomain(claim):
                found.append(field.invalid(f"{path}.ephemeral.name", name, f'PVC name "{claim}": {text}'))
    if not count:
        found.append(field.required(path, "must specify a volume type"))
    return found


_SHOWN = {"downwardAPI": "downwarAPI", "cephfs": "cephFS"}
"""How the server spells some kinds of volumes where there are two."""


def _needs(*keys: str) -> Check:
    def check(path: str, source: Object) -> list[FieldError]:
        return [field.required(f"{path}.{key}") for key in keys if not source.get(key)]

    return check


def _mode(path: str, value: int | None) -> list[FieldError]:
    return [] if value is None or 0 <= value <= 0o777 else [field.invalid(path, value, _MODE)]


def _empty_dir(path: str, source: Object) -> list[FieldError]:
    limit = source.get("sizeLimit")
    if limit is not None and quantity(limit).sign < 0:
        return [field.forbidden(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")]
    return []


def _host_path(path: str, source: Object) -> list[FieldError]:
    if not source.get("path"):
        return [field.required(f"{path}.path")]
    found = path_without_backsteps(f"{path}.path", source["path"])
    return found + one_of(f"{path}.type", source.get("type") or "", _HOST_PATHS)


def _git_repo(path: str, source: Object) -> list[FieldError]:
    found = _needs("repository")(path, source)
    return found + relative_path(f"{path}.directory", source.get("directory", ""))


def _partition(key: str) -> Check:
    def check(path: str, source: Object) -> list[FieldError]:
        found = _needs(key)(path, source)
        number = source.get("partition", 0)
        if not 0 <= number <= 255:
            found.append(field.invalid(f"{path}.partition", number, validation.inclusive_range_error(1, 255)))
        return found

    return check


def _iscsi(path: str, source: Object) -> list[FieldError]:
    found = _needs("targetPortal", "iqn")(path, source)
    if source.get("iqn"):
        found += _iqn(f"{path}.iqn", source["iqn"])
    lun = source.get("lun", 0)
    if not 0 <= lun <= 255:
        found.append(field.invalid(f"{path}.lun", lun, validation.inclusive_range_error(0, 255)))
    if (source.get("chapAuthDiscovery") or source.get("chapAuthSession")) and source.get("secretRef") is None:
        found.append(field.required(f"{path}.secretRef"))
    if source.get("initiatorName") is not None:
        found += _iqn(f"{path}.initiatorname", source["initiatorName"])
    return found


def _iqn(path: str, name: str) -> list[FieldError]:
    pattern = _IQN.get(name[:3])
    if pattern is None:
        return [field.invalid(path, name, "must be valid format starting with iqn, eui, or naa")]
    return [] if pattern.fullmatch(name) else [field.invalid(path, name, "must be valid format")]


def _nfs(path: str, source: Object) -> list[FieldError]:
    found = _needs("server", "path")(path, source)
    if not source.get("path", "").startswith("/"):
        found.append(field.invalid(f"{path}.path", source.get("path", ""), "must be an absolute path"))
    return found


def _flocker(path: str, source: Object) -> list[FieldError]:
    name, uid = source.get("datasetName", ""), source.get("datasetUUID", "")
    found = []
    if not name and not uid:
        found.append(field.required(path, "one of datasetName and datasetUUID is required"))
    if name and uid:
        found.append(field.invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously"))
    if "/" in name:
        found.append(field.invalid(f"{path}.datasetName", name, "must not contain '/'"))
    return found


def _cinder(path: str, source: Object) -> list[FieldError]:
    found = _needs("volumeID")(path, source)
    if source.get("secretRef") is not None and not source["secretRef"].get("name"):
        found.append(field.required(f"{path}.secretRef.name"))
    return found


def _quobyte(path: str, source: Object) -> list[FieldError]:
    registry, found = source.get("registry", ""), []
    if not registry:
        found.append(field.required(f"{path}.registry", _PAIRS))
    elif len(source.get("tenant", "")) >= 65:
        text = "must be a UUID and may not exceed a length of 64 characters"
        found.append(field.required(f"{path}.tenant", text))
    else:
        wrong = [pair for pair in registry.split(",") if pair.count(":") != 1]
        found += [field.invalid(f"{path}.registry", registry, _PAIRS) for _ in wrong]
    return found + _needs("volume")(path, source)


def _fc(path: str, source: Object) -> list[FieldError]:
    names, ids, lun = source.get("targetWWNs"), source.get("wwids"), source.get("lun")
    here, found = f"{path}.targetWWNs", []
    if not names and not ids:
        found.append(field.required(here, "must specify either targetWWNs or wwids, but not both"))
    if names and ids:
        found.append(field.invalid(here, names, "targetWWNs and wwids can not be specified simultaneously"))
    if names:
        if lun is None:
            found.append(field.required(f"{path}.lun", "lun is required if targetWWNs is specified"))
        elif not 0 <= lun <= 255:
            found.append(field.invalid(f"{path}.lun", lun, validation.inclusive_range_error(0, 255)))
    return found


def _flex(path: str, source: Object) -> list[FieldError]:
    found = _needs("driver")(path, source)
    for key in source.get("options") or ():
        domain = "." + key.partition("/")[0].lower()
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            text = "kubernetes.io and k8s.io namespaces are reserved"
            found.append(field.invalid(f"{path}.options[{key}]", key, text))
    return found


def _azure_disk(path: str, source: Object) -> list[FieldError]:
    found = _needs("diskName", "diskURI")(path, source)
    uri, kind = source.get("diskURI", ""), source.get("kind")
    found += one_of(f"{path}.cachingMode", source.get("cachingMode"), ("None", "ReadOnly", "ReadWrite"))
    found += one_of(f"{path}.kind", kind, ("Dedicated", "Managed", "Shared"))
    if kind == "Managed" and not uri.startswith("/subscriptions/"):
        known = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
        found.append(field.not_supported(f"{path}.diskURI", uri, [known]))
    if kind != "Managed" and not uri.startswith("https://"):
        known = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
        found.append(field.not_supported(f"{path}.diskURI", uri, [known]))
    return found


def _storage_os(path: str, source: Object) -> list[FieldError]:
    name, namespace = source.get("volumeName", ""), source.get("volumeNamespace", "")
    found = dns_label(f"{path}.volumeName", name) if name else [field.required(f"{path}.volumeName")]
    if namespace:
        found += dns_label(f"{path}.volumeNamespace", namespace)
    if source.get("secretRef") is not None and not source["secretRef"].get("name"):
        found.append(field.required(f"{path}.secretRef.name"))
    return found


def check_csi_driver(path: str, name: str) -> list[FieldError]:
    """The name of a CSI driver (ValidateCSIDriverName)."""
    if not name:
        return [field.required(path)]
    found = [field.too_long(path, 63)] if len(name) > 63 else []
    texts = validation.is_dns1123_subdomain(name.lower())
    return found + [field.invalid(path, name, text) for text in texts]


def _csi(path: str, source: Object) -> list[FieldError]:
    found = check_csi_driver(f"{path}.driver", source.get("driver", ""))
    secret = source.get("nodePublishSecretRef")
    if secret is not None:
        if not secret.get("name"):
            found.append(field.required(f"{path}.nodePublishSecretRef.name"))
        else:
            found += dns_subdomain(f"{path}.name", secret["name"])
    return found


def _keys(key: str) -> Check:
    def check(path: str, source: Object) -> list[FieldError]:
        found = _needs(key)(path, source)
        found += _mode(f"{path}.defaultMode", source.get("defaultMode"))
        for index, item in enumerate(source.get("items") or ()):
            found += _key_to_path(f"{path}.items[{index}]", item)
        return found

    return check


def _key_to_path(path: str, item: Object) -> list[FieldError]:
    found = _needs("key", "path")(path, item)
    found += reserved_path(f"{path}.path", item.get("path", ""))
    return found + _mode(f"{path}.mode", item.get("mode"))


def _downward(path: str, source: Object) -> list[FieldError]:
    found = _mode(f"{path}.defaultMode", source.get("defaultMode"))
    for item in source.get("items") or ():
        found += _downward_file(path, item)
    return found


def _downward_file(path: str, item: Object) -> list[FieldError]:
    found = _needs("path")(path, item)
    found += reserved_path(f"{path}.path", item.get("path", ""))
    reference, resource = item.get("fieldRef"), item.get("resourceFieldRef")
    if reference is not None:
        found += check_field_ref(f"{path}.fieldRef", reference, _FIELDS)
        if resource is not None:
            text = "fieldRef and resourceFieldRef can not be specified simultaneously"
            found.append(field.invalid(path, "resource", text))
    elif resource is not None:
        found += check_resource_ref(f"{path}.resourceFieldRef", resource, volume=True)
    else:
        found.append(field.required(path, "one of fieldRef and resourceFieldRef is required"))
    return found + _mode(f"{path}.mode", item.get("mode"))


def _ephemeral(path: str, source: Object) -> list[FieldError]:
    template = source.get("volumeClaimTemplate")
    here = f"{path}.volumeClaimTemplate"
    if template is None:
        return [field.required(here)]
    meta = template.get("metadata") or {}
    found = [
        field.invalid(f"{here}.metadata.annotations", key, text)
        for key in meta.get("annotations") or ()
        for text in validation.is_label_key(key.lower())
    ]
    found += label_map(f"{here}.metadata.labels", meta.get("labels"))
    for key in meta:
        if key not in ("annotations", "labels"):
            found.append(field.forbidden(f"{here}.metadata.{key}", "cannot be set"))
    return found + check_claim_spec(f"{here}.spec", template.get("spec") or {})


def _projected(path: str, source: Object) -> list[FieldError]:
    found = _mode(f"{path}.defaultMode", source.get("defaultMode"))
    taken: set[str] = set()

    def once(shown: str, place: str) -> None:
        if place in taken:
            found.append(field.invalid(path, shown, "conflicting duplicate paths"))
        taken.add(place)

    for index, projection in enumerate(source.get("sources") or ()):
        here = f"{path}.sources[{index}]"
        for key in ("secret", "configMap"):
            part = projection.get(key)
            if part is None:
                continue
            found += _needs("name")(f"{here}.{key}", part)
            for number, item in enumerate(part.get("items") or ()):
                found += _key_to_path(f"{here}.{key}.items[{number}]", item)
                if item.get("path"):
                    once(part.get("name", ""), item["path"])
        for item in (projection.get("downwardAPI") or {}).get("items") or ():
            found += _downward_file(f"{here}.downwardAPI", item)
            if item.get("path"):
                once(item["path"], item["path"])
        if projection.get("serviceAccountToken") is not None:
            _token(found, path, f"{here}.serviceAccountToken", projection["serviceAccountToken"])
        bundle = projection.get("clusterTrustBundle")
        if bundle is not None:
            _bundle(found, f"{here}.clusterTrustBundle", bundle)
            once(bundle.get("path", ""), bundle.get("path", ""))
        if sum(value is not None for value in projection.values()) > 1:
            found.append(field.forbidden(here, "may not specify more than 1 volume type per source"))
    return found


def _token(found: list[FieldError], path: str, here: str, token: Object) -> None:
    seconds = token.get("expirationSeconds", 0)
    if seconds < 600:
        text = "may not specify a duration less than 10 minutes"
        found.append(field.invalid(f"{here}.expirationSeconds", seconds, text))
    if seconds > 1 << 32:
        text = "may not specify a duration larger than 2^32 seconds"
        found.append(field.invalid(f"{here}.expirationSeconds", seconds, text))
    if not token.get("path"):
        found.append(field.required(f"{path}.path"))
    else:
        found += reserved_path(f"{path}.path", token["path"])


def _bundle(found: list[FieldError], here: str, bundle: Object) -> None:
    name, signer = bundle.get("name"), bundle.get("signerName")
    if name is not None and signer is not None:
        found.append(field.invalid(here, dict(bundle), "only one of name and signerName may be used"))
    elif name is not None:
        if not name:
            found.append(field.required(f"{here}.name", "must be a valid object name"))
        texts = named(f"{here}.name", name.replace(":", "."), validation.is_dns1123_subdomain)
        found += [
            field.invalid(f"{here}.name", name, f"not a valid clustertrustbundlename: {error.detail}")
            for error in texts
        ]
        if bundle.get("labelSelector") is not None:
            text = "labelSelector must be unset if name is specified"
            found.append(field.invalid(f"{here}.labelSelector", bundle["labelSelector"], text))
    elif signer is not None:
        if not signer:
            found.append(field.required(f"{here}.signerName", "must be a valid signer name"))
        found += label_selector(f"{here}.labelSelector", bundle.get("labelSelector"))
    else:
        found.append(field.required(here, "either name or signerName must be specified"))
    if not bundle.get("path"):
        found.append(field.required(f"{here}.path"))
    found += reserved_path(f"{here}.path", bundle.get("path", ""))


SOURCES: Mapping[str, Check] = {
    "emptyDir": _empty_dir,
    "hostPath": _host_path,
    "gitRepo": _git_repo,
    "gcePersistentDisk": _partition("pdName"),
    "awsElasticBlockStore": _partition("volumeID"),
    "secret": _keys("secretName"),
    "nfs": _nfs,
    "iscsi": _iscsi,
    "glusterfs": _needs("endpoints", "path"),
    "flocker": _flocker,
    "persistentVolumeClaim": _needs("claimName"),
    "rbd": _needs("monitors", "image"),
    "cinder": _cinder,
    "cephfs": _needs("monitors"),
    "quobyte": _quobyte,
    "downwardAPI": _downward,
    "fc": _fc,
    "flexVolume": _flex,
    "configMap": _keys("name"),
    "azureFile": _needs("secretName", "shareName"),
    "vsphereVolume": _needs("volumePath"),
    "photonPersistentDisk": _needs("pdID"),
    "portworxVolume": _needs("volumeID"),
    "azureDisk": _azure_disk,
    "storageos": _storage_os,
    "projected": _projected,
    "scaleIO": _needs("gateway", "system", "volumeName"),
    "csi": _csi,
    "ephemeral": _ephemeral,
    "image": _needs(),
}
"""The kinds of volumes, in the order in which the server looks for them."""
