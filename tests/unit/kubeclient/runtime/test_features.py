"""Feature gates: where they take their values from, who may change them, and for how long."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping

import pytest

from kubeclient import features
from kubeclient.features import ALPHA, BETA, GA, EnvironmentGates, FeatureSpec
from kubeclient.runtime import features as process

SPECS = {"On": FeatureSpec(True, BETA), "Off": FeatureSpec(False, ALPHA), "Locked": FeatureSpec(True, GA, locked=True)}


def gates(**environ: str) -> EnvironmentGates:
    return EnvironmentGates(SPECS, lambda: {f"KUBE_FEATURE_{name}": text for name, text in environ.items()})


@pytest.fixture
def ours() -> Iterator[EnvironmentGates]:
    with features.use_feature_gates(gates()) as installed:
        assert isinstance(installed, EnvironmentGates)
        yield installed


@pytest.mark.parity("FEA-01", "FEA-02")
def test_a_feature_is_what_was_set_or_else_what_the_environment_says_or_else_its_default() -> None:
    assert (gates().enabled("On"), gates().enabled("Off")) == (True, False)

    given = gates(On="0", Off="T")
    assert (given.enabled("On"), given.enabled("Off")) == (False, True)
    given.set("On", True)
    assert given.enabled("On")
    given.unset("On")
    assert not given.enabled("On")


@pytest.mark.parity("FEA-01")
@pytest.mark.parametrize("text", ["yes", "", " true", "tRUE"])
def test_what_is_no_boolean_is_told_and_does_not_count(text: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "kubeclient.features"):
        assert not gates(Off=text).enabled("Off")

    assert f'strconv.ParseBool: parsing "{text}": invalid syntax' in caplog.text


@pytest.mark.parity("FEA-01")
def test_the_environment_is_read_when_a_feature_is_asked_for_first_and_never_again() -> None:
    environ: dict[str, str] = {}
    read = EnvironmentGates(SPECS, lambda: environ)
    read.set("On", False)
    assert not read.was_read
    environ["KUBE_FEATURE_Off"] = "true"
    assert not read.enabled("On"), "what is set counts, and the environment is read all the same"
    environ["KUBE_FEATURE_Off"] = "false"

    assert (read.was_read, read.enabled("Off")) == (True, True)


@pytest.mark.parity("FEA-01")
def test_a_locked_feature_stays_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "kubeclient.features"):
        assert gates(Locked="false").enabled("Locked")
    assert "feature is locked" in caplog.text
    locked = gates(Locked="true")
    locked.set("Locked", True)
    with pytest.raises(ValueError, match=r'^cannot set feature gate "Locked" to false, feature is locked to true$'):
        locked.set("Locked", False)


@pytest.mark.parity("FEA-02")
def test_a_feature_that_is_not_known_is_a_mistake() -> None:
    with pytest.raises(LookupError, match='feature "Other" is not registered'):
        gates(Other="true").enabled("Other")
    with pytest.raises(LookupError, match='feature "" is not registered'):
        gates().set("", True)


@pytest.mark.parity("FEA-02")
def test_gates_that_are_replaced_after_somebody_asked_are_told_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = gates(), gates(On="0")
    monkeypatch.setattr(process._process, "gates", first)
    with caplog.at_level(logging.ERROR, "kubeclient.features"):
        features.replace_feature_gates(second)
        assert caplog.text == ""
        assert not features.feature_gates().enabled("On")
        features.replace_feature_gates(first)

    assert "has already been used" in caplog.text


@pytest.mark.parity("FEA-03")
def test_the_gates_are_those_of_client_go() -> None:
    told: dict[str, FeatureSpec] = {}
    features.add_features_to_existing_feature_gates(told.update)

    assert {name: (spec.default, spec.stage, spec.locked) for name, spec in told.items()} == {
        "AtomicFIFO": (True, BETA, False),
        "ClientsAllowCARotation": (True, BETA, False),
        "ClientsAllowCBOR": (False, ALPHA, False),
        "ClientsAllowTLSCacheGC": (True, BETA, False),
        "ClientsPreferCBOR": (False, ALPHA, False),
        "InOrderInformers": (True, GA, True),
        "InOrderInformersBatchProcess": (True, BETA, False),
        "InformerResourceVersion": (True, GA, False),
        "UnlockWhileProcessingFIFO": (True, BETA, False),
        "WatchListClient": (True, BETA, False),
    }
    assert {spec.version for spec in told.values()} == {""}


@pytest.mark.parity("FEA-03")
def test_versions_of_a_feature_are_kept_in_order_and_none_makes_no_feature() -> None:
    told: dict[str, tuple[FeatureSpec, ...]] = {}

    def add(known: Mapping[str, tuple[FeatureSpec, ...]]) -> None:
        told.update(known)

    features.add_versioned_features_to_existing_feature_gates(add)
    assert [(spec.version, spec.default) for spec in told["WatchListClient"]] == [("1.30", False), ("1.35", True)]
    assert features.latest_specs({"None": ()}) == {}


@pytest.mark.parity("FEA-04")
def test_a_test_leaves_a_feature_as_it_was(ours: EnvironmentGates) -> None:
    with features.set_feature_during_test("Locked", False, test="a"):
        assert not features.feature_gates().enabled("Locked")
        with features.set_feature_during_test("Locked", True, test="a/inner"):
            assert features.feature_gates().enabled("Locked")
        assert not features.feature_gates().enabled("Locked")
    assert (ours.enabled("Locked"), ours.is_set("Locked")) == (True, False)


@pytest.mark.parity("FEA-04")
def test_two_tests_may_not_change_a_feature_at_once(ours: EnvironmentGates) -> None:
    with features.set_feature_during_test("On", False, test="a"):
        with (
            pytest.raises(
                RuntimeError, match='"On" is currently overridden by "a" test and cannot be also modified by "b"'
            ),
            features.set_feature_during_test("On", True, test="b"),
        ):
            raise AssertionError
        with features.set_feature_during_test("Off", True, test="b"):
            assert ours.enabled("Off")
    with features.set_feature_during_test("On", False, test="b"):
        assert not ours.enabled("On")


@pytest.mark.parity("FEA-04")
def test_gates_that_cannot_be_set_are_refused() -> None:
    class Fixed:
        def enabled(self, name: str) -> bool:
            return True

    with (
        features.use_feature_gates(Fixed()),
        pytest.raises(TypeError, match="Fixed cannot be set"),
        features.set_feature_during_test("On", False),
    ):
        raise AssertionError
