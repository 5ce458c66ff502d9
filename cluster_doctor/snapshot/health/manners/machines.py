"""Clusters, nodes, virtual machines and what governs them.

References:
    https://cluster-api.sigs.k8s.io/reference/api/crd-reference
    https://gardener.cloud/docs/gardener/shoot-operations/shoot_status/
    https://kubevirt.io/user-guide/user_workloads/lifecycle/
    https://karpenter.sh/docs/concepts/nodeclaims/
    https://karmada.io/docs/reference/karmada-api/work-resources/resource-binding-v1alpha2
    https://open-cluster-management.io/docs/getting-started/integration/policy-controllers/policy-framework/
"""

from __future__ import annotations

from cluster_doctor.snapshot.health.manner import Manner
from cluster_doctor.snapshot.health.manners import verdicts
from cluster_doctor.snapshot.health.manners.words import (
    AT_REST,
    HEALTHY,
    LATE,
    PROGRESSING,
    SETTLING,
    STEP,
    UNKNOWN,
    required,
    silent,
    stateless,
)

_GUEST = {
    "Ready": SETTLING,
    **silent("AgentConnected", "DataVolumesReady", "PodScheduled"),
}
_POLICY = Manner(unsaid=PROGRESSING, reader=verdicts.policy)

MANNERS: dict[tuple[str, str], Manner] = {
    ("cluster.x-k8s.io", "Machine"): Manner(
        words={"Provisioned": PROGRESSING, "Deleted": PROGRESSING}, unsaid=PROGRESSING
    ),
    ("cluster.x-k8s.io", "MachinePool"): Manner(
        words={"Scaling": HEALTHY, "ScalingUp": PROGRESSING, "ScalingDown": PROGRESSING}, unsaid=PROGRESSING
    ),
    ("cluster.x-k8s.io", "MachineHealthCheck"): Manner(conditions=required("RemediationAllowed"), unsaid=PROGRESSING),
    ("cluster.x-k8s.io", "*"): LATE,
    ("core.gardener.cloud", "Shoot"): Manner(
        states=("metadata.labels['shoot.gardener.cloud/status']",),
        unsaid=UNKNOWN,
        rests=("spec.hibernation.enabled",),
        reader=verdicts.shoot,
    ),
    ("karpenter.sh", "NodeClaim"): Manner(
        conditions={
            "Disrupting": AT_REST,
            "Launched": STEP,
            **dict.fromkeys(("Ready", "Registered", "Initialized"), SETTLING),
        },
        unsaid=PROGRESSING,
    ),
    ("kubevirt.io", "VirtualMachine"): Manner(
        states=("status.printableStatus",), conditions=_GUEST, unsaid=PROGRESSING
    ),
    ("kubevirt.io", "VirtualMachineInstance"): Manner(conditions=_GUEST, unsaid=PROGRESSING),
    ("work.karmada.io", "ResourceBinding"): Manner(unsaid=PROGRESSING, reader=verdicts.members_of_binding),
    ("work.karmada.io", "ClusterResourceBinding"): Manner(unsaid=PROGRESSING, reader=verdicts.members_of_binding),
    ("policy.open-cluster-management.io", "Policy"): _POLICY,
    ("policy.open-cluster-management.io", "ConfigurationPolicy"): _POLICY,
    ("policy.open-cluster-management.io", "CertificatePolicy"): _POLICY,
    ("policy.open-cluster-management.io", "OperatorPolicy"): Manner(awaits="Compliant", reader=verdicts.policy),
    **stateless("policy.open-cluster-management.io", "PlacementBinding", "PolicyAutomation"),
    ("cluster.open-cluster-management.io", "ManagedCluster"): Manner(
        conditions=required("HubAcceptedManagedCluster", "ManagedClusterJoined", "ManagedClusterConditionAvailable"),
        unsaid=PROGRESSING,
    ),
    ("metal3.io", "BareMetalHost"): Manner(
        states=("status.operationalStatus", "status.provisioning.state"),
        words={"discovered": HEALTHY, "delayed": PROGRESSING},
        unsaid=PROGRESSING,
    ),
    ("onepassword.com", "*"): LATE,
    ("datadoghq.com", "DatadogMonitor"): Manner(
        states=("status.monitorState",),
        words={"Alert": HEALTHY, "Warn": HEALTHY, "No Data": HEALTHY, "Skipped": HEALTHY},
        unsaid=PROGRESSING,
    ),
    ("datadoghq.com", "*"): LATE,
    ("external-secrets.io", "*"): LATE,
    ("generators.external-secrets.io", "*"): Manner(unsaid=HEALTHY),
    ("bitnami.com", "SealedSecret"): LATE,
    ("cert-manager.io", "*"): LATE,
    ("acme.cert-manager.io", "Order"): Manner(words={"ready": PROGRESSING}, unsaid=PROGRESSING),
    ("acme.cert-manager.io", "Challenge"): Manner(words={"ready": PROGRESSING}, unsaid=PROGRESSING),
    ("kyverno.io", "*"): LATE,
    ("constraints.gatekeeper.sh", "*"): Manner(unsaid=HEALTHY),
    ("keycloak.org", "*"): Manner(states=("status.phase",), words={"reconciling": HEALTHY}, unsaid=PROGRESSING),
    ("isindir.github.com", "SopsSecret"): Manner(states=("status.message",), unsaid=PROGRESSING),
    ("wgpolicyk8s.io", "*"): Manner(unsaid=HEALTHY),
    ("aquasecurity.github.io", "*"): Manner(unsaid=HEALTHY),
    ("trident.netapp.io", "*"): Manner(
        states=("status.lastOperationStatus", "status.status", "status.phase"), unsaid=PROGRESSING
    ),
}
