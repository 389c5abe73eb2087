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


def test_a_port_of_nodes_is_one_services_whatever_the_protocol(client: Any) -> None:
    path = "/api/v1/namespaces/default/services"
    port = {"port": 80, "nodePort": 30071}
    first = {"metadata": {"name": "first"}, "spec": {"type": "NodePort", "ports": [port]}}
    second = {"metadata": {"name": "second"}, "spec": {"type": "NodePort", "ports": [{**port, "protocol": "UDP"}]}}

    client(f"POST {path}", first)
    code, refused = client(f"POST {path}", second)

    assert code == 422
    assert "provided port is already allocated" in refused["message"]


def test_only_load_balancers_let_traffic_in(client: Any) -> None:
    path = "/api/v1/namespaces/default/services"
    _, made = client(f"POST {path}", {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}})
    made["status"] = {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}

    code, refused = client(f"PUT {path}/s/status", made)

    assert code == 422
    assert refused["details"]["causes"][0]["field"] == "status.loadBalancer.ingress"
