"""Laws of old API versions: what is seen by one is kept when it is written back, and seen alike again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.strategies import bodies

from kubeclient.api import scheme
from kubefake.resources.legacy import legacy_resources
from kubefake.resources.resource import Resource
from kubefake.schema.decode import decode

VIEWS = [one for one in legacy_resources() if "get" in one.verbs and not one.is_storage_version]
WIDE = 4 * settings().max_examples


@settings(max_examples=WIDE)
@given(resource=st.sampled_from(VIEWS), data=st.data())
def test_what_an_old_version_shows_it_stores_as_it_was(resource: Resource, data: st.DataObject) -> None:
    body = data.draw(bodies(scheme.type_for(resource.gvk)))
    body = {**body, "kind": resource.kind, "apiVersion": resource.api_version}
    given_, _ = decode(resource.node, body)
    given_ |= {"kind": resource.kind, "apiVersion": resource.api_version}
    convert = resource.strategy.convert
    try:
        stored = convert(given_, resource.storage_version.version)
    except (KeyError, TypeError, ValueError, AttributeError):
        pytest.fail(f"{resource.gvk} cannot be stored")

    shown = convert(stored, resource.version)
    again = convert(shown, resource.storage_version.version)

    assert (stored["apiVersion"], shown["apiVersion"]) == (str(resource.storage_version), resource.api_version)
    assert convert(again, resource.version) == shown
