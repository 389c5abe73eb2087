"""A kind's habits: what is set for it, checked of it, and told about it, beyond what its schema says.

The base class is a kind without habits of its own, which most are. A kind that has some gets a subclass in its group's
folder, or is given functions there. A hook changes the object it is given (always a private copy, never the store's) or
returns a list; none of them reads the clock, and none writes to the store.
"""

# ruff: noqa: ARG002 - the hooks of the base class look at nothing

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from kubeclient.apimachinery.status import StatusCause
    from kubefake.schema.node import Node

__all__ = ["METADATA_HERE", "Context", "FieldError", "JSONObject", "Lookup", "ScalePaths", "Strategy"]

JSONObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One problem with one field, as Kubernetes words it; becomes a cause of an Invalid status.

    Attributes:
        field: the path, as `spec.containers[0].name`.
        reason: FieldValueRequired, FieldValueInvalid, FieldValueNotSupported, FieldValueForbidden, FieldValueDuplicate,
            FieldValueTooLong, FieldValueTooMany, FieldValueTypeInvalid, FieldValueNotFound, InternalError.
        message: what a cause's message says after the path: `Invalid value: "x": must be …`.
    """

    field: str
    reason: str
    message: str

    def cause(self) -> StatusCause:
        from kubeclient.apimachinery.status import StatusCause

        return StatusCause(reason=self.reason, message=self.message, field=self.field)


METADATA_HERE = FieldError("", "", "")
"""Stands among what validation finds where the kind's own look at metadata is told; without it that is told first."""


class Lookup(Protocol):
    """How a hook reads other objects: as stored, shared, not to be changed."""

    def get(self, group: str, plural: str, namespace: str, name: str) -> Mapping[str, Any] | None: ...

    def list(self, group: str, plural: str, namespace: str | None = None) -> Sequence[Mapping[str, Any]]: ...


