"""Image references: what counts as the latest tag."""

from __future__ import annotations

import pytest

from kubefake.resources.core.images import pull_policy


@pytest.mark.parametrize("image", ["nginx", "nginx:latest", "example.com:5000/a/b", "a/b:latest"])
def test_no_tag_and_latest_are_the_same(image: str) -> None:
    assert pull_policy(image) == "Always"


@pytest.mark.parametrize(
    "image", ["", "Nginx", "nginx:1.25", "example.com:5000/a/b:v1", f"a@sha256:{'0' * 64}", "f" * 64]
)
def test_other_tags_digests_and_nonsense_are_not_latest(image: str) -> None:
    assert pull_policy(image) == "IfNotPresent"
