"""Strategic merge patch: a merge patch that knows which lists are keyed, and directives to say what it cannot.

Works over nodes (patch_strategy, patch_merge_key) and plain dicts; neither the object nor the patch is changed.

- `$patch: replace | delete` in a map; `$patch: delete | replace` in an item of a keyed list;
- `$retainKeys: [...]` in a map: its other keys go;
- `$setElementOrder/<list>: [...]` beside a list; `$deleteFromPrimitiveList/<list>: [...]` beside a list of scalars.

Order of a merged list: `$setElementOrder` if given, else the patch's own order for the items it names; items that only the
object has keep their order and are put among the others by where they stood.

Follows k8s.io/apimachinery/pkg/util/strategicpatch/patch.go, texts of errors included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NoReturn

from kubeclient.apimachinery.errors import StatusError, new_bad_request
from kubefake.schema.builtin import go_fields
from kubefake.schema.node import Node

from .failures import plain_failure, unprocessable
from .govalues import format_s, format_v, go_json_kind, kind_of

__all__ = ["apply_strategic_patch"]

_PATCH: Final = "$patch"
_RETAIN_KEYS: Final = "$retainKeys"
_DELETE_FROM: Final = "$deleteFromPrimitiveList"
_ORDER: Final = "$setElementOrder"

_BAD_PRIMITIVE_LIST: Final = "invalid patch format of primitive list"
_BAD_RETAIN_KEYS: Final = "invalid patch format of retainKeys"
_BAD_ORDER: Final = "invalid patch format of setElementOrder list"

_Map = dict[str, Any]
_List = list[Any]
_Drop: Final = object()


def apply_strategic_patch(node: Node, document: Mapping[str, Any], patch: Any) -> _Map:
    """The document after the patch; unchanged parts are shared with it.

    Args:
        patch: the decoded body; null is an empty patch.

    Raises:
        StatusError: with the server's text for a patch that is no object or whose directives make no sense.

    Example:
        >>> apply_strategic_patch(pod, obj, {"spec": {"containers": [{"name": "a", "$patch": "delete"}]}})
    """
    if patch is not None and not isinstance(patch, dict):
        raise new_bad_request(
            f"json: cannot unmarshal {go_json_kind(patch)} into Go value of type map[string]interface {{}}"
        )
    return _merge_map(node, dict(document), patch or {})


def _bad_patch_type(directive: Any, patch: _Map) -> StatusError:
    return plain_failure(f"unknown patch type: {format_s(directive)} in map: {format_v(patch)}")


def _no_merge_key(item: _Map, merge_key: str) -> StatusError:
    return plain_failure(f"map: {format_v(item)} does not contain declared merge key: {merge_key}")


def _bad_arg(expected: Literal["map", "list"], actual: Any) -> NoReturn:
    name = "map[string]interface {}" if expected == "map" else "[]interface {}"
    received = "%!s(<nil>)" if actual is None else kind_of(actual)
    raise plain_failure(f"expected a {name}, but received a {received}")


def _is_directive(key: str, directive: str) -> bool:
    return key.startswith(directive)


def _field_of(key: str, directive: str, message: str) -> str:
    """The list that a directive is about: `$setElementOrder/containers` is about `containers`."""
    prefix, slash, field = key.partition("/")
    if not slash or prefix != directive:
        raise new_bad_request(message)
    return field


def _lookup(node: Node | None, key: str) -> Node:
    """The type of a field, as Go finds it by reflection: maps have no fields, opaque structs have none that JSON sees."""
    if node is None or node.kind == "map":
        raise plain_failure("merging an object in json but data type is not struct, instead is: map")
    field = node.fields.get(key)
    if field is None:
        folded = key.casefold()
        field = next((found for name, found in node.fields.items() if name.casefold() == folded), None)
    if field is None:
        struct = node.go_type.rpartition(".")[2]
        raise plain_failure(f'unable to find api field in struct {struct} for the json field "{key}"')
    return field


def _is_pointer(node: Node | None, key: str) -> bool:
    return node is not None and any(field.name == key and field.pointer for field in go_fields(node))


def _merge_map(node: Node | None, original: _Map, patch: _Map) -> _Map:
    """`original` is ours to change, what is in it is not."""
    if _PATCH in patch:
        directive = patch[_PATCH]
        if directive == "replace":
            return {key: value for key, value in patch.items() if key != _PATCH}
        if directive == "delete":
            return {}
        raise _bad_patch_type(directive, patch)
    if _RETAIN_KEYS in patch:
        patch = _retain_keys(original, patch)
    if any(_is_directive(key, _ORDER) for key in patch):
        patch = _merge_ordered_lists(node, original, patch)
    for key, value in patch.items():
        deletes = _is_directive(key, _DELETE_FROM)
        field = _field_of(key, _DELETE_FROM, _BAD_PRIMITIVE_LIST) if deletes else key
        if value is None:
            original.pop(field, None)
        elif field in original and _mergeable(original[field], value):
            original[field] = _merge_value(node, field, original[field], value, deletes)
        elif not deletes:
            _put(original, field, _cleaned(value))
    return original


def _mergeable(original: Any, value: Any) -> bool:
    """Whether both are maps, or both are lists; anything else is replaced."""
    return original.__class__ is value.__class__ and original.__class__ in (dict, list)


def _put(original: _Map, field: str, value: Any) -> None:
    if value is _Drop:
        original.pop(field, None)
    else:
        original[field] = value


def _merge_value(node: Node | None, field: str, original: Any, value: Any, deletes: bool) -> Any:
    child = _lookup(node, field)
    if isinstance(value, dict):
        return value if _replaces(child) else _merge_map(child, dict(original), value)
    if deletes or _merges(child):
        return _merge_list(child, original, value, deletes)
    return value


def _replaces(node: Node) -> bool:
    return "replace" in node.patch_strategy


def _merges(node: Node) -> bool:
    return "merge" in node.patch_strategy


def _cleaned(value: Any) -> Any:
    """A value that is new to the object: without nulls in maps, without directives; _Drop for one that is a directive."""
    if isinstance(value, dict):
        if _PATCH in value:
            return _Drop
        kept = {key: _cleaned(item) for key, item in value.items() if item is not None}
        return {key: item for key, item in kept.items() if item is not _Drop}
    if isinstance(value, list):
        return [item for item in map(_cleaned, value) if item is not _Drop]
    return value


def _retain_keys(original: _Map, patch: _Map) -> _Map:
    """Drops the keys that are not to be retained; the patch without the directive."""
    retained = patch[_RETAIN_KEYS]
    if not isinstance(retained, list):
        raise new_bad_request(_BAD_RETAIN_KEYS)
    names = {name for name in retained if isinstance(name, str)}
    rest = {key: value for key, value in patch.items() if key != _RETAIN_KEYS}
    for key, value in rest.items():
        if value is None or _is_directive(key, _DELETE_FROM) or _is_directive(key, _ORDER):
            continue
        if key not in names:
            raise new_bad_request(_BAD_RETAIN_KEYS)
    for key in [key for key in original if key not in names]:
        del original[key]
    return rest


def _merge_ordered_lists(node: Node | None, original: _Map, patch: _Map) -> _Map:
    """Merges the lists that come with an order; the patch without them."""
    rest = dict(patch)
    for key in [key for key in patch if _is_directive(key, _ORDER)]:
        order = rest.pop(key)
        if not isinstance(order, list):
            _bad_arg("list", order)
        field = _field_of(key, _ORDER, _BAD_ORDER)
        live, changes = original.get(field, _Drop), rest.get(field, _Drop)
        for found in (live, changes):
            if found is not _Drop and not isinstance(found, list):
                _bad_arg("list", found)
        child = _lookup(node, field)
        if child.kind != "list" and not _is_pointer(node, field):
            raise plain_failure("expected slice or array type, but got: struct")
        merge_key = child.patch_merge_key
        _check_order(changes if isinstance(changes, list) else [], order, merge_key)
        if live is _Drop and changes is _Drop:
            continue
        if changes is _Drop:
            merged = list(live)
        elif live is _Drop:
            merged = _cleaned_items(changes)
        elif _merges(child):
            merged = _merge_list(child, live, changes, False)
        else:
            merged = list(changes)
        original[field] = _in_order(merged, order, live if isinstance(live, list) else [], changes, merge_key)
        rest.pop(field, None)
    return rest


def _cleaned_items(items: _List) -> _List:
    """Like `_cleaned`, but nulls stay."""
    return [item for item in map(_without_directives, items) if item is not _Drop]


def _without_directives(value: Any) -> Any:
    if isinstance(value, dict):
        if _PATCH in value:
            return _Drop
        kept = {key: _without_directives(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not _Drop}
    return _cleaned_items(value) if isinstance(value, list) else value


def _in_order(merged: _List, order: _List, live: _List, changes: Any, merge_key: str) -> _List:
    ordered, others = _partition(merged, order, merge_key)
    patch = changes if isinstance(changes, list) else []
    if _element_kind(live, patch) is dict:
        return _normalized(ordered, others, order, _order_left(live, patch, merge_key), merge_key)
    return _normalized(ordered, others, order, live, "")


def _order_left(live: _List, patch: _List, merge_key: str) -> _List:
    """The order of the object's list as Go finds it after merging: deletions and additions were made in its own memory."""
    gone = {_key_of(item, merge_key) for item in patch if item.get(_PATCH) == "delete"}
    if not gone:
        return live
    rest = [item for item in live if _key_of(item, merge_key) not in gone]
    if not any(item.get(_PATCH) == "replace" for item in patch):
        kept = {_key_of(item, merge_key) for item in rest}
        rest += [item for item in patch if _PATCH not in item and _key_of(item, merge_key) not in kept]
    return rest[: len(live)]


