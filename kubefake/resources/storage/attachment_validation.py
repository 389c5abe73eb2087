"""What is wrong with attachments of volumes, and with the classes of their attributes.

Follows pkg/apis/storage/validation/validation.go.
"""

from __future__ import annotations

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import IMMUTABLE, Object, dns_subdomain, named, size_of
from kubefake.resources.core.cluster_validation import check_volume_spec
from kubefake.resources.core.diffs import go_value
from kubefake.resources.core.volume_validation import check_csi_driver
from kubefake.resources.strategy import Context

__all__ = [
    "check_attachment",
    "check_attachment_update",
    "check_attributes_class",
    "check_attributes_class_update",
    "check_parameters",
]

_LONGEST = 256 * 1024
_MOST_PARAMETERS = 512
_NAMED = "spec.source.persistentVolumeName"
_ONE_SOURCE = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"


def check_attachment(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new attachment, or one whose status has changed."""
    spec, status = obj["spec"], obj.get("status") or {}
    found = check_csi_driver("spec.attacher", spec.get("attacher", ""))
    source = spec.get("source") or {}
    found += _source(source)
    found += dns_subdomain("spec.nodeName", spec.get("nodeName", ""))
    metadata = status.get("attachmentMetadata") or {}
    if size_of(metadata) > _LONGEST:
        found.append(field.too_long("status.attachmentMetadata", _LONGEST))
    for key in ("attachError", "detachError"):
        error = status.get(key) or {}
        if len(error.get("message", "").encode()) > _LONGEST_MESSAGE:
            found.append(field.too_long(f"status.{key}.message", _LONGEST))
        code = error.get("errorCode")
        if code is not None and code < 0:
            text = "must be between 0 and 2147483647, inclusive"
            found.append(field.invalid(f"status.{key}.errorCode", code, text))
    if source.get("persistentVolumeName") is not None:
        found += dns_subdomain(_NAMED, source["persistentVolumeName"])
    return found


_LONGEST_MESSAGE = 1024  # though the server names the length of metadata when it refuses


def _source(source: Object) -> list[FieldError]:
    inline, name = source.get("inlineVolumeSpec"), source.get("persistentVolumeName")
    if inline is None and name is None:
        return [field.required("spec.source", _ONE_SOURCE)]
    if inline is not None and name is not None:
        return [field.forbidden("spec.source", _ONE_SOURCE)]
    if inline is not None:
        return check_volume_spec("spec.source.inlineVolumeSpec", inline, inline=True)
    return [] if name else [field.required(_NAMED, "must specify non empty persistentVolumeName")]


def check_attachment_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of an attachment: of its status only."""
    found = check_attachment(obj, context)
    if obj["spec"] != old["spec"]:
        found.append(field.invalid("spec", go_value("storage/v1.VolumeAttachmentSpec", obj["spec"]), IMMUTABLE))
    return found


def check_parameters(parameters: Object) -> list[FieldError]:
    """What a provisioner is told: so many names and values, and not too long."""
    found: list[FieldError] = []
    if len(parameters) > _MOST_PARAMETERS:
        return [field.too_long("parameters", _MOST_PARAMETERS)]
    if "" in parameters:
        found.append(field.invalid("parameters", "", "field can not be empty."))
    if size_of(parameters) > _LONGEST:
        found.append(field.too_long("parameters", _LONGEST))
    return found


def check_attributes_class(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A class of what volumes are like."""
    driver, parameters = obj.get("driverName", ""), obj.get("parameters") or {}
    found = named("driverName", driver.lower(), validation.is_label_key) if driver else [field.required("driverName")]
    if not parameters:
        found.append(field.required("parameters", "must contain at least one key/value pair"))
    return found + check_parameters(parameters)


def check_attributes_class_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of such a class: of metadata only."""
    changed = [key for key in ("driverName", "parameters") if (obj.get(key) or None) != (old.get(key) or None)]
    found = [field.forbidden(key, f"updates to {key} are forbidden.") for key in changed]
    return found + check_attributes_class(obj, context)
