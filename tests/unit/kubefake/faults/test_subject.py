"""Subjects carry what rules can match on."""

from kubeclient.transport.protocol import Request
from kubefake.faults.subject import Subject, SubjectReader
from kubefake.pipeline.caller import Caller, UserInfo


def test_a_resource_request_gives_all_its_parts() -> None:
    caller = Caller("scaler", UserInfo("bob"))
    request = Request("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web/scale")

    subject = SubjectReader()(request, caller)

    assert subject == Subject("scaler", "bob", "patch", "apps", "deployments", "scale", "shop", "web")


def test_a_list_that_asks_for_events_is_a_watch() -> None:
    subject = SubjectReader()(Request("GET", "/api/v1/pods", [("watch", "true")]), Caller())

    assert (subject.verb, subject.resource) == ("watch", "pods")


def test_a_path_outside_of_the_api_is_its_own_name() -> None:
    subject = SubjectReader()(Request("GET", "/version"), Caller("kubectl"))

    assert str(subject) == "kubectl get /version"