class ScalePaths(NamedTuple):
    """Where a kind keeps what its scale subresource shows, as JSON paths; `selector` is "" where it has none."""

    spec: str
    status: str
    selector: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a hook may know of the request besides the object.

    Attributes:
        now: the server's time as RFC 3339 with whole seconds.
        user: the name of who asks. groups: their groups. uid, extra: what else is known of them.
        subresource: "" or "status", "scale" …
        version: the API version that the request came by.
        lookup: reads other objects.
        dry_run: nothing will be stored.
    """

    now: str
    user: str
    groups: tuple[str, ...]
    subresource: str
    version: str
    lookup: Lookup
    dry_run: bool = False
    uid: str = ""
    extra: Mapping[str, Sequence[str]] | None = None


class Strategy:
    """The habits of a kind; this base has none and is right for plain data kinds."""

    has_status = False
    """Whether the status subresource exists, so that writes to the main resource keep the stored status."""

    tracks_generation = True
    """Whether metadata.generation starts at 1 and grows when the desired state changes."""

    cached = True
    """Whether the real server reads the kind through a cache, which words some errors otherwise than etcd's client."""

    allow_create_on_update = False
    allow_unconditional_update = True

    scale: ScalePaths | None = None
    """Where the scale subresource finds its numbers, for a custom kind; None: in spec.replicas and status.replicas."""

    settled_at = 0
    """Objects written before this revision are seen through `read`: what the kind's schema says has changed since."""

    computed = False
    """Whether objects are made up when they are asked for (componentstatuses): lists of them are of no revision."""

    deprecation = ""
    """What every request for the kind is warned of; "" when it is not deprecated."""

    default_grace_seconds: int | None = None
    """Seconds of grace for a delete without options; None: the kind is deleted at once."""

    resets_status = True
    """Whether creations and updates through the main resource lose the status they bring (nodes keep it)."""

    status_keeps_metadata = False
    """Whether a write of the status subresource of a builtin kind leaves labels, annotations, owners and finalizers alone."""

    status_resets: tuple[tuple[str, ...], ...] = (("f:spec",),)
    """The fields that a write of the status subresource does not keep, as elements of field sets."""

    resets: Mapping[str, tuple[tuple[str, ...], ...]] = {}
    """The same for other subresources, "" among them, of kinds that keep less than most."""

    metadata_checks: tuple[Literal["update", "whole"], ...] = ("update",)
    """Which of the kind's own validators look at an update's metadata after the generic ones, which the causes of an error
    show: the one of changes, the one of whole objects."""

    zero_replicas = False
    """Whether an object without content, as bookmarks have, says that it has no replicas."""

    zero_annotations: Mapping[str, str] = {}
    """The annotations of an object without content, as bookmarks have."""

    version_annotation = ""
    """An annotation that stands for a field of the server's own type, and is not there where only metadata is told."""

    changes_checked_last = False
    """Whether the kind's own validator of changes of metadata looks after everything else."""

    standard_finalizers = True
    """Whether those validators know finalizers without a domain, and only the standard ones."""

    orphans_dependents = False
    """Whether a delete that names no propagation policy leaves dependents behind (jobs, replication controllers)."""

    owned_when_empty: tuple[str, ...] = ()
    """Lists that a writer owns though they are given empty, and that are stored as null then; as paths with dots (the rules of roles)."""

    refused_when_empty: tuple[str, ...] = ()
    """Lists and maps that are not taken empty, and are told from none then: they keep defaults away, or are shown in errors."""

    returns_deleted = False
    """Whether a delete answers with the object rather than with a Status."""

    def grace_seconds(self, obj: Mapping[str, Any], requested: int | None) -> int | None:
        """Seconds of grace for deleting this object; None: the kind knows no grace. `requested` is the caller's wish."""
        return self.default_grace_seconds if self.default_grace_seconds is None or requested is None else requested

    def holds(self, obj: Mapping[str, Any]) -> bool:
        """Whether something besides metadata.finalizers keeps a deleted object (the spec.finalizers of namespaces)."""
        return False

    def delete_warnings(self, *, policy_given: bool) -> list[str]:
        """What the server warns of when such an object is deleted."""
        return []

    def default(self, obj: JSONObject, version: str) -> None:
        """Fills what the kind's defaulting functions fill on decode; `version` is the API version of `obj`."""

    def default_applied(self, obj: JSONObject, version: str) -> None:
        """As `default`, for what an apply made: the nulls of custom objects stay, for validation to refuse."""
        self.default(obj, version)

    def prepare_for_create(self, obj: JSONObject, context: Context) -> None:
        """Sets or clears what a creator may not decide (status, allocated fields)."""

    def prepare_for_update(self, obj: JSONObject, old: Mapping[str, Any], context: Context) -> None:
        """As above for an update through the main resource; generation and status are handled by the caller."""

    def prepare_for_status_update(self, obj: JSONObject, old: Mapping[str, Any], context: Context) -> None:
        """As above for an update through the status subresource; spec and most metadata are restored by the caller."""

    def validate_name(self, name: str, *, prefix: bool) -> list[str]:
        """What is wrong with a name (`prefix`: a generateName); empty when nothing. Default: a DNS subdomain."""
        from kubeclient.apimachinery import validation

        if not self.metadata_checks:  # only the generic rules look at it
            return validation.is_path_segment_name(name)
        return validation.is_dns1123_subdomain(name.removesuffix("-") if prefix else name)

    def validate(self, obj: Mapping[str, Any], context: Context) -> list[FieldError]:
        """What is wrong with a new object, beyond metadata and schema."""
        return []

    def validate_update(self, obj: Mapping[str, Any], old: Mapping[str, Any], context: Context) -> list[FieldError]:
        """What is wrong with a change; must include what `validate` finds where the kind checks it on update too."""
        return self.validate(obj, context)

    def warnings(self, obj: Mapping[str, Any], old: Mapping[str, Any] | None, context: Context) -> list[str]:
        """What the server warns of, in Warning headers."""
        return []

    def forewarnings(self, obj: Mapping[str, Any]) -> list[str]:
        """What the server warns of while it prepares a new object: said even when something is wrong with it."""
        return []

    def tolerated(self, obj: Mapping[str, Any]) -> list[str]:
        """What `validate_update` found wrong with this object just now and let pass, because it was so before.

        Said in Warning headers, even when something else was wrong with it.
        """
        return []

    def settles(self, created: Mapping[str, Any]) -> bool:
        """Whether the first write to a new object is stored though it changes nothing.

        So the server does where it stores less of a new object than it shows of it.
        """
        return False

    def generation_matters(self, obj: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
        """Whether a change of the main resource raises generation. Default: anything but metadata and status changed."""
        keys = (obj.keys() | old.keys()) - {"metadata", "status", "apiVersion", "kind"}
        return any(obj.get(key) != old.get(key) for key in keys)

    def field_values(self, obj: Mapping[str, Any]) -> Mapping[str, str]:
        """The values of the field labels this kind supports besides metadata.name and metadata.namespace."""
        return {}

    field_labels: tuple[str, ...] = ()
    """The field labels that `field_values` answers for; others are refused with the server's error."""

    unknown_field = "field label not supported: {}"
    """How a kind that has field labels of its own refuses another one."""

    def columns(self) -> Sequence[Mapping[str, Any]] | None:
        """Table column definitions; None: the ones of the generated table, or Name and Created At/Age."""
        return None

    def row(self, obj: Mapping[str, Any], now: str) -> list[Any] | None:
        """The cells of an object; None: name and creation time."""
        return None

    def read(self, obj: JSONObject) -> JSONObject:
        """A stored object, private to the caller, as today's schema of the version it is stored in reads it."""
        return obj

    def node_of(self, version: str) -> Node | None:
        """The type of a custom kind in one of its versions; None for versions that it does not have, and for builtin kinds."""
        return None

    def convert(self, obj: JSONObject, version: str) -> JSONObject:
        """A stored object as API version `version`, or one of that version as stored. Default: only apiVersion differs."""
        return obj

    def after_commit(self, kind: str, obj: Mapping[str, Any], old: Mapping[str, Any] | None) -> None:
        """Called after ADDED, MODIFIED or DELETED was committed, for kinds that change what is served (CRDs)."""
