"""How kinds are doing, in the words of their own documentation."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from cluster_doctor.snapshot.health.reading import health_of
from cluster_doctor.snapshot.views import Custom
from cluster_doctor.snapshot.yaml_text import load_yaml

CASES = """
Healthy: {apiVersion: s3.aws.upbound.io/v1beta1, kind: Bucket,
  status: {conditions: [{type: Synced, status: 'True'}, {type: Ready, status: 'True', reason: Available}]}}
---
Progressing: {apiVersion: s3.aws.upbound.io/v1beta1, kind: Bucket,
  status: {conditions: [{type: Synced, status: 'True'}, {type: Ready, status: 'False', reason: Deleting}]}}
---
Degraded: {apiVersion: s3.aws.upbound.io/v1beta1, kind: Bucket,
  status: {conditions: [{type: Synced, status: 'True'}, {type: Ready, status: 'False', reason: Unavailable}]}}
---
Healthy: {apiVersion: aws.upbound.io/v1beta1, kind: ProviderConfig, spec: {credentials: {source: Secret}}}
---
Healthy: {apiVersion: apiextensions.crossplane.io/v1, kind: CompositeResourceDefinition,
  status: {conditions: [{type: Established, status: 'True', reason: WatchingCompositeResource}]}}
---
Healthy: {apiVersion: sqs.services.k8s.aws/v1alpha1, kind: Queue,
  status: {conditions: [{type: ACK.ResourceSynced, status: 'True'}]}}
---
Progressing: {apiVersion: sqs.services.k8s.aws/v1alpha1, kind: Queue,
  status: {conditions: [{type: ACK.ResourceSynced, status: 'False', message: resource is not synced}]}}
---
Degraded: {apiVersion: sqs.services.k8s.aws/v1alpha1, kind: Queue,
  status: {conditions: [{type: ACK.Recoverable, status: 'True', message: AccessDenied}]}}
---
Degraded: {apiVersion: sql.cnrm.cloud.google.com/v1beta1, kind: SQLInstance,
  status: {conditions: [{type: Ready, status: 'False', reason: UpdateFailed, message: quota}]}}
---
Progressing: {apiVersion: sql.cnrm.cloud.google.com/v1beta1, kind: SQLInstance,
  status: {conditions: [{type: Ready, status: 'False', reason: Updating, message: Update in progress}]}}
---
Healthy: {apiVersion: acid.zalan.do/v1, kind: postgresql, status: {PostgresClusterStatus: Running}}
---
Degraded: {apiVersion: acid.zalan.do/v1, kind: postgresql, status: {PostgresClusterStatus: SyncFailed}}
---
Healthy: {apiVersion: postgresql.cnpg.io/v1, kind: Cluster, status: {phase: Cluster in healthy state}}
---
Suspended: {apiVersion: postgresql.cnpg.io/v1, kind: Cluster,
  metadata: {annotations: {cnpg.io/hibernation: 'on'}}, status: {phase: Cluster in healthy state}}
---
Progressing: {apiVersion: postgresql.cnpg.io/v1, kind: Cluster, status: {phase: Switchover in progress}}
---
Degraded: {apiVersion: postgresql.cnpg.io/v1, kind: Cluster, status: {phase: Not enough disk space}}
---
Progressing: {apiVersion: elasticsearch.k8s.elastic.co/v1, kind: Elasticsearch,
  spec: {nodeSets: [{count: 3}, {count: 2}]}, status: {availableNodes: 5, health: yellow, phase: ApplyingChanges}}
---
Healthy: {apiVersion: elasticsearch.k8s.elastic.co/v1, kind: Elasticsearch,
  spec: {nodeSets: [{count: 3}]}, status: {availableNodes: 3, health: green, phase: Ready}}
---
Degraded: {apiVersion: elasticsearch.k8s.elastic.co/v1, kind: Elasticsearch, status: {phase: Invalid}}
---
Healthy: {apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, status: {conditions: [{type: Ready, status: 'True'}]}}
---
Progressing: {apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka,
  status: {conditions: [{type: NotReady, status: 'True', reason: Creating, message: Kafka cluster is being deployed}]}}
---
Suspended: {apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka,
  metadata: {annotations: {strimzi.io/pause-reconciliation: 'true'}}}
---
Degraded: {apiVersion: rabbitmq.com/v1beta1, kind: Queue,
  status: {conditions: [{type: Ready, status: 'False', reason: FailedCreateOrUpdate}]}}
