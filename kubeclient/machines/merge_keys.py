"""Which lists and maps of models a strategic merge patch merges, and by which key of their items.

The patchStrategy and patchMergeKey of the API's types, which all versions of a type agree about: by the name of the model and the
wire's name of the field, as "strategies key".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["MERGE_KEYS"]

MERGE_KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "APIServiceStatus": {"conditions": "merge type"},
    "CSINodeSpec": {"drivers": "merge name"},
    "ComponentStatus": {"conditions": "merge type"},
    "Container": {
        "env": "merge name",
        "ports": "merge containerPort",
        "volumeDevices": "merge devicePath",
        "volumeMounts": "merge mountPath",
    },
    "ContainerStatus": {"allocatedResourcesStatus": "merge name", "volumeMounts": "merge mountPath"},
    "DaemonSetStatus": {"conditions": "merge type"},
    "DeploymentSpec": {"strategy": "retainKeys"},
    "DeploymentStatus": {"conditions": "merge type"},
    "DeviceTaintRuleStatus": {"conditions": "merge type"},
    "EphemeralContainer": {
        "env": "merge name",
        "ports": "merge containerPort",
        "volumeDevices": "merge devicePath",
        "volumeMounts": "merge mountPath",
    },
    "EphemeralContainerCommon": {
        "env": "merge name",
        "ports": "merge containerPort",
        "volumeDevices": "merge devicePath",
        "volumeMounts": "merge mountPath",
    },
    "FlowSchemaStatus": {"conditions": "merge type"},
    "HorizontalPodAutoscalerStatus": {"conditions": "merge type"},
    "JSONSchemaProps": {"x-kubernetes-validations": "merge rule"},
    "JSONSchemaPropsOrArray": {"x-kubernetes-validations": "merge rule"},
    "JSONSchemaPropsOrBool": {"x-kubernetes-validations": "merge rule"},
    "JSONSchemaPropsOrStringArray": {"x-kubernetes-validations": "merge rule"},
    "JobStatus": {"conditions": "merge type"},
    "MutatingAdmissionPolicySpec": {"matchConditions": "merge name"},
    "MutatingWebhook": {"matchConditions": "merge name"},
    "MutatingWebhookConfiguration": {"webhooks": "merge name"},
    "NamespaceStatus": {"conditions": "merge type"},
    "NodeSpec": {"podCIDRs": "merge"},
    "NodeStatus": {"addresses": "merge type", "conditions": "merge type"},
    "ObjectMeta": {"finalizers": "merge", "ownerReferences": "merge uid"},
    "PersistentVolumeClaimStatus": {"conditions": "merge type"},
    "PodCertificateRequestStatus": {"conditions": "merge type"},
    "PodDisruptionBudgetSpec": {"selector": "replace"},
    "PodDisruptionBudgetStatus": {"conditions": "merge type"},
    "PodGroupSpec": {"resourceClaims": "merge,retainKeys name"},
    "PodGroupStatus": {"conditions": "merge type", "resourceClaimStatuses": "merge,retainKeys name"},
    "PodGroupTemplate": {"resourceClaims": "merge,retainKeys name"},
    "PodSpec": {
        "containers": "merge name",
        "ephemeralContainers": "merge name",
        "hostAliases": "merge ip",
        "imagePullSecrets": "merge name",
        "initContainers": "merge name",
        "resourceClaims": "merge,retainKeys name",
        "schedulingGates": "merge name",
        "topologySpreadConstraints": "merge topologyKey",
        "volumes": "merge,retainKeys name",
    },
    "PodStatus": {
        "conditions": "merge type",
        "hostIPs": "merge ip",
        "podIPs": "merge ip",
        "resourceClaimStatuses": "merge,retainKeys name",
    },
    "PriorityLevelConfigurationStatus": {"conditions": "merge type"},
    "ReplicaSetStatus": {"conditions": "merge type"},
    "ReplicationControllerStatus": {"conditions": "merge type"},
    "ResourceClaimStatus": {"reservedFor": "merge uid"},
    "ResourcePoolStatusRequestStatus": {"conditions": "merge type"},
    "ServiceAccount": {"secrets": "merge name"},
    "ServiceCIDRStatus": {"conditions": "merge type"},
    "ServiceSpec": {"ports": "merge port"},
    "ServiceStatus": {"conditions": "merge type"},
    "StatefulSetStatus": {"conditions": "merge type"},
    "StorageVersionMigrationStatus": {"conditions": "merge type"},
    "ValidatingAdmissionPolicySpec": {"matchConditions": "merge name", "variables": "merge name"},
    "ValidatingWebhook": {"matchConditions": "merge name"},
    "ValidatingWebhookConfiguration": {"webhooks": "merge name"},
}
