"""Services: the addresses and ports that the cluster gives them."""

from __future__ import annotations

from typing import Any

SERVICES = "/api/v1/namespaces/default/services"


def service(name: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"ports": [{"port": 80}], **spec}}


def test_every_service_gets_an_address_of_its_own(client: Any) -> None:
    made = [client(f"POST {SERVICES}", service(f"s{number}"))[1]["spec"] for number in range(20)]

    addresses = {spec["clusterIP"] for spec in made}
    assert len(addresses) == 20
    assert all(address.startswith("10.0.0.") for address in addresses)
    assert made[0]["clusterIPs"] == [made[0]["clusterIP"]]


def test_the_same_cluster_gives_the_same_address(client: Any) -> None:
    _, first = client(f"POST {SERVICES}", service("s"))
    client(f"DELETE {SERVICES}/s")
    _, second = client(f"POST {SERVICES}", service("s"))

    assert first["spec"]["clusterIP"] == second["spec"]["clusterIP"]


def test_a_headless_service_has_no_address(client: Any) -> None:
    _, made = client(f"POST {SERVICES}", service("s", clusterIP="None", selector={"a": "b"}))

    assert made["spec"]["clusterIPs"] == ["None"]
    assert made["spec"]["ipFamilies"] == ["IPv4"]


def test_an_address_that_is_taken_is_refused(client: Any) -> None:
    client(f"POST {SERVICES}", service("a", clusterIP="10.0.0.77"))

    code, status = client(f"POST {SERVICES}", service("b", clusterIP="10.0.0.77"))

    assert code == 422
    assert "provided IP is already allocated" in status["message"]


def test_node_ports_come_from_their_range_and_go_with_the_type(client: Any) -> None:
    _, made = client(f"POST {SERVICES}", service("s", type="NodePort"))
    assert 30000 <= made["spec"]["ports"][0]["nodePort"] < 32768

    patch = {"spec": {"type": "ClusterIP"}}
    _, changed = client(f"PATCH {SERVICES}/s", patch, type="application/merge-patch+json")

    assert "nodePort" not in changed["spec"]["ports"][0]
    assert "externalTrafficPolicy" not in changed["spec"]