---
Progressing: {apiVersion: rabbitmq.com/v1beta1, kind: RabbitmqCluster,
  status: {conditions: [{type: AllReplicasReady, status: 'False', reason: NotAllPodsReady, message: 1/3 Pods ready},
    {type: ClusterAvailable, status: 'True'}, {type: ReconcileSuccess, status: 'True', reason: Success}]}}
---
Healthy: {apiVersion: rabbitmq.com/v1beta1, kind: RabbitmqCluster,
  status: {conditions: [{type: AllReplicasReady, status: 'True'}, {type: NoWarnings, status: 'False'},
    {type: ReconcileSuccess, status: 'True', reason: Success}]}}
---
Degraded: {apiVersion: minio.min.io/v2, kind: Tenant, status: {currentState: Different versions across MinIO Pools}}
---
Progressing: {apiVersion: minio.min.io/v2, kind: Tenant, status: {currentState: Provisioning initial users}}
---
Healthy: {apiVersion: pxc.percona.com/v1, kind: PerconaXtraDBCluster, status: {state: ready}}
---
Progressing: {apiVersion: pxc.percona.com/v1, kind: PerconaXtraDBCluster, status: {state: initializing}}
---
Suspended: {apiVersion: pxc.percona.com/v1, kind: PerconaXtraDBCluster, status: {state: paused}}
---
Progressing: {apiVersion: k8s.mariadb.com/v1alpha1, kind: Backup,
  status: {conditions: [{type: Complete, status: 'False', reason: JobRunning, message: Running}]}}
---
Degraded: {apiVersion: k8s.mariadb.com/v1alpha1, kind: Restore,
  status: {conditions: [{type: Complete, status: 'False', reason: JobFailed, message: Failed}]}}
---
Suspended: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, status: {phase: Paused, message: CanaryPauseStep}}
---
Degraded: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {replicas: 2}, status: {replicas: 2,
  conditions: [{type: InvalidSpec, status: 'True', reason: InvalidSpec, message: selector does not match}]}}
---
Progressing: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {replicas: 2, strategy: {blueGreen: {x: y}}},
  status: {replicas: 4, updatedReplicas: 2, availableReplicas: 4, currentPodHash: b, blueGreen: {activeSelector: a}}}
---
Healthy: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {replicas: 2, strategy: {blueGreen: {x: y}}},
  status: {replicas: 4, updatedReplicas: 2, availableReplicas: 2, currentPodHash: b, blueGreen: {activeSelector: b}}}
---
Unknown: {apiVersion: argoproj.io/v1alpha1, kind: AnalysisRun, status: {phase: Inconclusive}}
---
Progressing: {apiVersion: argoproj.io/v1alpha1, kind: Workflow, status: {phase: Running}}
---
Degraded: {apiVersion: argoproj.io/v1alpha1, kind: Workflow, status: {phase: Error, message: exit code 1}}
---
Healthy: {apiVersion: argoproj.io/v1alpha1, kind: AppProject, spec: {description: all}}
---
Suspended: {apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, spec: {suspend: true},
  status: {conditions: [{type: Ready, status: 'False', reason: BuildFailed}]}}
---
Degraded: {apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease,
  status: {conditions: [{type: Stalled, status: 'True', reason: RetriesExceeded}, {type: Ready, status: 'False'}]}}
---
Progressing: {apiVersion: tekton.dev/v1, kind: PipelineRun,
  status: {conditions: [{type: Succeeded, status: Unknown, reason: Running, message: 'Tasks Completed: 1'}]}}
---
Degraded: {apiVersion: tekton.dev/v1, kind: TaskRun,
  status: {conditions: [{type: Succeeded, status: 'False', reason: TaskRunTimeout}]}}
---
Healthy: {apiVersion: tekton.dev/v1, kind: Task, spec: {steps: []}}
---
Suspended: {apiVersion: operators.coreos.com/v1alpha1, kind: InstallPlan, status: {phase: RequiresApproval}}
---
Healthy: {apiVersion: operators.coreos.com/v1alpha1, kind: Subscription, status: {state: AtLatestKnown,
  conditions: [{type: CatalogSourcesUnhealthy, status: 'False', reason: AllCatalogSourcesHealthy}]}}
---
Degraded: {apiVersion: operators.coreos.com/v1alpha1, kind: Subscription, status: {state: UpgradePending,
  conditions: [{type: ResolutionFailed, status: 'True', reason: ConstraintsNotSatisfiable}]}}
---
Progressing: {apiVersion: cluster.x-k8s.io/v1beta1, kind: Machine, status: {phase: Provisioned}}
---
Healthy: {apiVersion: cluster.x-k8s.io/v1beta1, kind: Machine, status: {phase: Running}}
---
Degraded: {apiVersion: cluster.x-k8s.io/v1beta1, kind: MachineDeployment,
  status: {phase: Running, failureMessage: quota exceeded}}
