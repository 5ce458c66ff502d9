"""What changed before a cause: told with the cause, up to the field that it names, and never as the cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_doctor.domain.change import PriorChange, Touch
from cluster_doctor.domain.diagnosis import Diagnosis, Status
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import open_recorded

INCIDENT = Path(__file__).parents[2] / "notebooks" / "incidents" / "checkout.cds"

BROKEN_IMAGE = """
kind: Deployment
metadata: {name: web, creationTimestamp: '2025-12-01T00:00:00Z', generation: 2}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: 'registry.example.com/web:9'}]}}
status: {observedGeneration: 2, replicas: 1, unavailableReplicas: 1}
---
kind: ReplicaSet
metadata:
  name: web-1
  creationTimestamp: '2025-12-01T00:00:00Z'
  annotations: {deployment.kubernetes.io/revision: '1'}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {replicas: 0, template: {spec: {containers: [{name: app, image: 'registry.example.com/web:8'}]}}}
---
kind: ReplicaSet
metadata:
  name: web-2
  creationTimestamp: 'ROLLED'
  annotations: {deployment.kubernetes.io/revision: '2'}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {replicas: 1, template: {spec: {containers: [{name: app, image: 'registry.example.com/web:9'}]}}}
---
kind: Pod
metadata:
  name: web-2-a
  labels: {app: web}
  creationTimestamp: '2026-01-01T11:50:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-2, controller: true}]
spec: {nodeName: n1, containers: [{name: app, image: 'registry.example.com/web:9'}]}
status:
  phase: Pending
  conditions: [{type: Ready, status: 'False', lastTransitionTime: '2026-01-01T11:50:01Z'}]
  containerStatuses:
  - name: app
    image: registry.example.com/web:9
    ready: false
    restartCount: 0
    state: {waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image "registry.example.com/web:9"'}}
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: Pod, name: web-2-a}
type: Warning
reason: Failed
message: 'Failed to pull image "registry.example.com/web:9": rpc error: code = NotFound desc = failed to pull and unpack
  image "registry.example.com/web:9": failed to resolve reference "registry.example.com/web:9":
  registry.example.com/web:9: not found'
firstTimestamp: '2026-01-01T11:50:05Z'
lastTimestamp: '2026-01-01T11:59:00Z'
---
kind: ConfigMap
metadata: {name: unrelated, creationTimestamp: '2026-01-01T11:49:00Z'}
"""


def _diagnose(text: str) -> Diagnosis:
    return diagnose(snapshot_of(text), Incident())


def _prior(diagnosis: Diagnosis) -> tuple[PriorChange, ...]:
    return diagnosis.root_causes[0].changes


def test_the_change_that_made_the_wrong_value_is_told_with_old_and_new_value_and_time() -> None:
    found = _diagnose(BROKEN_IMAGE.replace("ROLLED", "2026-01-01T11:50:00Z"))
    assert found.root_causes[0].rule == "image_does_not_exist"
    (prior,) = _prior(found)
    assert prior.touch is Touch.FIELD
    (field,) = prior.change.fields
    assert (field.path, field.before, field.after) == (
        "spec.template.spec.containers[0].image",
        "registry.example.com/web:8",
        "registry.example.com/web:9",
    )
    assert prior.lead is not None
    assert 0 <= prior.lead <= 60
    assert "unrelated" not in found.model_dump_json(include={"root_causes"})


def test_a_change_adds_no_confidence_and_makes_no_cause() -> None:
    changed = _diagnose(BROKEN_IMAGE.replace("ROLLED", "2026-01-01T11:50:00Z"))
    unchanged = _diagnose(BROKEN_IMAGE.replace("name: web-1\n", "name: web-1\n  namespace: elsewhere\n", 1))
    assert changed.root_causes[0].confidence == unchanged.root_causes[0].confidence
    assert [cause.rule for cause in changed.root_causes] == [cause.rule for cause in unchanged.root_causes]


def test_what_made_the_wrong_value_is_told_though_its_time_is_not_known() -> None:
    rolled_back = BROKEN_IMAGE.replace("ROLLED", "2025-11-01T00:00:00Z")
    (prior,) = _prior(_diagnose(rolled_back))
    assert (prior.touch, prior.change.at, prior.lead) == (Touch.FIELD, None, None)


def test_a_change_to_another_field_touches_the_object_only() -> None:
    other = BROKEN_IMAGE.replace("ROLLED", "2026-01-01T11:50:00Z").replace("web:8", "web:9")
    other = other.replace(
        "spec: {replicas: 0, template: {spec: {", "spec: {replicas: 0, template: {spec: {priority: 1, "
    )
    (prior,) = _prior(_diagnose(other))
    assert prior.touch is Touch.OBJECT


def test_a_change_to_another_field_of_last_week_is_no_change_before() -> None:
    old = BROKEN_IMAGE.replace("ROLLED", "2025-12-20T00:00:00Z").replace("web:8", "web:9")
    old = old.replace("spec: {replicas: 0, template: {spec: {", "spec: {replicas: 0, template: {spec: {priority: 1, ")
    assert _prior(_diagnose(old)) == ()


def test_a_healthy_cluster_with_changes_yields_no_finding() -> None:
    rolled = BROKEN_IMAGE.partition("---\nkind: Pod")[0].replace("ROLLED", "2026-01-01T11:50:00Z")
    healthy = (
        rolled.replace("unavailableReplicas: 1", "readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1")
        + """---
