"""The habits of CustomResourceDefinitions themselves."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from kubeclient.apimachinery import errors
from kubefake.resources.strategy import Context, FieldError, JSONObject, Strategy
from kubefake.schema.rules import unknown_formats

from .validation import validate_definition, validate_definition_update, validate_status_update

__all__ = ["CustomResourceDefinitionStrategy"]

AfterCommit = Callable[[str, Mapping[str, Any], Mapping[str, Any] | None], None]


class CustomResourceDefinitionStrategy(Strategy):
    """Defaults, validation and status of definitions.

    Args:
        after_commit: called after every commit of a definition; a server passes what feeds its `Installer`.
    """

    has_status = True
    tracks_generation = True
    allow_unconditional_update = False
    standard_finalizers = False

    def __init__(self, after_commit: AfterCommit | None = None) -> None:
        self._after_commit = after_commit

    def default(self, obj: JSONObject, version: str) -> None:  # noqa: ARG002
        spec = obj.get("spec")
        if not isinstance(spec, dict):
            return
        names = spec.get("names") or {}
        kind = names.get("kind") or ""
        if kind and not names.get("singular"):
            names["singular"] = kind.lower()
        if kind and not names.get("listKind"):
            names["listKind"] = kind + "List"
        conversion = spec.setdefault("conversion", {"strategy": "None"})
        if not conversion.get("strategy"):
            conversion["strategy"] = "None"
        client = (conversion.get("webhook") or {}).get("clientConfig") or {}
        if client.get("service") is not None:
            client["service"].setdefault("port", 443)
        for declared in spec.get("versions") or ():
            for column in declared.get("additionalPrinterColumns") or ():
                if column.get("priority") == 0:
                    del column["priority"]
        order = ("plural", "singular", "shortNames", "kind", "listKind", "categories")
        spec["names"] = {key: names[key] for key in order if key in names}
        status = obj.setdefault("status", {})
        if not status.get("storedVersions"):
            _add_storage_version(obj)

    def prepare_for_create(self, obj: JSONObject, context: Context) -> None:  # noqa: ARG002
        _refuse_unsupported(obj)
        _drop_false_preserve(obj)
        obj["status"] = {"conditions": None, "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": None}
        _add_storage_version(obj)

    def prepare_for_update(self, obj: JSONObject, old: Mapping[str, Any], context: Context) -> None:  # noqa: ARG002
        _refuse_unsupported(obj)
        _drop_false_preserve(obj)
        obj["status"] = copy.deepcopy(old.get("status") or {})
        _add_storage_version(obj)

    def prepare_for_status_update(self, obj: JSONObject, old: Mapping[str, Any], context: Context) -> None:  # noqa: ARG002
        obj["spec"] = copy.deepcopy(old["spec"])

    def validate(self, obj: Mapping[str, Any], context: Context) -> list[FieldError]:  # noqa: ARG002
        return validate_definition(obj)

    def validate_update(self, obj: Mapping[str, Any], old: Mapping[str, Any], context: Context) -> list[FieldError]:
        if context.subresource == "status":
            return validate_status_update(obj)
        return validate_definition_update(obj, old)

    def warnings(self, obj: Mapping[str, Any], old: Mapping[str, Any] | None, context: Context) -> list[str]:  # noqa: ARG002
        texts = [
            f'unrecognized format "{name}"'
            for version in obj["spec"].get("versions") or ()
            for name in unknown_formats((version.get("schema") or {}).get("openAPIV3Schema"))
        ]
        return list(dict.fromkeys(texts))

    def row(self, obj: Mapping[str, Any], now: str) -> list[Any] | None:  # noqa: ARG002
        metadata = obj["metadata"]
        return [metadata.get("name"), metadata.get("creationTimestamp")]

    def after_commit(self, kind: str, obj: Mapping[str, Any], old: Mapping[str, Any] | None) -> None:
        if self._after_commit is not None:
            self._after_commit(kind, obj, old)


def _drop_false_preserve(obj: JSONObject) -> None:
    if obj["spec"].get("preserveUnknownFields") is False:
        del obj["spec"]["preserveUnknownFields"]


def _add_storage_version(obj: JSONObject) -> None:
    """The storage version of the spec joins those that may be in storage."""
    stored = list(obj["status"].get("storedVersions") or ())
    for version in obj["spec"].get("versions") or ():
        if version.get("storage"):
            if version["name"] not in stored:
                stored.append(version["name"])
            break
    obj["status"]["storedVersions"] = stored or None


def _refuse_unsupported(obj: JSONObject) -> None:
    """Answers 501 for features of definitions that this server does not have, naming the field."""
    spec = obj["spec"]
    unsupported = []
    if (spec.get("conversion") or {}).get("strategy") == "Webhook":
        unsupported.append("spec.conversion.strategy: Webhook")
    if unsupported:
        name = obj.get("metadata", {}).get("name", "")
        raise _not_implemented(name, unsupported)


def _not_implemented(name: str, fields: list[str]) -> errors.StatusError:
    from kubeclient.apimachinery.status import Status

    message = f'customresourcedefinitions.apiextensions.k8s.io "{name}" uses what this server does not support: {", ".join(fields)}'
    return errors.from_status(Status(status="Failure", message=message, reason="NotImplemented", code=501))