def _check_order(changes: _List, order: _List, merge_key: str) -> None:
    """The items of a patch must stand in the order list, in its order."""
    if not order or not changes:
        return
    named = changes
    if merge_key:
        for item in changes:
            if not isinstance(item, dict):
                _bad_arg("map", item)
        named = [item for item in changes if item.get(_PATCH) != "delete"]
    at = position = 0
    while at < len(named) and position < len(order):
        if isinstance(named[at], dict) and _PATCH in named[at]:
            at += 1
            continue
        if _key_of(named[at], merge_key) == _key_of(order[position], merge_key):
            at += 1
        position += 1
    if at < len(named) and position >= len(order):
        raise plain_failure(
            f"The order in patch list:\n{format_v(changes)}\n doesn't match {_ORDER} list:\n{format_v(order)}\n"
        )


def _key_of(item: Any, merge_key: str) -> tuple[str, Any]:
    """What an item is compared by; with its type, because to Go true is not 1."""
    if merge_key:
        if not isinstance(item, dict):
            _bad_arg("map", item)
        if merge_key not in item:
            raise _no_merge_key(item, merge_key)
        item = item[merge_key]
    return (kind_of(item), _hashable(item))


def _hashable(value: Any) -> Any:
    return format_v(value) if isinstance(value, (dict, list)) else value