---
Suspended: {apiVersion: kubevirt.io/v1, kind: VirtualMachine, status: {printableStatus: Stopped,
  conditions: [{type: Ready, status: 'False', reason: VMINotExists, message: VMI does not exist}]}}
---
Progressing: {apiVersion: kubevirt.io/v1, kind: VirtualMachine, status: {printableStatus: Starting,
  conditions: [{type: Ready, status: 'False', reason: GuestNotRunning, message: the guest is not reported as running}]}}
---
Degraded: {apiVersion: kubevirt.io/v1, kind: VirtualMachine, status: {printableStatus: ErrImagePull}}
---
Degraded: {apiVersion: kubevirt.io/v1, kind: VirtualMachine, status: {printableStatus: CrashLoopBackOff}}
---
Progressing: {apiVersion: karpenter.sh/v1, kind: NodeClaim,
  status: {conditions: [{type: Launched, status: 'True'}, {type: Registered, status: Unknown},
    {type: Ready, status: Unknown, reason: ReconcilingDependents}]}}
---
Degraded: {apiVersion: karpenter.sh/v1, kind: NodeClaim,
  status: {conditions: [{type: Launched, status: 'False', reason: LaunchFailed, message: no capacity}]}}
---
Healthy: {apiVersion: karpenter.sh/v1, kind: NodeClaim,
  status: {conditions: [{type: Ready, status: 'True'}, {type: Expired, status: 'True'}]}}
---
Degraded: {apiVersion: ceph.rook.io/v1, kind: CephCluster,
  status: {phase: Ready, state: Created, ceph: {health: HEALTH_ERR}}}
---
Healthy: {apiVersion: ceph.rook.io/v1, kind: CephCluster,
  status: {phase: Ready, state: Created, ceph: {health: HEALTH_OK}}}
---
Healthy: {apiVersion: cdi.kubevirt.io/v1beta1, kind: DataVolume, status: {phase: Succeeded, conditions: [
  {type: Ready, status: 'True'}, {type: Running, status: 'False', reason: Completed, message: Import Complete}]}}
---
Degraded: {apiVersion: cdi.kubevirt.io/v1beta1, kind: DataVolume, status: {phase: ImportInProgress, conditions: [
  {type: Ready, status: 'False'}, {type: Running, status: 'False', reason: Error, message: no such host}]}}
---
Degraded: {apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot,
  status: {readyToUse: false, error: {message: no driver}}}
---
Healthy: {apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, status: {readyToUse: true}}
---
Degraded: {apiVersion: longhorn.io/v1beta2, kind: Volume, status: {state: attached, robustness: faulted}}
---
Degraded: {apiVersion: velero.io/v1, kind: Backup, status: {phase: PartiallyFailed}}
---
Progressing: {apiVersion: velero.io/v1, kind: Restore, status: {phase: InProgress}}
---
Degraded: {apiVersion: velero.io/v1, kind: BackupStorageLocation, status: {phase: Unavailable}}
---
Degraded: {apiVersion: gloo.solo.io/v1, kind: Upstream,
  status: {statuses: {edge: {state: Accepted}, other: {state: 2, reason: no such secret}}}}
---
Suspended: {apiVersion: gateway.solo.io/v1, kind: RouteTable, status: {state: Pending}}
---
Progressing: {apiVersion: gateway.networking.k8s.io/v1, kind: Gateway,
  status: {conditions: [{type: Accepted, status: 'True'}, {type: Programmed, status: Unknown, reason: Pending}]}}
---
Degraded: {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute,
  status: {parents: [{conditions: [{type: Accepted, status: 'False', reason: NotAllowedByListeners}]}]}}
---
Healthy: {apiVersion: networking.istio.io/v1, kind: DestinationRule, spec: {host: a}}
---
Degraded: {apiVersion: projectcontour.io/v1, kind: HTTPProxy, status: {currentStatus: orphaned,
  conditions: [{type: Valid, status: 'False', reason: Orphaned}]}}
---
Suspended: {apiVersion: apps.kruise.io/v1alpha1, kind: CloneSet,
  spec: {replicas: 5, updateStrategy: {paused: true}}, status: {replicas: 5, updatedReplicas: 1}}
---
Progressing: {apiVersion: apps.kruise.io/v1alpha1, kind: CloneSet,
  spec: {replicas: 5}, status: {replicas: 5, updatedReplicas: 4, updatedReadyReplicas: 4}}
