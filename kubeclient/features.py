"""client-go's `features`: which parts of the library are on, by `KUBE_FEATURE_<name>` or by the program."""

from __future__ import annotations

from kubeclient.machines.features import (
    ALPHA,
    BETA,
    DEPRECATED,
    GA,
    KNOWN_FEATURES,
    EnvironmentGates,
    FeatureSpec,
    Gates,
    latest_specs,
)
from kubeclient.runtime.features import (
    add_features_to_existing_feature_gates,
    add_versioned_features_to_existing_feature_gates,
    feature_gates,
    replace_feature_gates,
    set_feature_during_test,
    use_feature_gates,
)

__all__ = [
    "ALPHA",
    "BETA",
    "DEPRECATED",
    "GA",
    "KNOWN_FEATURES",
    "EnvironmentGates",
    "FeatureSpec",
    "Gates",
    "add_features_to_existing_feature_gates",
    "add_versioned_features_to_existing_feature_gates",
    "feature_gates",
    "latest_specs",
    "replace_feature_gates",
    "set_feature_during_test",
    "use_feature_gates",
]