def _element_kind(*lists: _List) -> type:
    """The one type of all items. Raises when they differ, when they are lists, or when there are none."""
    found: type | None = None
    for item in (item for items in lists for item in items):
        if found is None:
            found = item.__class__
            if found is list:
                raise unprocessable()
        elif item.__class__ is not found:
            raise plain_failure(f"list element types are not identical: {format_v(list(lists))}")
    if found is None:
        raise plain_failure("no elements in any of the given slices")
    return found


def _merge_list(node: Node, original: _List, patch: _List, deletes: bool) -> _List:
    if not original and not patch:
        return original
    merge_key = node.patch_merge_key
    if _element_kind(original, patch) is not dict:
        if deletes:
            gone = {_key_of(item, "") for item in patch}
            return [item for item in original if _key_of(item, "") not in gone]
        merged = _unique([*original, *patch])
        ordered, others = _partition(merged, patch, merge_key)
        return _normalized(ordered, others, patch, original, "")
    if not merge_key:
        raise plain_failure(f"cannot merge lists without merge key for {'struct' if node.items else 'map'}")
    live, changes = _with_item_directives(original, patch, merge_key)
    merged = _merge_items(node.items, live, changes, merge_key)
    ordered, others = _partition(merged, changes, merge_key)
    return _normalized(ordered, others, changes, live, merge_key)


