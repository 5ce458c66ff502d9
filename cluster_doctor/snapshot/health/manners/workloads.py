"""What runs containers, functions and jobs, scales them or watches them.

References:
    https://openkruise.io/docs/user-manuals/advancedstatefulset
    https://keda.sh/docs/latest/reference/scaledobject-spec/
    https://nightlies.apache.org/flink/flink-kubernetes-operator-docs-main/docs/custom-resource/reference/
    https://github.com/kubeflow/spark-operator/blob/master/docs/api-docs.md
    https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ConditionType
    https://docs.openfaas.com/reference/crds/
    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/
"""

from __future__ import annotations

from cluster_doctor.snapshot.health.manner import STATES, Manner
from cluster_doctor.snapshot.health.manners import counting, jobs, verdicts
from cluster_doctor.snapshot.health.manners.words import (
    AWAKE,
    BAD,
    DEGRADED,
    HEALTHY,
    LATE,
    PROGRESSING,
    REQUIRED,
    STATELESS,
    SUSPENDED,
    UNKNOWN,
    silent,
    stateless,
)

_STEPWISE = Manner(unsaid=PROGRESSING, reader=counting.stepwise_replicas)
_MONITORING = Manner(conditions={"Available": REQUIRED}, awaits="Available", unsaid=PROGRESSING)

MANNERS: dict[tuple[str, str], Manner] = {
    ("apps.kruise.io", "CloneSet"): _STEPWISE,
    ("apps.kruise.io", "StatefulSet"): _STEPWISE,
    ("apps.kruise.io", "DaemonSet"): Manner(unsaid=PROGRESSING, reader=counting.stepwise_nodes),
    ("apps.kruise.io", "AdvancedCronJob"): Manner(unsaid=HEALTHY, reader=jobs.advanced_cron_job),
    ("apps.kruise.io", "SidecarSet"): LATE,
    ("game.kruise.io", "GameServerSet"): _STEPWISE,
    ("game.kruise.io", "GameServer"): Manner(untold=UNKNOWN, unsaid=PROGRESSING, reader=verdicts.reaches_desired_state),
    ("rollouts.kruise.io", "Rollout"): Manner(unsaid=PROGRESSING, conditions=silent("Terminating")),
    ("apps.openshift.io", "DeploymentConfig"): Manner(conditions={"Available": REQUIRED}, unsaid=PROGRESSING),
    ("batch", "CronJob"): Manner(unsaid=HEALTHY, reader=jobs.cron_job),
    ("camel.apache.org", "*"): Manner(unsaid=PROGRESSING),
    ("core.spinkube.dev", "SpinApp"): LATE,
    **stateless("core.spinkube.dev", "SpinAppExecutor"),
    ("openfaas.com", "Function"): Manner(conditions={"Healthy": AWAKE}, unsaid=PROGRESSING),
    ("keda.sh", "ScaledObject"): Manner(conditions={"Fallback": BAD}, unsaid=PROGRESSING),
    ("keda.sh", "ScaledJob"): Manner(unsaid=PROGRESSING),
    ("keda.sh", "*"): STATELESS,
    ("flink.apache.org", "*"): Manner(
        states=("status.lifecycleState",), words={"ROLLED_BACK": DEGRADED}, unsaid=PROGRESSING, reader=jobs.flink
    ),
    ("sparkoperator.k8s.io", "SparkApplication"): Manner(
        states=("status.applicationState.state",),
        words={
            "INVALIDATING": PROGRESSING,
        },
        errors=("status.applicationState.errorMessage",),
        unsaid=PROGRESSING,
        reader=jobs.spark,
    ),
    ("sparkoperator.k8s.io", "ScheduledSparkApplication"): Manner(
        states=("status.scheduleState",), words={"Scheduled": HEALTHY}, unsaid=PROGRESSING
    ),
    ("ray.io", "RayJob"): Manner(states=("status.jobDeploymentStatus", "status.jobStatus"), unsaid=PROGRESSING),
    ("ray.io", "RayService"): Manner(
        states=("status.serviceStatus",),
        words={"WaitForServeDeploymentReady": PROGRESSING},
        conditions=silent("UpgradeInProgress"),
        unsaid=PROGRESSING,
    ),
    ("ray.io", "RayCluster"): Manner(
        conditions=silent("HeadPodReady", "RayClusterSuspending", "ReplicaFailure"), unsaid=PROGRESSING
    ),
    ("opentelemetry.io", "OpenTelemetryCollector"): Manner(unsaid=PROGRESSING, reader=counting.collectors),
    **stateless("opentelemetry.io", "Instrumentation"),
    ("monitoring.coreos.com", "Alertmanager"): _MONITORING,
    ("monitoring.coreos.com", "Prometheus"): _MONITORING,
    ("monitoring.coreos.com", "PrometheusAgent"): _MONITORING,
    ("monitoring.coreos.com", "ThanosRuler"): _MONITORING,
    ("monitoring.coreos.com", "*"): STATELESS,
    ("operator.victoriametrics.com", "*"): Manner(
        states=(*STATES, "status.updateStatus", "status.clusterStatus"), unsaid=PROGRESSING
    ),
    ("logging.banzaicloud.io", "*"): Manner(unsaid=HEALTHY, errors=("status.problems",)),
    ("grafana.integreatly.org", "Grafana"): Manner(unsaid=PROGRESSING, reader=verdicts.stages),
    ("grafana.integreatly.org", "*"): Manner(unsaid=PROGRESSING, reader=verdicts.grafana_content),
    ("serving.kserve.io", "*"): Manner(conditions=silent("LatestDeploymentReady"), unsaid=PROGRESSING),
    ("spot.io", "SpotDeployment"): LATE,
    ("execution.furiko.io", "JobConfig"): Manner(words={"ReadyDisabled": SUSPENDED}, unsaid=PROGRESSING),
    ("actions.summerwind.dev", "*"): LATE,
}