kind: Pod
metadata:
  name: web-2-a
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-2, controller: true}]
spec: {nodeName: n1, containers: [{name: app, image: 'registry.example.com/web:9'}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {startedAt: '2026-01-01T11:50:10Z'}}}]
"""
    )
    found = _diagnose(healthy)
    assert found.status is Status.HEALTHY
    assert found.root_causes == ()
    assert found.changes == ()


TWO_QUOTAS = """
kind: Service
metadata: {name: FIRST}
spec: {selector: {app: FIRST}, ports: [{port: 80}]}
---
kind: Endpoints
metadata: {name: FIRST}
subsets: []
---
kind: Pod
metadata: {name: FIRST-0, labels: {app: FIRST-pods}}
spec: {nodeName: n1, containers: [{name: app}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
---
"""


@pytest.mark.parametrize("changed", ["apples", "pears"])
def test_of_two_equally_likely_causes_the_one_that_was_changed_comes_first(changed: str) -> None:
    text = "".join(TWO_QUOTAS.replace("FIRST", name) for name in ("apples", "pears")).rstrip("-\n")
    before = _diagnose(text)
    text = text.replace(
        f"kind: Service\nmetadata: {{name: {changed}}}",
        f"kind: Service\nmetadata: {{name: {changed}, creationTimestamp: '2025-12-01T00:00:00Z', managedFields: "
        "[{manager: kubectl-edit, operation: Update, time: '2026-01-01T11:50:00Z'}]}",
    )
    found = _diagnose(text)
    assert [cause.subject.name for cause in before.root_causes] == ["apples", "pears"]
    assert found.root_causes[0].subject.name == changed
    assert {cause.confidence for cause in found.root_causes} == {cause.confidence for cause in before.root_causes}
    assert [prior.touch for prior in _prior(found)] == [Touch.OBJECT]


def test_of_the_recorded_incident_the_release_and_the_field_are_named() -> None:
    cluster = open_recorded(str(INCIDENT)).collect(Scope(), lambda _: None)
    found = diagnose(cluster, Incident(namespaces=("shop",)))
    (prior,) = _prior(found)
    assert prior.touch is Touch.FIELD
    assert str(prior.change.subject) == "Deployment shop/payments"
    assert "payments 2.4.0" in prior.change.statement
    assert any("gateway-url" in str(field.after) for field in prior.change.fields)
    assert all(map(cluster.holds, prior.change.evidence))


def test_what_changed_before_a_symptom_that_nothing_explains_is_told_with_the_diagnosis() -> None:
    unready = """
kind: Deployment
metadata: {name: web, creationTimestamp: '2025-12-01T00:00:00Z'}
spec: {replicas: 1, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}}
status: {replicas: 1, readyReplicas: 0, unavailableReplicas: 1, observedGeneration: 1,
  conditions: [{type: Available, status: 'False', lastTransitionTime: '2026-01-01T11:00:00Z'}]}
---
kind: NetworkPolicy
metadata: {name: deny, creationTimestamp: '2026-01-01T10:59:00Z'}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{}]}
---
kind: NetworkPolicy
metadata: {name: later, creationTimestamp: '2026-01-01T11:30:00Z'}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{}]}
---
kind: Pod
metadata:
  name: web-0
  labels: {app: web}
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {nodeName: n1, containers: [{name: web}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False', lastTransitionTime: '2026-01-01T11:00:00Z'}]
  containerStatuses: [{name: web, ready: false, restartCount: 0, state: {running: {startedAt: '2026-01-01T11:00:00Z'}}}]
"""
    found = _diagnose(unready)
    assert found.status is Status.UNRESOLVED
    assert found.root_causes == ()
    assert [str(prior.change.subject) for prior in found.changes] == ["NetworkPolicy shop/deny"], "one came too late"
    assert found.changes[0].touch is Touch.RELATED
