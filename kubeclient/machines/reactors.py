"""The chains of a fake client: what was asked for is written down, and the first reactor that answers has the say.

A reactor is a function of an action. It returns None to leave the action to the next one, or the answer: an object (a model,
a mapping, a Status), bytes for logs and proxies, a `WatchFeed` for a watch. What it raises, the client raises. The action is
a copy that all reactors of one call share: what one changes of its object, the next ones and the server see.
Ported from client-go testing/fake.go and testing/fixture.go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from .actions import Action, ProxyGetAction, WatchAction
from .watch_feed import WatchFeed

__all__ = ["HANDLED", "Fake", "Reactor"]

React = Callable[[Any], Any]


class _Handled:
    """The type of HANDLED."""

    def __repr__(self) -> str:
        return "HANDLED"


HANDLED = _Handled()
"""What a reactor returns that has dealt with a call whose answer does not matter: a Status of success."""


@dataclass(frozen=True, slots=True)
class Reactor:
    """A function, and the actions that it hears of.

    Attributes:
        verb: "get", "create" …, or "*" for every verb.
        resource: "pods" (with its subresources), "pods/status", or "*".
        react: the function.
    """

    verb: str
    resource: str
    react: React

    def handles(self, action: Action) -> bool:
        """Whether it hears of that action."""
        return self.verb in {"*", action.verb} and action.covered_by(self.resource)


class Fake:
    """What the fake clients of one test share: reactors, and the actions so far.

    Args:
        limit: how many actions are kept; older ones are forgotten, so that a long run does not grow.
        guard: held while the chains and the record change; a lock where several threads work.
    """

    def __init__(self, *, limit: int = 10_000, guard: AbstractContextManager[Any] | None = None) -> None:
        self.reactors: list[Reactor] = []
        self.watch_reactors: list[Reactor] = []
        self.proxy_reactors: list[Reactor] = []
        self._actions: deque[Action] = deque(maxlen=limit)
        self._guard = nullcontext() if guard is None else guard

    def prepend_reactor(self, verb: str, resource: str, react: React) -> None:
        """Asks this function first about calls that are neither watches nor proxied."""
        self.reactors.insert(0, Reactor(verb, resource, react))

    def add_reactor(self, verb: str, resource: str, react: React) -> None:
        """Asks this function when no other reactor had an answer."""
        self.reactors.append(Reactor(verb, resource, react))

    def prepend_watch_reactor(self, resource: str, react: Callable[[Any], WatchFeed | None]) -> None:
        """Asks this function first about watches."""
        self.watch_reactors.insert(0, Reactor("watch", resource, react))

    def add_watch_reactor(self, resource: str, react: Callable[[Any], WatchFeed | None]) -> None:
        """Asks this function about watches when no other had an answer."""
        self.watch_reactors.append(Reactor("watch", resource, react))

    def prepend_proxy_reactor(self, resource: str, react: Callable[[Any], bytes | None]) -> None:
        """Asks this function first about reads through a proxy."""
        self.proxy_reactors.insert(0, Reactor("get", resource, react))

    def add_proxy_reactor(self, resource: str, react: Callable[[Any], bytes | None]) -> None:
        """Asks this function about reads through a proxy when no other had an answer."""
        self.proxy_reactors.append(Reactor("get", resource, react))

    def actions(self) -> list[Action]:
        """What was asked for so far, the oldest first; the list is the caller's."""
        with self._guard:
            return list(self._actions)

    def clear_actions(self) -> None:
        """Forgets what was asked for so far."""
        with self._guard:
            self._actions.clear()

    def invoke(self, action: Action) -> Any:
        """Writes an action down and asks the reactors; None when none has an answer. Raises what a reactor raises."""
        with self._guard:
            self._actions.append(action.copied())
            chain = list(self._chain(action))
        for reactor in chain:
            if not reactor.handles(action):
                continue
            answer = reactor.react(action)
            if answer is not None:
                return answer
        return None

    def _chain(self, action: Action) -> list[Reactor]:
        if isinstance(action, WatchAction):
            return self.watch_reactors
        return self.proxy_reactors if isinstance(action, ProxyGetAction) else self.reactors
