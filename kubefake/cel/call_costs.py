"""What a call may cost at most, and how large its result may be.

Follows github.com/google/cel-go/checker/cost.go and k8s.io/apiserver/pkg/cel/library/cost.go.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from .ast import Call, Literal, Node
from .sizes import MOST, UNKNOWN, Size, fixed

if TYPE_CHECKING:
    from .costs import _Coster

__all__ = ["CallCosts"]

_TRAVERSE: Final = 0.1
_PATTERN: Final = 0.25
_FORMAT_PATTERN: Final = 128
Found = tuple[Size, Size | None]

_OVER_LIST: Final = ("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf")
_OVER_TARGET: Final = ("lowerAscii", "upperAscii", "substring", "trim")
_OVER_TEXT: Final = ("cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver")
_CONSTANT: Final = frozenset(
    [
        "sign",
        "asInteger",
        "isInteger",
        "asApproximateFloat",
        "isGreaterThan",
        "isLessThan",
        "compareTo",
        "add",
        "sub",
        "major",
        "minor",
        "patch",
        "masked",
        "prefixLength",
        "family",
        "isUnspecified",
        "isLoopback",
        "isLinkLocalMulticast",
        "isLinkLocalUnicast",
        "isGlobalUnicast",
        "getScheme",
        "getHostname",
        "getHost",
        "getPort",
        "getEscapedPath",
        "getQuery",
        "format.named",
    ]
)
_COMPARED: Final = frozenset(
    (
        "equals",
        "not_equals",
        *tuple(
            f"{order}_{kind}"
            for order in ("less", "less_equals", "greater", "greater_equals")
            for kind in ("string", "bytes")
        ),
    )
)
_OBJECTS: Final = ("kubernetes.Quantity", "kubernetes.Semver", "net.IP", "net.CIDR")


class CallCosts:
    """The costs of calls, given what is known of their arguments."""

    def __init__(self, coster: _Coster) -> None:
        self._coster = coster

    def cost(self, node: Call, overload: str, costs: Sequence[Size]) -> Found:
        """The cost of calling an overload, its arguments included, and the size of the result if known."""
        args = functools.reduce(operator.add, costs, fixed(0))
        found = self._lists(node, overload) or self._library(node, overload)
        if found is not None:
            return found[0] + args, found[1]
        return self._standard(node, overload, costs, args)

    def _sized(self, node: Node) -> Size:
        return self._coster.known(node)

    # --- the extensions for lists and sets, which make lists

    def _lists(self, node: Call, overload: str) -> Found | None:
        args = node.args
        if overload.startswith("list_sets_"):
            factor = 2.0 if "equivalent" in overload else 1.0
            return (self._sized(args[0]) * self._sized(args[1])).scaled(factor) + fixed(1), None
        if overload == "lists_range":
            return _allocating(1.0, fixed(_literal(args[0], MOST)))
        if node.target is None:
            return None
        size = self._sized(node.target)
        if overload == "list_slice":
            return _allocating(1.0, fixed((_literal(args[1], size.max) - _literal(args[0], 0)) % 2**64))
        if overload == "list_reverse":
            return _allocating(1.0, size)
        if overload in ("list_flatten", "list_flatten_int"):
            return _allocating(float(_literal(args[0], MOST)) if args else 1.0, size)
        if overload == "list_distinct":
            return _allocating(2.0, size * size)
        if overload.endswith(("_sort", "_sortByAssociatedKeys")):
            keys = self._sized(args[0]) if args else size
            text = overload.startswith(("list_string", "list_bytes"))
            return _allocating(2.1 if text else 2.0, keys * keys)
        return None

    # --- Kubernetes' libraries

    def _library(self, node: Call, overload: str) -> Found | None:
        name, target, args = node.function, node.target, node.args
        if name in _CONSTANT or overload == "cidr_ip":
            return fixed(1), None
        if name in _OVER_LIST and target is not None:
            return self._over_list(target), None
        if name in _OVER_TARGET and target is not None:
            size = self._sized(target)
            return size.scaled(_TRAVERSE), size
        if name == "url" and len(args) == 1:
            size = self._sized(args[0])
            return size.scaled(_TRAVERSE), size
        if (name in _OVER_TEXT or name == "ip") and args:
            return self._sized(args[0]).scaled(_TRAVERSE), None
        if name == "ip.isCanonical":
            return self._sized(args[0]).scaled(2 * _TRAVERSE), None
        if name == "validate" and args:
            return self._sized(args[0]).scaled(_TRAVERSE).scaled(_FORMAT_PATTERN * _PATTERN), None
        if name in ("containsIP", "containsCIDR"):
            return self._contains(name, overload, args[0]), None
        if name == "_==_" and len(args) == 2 and args[0].type == args[1].type and args[0].type.name in _OBJECTS:
            return fixed(1), None
        if name == "_==_" and len(args) == 2 and args[0].type == args[1].type:
            return self._equal_objects(args)
        return self._text(node) if target is not None else None

    def _equal_objects(self, args: Sequence[Node]) -> Found | None:
        name = args[0].type.name
        if name == "kubernetes.NamedFormat":
            return Size(1, 64).scaled(_TRAVERSE), None
        if name == "kubernetes.URL":
            size = self._coster.size(args[1])
            return Size(1, size.max if size else 1).scaled(_TRAVERSE), None
        return None

    def _over_list(self, target: Node) -> Size:
        size = self._sized(target)
        if not target.type.params:
            return size.scaled(_TRAVERSE)
        item = fixed(1)
        if target.type.params[0].name in ("string", "bytes"):
            path = self._coster.path(target)
            inside = self._coster.at_path((*path, "@items")) if path else None
            item = item + (inside or UNKNOWN).scaled(_TRAVERSE)
        return size * item

    def _contains(self, name: str, overload: str, arg: Node) -> Size:
        network = Size(4, 16)
        cost = (network + network).scaled(_TRAVERSE)
        if name == "containsCIDR":
            cost = cost + network.scaled(_TRAVERSE) + fixed(1)
        if overload.endswith("_string"):
            cost = cost + self._sized(arg).scaled(_TRAVERSE)
        return cost

    def _text(self, node: Call) -> Found | None:
        name, args = node.function, node.args
        assert node.target is not None
        size = self._sized(node.target)
        if name == "replace" and len(args) >= 2:
            result = _replaced(size, self._sized(args[0]), self._sized(args[1]))
            return size.scaled(2 * _TRAVERSE), result
        if name == "split":
            most = size.max
            if len(args) > 1 and isinstance(args[1], Literal) and type(args[1].value) is int:
                most = args[1].value % 2**64
            return size.scaled(2 * _TRAVERSE), Size(0, most)
        if name == "join":
            result = self._joined(node.target, args)
            return result.scaled(_TRAVERSE), result
        if name in ("find", "findAll") and args:
            text = (size + fixed(1)).scaled(_TRAVERSE)
            return text * self._sized(args[0]).scaled(_PATTERN), Size(0, size.max)
        return None

    def _joined(self, target: Node, args: Sequence[Node]) -> Size:
        items = self._sized(target)
        path = self._coster.path(target)
        inside = self._coster.at_path((*path, "@items")) if path else None
        size = items * (inside or UNKNOWN) if target.type.params else fixed(0)
        if args:
            size = size + self._sized(args[0]) * Size(max(items.min - 1, 0), max(items.max - 1, 0))
        return size

    # --- the language

    def _standard(self, node: Call, overload: str, costs: Sequence[Size], args: Size) -> Found:
        nodes = node.args
        if overload in ("logical_or", "logical_and"):
            return Size(costs[0].min, (costs[0] + costs[1]).max), None
        if overload == "conditional":
            self._coster.set_entry(node, self._coster.united(nodes[1], nodes[2]))
            size = self._sized(nodes[1]) | self._sized(nodes[2])
            return costs[0] + (costs[1] | costs[2]), size
        if overload in ("add_string", "add_bytes", "add_list"):
            size = self._sized(nodes[0]) + self._sized(nodes[1])
            self._coster.set_entry(node, self._coster.united(nodes[0], nodes[1]))
            return (fixed(1) if overload == "add_list" else size.scaled(_TRAVERSE)) + args, size
        if overload in _COMPARED:
            least = min(self._sized(nodes[0]).max, self._sized(nodes[1]).max)
            return Size(1 if least else 0, least).scaled(_TRAVERSE) + args, None
        if overload in ("starts_with_string", "ends_with_string"):
            return self._sized(nodes[0]).scaled(_TRAVERSE) + args, None
        if overload == "in_list":
            return self._sized(nodes[1]) + args, None
        if overload in ("string_to_bytes", "bytes_to_string", "strings_quote"):
            return self._converted(overload, self._sized(nodes[0]), args)
        if node.target is not None:
            text = self._sized(node.target)
            if overload == "string_format":
                return text.scaled(_TRAVERSE) + args, None
            if overload == "matches_string":
                cost = (text + fixed(1)).scaled(_TRAVERSE) * self._sized(nodes[0]).scaled(_PATTERN)
                return cost + args, None
            if overload == "contains_string":
                return text.scaled(_TRAVERSE) * self._sized(nodes[0]).scaled(_TRAVERSE) + args, None
        return fixed(1) + args, None

    def _converted(self, overload: str, size: Size, args: Size) -> Found:
        result = {
            "string_to_bytes": Size(size.min, size.max * 4 % 2**64),
            "bytes_to_string": Size(size.min // 4, size.max),
            "strings_quote": Size((size.min + 2) % 2**64, (size.max * 2 + 2) % 2**64),
        }[overload]
        return size.scaled(_TRAVERSE) + args, result


def _literal(node: Node, default: int) -> int:
    """The number that a node is, as a size; the default where it is no number."""
    if isinstance(node, Literal) and type(node.value) is int:
        return max(node.value, 0)
    return default


def _allocating(factor: float, size: Size) -> Found:
    """What making a list costs."""
    return size.scaled(factor) + fixed(11), size


def _replaced(size: Size, old: Size, new: Size) -> Size:
    most = least = kept_most = kept_least = 0
    if old.min == 0:
        most, kept_most = min(size.max + 1, MOST), size.max
    elif new.max <= old.min:
        kept_most = size.max
    else:
        most = -(-size.max // old.min)
    if old.max == 0:
        least, kept_least = min(size.min + 1, MOST), size.min
    elif old.max <= new.min:
        kept_least = size.min
    else:
        least = -(-size.min // old.max)
    return Size(least, most) * new + Size(kept_least, kept_most)
