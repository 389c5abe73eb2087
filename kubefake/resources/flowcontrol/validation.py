"""What is wrong with priority levels.

Follows pkg/apis/flowcontrol/validation/validation.go.
"""

from __future__ import annotations

import math

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object
from kubefake.resources.core.diffs import go_value
from kubefake.resources.strategy import Context

__all__ = ["check_level"]

_EXEMPT = "exempt"
_SPEC = "flowcontrol/v1.PriorityLevelConfigurationSpec"
_MOST_ENTROPY = 60
_MOST_QUEUES = 10_000_000


def check_level(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A priority level."""
    name, spec = obj["metadata"].get("name", ""), obj.get("spec") or {}
    kind, limited, exempt = spec.get("type", ""), spec.get("limited"), spec.get("exempt")
    found: list[FieldError] = []
    if (name == _EXEMPT) != (kind == "Exempt"):
        text = "must be 'Exempt' if and only if `name` is 'exempt'"
        found.append(field.invalid("spec.type", kind, text))
    if kind == "Exempt":
        if limited is not None:
            found.append(field.forbidden("spec.limited", "must be nil if the type is not Limited"))
        if exempt is not None:
            found += _nominal("spec.exempt", exempt) + _lendable("spec.exempt", exempt)
    elif kind == "Limited":
        if exempt is not None:
            found.append(field.forbidden("spec.exempt", "must be nil if the type is Limited"))
        if limited is None:
            found.append(field.required("spec.limited", "must not be empty when type is Limited"))
        else:
            found += _limited("spec.limited", limited)
    elif kind:
        found.append(field.not_supported("spec.type", kind, ["Exempt", "Limited"]))
    else:
        found.append(field.required("spec.type"))
    if name == _EXEMPT and (kind != "Exempt" or limited is not None):
        text = "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value"
        found.append(field.invalid("spec", go_value(_SPEC, spec), text))
    return found


def _nominal(path: str, part: Object) -> list[FieldError]:
    shares = part.get("nominalConcurrencyShares", 0)
    if shares >= 0:
        return []
    return [field.invalid(f"{path}.nominalConcurrencyShares", shares, "must be a non-negative integer")]


def _lendable(path: str, part: Object) -> list[FieldError]:
    percent = part.get("lendablePercent", 0)
    if 0 <= percent <= 100:
        return []
    return [field.invalid(f"{path}.lendablePercent", percent, "must be between 0 and 100, inclusive")]


def _limited(path: str, limited: Object) -> list[FieldError]:
    found = _nominal(path, limited) + _response(f"{path}.limitResponse", limited.get("limitResponse") or {})
    found += _lendable(path, limited)
    borrowed = limited.get("borrowingLimitPercent")
    if borrowed is not None and borrowed < 0:
        text = "if specified, must be a non-negative integer"
        found.append(field.invalid(f"{path}.borrowingLimitPercent", borrowed, text))
    return found


def _response(here: str, response: Object) -> list[FieldError]:
    found: list[FieldError] = []
    kind, queuing = response.get("type", ""), response.get("queuing")
    if kind == "Reject":
        if queuing is not None:
            text = "must be nil if limited.limitResponse.type is not Limited"
            found.append(field.forbidden(f"{here}.queuing", text))
    elif kind == "Queue":
        if queuing is None:
            text = "must not be empty if limited.limitResponse.type is Limited"
            found.append(field.required(f"{here}.queuing", text))
        else:
            found += _queuing(f"{here}.queuing", queuing)
    elif not kind:
        found.append(field.required(f"{here}.type"))
    else:
        found.append(field.not_supported(f"{here}.type", kind, ["Queue", "Reject"]))
    return found


def _queuing(path: str, queuing: Object) -> list[FieldError]:
    found: list[FieldError] = []
    length, queues, hand = (queuing.get(key, 0) for key in ("queueLengthLimit", "queues", "handSize"))
    if length <= 0:
        found.append(field.invalid(f"{path}.queueLengthLimit", length, "must be positive"))
    if queues <= 0:
        found.append(field.invalid(f"{path}.queues", queues, "must be positive"))
    elif queues > _MOST_QUEUES:
        text = f"must not be greater than {_MOST_QUEUES}"
        found.append(field.invalid(f"{path}.queues", queues, text))
    if hand <= 0:
        found.append(field.invalid(f"{path}.handSize", hand, "must be positive"))
    elif hand > queues:
        text = f"should not be greater than queues ({queues})"
        found.append(field.invalid(f"{path}.handSize", hand, text))
    elif _entropy(queues, hand) > _MOST_ENTROPY:
        text = (
            f"required entropy bits of deckSize {queues} and handSize {hand} should not be greater than {_MOST_ENTROPY}"
        )
        found.append(field.invalid(f"{path}.handSize", hand, text))
    return found


def _entropy(deck: int, hand: int) -> int:
    """How many bits dealing a hand takes (shufflesharding.RequiredEntropyBits)."""
    return math.ceil(sum(math.log2(deck - dealt) for dealt in range(hand)))
