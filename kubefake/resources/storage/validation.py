"""What is wrong with storage classes.

Follows pkg/apis/storage/validation/validation.go.
"""

from __future__ import annotations

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object, immutable, label_name, named, one_of
from kubefake.resources.storage.attachment_validation import check_parameters
from kubefake.resources.strategy import Context

__all__ = ["check_class", "check_class_update"]


def check_class(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new storage class."""
    provisioner, parameters = obj.get("provisioner", ""), obj.get("parameters") or {}
    found: list[FieldError] = []
    if provisioner:
        found += named("provisioner", provisioner.lower(), validation.is_label_key)
    else:
        found.append(field.required("provisioner"))
    found += check_parameters(parameters)
    if obj.get("reclaimPolicy"):
        found += one_of("reclaimPolicy", obj["reclaimPolicy"], ("Delete", "Retain"))
    mode = obj.get("volumeBindingMode")
    found += one_of("volumeBindingMode", mode or "", ("Immediate", "WaitForFirstConsumer"), required=True)
    _topologies(found, obj.get("allowedTopologies") or [])
    return found


def _topologies(found: list[FieldError], terms: list[Object]) -> None:
    seen: list[dict[str, set[str]]] = []
    for index, term in enumerate(terms):
        path = f"allowedTopologies[{index}]"
        expressions: dict[str, set[str]] = {}
        for number, requirement in enumerate(term.get("matchLabelExpressions") or ()):
            here, key = f"{path}.matchLabelExpressions[{number}]", requirement.get("key", "")
            values: set[str] = set()
            if not requirement.get("values"):
                found.append(field.required(f"{here}.values"))
            for position, value in enumerate(requirement.get("values") or ()):
                if value in values:
                    found.append(field.duplicate(f"{here}.values[{position}]", value))
                values.add(value)
            found += label_name(f"{here}.key", key)
            if key in expressions:
                found.append(field.duplicate(f"{here}.key", key))
            expressions[key] = values
        # The server compares with a list that begins with as many empty ones as there are terms, and goes on when it has found one.
        same = seen.count(expressions) + (0 if expressions else len(terms))
        found += [field.duplicate(f"{path}.matchLabelExpressions", "")] * same
        seen.append(expressions)


def check_class_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a storage class: of little."""
    found = check_class(obj, context)
    for key in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"):
        found += immutable(key, obj.get(key), old.get(key))
    return found
