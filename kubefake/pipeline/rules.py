"""One rule of a role: what it allows, and what it covers of other rules.

Follows pkg/registry/rbac/validation/{rule,policy_comparator,policy_compact}.go and pkg/apis/rbac/v1/evaluation_helpers.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kubeclient.apimachinery.gotext import quote
from kubefake.pipeline.attributes import Question

__all__ = ["FULL_AUTHORITY", "Rule", "describe", "missing_from"]

_NONE: frozenset[str] = frozenset()


class Rule:
    """A PolicyRule, ready to be asked.

    Attributes:
        verbs, groups, resources, names, urls: as in the rule, in its order.
    """

    __slots__ = (
        "_any_group", "_any_resource", "_any_verb", "_group_set", "_name_set", "_prefixes", "_resource_set", "_url_set",
        "_verb_set", "groups", "names", "resources", "urls", "verbs",
    )  # fmt: skip

    def __init__(
        self,
        verbs: Sequence[str],
        groups: Sequence[str] = (),
        resources: Sequence[str] = (),
        names: Sequence[str] = (),
        urls: Sequence[str] = (),
    ) -> None:
        self.verbs, self.groups, self.resources = tuple(verbs), tuple(groups), tuple(resources)
        self.names, self.urls = tuple(names), tuple(urls)
        self._verb_set, self._group_set = frozenset(verbs), frozenset(groups)
        self._resource_set, self._url_set = frozenset(resources), frozenset(urls)
        self._name_set = frozenset(names) if names else _NONE
        self._any_verb, self._any_group = "*" in self._verb_set, "*" in self._group_set
        self._any_resource = "*" in self._resource_set
        self._prefixes = tuple(url.rstrip("*") for url in urls if url.endswith("*"))

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> Rule:
        """A rule as it stands in a role."""
        return cls(
            rule.get("verbs") or (),
            rule.get("apiGroups") or (),
            rule.get("resources") or (),
            rule.get("resourceNames") or (),
            rule.get("nonResourceURLs") or (),
        )

    def allows(self, asked: Question) -> bool:
        """Whether this rule alone permits it."""
        if not self._any_verb and asked.verb not in self._verb_set:
            return False
        if not asked.is_resource_request:
            return asked.path in self._url_set or any(asked.path.startswith(prefix) for prefix in self._prefixes)
        if not self._any_group and asked.group not in self._group_set:
            return False
        if not self._any_resource and not self._names_resource(asked.resource, asked.subresource):
            return False
        return not self._name_set or asked.name in self._name_set

    def _names_resource(self, resource: str, subresource: str) -> bool:
        known = self._resource_set
        if not subresource:
            return resource in known
        return f"{resource}/{subresource}" in known or f"*/{subresource}" in known

    def covers(self, other: Rule) -> bool:
        """Whether this rule alone permits all that another one does."""
        return (
            (self._any_verb or other._verb_set <= self._verb_set)
            and (self._any_group or other._group_set <= self._group_set)
            and (self._any_resource or all(self._covers_resource(name) for name in other.resources))
            and all(self._covers_url(url) for url in other.urls)
            and (not self.names or (bool(other.names) and other._name_set <= self._name_set))
        )

    def _covers_resource(self, name: str) -> bool:
        return name in self._resource_set or (f"*/{name.partition('/')[2]}" in self._resource_set and "/" in name)

    def _covers_url(self, url: str) -> bool:
        return url in self._url_set or any(url.startswith(prefix) for prefix in self._prefixes)

    def parts(self) -> Iterable[Rule]:
        """The rule taken apart: rules of one verb, and of one group, resource and name or one URL."""
        for group in self.groups:
            for resource in self.resources:
                for verb in self.verbs:
                    for name in self.names or (None,):
                        yield Rule((verb,), (group,), (resource,), () if name is None else (name,))
        for url in self.urls:
            for verb in self.verbs:
                yield Rule((verb,), urls=(url,))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rule) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[tuple[str, ...], ...]:
        return (self.verbs, self.groups, self.resources, self.names, self.urls)

    def __repr__(self) -> str:
        return f"<Rule {_text(self)}>"


FULL_AUTHORITY = (Rule(("*",), ("*",), ("*",)), Rule(("*",), urls=("*",)))
"""What a cluster administrator holds."""


def missing_from(held: Iterable[Rule], wanted: Iterable[Rule]) -> list[Rule]:
    """What of the wanted rules no single held rule covers, taken apart."""
    owned = tuple(held)
    return [part for rule in wanted for part in rule.parts() if not any(rule.covers(part) for rule in owned)]


def describe(rules: Iterable[Rule]) -> list[str]:
    """Rules in the server's short form: verbs on the same resource together, sorted."""
    verbs: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    texts: list[str] = []
    for rule in rules:
        if rule.urls or len(rule.groups) != 1 or len(rule.resources) != 1 or len(rule.names) > 1:
            texts.append(_text(rule))
            continue
        known = verbs.setdefault((rule.groups, rule.resources, rule.names), [])
        known += rule.verbs
    texts += [_text(Rule(found, *key)) for key, found in verbs.items()]
    return sorted(set(texts))


def _text(rule: Rule) -> str:
    fields = {
        "APIGroups": rule.groups,
        "Resources": rule.resources,
        "NonResourceURLs": rule.urls,
        "ResourceNames": rule.names,
        "Verbs": rule.verbs,
    }
    told = (f"{key}:[{' '.join(map(quote, values))}]" for key, values in fields.items() if values)
    return "{" + ", ".join(told) + "}"
