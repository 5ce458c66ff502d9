"""States that one object shows by itself: the fault, and the harmless state that looks like it."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.example import snapshot_of

JOB = "{{kind: Job, metadata: {{name: load}}, spec: {spec}, status: {status}}}"
SCALER = """
kind: HorizontalPodAutoscaler
metadata: {{name: web}}
spec: {{scaleTargetRef: {{apiVersion: {version}, kind: {kind}, name: web}}, maxReplicas: 3{metrics}}}
---
kind: Deployment
metadata: {{name: web}}
spec: {{template: {{spec: {{containers: [{{name: app, resources: {resources}}}]}}}}}}
"""
CLAIM = "{{kind: PersistentVolumeClaim, metadata: {{name: data}}, spec: {spec}, status: {{phase: {phase}}}}}"
VOLUME = """
---
{kind: PersistentVolume, metadata: {name: pv1}, spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}},
 status: {phase: Available}}
"""
INGRESS = "{{kind: Ingress, metadata: {{name: web}}, spec: {{}}, status: {status}}}"
POD = "{{kind: Pod, metadata: {{name: web-0}}, spec: {spec}, status: {status}}}"
CLASS = "\n---\n{kind: IngressClass, metadata: {name: nginx}, spec: {controller: example.com/nginx}}"
CREATING = "[{name: app, ready: false, state: {waiting: {reason: ImagePullBackOff}}}]"


def _rules(text: str) -> set[str]:
    return {finding.rule for finding in check_all(snapshot_of(text)).findings}


@pytest.mark.parametrize(
    ("text", "rule", "fires"),
    [
        (JOB.format(spec="{}", status="{failed: 2}"), "job_pods_fail", True),
        (JOB.format(spec="{}", status="{failed: 2, succeeded: 1}"), "job_pods_fail", False),
        (JOB.format(spec="{suspend: true}", status="{failed: 2}"), "job_pods_fail", False),
        (SCALER.format(version="batch/v1", kind="Job", resources="{}", metrics=""),
         "autoscaler_target_cannot_be_scaled", True),
        (SCALER.format(version="argoproj.io/v1alpha1", kind="Rollout", resources="{}", metrics=""),
         "autoscaler_target_cannot_be_scaled", False),
        (SCALER.format(version="apps/v1", kind="Deployment", resources="{}", metrics=""),
         "autoscaler_lacks_requests", True),
        (SCALER.format(version="apps/v1", kind="Deployment", resources="{limits: {cpu: 1}}", metrics=""),
         "autoscaler_lacks_requests", False),
        (SCALER.format(version="apps/v1", kind="Deployment", resources="{}",
                       metrics=", metrics: [{type: External, external: {metric: {name: queue}}}]"),
         "autoscaler_lacks_requests", False),
        (SCALER.format(version="apps/v1", kind="Deployment", resources="{}", metrics="")
         + "---\n{kind: LimitRange, metadata: {name: defaults}}", "autoscaler_lacks_requests", False),
        (CLAIM.format(spec="{}", phase="Pending"), "claim_gets_no_class", True),
        (CLAIM.format(spec="{storageClassName: ''}", phase="Pending"), "claim_gets_no_class", False),
        (CLAIM.format(spec="{}", phase="Bound"), "claim_gets_no_class", False),
        (CLAIM.format(spec="{}", phase="Pending") + VOLUME, "claim_gets_no_class", False),
        (INGRESS.format(status="{}"), "ingress_has_no_class", False),
        (INGRESS.format(status="{}") + CLASS, "ingress_has_no_class", True),
        (INGRESS.format(status="{loadBalancer: {ingress: [{ip: 192.0.2.1}]}}") + CLASS, "ingress_has_no_class", False),
        (POD.format(spec="{}", status="{phase: Pending}"), "pod_is_not_scheduled", True),
        (POD.format(spec="{}", status=f"{{phase: Pending, containerStatuses: {CREATING}}}"),
         "pod_is_not_scheduled", False),
        (POD.format(spec="{}", status=f"{{phase: Pending, containerStatuses: {CREATING}}}"),
         "pod_is_not_started", True),
        (POD.format(spec="{}", status="{reason: Evicted}"), "pod_was_evicted", True),
        ("{kind: Deployment, metadata: {name: web}, spec: {replicas: 1}, status: {availableReplicas: 1}}",
         "deployment_lacks_ready_replicas", False),
    ],
)  # fmt: skip
def test_the_fault_is_told_from_what_looks_like_it(text: str, rule: str, fires: bool) -> None:  # noqa: FBT001
    assert (rule in _rules(text)) is fires


ADVICE = """
{kind: Service, metadata: {name: web, creationTimestamp: '2025-12-01T00:00:00Z'}, spec: {selector: {app: web}}}
---
{kind: StorageClass, metadata: {name: a, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}}
---
{kind: StorageClass, metadata: {name: b, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}}
---
{kind: CronJob, metadata: {name: nightly}, spec: {schedule: '0 2 * * *', jobTemplate: {spec: {template: {spec:
 {imagePullSecrets: [{name: registry}], containers: [{name: app}]}}}}}}
"""


def test_what_is_untidy_makes_no_cluster_sick() -> None:
    assert _rules(ADVICE) == {
        "service_leads_nowhere", "several_storage_classes_are_default", "pull_secret_does_not_exist",
    }  # fmt: skip
    diagnosis = diagnose(snapshot_of(ADVICE), Incident())
    assert not diagnosis.root_causes
    assert not diagnosis.unexplained


MOUNT = """
{kind: Pod, metadata: {name: web-0}, spec: {nodeName: n1, containers: [{name: app}]}, status: {phase: Pending,
 containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ContainerCreating}}}]}}
---
{kind: Event, metadata: {name: e1}, involvedObject: {kind: Pod, name: web-0}, reason: FailedMount, type: Warning,
 message: 'Unable to attach or mount volumes: unmounted volumes=[data]: timed out waiting for the condition'}
"""
SAID = """
---
{kind: Event, metadata: {name: e2}, involvedObject: {kind: Pod, name: web-0}, reason: FailedMount, type: Warning,
 message: MESSAGE}
"""


def test_a_mount_that_times_out_is_told_where_nothing_clearer_was_said() -> None:
    assert "volume_cannot_be_mounted" in _rules(MOUNT)
    clear = 'MountVolume.SetUp failed for volume "x" : exit status 32'
    found = check_all(snapshot_of(MOUNT + SAID.replace("MESSAGE", repr(clear)))).findings
    assert any("exit status 32" in finding.message for finding in found)
    missing = 'MountVolume.SetUp failed for volume "x" : secret "keys" not found'
    assert "volume_cannot_be_mounted" not in _rules(MOUNT + SAID.replace("MESSAGE", repr(missing)))


ANSWERED = """
{kind: StorageClass, metadata: {name: fast}, provisioner: disks.example.com}
---
{kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: fast}, status: {phase: Pending}}
---
{kind: Event, metadata: {name: e}, involvedObject: {kind: PersistentVolumeClaim, name: data}, type: Warning,
 reason: ProvisioningFailed, message: 'rpc error: code = InvalidArgument desc = access mode not supported'}
"""


def test_a_driver_that_answers_is_installed() -> None:
    assert "provisioner_makes_no_volume" in _rules(ANSWERED)
    assert "csi_driver_is_not_installed" not in _rules(ANSWERED)
