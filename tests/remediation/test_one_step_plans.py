"""Plans of one exact step: a Pod that starts anew, a CronJob that is suspended, a flag that is switched off."""

from __future__ import annotations

import json

import pytest
from planning import planned, shown

from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.policy.shapes import misfits

DATABASE = """
kind: Pod
metadata:
  name: db-0
  ownerReferences: [{apiVersion: apps/v1, kind: OWNER, name: db, controller: true}]
spec: {nodeName: n1, containers: [{name: app}], volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}
status: {phase: Running}
"""
VOLUME = """
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {resources: {requests: {storage: 20Gi}}}
status:
  phase: Bound
  capacity: {storage: 10Gi}
  conditions: [{type: FileSystemResizePending, status: 'True', lastTransitionTime: '2026-01-01T09:00:00Z'}]
---
"""
NIGHTLY = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: '0 2 * * *'
  suspend: false
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - {name: kubectl, command: [sh, -c, kubectl set resources deployment/web --limits=memory=16Mi]}
---
{kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: [{name: app}]}}}}
---
kind: Pod
metadata: {name: web-0, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
spec: {nodeName: n1, containers: [{name: app, resources: {limits: {memory: 16Mi}}}]}
status:
  phase: Running
  containerStatuses:
  - name: app
    ready: false
    restartCount: 5
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: "2026-01-01T11:59:00Z"}}
"""
FLAGS = """
kind: ConfigMap
metadata: {name: flagd-config}
data:
  flags.json: |
    {"flags": {
      "adFailure":  {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "on"},
      "webFailure": {"state": "ENABLED", "variants": {VARIANTS},  "defaultVariant" : "on"}
    }}
---
kind: Deployment
metadata: {name: web}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}}
---
{kind: Alert, subject: Deployment/web, anomaly: errors, before: 0.01, now: 0.4, text: '40% of requests fail'}
"""


def test_the_pod_that_holds_its_volume_back_is_deleted() -> None:
    _, plan = planned("volume_grows_at_next_start", VOLUME + DATABASE.replace("OWNER", "StatefulSet"))
    assert [shown(step) for step in plan.steps] == ["delete_pod Pod shop/db-0"]
    assert not list(misfits(plan.steps[0]))


@pytest.mark.parametrize("owner", ["Job", "Operator"])
def test_a_pod_that_nobody_makes_again_is_a_persons_to_restart(owner: str) -> None:
    _, plan = planned("volume_grows_at_next_start", VOLUME + DATABASE.replace("OWNER", owner))
    assert [step.type for step in plan.steps] == [None]


def test_a_cron_job_that_undoes_repairs_is_suspended() -> None:
    _, plan = planned("cron_job_changes_workload", NIGHTLY)
    assert [shown(step) for step in plan.steps] == [
        "suspend_cron_job CronJob shop/nightly: spec.suspend: False -> True"
    ]
    assert not list(misfits(plan.steps[0]))


def test_a_flag_is_switched_off_and_every_other_byte_stays() -> None:
    cluster, plan = planned("feature_flag_is_on", FLAGS.replace("VARIANTS", '"on": true, "off": false'))
    (step,) = plan.steps
    assert step.type is StepType.EDIT_CONFIG_MAP
    assert not list(misfits(step))
    (edit,) = step.edits
    assert edit.path == ("data", "flags.json")
    assert edit.becomes == str(edit.was).replace('"defaultVariant" : "on"', '"defaultVariant" : "off"')
    flags = json.loads(str(edit.becomes))["flags"]
    assert [flags[name]["defaultVariant"] for name in ("adFailure", "webFailure")] == ["on", "off"]
    assert cluster.find(step.target) is not None


def test_of_two_variants_that_do_nothing_a_person_chooses() -> None:
    _, plan = planned("feature_flag_is_on", FLAGS.replace("VARIANTS", '"on": 1, "off": 0, "none": 0'))
    assert [step.type for step in plan.steps] == [None]
