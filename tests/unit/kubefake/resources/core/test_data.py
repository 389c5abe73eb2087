"""Config maps and secrets: keys, and what may never change."""

from __future__ import annotations

from typing import Any

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
SECRETS = "/api/v1/namespaces/default/secrets"
MERGE = "application/merge-patch+json"


def test_an_immutable_config_map_keeps_its_data(client: Any) -> None:
    client(f"POST {CONFIG_MAPS}", {"metadata": {"name": "c"}, "data": {"a": "1"}, "immutable": True})

    code, status = client(f"PATCH {CONFIG_MAPS}/c", {"data": {"a": "2"}}, type=MERGE)

    assert code == 422
    assert "data: Forbidden: field is immutable when `immutable` is set" in status["message"]


def test_text_becomes_data_of_a_secret(client: Any) -> None:
    _, made = client(f"POST {SECRETS}", {"metadata": {"name": "s"}, "stringData": {"a": "b"}})

    assert made["data"] == {"a": "Yg=="}
    assert made["type"] == "Opaque"
    assert "stringData" not in made


def test_a_tls_secret_must_hold_both_halves(client: Any) -> None:
    secret = {"metadata": {"name": "s"}, "type": "kubernetes.io/tls", "data": {"tls.crt": ""}}

    code, status = client(f"POST {SECRETS}", secret)

    assert code == 422
    assert status["details"]["causes"][0]["field"] == "data[tls.key]"
