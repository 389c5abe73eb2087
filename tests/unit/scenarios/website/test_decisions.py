"""What the operator decides, tested without any cluster: it is a matter of values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import website as decide

from kubeclient import Unstructured
from kubeclient.api.apps_v1 import Deployment
from kubeclient.api.copying import deep_copy
from kubeclient.apimachinery.conditions import find_status_condition, is_status_condition_true
from kubeclient.apimachinery.times import Time

Make = Callable[..., Unstructured]
NOW = Time.parse("2030-01-01T00:00:00Z")


def rolled_out(website: Unstructured) -> Deployment:
    """The Website's Deployment once its controller is done with it."""
    deployment = decide.desired_deployment(website)
    status, replicas = deployment.status, deployment.spec.replicas or 0
    status.replicas = status.updated_replicas = status.ready_replicas = replicas
    return deployment


def test_a_deployment_says_what_its_website_asks_for(website: Make) -> None:
    deployment = decide.desired_deployment(website(image="shop:7", replicas=4, port=8080))
    container = deployment.spec.template.spec.containers[0]
    assert deployment.spec.replicas == 4
    assert (container.image, container.ports[0].container_port) == ("shop:7", 8080)


def test_a_child_bears_the_name_of_its_website_which_controls_it(website: Make) -> None:
    owner = decide.desired_service(website()).metadata.owner_references[0]
    assert (owner.name, owner.uid, owner.controller) == ("shop", "1", True)


def test_what_is_as_it_should_be_is_not_written(website: Make) -> None:
    assert decide.changed_deployment(decide.desired_deployment(website()), website()) is None
    assert decide.changed_service(decide.desired_service(website()), website()) is None


def test_what_others_added_to_a_deployment_stays(website: Make) -> None:
    current = decide.desired_deployment(website())
    current.metadata.annotations["theirs"] = "kept"
    changed = decide.changed_deployment(current, website(image="shop:2"))
    assert changed is not None
    assert changed.metadata.annotations == {"theirs": "kept"}
    assert changed.spec.template.spec.containers[0].image == "shop:2"


def test_a_decision_changes_nothing_that_it_was_given(website: Make) -> None:
    current = decide.desired_deployment(website())
    before = deep_copy(current)
    decide.changed_deployment(current, website(replicas=9))
    assert current == before


def test_a_website_moves_its_record_to_its_new_host(website: Make) -> None:
    records = {"old.example.com": "shop", "blog.example.com": "blog"}
    assert decide.with_record(records, website(), "new.example.com") == {
        "new.example.com": "shop",
        "blog.example.com": "blog",
    }
    assert decide.with_record(records, website(), "") == {"blog.example.com": "blog"}


def test_a_host_of_another_website_is_not_taken(website: Make) -> None:
    with pytest.raises(decide.HostTakenError, match=r'host "blog\.example\.com" belongs to Website "blog"'):
        decide.with_record({"blog.example.com": "blog"}, website(), "blog.example.com")


def test_a_website_is_ready_when_all_replicas_are(website: Make) -> None:
    site = website()
    changed = decide.changed_status(site, rolled_out(site), None, NOW)
    assert changed is not None
    assert changed["status"]["readyReplicas"] == 2
    assert is_status_condition_true(changed["status"]["conditions"], "Ready")


def test_a_status_that_says_nothing_new_is_not_written(website: Make) -> None:
    site = website()
    once = decide.changed_status(site, rolled_out(site), None, NOW)
    assert once is not None
    later = Time(NOW.ns + 60_000_000_000)
    assert decide.changed_status(once, rolled_out(site), None, later) is None


def test_a_condition_keeps_the_time_of_its_last_transition(website: Make) -> None:
    site = website()
    once = decide.changed_status(site, decide.desired_deployment(site), None, NOW)
    assert once is not None
    once["metadata"]["generation"] = 2
    again = decide.changed_status(once, decide.desired_deployment(site), None, Time(NOW.ns + 60_000_000_000))
    assert again is not None
    condition = find_status_condition(again["status"]["conditions"], "Ready")
    assert (condition["observedGeneration"], condition["lastTransitionTime"]) == (2, str(NOW))
