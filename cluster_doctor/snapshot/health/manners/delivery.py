"""What brings software into a cluster: Argo, Flux, Tekton, Keptn, Numaplane, operators' lifecycles.

References:
    https://argo-rollouts.readthedocs.io/en/stable/features/analysis/
    https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
    https://fluxcd.io/flux/components/source/helmrepositories/#helm-oci-repository
    https://keptn.sh/latest/docs/reference/crd-reference/
    https://olm.operatorframework.io/docs/concepts/crds/
    https://gitops-promoter.readthedocs.io/en/latest/crd-specs/
"""

from __future__ import annotations

from cluster_doctor.snapshot.health.manner import Manner
from cluster_doctor.snapshot.health.manners import rollouts, verdicts
from cluster_doctor.snapshot.health.manners.words import (
    HEALTHY,
    LATE,
    PROGRESSING,
    REQUIRED,
    SETTLING,
    STATELESS,
    SUSPENDED,
    UNKNOWN,
    silent,
    stateless,
)

_ANALYSIS = Manner(words={"Inconclusive": UNKNOWN}, conditions=silent("Progressing"))
_CONVEYS = Manner(states=(), awaits="Ready")
"""Its state is what it conveys, such as a failed check of a commit; it is well when it conveys that."""
_GATES = Manner(states=(), awaits="Ready", reader=verdicts.pending_environments)

MANNERS: dict[tuple[str, str], Manner] = {
    ("argoproj.io", "Rollout"): Manner(reader=rollouts.rollout),
    ("argoproj.io", "AnalysisRun"): _ANALYSIS,
    ("argoproj.io", "Experiment"): _ANALYSIS,
    ("argoproj.io", "Application"): Manner(
        states=("status.health.status",),
        reader=verdicts.application,
    ),
    **stateless(
        "argoproj.io",
        "AnalysisTemplate",
        "AppProject",
        "ClusterAnalysisTemplate",
        "ClusterWorkflowTemplate",
        "CronWorkflow",
        "WorkflowTaskSet",
        "WorkflowTemplate",
    ),
    ("promoter.argoproj.io", "*"): _CONVEYS,
    ("promoter.argoproj.io", "GitCommitStatus"): _GATES,
    ("promoter.argoproj.io", "TimedCommitStatus"): _GATES,
    ("promoter.argoproj.io", "WebRequestCommitStatus"): _GATES,
    ("promoter.argoproj.io", "ChangeTransferPolicy"): Manner(states=(), awaits="Ready", reader=verdicts.promotion),
    ("promoter.argoproj.io", "PromotionStrategy"): Manner(states=(), awaits="Ready", reader=verdicts.promotions),
    **stateless("promoter.argoproj.io", "ControllerConfiguration", "RevertCommit"),
    ("source.toolkit.fluxcd.io", "HelmRepository"): Manner(reader=verdicts.oci_repository),
    **stateless("notification.toolkit.fluxcd.io", "Alert", "Provider"),
    ("lifecycle.keptn.sh", "*"): LATE,
    **stateless("lifecycle.keptn.sh", "KeptnEvaluationDefinition", "KeptnTaskDefinition"),
    ("metrics.keptn.sh", "KeptnMetric"): Manner(
        errors=("status.errMsg",), unsaid=PROGRESSING, reader=verdicts.holds("status.value", "status.errMsg")
    ),
    ("numaflow.numaproj.io", "*"): Manner(
        words={"Paused": HEALTHY},
        conditions=dict.fromkeys(
            (
                "Configured",
                "Deployed",
                "DaemonHealthy",
                "DaemonServiceHealthy",
                "PodsHealthy",
                "VerticesHealthy",
                "SideInputsManagersHealthy",
                "ChildrenResourcesHealthy",
            ),
            REQUIRED,
        ),
        unsaid=PROGRESSING,
        reader=verdicts.upgrade_result,
    ),
    ("numaplane.numaproj.io", "*"): LATE,
    ("tekton.dev", "PipelineRun"): LATE,
    ("tekton.dev", "TaskRun"): LATE,
    ("tekton.dev", "*"): STATELESS,
    ("triggers.tekton.dev", "EventListener"): LATE,
    ("triggers.tekton.dev", "*"): STATELESS,
    ("tower.ansible.com", "*"): Manner(states=("status.ansibleJobResult.status",), unsaid=PROGRESSING),
    ("flagger.app", "Canary"): Manner(conditions={"Promoted": SETTLING}),
    ("operators.coreos.com", "Subscription"): Manner(
        words={
            "AtLatestKnown": HEALTHY,
        },
        unsaid=PROGRESSING,
    ),
    ("operators.coreos.com", "InstallPlan"): Manner(words={"RequiresApproval": SUSPENDED}),
    ("operators.coreos.com", "ClusterServiceVersion"): Manner(words={"InstallReady": PROGRESSING}),
    ("operators.coreos.com", "CatalogSource"): Manner(
        states=("status.connectionState.lastObservedState",), words={"IDLE": PROGRESSING}, unsaid=PROGRESSING
    ),
    **stateless("operators.coreos.com", "OperatorGroup"),
    ("pulumi.com", "Stack"): Manner(states=("status.lastUpdate.state",)),
    ("hnc.x-k8s.io", "SubnamespaceAnchor"): LATE,
}