def _unique(items: _List) -> _List:
    """Without repetitions, in Go's way: a repeated item gives its place to the last one."""
    items = list(items)
    length = len(items) - 1
    i = 0
    while i < length:
        j = i + 1
        while j <= length:
            if _key_of(items[i], "") == _key_of(items[j], ""):
                items[j] = items[length]
                items = items[:length]
                length -= 1
                j -= 1
            j += 1
        i += 1
    return items


def _with_item_directives(original: _List, patch: _List, merge_key: str) -> tuple[_List, _List]:
    """Carries out the items that are directives; the list and the patch without them."""
    changes: _List = []
    live = list(original)
    replaces = False
    for item in patch:
        if _PATCH not in item:
            changes.append(item)
            continue
        directive = item[_PATCH]
        if directive == "delete":
            if merge_key not in item:
                raise _no_merge_key(item, merge_key)
            gone = _key_of(item, merge_key)
            while (at := _find(live, merge_key, gone)) is not None:
                del live[at]
        elif directive == "replace":
            replaces = True
        elif directive == "merge":
            raise plain_failure("merging lists cannot yet be specified in the patch")
        else:
            raise _bad_patch_type(directive, item)
    return (changes, []) if replaces else (live, changes)


def _find(items: _List, merge_key: str, key: tuple[str, Any]) -> int | None:
    """Where the item with that key stands. Raises when something before it is no map."""
    for at, item in enumerate(items):
        if not isinstance(item, dict):
            raise plain_failure(f"value for key {at} is not a map")
        if merge_key in item and _key_of(item, merge_key) == key:
            return at
    return None


def _merge_items(node: Node | None, live: _List, changes: _List, merge_key: str) -> _List:
    merged = list(live)
    for item in changes:
        at = _find(merged, merge_key, _key_of(item, merge_key))
        if at is None:
            merged.append(item)
        else:
            merged[at] = _merge_map(node, dict(merged[at]), item)
    return merged


def _partition(items: _List, by: _List, merge_key: str) -> tuple[_List, _List]:
    """The items that `by` names, and the others."""
    inside: _List = []
    outside: _List = []
    named = {_key_of(item, "") for item in by} if not merge_key else None
    for item in items:
        key = _key_of(item, merge_key)
        found = key in named if named is not None else _find(by, merge_key, key) is not None
        (inside if found else outside).append(item)
    return inside, outside


def _normalized(patch: _List, others: _List, patch_order: _List, live_order: _List, merge_key: str) -> _List:
    """The items of the patch and the others, each in its order, the others put in by where they stood."""
    position = _positions(live_order, merge_key)
    right = _sorted_by(patch, patch_order, merge_key)
    left = _sorted_by(others, live_order, merge_key)
    merged: _List = []
    i = j = 0
    while i < len(left) and j < len(right):
        mine, theirs = position(left[i]), position(right[j])
        if mine is not None and theirs is not None and mine < theirs:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    return [*merged, *left[i:], *right[j:]]


def _positions(order: _List, merge_key: str) -> Callable[[Any], int | None]:
    index: dict[tuple[str, Any], int] = {}
    for at, item in enumerate(order):
        index.setdefault(_loose_key(item, merge_key), at)
    return lambda item: index.get(_loose_key(item, merge_key))


def _loose_key(item: Any, merge_key: str) -> tuple[str, Any]:
    if merge_key:
        item = item.get(merge_key) if isinstance(item, dict) else None
    return (kind_of(item), _hashable(item))


def _sorted_by(items: _List, order: _List, merge_key: str) -> _List:
    if merge_key:
        for item in (*items, *order):
            _key_of(item, merge_key)
    position = _positions(order, merge_key)
    placed = [(position(item), item) for item in items]
    if all(at is not None for at, _ in placed):
        return [item for _, item in sorted(placed, key=lambda pair: pair[0] or 0)]
    # An item that the order does not know sorts before any other; with Go's insertion sort it wanders to the front.
    for i in range(1, len(placed)):
        j = i
        while j > 0 and _before(placed[j][0], placed[j - 1][0]):
            placed[j], placed[j - 1] = placed[j - 1], placed[j]
            j -= 1
    return [item for _, item in placed]


def _before(left: int | None, right: int | None) -> bool:
    return left < right if left is not None and right is not None else True
