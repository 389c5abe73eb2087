"""Saves what a legacy provider of credentials changed, in the kubeconfig file that its user is from.

Ported from client-go tools/clientcmd/config.go (PersisterForUser).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .kubeconfig import KubeConfigError
from .loading import LoadingRules
from .modifying import modify_config

__all__ = ["persister_for_user"]


def persister_for_user(rules: LoadingRules, user: str) -> Callable[[Mapping[str, str]], None]:
    """What saves the settings of a user's provider. It raises KubeConfigError, or OSError when nothing can be written."""

    def persist(settings: Mapping[str, str]) -> None:
        config = rules.load()
        entry = config.users.get(user)
        if entry is None or not entry.auth_provider:
            raise KubeConfigError(f'user "{user}" with an auth-provider is in no file any more')
        entry.auth_provider_config = dict(settings)
        modify_config(rules, config, relativize_paths=False)

    return persist
