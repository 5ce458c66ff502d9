"""Operators that make what a cloud offers: Crossplane, AWS, Google, Azure, SAP, HashiCorp.

References:
    https://docs.crossplane.io/latest/managed-resources/managed-resources/#conditions
    https://aws-controllers-k8s.github.io/docs/guides/resource-lifecycle
    https://cloud.google.com/config-connector/docs/how-to/monitoring-your-resources
    https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference
"""

from __future__ import annotations

from cluster_doctor.snapshot.health.manner import STATES, Manner
from cluster_doctor.snapshot.health.manners.words import (
    BAD,
    GOOD,
    PROGRESSING,
    SETTLING,
    silent,
    stateless,
    steps,
)

_MANAGED = Manner(conditions=steps("Synced", "LastAsyncOperation", "AsyncOperation"), unsaid=PROGRESSING)
_PACKAGE = Manner(conditions=steps("Installed"), unsaid=PROGRESSING)
_DEFINITION = Manner(conditions={"Offered": GOOD})
_UNMANAGED = ("ClusterProviderConfig", "ProviderConfig", "ProviderConfigUsage", "StoreConfig")

MANNERS: dict[tuple[str, str], Manner] = {
    ("*.crossplane.io", "*"): _MANAGED,
    ("*.upbound.io", "*"): _MANAGED,
    **stateless("*.crossplane.io", *_UNMANAGED),
    **stateless("*.upbound.io", *_UNMANAGED),
    **stateless("apiextensions.crossplane.io", "Composition", "CompositionRevision", "EnvironmentConfig", "Usage"),
    ("apiextensions.crossplane.io", "CompositeResourceDefinition"): _DEFINITION,
    **stateless("pkg.crossplane.io", "ControllerConfig", "DeploymentRuntimeConfig", "ImageConfig", "Lock"),
    ("pkg.crossplane.io", "*"): _PACKAGE,
    ("*.services.k8s.aws", "*"): Manner(
        conditions={
            **silent("ACK.LateInitialized"),
            **steps("ACK.ReferencesResolved", "ACK.IAMRoleSelected"),
            "ACK.Recoverable": BAD,
            "ACK.ResourceSynced": SETTLING,
        },
        unsaid=PROGRESSING,
    ),
    ("services.k8s.aws", "AdoptedResource"): Manner(conditions={"ACK.Adopted": GOOD}, unsaid=PROGRESSING),
    ("*.cnrm.cloud.google.com", "*"): Manner(awaits="Ready"),
    ("*.azure.com", "*"): Manner(awaits="Ready"),
    ("services.cloud.sap.com", "*"): Manner(unsaid=PROGRESSING),
    ("secrets.hashicorp.com", "*"): Manner(unsaid=PROGRESSING),
    ("app.terraform.io", "*"): Manner(
        states=(*STATES, "status.runStatus.status", "status.plan.status"),
    ),
}
