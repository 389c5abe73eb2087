"""Short names of objects, as people write them: `deployments/web`, `deploy/web`, `Deployment/web`, `websites.example.com/home`."""

from __future__ import annotations

from kubefake.resources.registry import Registry
from kubefake.resources.resource import Resource

__all__ = ["find_resource"]


def find_resource(registry: Registry, reference: str) -> tuple[Resource, str]:
    """The resource and the name that a reference means.

    The part before the slash is a plural, singular, short name or kind, with its group behind a dot where several groups
    have it. Raises ValueError for a reference that is none, LookupError for one that nothing is served for.
    """
    kind, slash, name = reference.partition("/")
    if not slash or not kind or not name:
        raise ValueError(f'{reference!r} names no object: write "deployments/web"')
    word, _, group = kind.partition(".")
    for resource in registry:
        names = (resource.plural, resource.singular, resource.kind, resource.kind.lower(), *resource.short_names)
        if word in names and (not group or group == resource.group):
            return resource, name
    raise LookupError(f"{reference}: the cluster serves no resource {kind!r}")
