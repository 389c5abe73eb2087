"""The legacy providers of credentials that a kubeconfig names by `auth-provider`, and who else registers one.

`oidc` is built in; `gcp` and `azure` were removed from Kubernetes and say what replaced them. Ported from client-go
rest/plugin.go and plugin/pkg/client/auth.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from .credentials import CredentialSource

__all__ = ["REMOVED", "Provided", "auth_provider", "register_auth_provider"]

REMOVED: Mapping[str, str] = {
    "gcp": "The gcp auth plugin has been removed. Please use the gke-gcloud-auth-plugin as an exec plugin instead.",
    "azure": "The azure auth plugin has been removed. Please use kubelogin as an exec plugin instead.",
}


@dataclass(frozen=True)
class Provided:
    """What a provider is made from.

    Attributes:
        address: the server's URL.
        config: the provider's settings in the kubeconfig, which may be secret.
        persist: saves changed settings; does nothing where the caller gave nothing to do it.
        time_ns: nanoseconds since 1970.
        shared: clients of this process may use one provider together, as all of them live in the machine's time.
    """

    address: str
    config: Mapping[str, str]
    persist: Callable[[Mapping[str, str]], None]
    time_ns: Callable[[], int]
    shared: bool = True


class Factory(Protocol):
    """Makes a provider of one kind. Raises ValueError for settings that cannot be used."""

    def __call__(self, provided: Provided) -> CredentialSource: ...


@cache
def _registered() -> tuple[threading.Lock, dict[str, Factory]]:
    return threading.Lock(), {}


def register_auth_provider(name: str, factory: Factory) -> None:
    """Makes a provider known to this process. Raises ValueError for a name that is known already."""
    lock, known = _registered()
    with lock:
        if name in known or name in REMOVED or name == "oidc":
            raise ValueError(f'auth Provider Plugin "{name}" was registered twice')
        known[name] = factory


def auth_provider(
    name: str,
    *,
    address: str,
    config: Mapping[str, str],
    persist: Callable[[Mapping[str, str]], None] | None,
    time_ns: Callable[[], int],
    shared: bool = True,
) -> CredentialSource:
    """The provider of that name. Raises ValueError for one that is not known, was removed, or cannot use its settings."""
    if name in REMOVED:
        raise ValueError(REMOVED[name])
    provided = Provided(address, config, persist or _forget, time_ns, shared)
    if name == "oidc":
        from .oidc import oidc_provider

        return oidc_provider(provided)
    lock, known = _registered()
    with lock:
        factory = known.get(name)
    if factory is None:
        raise ValueError(f'no Auth Provider found for name "{name}"')
    return factory(provided)


def _forget(config: Mapping[str, str]) -> None:
    """Keeps changed settings in memory only."""
