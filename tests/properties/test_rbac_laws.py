"""What the authoriser decides equals what roles and bindings say, however they came to be what they are."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubefake.pipeline.attributes import Attributes
from kubefake.pipeline.caller import UserInfo
from kubefake.pipeline.rbac import Rbac
from kubefake.pipeline.rules import Rule, missing_from
from kubefake.store import Store

GROUP = "rbac.authorization.k8s.io"
NAMESPACES = ("a", "b")
ROLE_NAMES = ("r", "s")

verbs = st.lists(st.sampled_from(["get", "list", "create", "*"]), min_size=1, max_size=2, unique=True)
groups = st.lists(st.sampled_from(["", "apps", "*"]), min_size=1, max_size=2, unique=True)
kinds = ["pods", "pods/log", "deployments", "deployments/scale", "*/scale", "*"]
resources = st.lists(st.sampled_from(kinds), min_size=1, max_size=2, unique=True)
names = st.lists(st.sampled_from(["x", "y"]), max_size=2, unique=True)
urls = st.lists(st.sampled_from(["/a", "/a/*", "/b*", "*"]), min_size=1, max_size=2, unique=True)

resource_rules = st.fixed_dictionaries(
    {"verbs": verbs, "apiGroups": groups, "resources": resources, "resourceNames": names}
)
path_rules = st.fixed_dictionaries({"verbs": verbs, "nonResourceURLs": urls})
rules = st.one_of(resource_rules, path_rules)

subjects = st.one_of(
    st.builds(lambda name: {"kind": "User", "name": name}, st.sampled_from(["u", "v"])),
    st.builds(lambda name: {"kind": "Group", "name": name}, st.sampled_from(["g", "h"])),
    st.builds(
        lambda where: {"kind": "ServiceAccount", "name": "s", **where}, st.sampled_from([{}, {"namespace": "a"}])
    ),
)
users = st.builds(
    UserInfo,
    st.sampled_from(["u", "v", "w", "system:serviceaccount:a:s", "system:serviceaccount:b:s"]),
    st.lists(st.sampled_from(["g", "h"]), max_size=2, unique=True).map(tuple),
)
questions = st.one_of(
    st.builds(
        lambda verb, group, kind, namespace, name: Attributes(
            verb, group=group, resource=kind[0], subresource=kind[1], namespace=namespace, name=name
        ),
        st.sampled_from(["get", "list", "delete"]),
        st.sampled_from(["", "apps"]),
        st.sampled_from([("pods", ""), ("pods", "log"), ("deployments", "scale"), ("deployments", "")]),
        st.sampled_from(["", *NAMESPACES]),
        st.sampled_from(["", "x", "z"]),
    ),
    st.builds(
        lambda verb, path: Attributes(verb, path, is_resource_request=False),
        st.sampled_from(["get", "post"]),
        st.sampled_from(["/a", "/a/c", "/b", "/bc", "/c"]),
    ),
)
writes = st.one_of(
    st.tuples(st.just("roles"), st.sampled_from(NAMESPACES), st.sampled_from(ROLE_NAMES), st.lists(rules, max_size=2)),
    st.tuples(st.just("clusterroles"), st.just(""), st.sampled_from(ROLE_NAMES), st.lists(rules, max_size=2)),
    st.tuples(
        st.just("rolebindings"),
        st.sampled_from(NAMESPACES),
        st.sampled_from(["1", "2"]),
        st.tuples(
            st.sampled_from(["Role", "ClusterRole"]), st.sampled_from(ROLE_NAMES), st.lists(subjects, max_size=2)
        ),
    ),
    st.tuples(
        st.just("clusterrolebindings"),
        st.just(""),
        st.sampled_from(["1", "2"]),
        st.tuples(st.just("ClusterRole"), st.sampled_from(ROLE_NAMES), st.lists(subjects, max_size=2)),
    ),
)


def put(store: Store, plural: str, namespace: str, name: str, what: Any) -> None:
    """Creates or replaces an object; deletes it when it is there already and the new one would say nothing."""
    table, key = f"{plural}.{GROUP}", f"{namespace}/{name}" if namespace else name
    old = store.get(table, key)
    meta: dict[str, Any] = {"name": name, "namespace": namespace} if namespace else {"name": name}
    obj: dict[str, Any] = {"metadata": meta}
    if plural.endswith("roles"):
        obj["rules"] = what
        empty = not what
    else:
        obj["roleRef"] = {"apiGroup": GROUP, "kind": what[0], "name": what[1]}
        obj["subjects"] = what[2]
        empty = not what[2]
    if old is not None and empty:
        store.delete(table, key, obj, old)
    else:
        store.put(table, key, obj, old)


def allowed(store: Store, user: UserInfo, asked: Attributes) -> bool:
    """The decision by the definition: some binding that means the user gives a rule that permits it."""
    namespace = asked.namespace if asked.is_resource_request else ""
    bindings = store.list(f"clusterrolebindings.{GROUP}")
    if namespace:
        bindings = [*bindings, *store.list(f"rolebindings.{GROUP}", namespace)]
    for version in bindings:
        binding = version.obj
        where = binding["metadata"].get("namespace", "")
        if not any(means(subject, where, user) for subject in binding["subjects"]):
            continue
        ref = binding["roleRef"]
        local = ref["kind"] == "Role"
        table, key = (f"roles.{GROUP}", f"{where}/{ref['name']}") if local else (f"clusterroles.{GROUP}", ref["name"])
        role = store.get(table, key)
        if role is not None and any(permits(rule, asked) for rule in role.obj["rules"]):
            return True
    return False


def means(subject: dict[str, str], namespace: str, user: UserInfo) -> bool:
    if subject["kind"] == "User":
        return subject["name"] == user.name
    if subject["kind"] == "Group":
        return subject["name"] in user.groups
    where = subject.get("namespace") or namespace
    return bool(where) and user.name == f"system:serviceaccount:{where}:{subject['name']}"


def permits(rule: dict[str, Any], asked: Attributes) -> bool:
    if not {"*", asked.verb} & set(rule["verbs"]):
        return False
    if not asked.is_resource_request:
        paths = rule.get("nonResourceURLs") or ()
        return any(
            path in ("*", asked.path) or (path[-1] == "*" and asked.path.startswith(path[:-1])) for path in paths
        )
    full = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
    wanted = {"*", full} | ({f"*/{asked.subresource}"} if asked.subresource else set())
    return (
        bool({"*", asked.group} & set(rule.get("apiGroups") or ()))
        and bool(wanted & set(rule.get("resources") or ()))
        and (not rule["resourceNames"] or asked.name in rule["resourceNames"])
    )


@given(st.lists(st.tuples(writes, users, questions), min_size=1, max_size=12))
def test_decisions_follow_the_roles_and_bindings_that_there_are(steps: list[Any]) -> None:
    store = Store()
    rbac = Rbac(store)
    asked: list[tuple[UserInfo, Attributes]] = []
    for write, user, question in steps:
        put(store, *write)
        asked.append((user, question))
        for who, what in asked:
            assert rbac.authorize(who, what).allowed == allowed(store, who, what)


@given(st.lists(writes, max_size=6), st.lists(writes, max_size=4), users, questions, st.booleans())
def test_going_back_in_time_takes_decisions_back(
    before: list[Any], after: list[Any], user: UserInfo, question: Attributes, compacted: bool
) -> None:
    store = Store()
    rbac = Rbac(store)
    for write in before:
        put(store, *write)
    then = rbac.authorize(user, question)
    moment = store.snapshot()
    for write in after:
        put(store, *write)
    if compacted:
        store.compact(store.revision)
    assert rbac.authorize(user, question).allowed == allowed(store, user, question)
    store.restore(moment)

    assert rbac.authorize(user, question) == then
    assert Rbac(store, rbac).authorize(user, question) == then


@given(st.lists(rules, max_size=4), st.lists(rules, min_size=1, max_size=2), questions)
def test_who_holds_what_covers_a_rule_may_do_what_it_permits(
    held: list[dict[str, Any]], wanted: list[dict[str, Any]], question: Attributes
) -> None:
    owned = [Rule.of(rule) for rule in held]

    if not missing_from(owned, [Rule.of(rule) for rule in wanted]) and any(permits(rule, question) for rule in wanted):
        assert any(rule.allows(question) for rule in owned)