---
Degraded: {apiVersion: apps.kruise.io/v1alpha1, kind: CloneSet, spec: {replicas: 5},
  status: {replicas: 5, updatedReplicas: 5, conditions: [{type: FailedUpdate, status: 'True', message: quota}]}}
---
Progressing: {apiVersion: batch/v1, kind: CronJob,
  status: {active: [{name: a}], lastScheduleTime: '2026-01-01T10:00:00Z'}}
---
Healthy: {apiVersion: batch/v1, kind: CronJob,
  status: {lastScheduleTime: '2026-01-01T10:00:00Z', lastSuccessfulTime: '2026-01-01T10:01:00Z'}}
---
Suspended: {apiVersion: batch/v1, kind: CronJob, spec: {suspend: true}}
---
Progressing: {apiVersion: flink.apache.org/v1beta1, kind: FlinkDeployment,
  status: {jobManagerDeploymentStatus: DEPLOYED_NOT_READY, jobStatus: {state: RECONCILING}}}
---
Healthy: {apiVersion: flink.apache.org/v1beta1, kind: FlinkDeployment,
  status: {jobManagerDeploymentStatus: READY, jobStatus: {state: RUNNING}}}
---
Progressing: {apiVersion: sparkoperator.k8s.io/v1beta2, kind: SparkApplication, spec: {executor: {instances: 2}},
  status: {applicationState: {state: RUNNING}, executorState: {a: RUNNING, b: PENDING}}}
---
Degraded: {apiVersion: sparkoperator.k8s.io/v1beta2, kind: SparkApplication,
  status: {applicationState: {state: SUBMISSION_FAILED, errorMessage: no such class}}}
---
Healthy: {apiVersion: sparkoperator.k8s.io/v1beta2, kind: SparkApplication,
  status: {applicationState: {state: COMPLETED}}}
---
Degraded: {apiVersion: monitoring.coreos.com/v1, kind: Alertmanager, status: {conditions: [
  {type: Available, status: 'False', reason: NoPodReady, message: 'pod a: containers with unready status'},
  {type: Reconciled, status: 'True'}]}}
---
Healthy: {apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, spec: {endpoints: []}}
---
Suspended: {apiVersion: keda.sh/v1alpha1, kind: ScaledObject,
  status: {conditions: [{type: Ready, status: 'True'}, {type: Paused, status: 'True'}]}}
---
Healthy: {apiVersion: keda.sh/v1alpha1, kind: ScaledObject,
  status: {conditions: [{type: Ready, status: 'True'}, {type: Active, status: 'False', reason: ScalerNotActive}]}}
---
Progressing: {apiVersion: opentelemetry.io/v1beta1, kind: OpenTelemetryCollector, spec: {mode: deployment},
  status: {scale: {statusReplicas: 1/3}}}
---
Degraded: {apiVersion: grafana.integreatly.org/v1beta1, kind: Grafana, status: {stage: plugins, stageStatus: failed}}
---
Healthy: {apiVersion: grafana.integreatly.org/v1beta1, kind: GrafanaDashboard, status: {hash: abc}}
---
Progressing: {apiVersion: ray.io/v1, kind: RayJob, status: {jobDeploymentStatus: Initializing}}
---
Degraded: {apiVersion: policy.open-cluster-management.io/v1, kind: ConfigurationPolicy,
  status: {compliant: NonCompliant}}
---
Suspended: {apiVersion: core.gardener.cloud/v1beta1, kind: Shoot, spec: {hibernation: {enabled: true}},
  metadata: {labels: {shoot.gardener.cloud/status: healthy}}}
---
Degraded: {apiVersion: work.karmada.io/v1alpha2, kind: ResourceBinding,
  status: {aggregatedStatus: [{clusterName: a, applied: true, health: Unhealthy}]}}
---
Degraded: {apiVersion: cert-manager.io/v1, kind: Certificate, status: {conditions: [
  {type: Issuing, status: 'False', reason: Failed, message: the order is invalid},
  {type: Ready, status: 'False', reason: DoesNotExist, message: Issuing certificate as Secret does not exist}]}}
---
Progressing: {apiVersion: acme.cert-manager.io/v1, kind: Order, status: {state: ready}}
---
Healthy: {apiVersion: keycloak.org/v1alpha1, kind: KeycloakRealm, status: {phase: reconciling, ready: true}}
---
Progressing: {apiVersion: keycloak.org/v1alpha1, kind: KeycloakRealm, status: {phase: reconciling, ready: false}}
---
Healthy: {apiVersion: isindir.github.com/v1alpha3, kind: SopsSecret, status: {message: Healthy}}
---
Degraded: {apiVersion: isindir.github.com/v1alpha3, kind: SopsSecret, status: {message: Decryption error}}
---
Progressing: {apiVersion: mysql.oracle.com/v2, kind: InnoDBCluster, status: {cluster: {status: ONLINE_PARTIAL}}}
---
Degraded: {apiVersion: logging.banzaicloud.io/v1beta1, kind: Output, status: {problems: [no such secret]}}
---
Healthy: {apiVersion: redhatcop.redhat.io/v1alpha1, kind: VaultSecret,
  status: {conditions: [{type: ReconcileSuccessful, status: 'True', reason: LastReconcileCycleSucceded}]}}
---
Degraded: {apiVersion: redhatcop.redhat.io/v1alpha1, kind: VaultSecret,
  status: {conditions: [{type: ReconcileError, status: 'True', reason: LastReconcileCycleFailed}]}}
---
Progressing: {apiVersion: networking.gke.io/v1, kind: ManagedCertificate, status: {certificateStatus: Provisioning}}
---
Healthy: {apiVersion: networking.gke.io/v1, kind: ManagedCertificate, status: {certificateStatus: Active}}
---
Progressing: {apiVersion: kubeflow.org/v1, kind: PyTorchJob, status: {conditions: [
  {type: Created, status: 'True'}, {type: Running, status: 'True', reason: PyTorchJobRunning}]}}
---
Healthy: {apiVersion: kubeflow.org/v1, kind: PyTorchJob, status: {conditions: [{type: Created, status: 'True'},
  {type: Running, status: 'False', reason: PyTorchJobRunning}, {type: Succeeded, status: 'True'}]}}
---
Progressing: {apiVersion: batch.volcano.sh/v1alpha1, kind: Job, status: {state: {phase: Running}}}
---
Degraded: {apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfigPool, status: {conditions: [
  {type: Updated, status: 'False'}, {type: Updating, status: 'True'}, {type: NodeDegraded, status: 'True'}]}}
---
Healthy: {apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfigPool, status: {conditions: [
  {type: Updated, status: 'True'}, {type: Updating, status: 'False'}, {type: NodeDegraded, status: 'False'}]}}
---
Degraded: {apiVersion: nmstate.io/v1, kind: NodeNetworkConfigurationPolicy, status: {conditions: [
  {type: Available, status: 'False', reason: FailedToConfigure}, {type: Degraded, status: 'True'}]}}
---
Progressing: {apiVersion: containerservice.azure.com/v1, kind: ManagedCluster, status: {conditions: [
  {type: Ready, status: 'False', severity: Info, reason: Reconciling}]}}
---
Degraded: {apiVersion: containerservice.azure.com/v1, kind: ManagedCluster, status: {conditions: [
  {type: Ready, status: 'False', severity: Error, reason: BadRequest}]}}
---
Suspended: {apiVersion: kubedb.com/v1, kind: Postgres, status: {phase: Halted}}
---
Degraded: {apiVersion: kubedb.com/v1, kind: Postgres, status: {phase: Critical}}
---
Degraded: {apiVersion: consul.hashicorp.com/v1alpha1, kind: ServiceDefaults,
  status: {conditions: [{type: Synced, status: 'False', reason: ConsulAgentError}]}}
---
Progressing: {apiVersion: proclaim.dogmatiq.io/v1, kind: DNSSDServiceInstance,
  status: {conditions: [{type: Adopted, status: 'True', reason: InstanceAdopted}]}}
---
Missing: {apiVersion: core.humio.com/v1alpha1, kind: HumioView, status: {state: NotFound}}
---
Degraded: {apiVersion: argoproj.io/v1alpha1, kind: Application, status: {health: {status: Healthy},
  conditions: [{type: SyncError, message: cannot apply}]}}
---
Progressing: {apiVersion: promoter.argoproj.io/v1alpha1, kind: PromotionStrategy, status: {
  conditions: [{type: Ready, status: 'True'}],
  environments: [{branch: dev, active: {dry: {sha: a}}, proposed: {dry: {sha: b}}}]}}
"""
WRITTEN = [next(iter(case.items())) for case in load_yaml(CASES) if isinstance(case, dict)]


@pytest.mark.parametrize(
    ("status", "raw"), WRITTEN, ids=[f"{raw['kind']}-{status}-{n}" for n, (status, raw) in enumerate(WRITTEN)]
)
def test_a_kind_is_read_as_its_documentation_means_it(status: str, raw: dict[str, JsonValue]) -> None:
    assert health_of(Custom({"metadata": {}, **raw})).status == status
