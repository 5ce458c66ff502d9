"""What is coming up, and what only looks like it."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.findings import Stage, Verdict
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.prediction import Prediction
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.inference.predict import PREDICTIONS, predict
from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.engine import check_all, run_rules
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.protocol import Rule

PREDICTORS = [rule for rule in all_rules() if rule.stage is Stage.PREDICTION]
every_predictor = pytest.mark.parametrize("rule", PREDICTORS, ids=lambda rule: rule.name)
TLS = """
kind: Secret
metadata: {name: tls, ANNOTATIONS}
type: kubernetes.io/tls
keys: [ca.crt, tls.crt]
facts:
  tls.crt: {subject: CN=shop, not_before: 'BEGIN', not_after: 'END'}
  ca.crt: {subject: CN=old, not_before: '2016-01-02T00:00:00Z', not_after: '2026-01-02T00:00:00Z'}
"""
BUDGET = """
kind: PodDisruptionBudget
metadata: {name: web}
spec: {RULE, selector: {matchLabels: {app: web}}}
status: {disruptionsAllowed: ALLOWED, currentHealthy: HEALTHY, desiredHealthy: DESIRED, expectedPods: 2}
---
kind: Pod
metadata: {name: web-0, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: web}]}
status: {phase: Running}
---
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {nodeName: n2, containers: [{name: web}]}
status: {phase: Running}
"""
BLOCKING = {"RULE": "minAvailable: 2", "ALLOWED": "0", "HEALTHY": "2", "DESIRED": "2"}
REFUSED = """
---
kind: Event
metadata: {name: e}
involvedObject: {kind: Pod, name: web-0}
reason: FailedEviction
type: Warning
message: Cannot evict pod as it would violate the pod's disruption budget.
"""
CORDONED = """
---
{kind: Node, metadata: {name: n1}, spec: {unschedulable: true}}
"""
QUOTA = """
kind: ResourceQuota
metadata: {name: team}
SCOPES
status: {hard: {limits.memory: 4Gi, pods: '9'}, used: {limits.memory: 3900Mi, pods: '4'}}
---
kind: Deployment
metadata: {name: web}
spec:
  replicas: REPLICAS
  strategy: STRATEGY
  template: {spec: {containers: [{name: web, resources: {limits: {memory: 512Mi}}}]}}
status: {replicas: RUNNING, updatedReplicas: UPDATED}
"""
SECOND_POD = """
---
kind: Pod
metadata: {name: old-0, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: old, controller: true}]}
spec: {nodeName: n1, containers: [{name: app, image: 'registry.example.com/web:1.9'}]}
status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}
"""
FIRST_POD = """
kind: Pod
metadata: {name: new-0}
spec: {nodeName: n2, containers: [{name: app, image: 'registry.example.com/web:1.9'}]}
status:
  phase: Pending
  containerStatuses:
  - {name: app, ready: false, state: {waiting: {reason: ErrImagePull, message: 'SAYS'}}}
"""


def coming(text: str, *namespaces: str) -> list[Prediction]:
    return list(predict(snapshot_of(text), Incident(namespaces=namespaces)))


def filled(text: str, **values: str) -> str:
    return re.sub("|".join(values), lambda match: values[match[0]], text)


@every_predictor
def test_a_prediction_says_how_it_is_reckoned_and_is_no_root_cause(rule: Rule) -> None:
    cluster = snapshot_of(rule.doc.fires_on)
    findings = run_rules([rule], cluster).findings
    assert all(re.search(r"\d", finding.arithmetic) for finding in findings)
    assert all(finding.due is None or finding.due > cluster.taken_at for finding in findings)
    diagnosis = diagnose(cluster, Incident())
    assert rule.name in {prediction.rule for prediction in diagnosis.predictions}
    assert all(prediction.remedy for prediction in diagnosis.predictions)
    told = {cause.rule for cause in diagnosis.root_causes} | {other.rule for other in diagnosis.ruled_out}
    assert not told & {predictor.name for predictor in PREDICTORS}
    assert not set(diagnosis.rules_unknown) & {predictor.name for predictor in PREDICTORS}


def test_a_well_cluster_stays_healthy_whatever_is_coming_up() -> None:
    text = filled(BUDGET, **BLOCKING)
    well = text.replace(
        "phase: Running", "phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: 'True'}]"
    )
    found = diagnose(snapshot_of(well), Incident())
    assert (found.status, found.root_causes, len(found.predictions)) == (Status.HEALTHY, (), 1)


@pytest.mark.parametrize(
    ("begin", "end", "annotations", "about"),
    [
        ("2025-01-20T00:00:00Z", "2026-01-20T00:00:00Z", "labels: {}", ["tls.crt"]),
        ("2025-03-01T00:00:00Z", "2026-03-01T00:00:00Z", "labels: {}", []),
        ("2025-10-28T00:00:00Z", "2026-01-26T00:00:00Z", "labels: {}", []),
        ("2025-10-10T00:00:00Z", "2026-01-08T00:00:00Z", "labels: {}", ["tls.crt"]),
        ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "labels: {}", []),
        ("2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "labels: {}", []),
        ("2025-01-20T00:00:00Z", "2026-01-20T00:00:00Z", "annotations: {cert-manager.io/certificate-name: c}", []),
    ],
    ids=["last 30 days", "59 days left", "renews by itself before", "last fifth", "lives a day", "over", "managed"],
)
def test_a_certificate_is_told_of_in_the_last_fifth_of_its_life(
    begin: str, end: str, annotations: str, about: list[str]
) -> None:
    found = coming(filled(TLS, BEGIN=begin, END=end, ANNOTATIONS=annotations))
    assert [prediction.about for prediction in found] == about


def test_a_secret_that_nobody_names_holds_no_certificate_that_matters() -> None:
    text = filled(TLS, BEGIN="2025-01-20T00:00:00Z", END="2026-01-20T00:00:00Z", ANNOTATIONS="labels: {}")
    assert coming(text.replace("kubernetes.io/tls", "Opaque")) == []


def test_a_renewal_under_way_is_not_overdue() -> None:
    text = """
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: shop}
status: {renewalTime: '2026-01-01T11:30:00Z', notAfter: '2026-01-31T00:00:00Z'}
"""
    assert coming(text) == []
    (found,) = coming(text.replace("11:30", "09:30"))
    assert found.arithmetic == "the renewal is 2 hours overdue, and 29 days are left"
    assert coming(text.replace("cert-manager.io", "other.example.com").replace("11:30", "09:30")) == []


@pytest.mark.parametrize(
    ("rule", "allowed", "healthy", "more", "nodes"),
    [
        ("minAvailable: 2", "0", "2", "", "n1, n2"),
        ("minAvailable: 100%", "0", "2", "", "n1, n2"),
        ("maxUnavailable: 0", "0", "2", "", "n1, n2"),
        ("minAvailable: 2", "0", "1", "", ""),
        ("minAvailable: 1", "1", "2", "", ""),
        ("minAvailable: 2", "0", "2", REFUSED, ""),
        ("minAvailable: 2", "0", "2", CORDONED, ""),
    ],
    ids=[
        "all must stay",
        "all in percent",
        "none may go",
        "one is unwell today",
        "one may go",
        "refused today",
        "waited for",
    ],
)
def test_a_budget_names_the_nodes_that_cannot_be_drained(
    rule: str, allowed: str, healthy: str, more: str, nodes: str
) -> None:
    cluster = snapshot_of(filled(BUDGET, **{**BLOCKING, "RULE": rule, "ALLOWED": allowed, "HEALTHY": healthy}) + more)
    found = predict(cluster, Incident())
    assert [one.message for one in found] == (
        [f"PodDisruptionBudget web will block the drain of {nodes}"] * bool(nodes)
    )
    causes = {finding.rule for finding in check_all(cluster).findings}
    assert ("disruption_budget_allows_nothing" in causes) == bool(more), "one of the two says it, never both"


@pytest.mark.parametrize(
    ("replicas", "strategy", "updated", "scopes", "fires"),
    [
        ("3", "{}", "3", "", True),
        ("4", "{}", "4", "", False),
        ("4", "{rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}", "4", "", True),
        ("3", "{rollingUpdate: {maxUnavailable: 1}}", "3", "", False),
        ("3", "{rollingUpdate: {maxUnavailable: 10%, maxSurge: 0}}", "3", "", False),
        ("3", "{type: Recreate}", "3", "", False),
        ("3", "{}", "1", "", False),
        ("0", "{}", "0", "", False),
        ("3", "{}", "3", "spec: {scopes: [Terminating]}", False),
    ],
    ids=["defaults", "one may go", "none may go", "told one may go", "nothing may surge", "recreated", "rolls out now",
         "scaled to zero", "counts other Pods"],
)  # fmt: skip
def test_a_quota_is_told_of_where_a_rollout_must_add_a_pod_first(
    replicas: str, strategy: str, updated: str, scopes: str, *, fires: bool
) -> None:
    text = filled(QUOTA, REPLICAS=replicas, RUNNING=replicas, STRATEGY=strategy, UPDATED=updated, SCOPES=scopes)
    assert [prediction.about for prediction in coming(text)] == ["limits.memory"] * fires


def test_a_budget_that_has_just_granted_an_eviction_blocks_nothing() -> None:
    assert coming(filled(BUDGET, **{**BLOCKING, "RULE": "minAvailable: 1", "DESIRED": "1"})) == []


def test_a_quota_with_room_for_one_pod_is_quiet() -> None:
    text = filled(QUOTA, REPLICAS="3", RUNNING="3", STRATEGY="{}", UPDATED="3", SCOPES="")
    assert coming(text.replace("used: {limits.memory: 3900Mi", "used: {limits.memory: 3584Mi")) == []


@pytest.mark.parametrize(
    ("says", "fires"),
    [
        ("registry.example.com/web:1.9: not found", True),
        ("manifest unknown", True),
        ("pull access denied, repository does not exist or may require authorization", False),
        ("unexpected status: 401 Unauthorized", False),
        ("dial tcp: lookup registry.example.com: no such host", False),
    ],
)
def test_an_image_has_vanished_only_where_the_registry_says_so(says: str, *, fires: bool) -> None:
    found = coming(FIRST_POD.replace("SAYS", says) + SECOND_POD)
    assert [str(prediction.subject) for prediction in found] == ["StatefulSet shop/old"] * fires


def test_a_version_is_told_of_only_where_a_cluster_serves_it() -> None:
    written = "{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: web}}"
    served = "{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: web, uid: u}}"
    rules = {finding.rule for finding in check_all(snapshot_of(written)).findings}
    assert rules == {"disruption_budget_api_version_is_removed"}
    assert coming(written) == []
    (found,) = coming(served)
    assert (found.due, found.facts["instead"]) == (None, "policy/v1")
    assert "ends with 1.25" in found.arithmetic


def test_what_is_due_first_is_told_first_and_only_of_the_namespaces_asked() -> None:
    budget = filled(BUDGET, **BLOCKING)
    later = filled(TLS, BEGIN="2025-01-20T00:00:00Z", END="2026-01-20T00:00:00Z", ANNOTATIONS="labels: {}")
    sooner = filled(TLS, BEGIN="2025-01-03T00:00:00Z", END="2026-01-03T00:00:00Z", ANNOTATIONS="namespace: blog")
    text = f"{budget}---{later}---{sooner}"
    assert [found.subject.namespace for found in coming(text)] == ["blog", "shop", "shop"]
    assert [found.rule for found in coming(text, "blog")] == ["certificate_will_expire"]


def test_an_authority_whose_successor_stands_beside_it_may_end() -> None:
    fires_on = next(rule for rule in PREDICTORS if rule.name == "ca_bundle_will_expire").doc.fires_on
    (found,) = coming(fires_on)
    assert (
        found.arithmetic
        == "2026-01-11 00:00 UTC less 2026-01-01 12:00 UTC leaves 9 days of the 365 days that it is valid"
    )
    old = base64.b64decode(fires_on.partition(">-")[2])
    both = base64.b64encode(old + _authority(until=datetime(2027, 1, 11, tzinfo=UTC))).decode()
    assert coming(fires_on.partition(">-")[0] + both) == []
    assert coming(fires_on.partition(">-")[0] + base64.b64encode(b"no certificate").decode()) == []


def _authority(until: datetime) -> bytes:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "new")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 2, until - timedelta(days=730), until)
    return made.sign(key, None).public_bytes(Encoding.PEM)


def test_what_was_not_measured_is_unknown_and_not_well() -> None:
    results = check_all(
        snapshot_of("{kind: PersistentVolumeClaim, metadata: {name: db}}", hidden=["Metric"]), PREDICTIONS
    )
    assert results.verdicts["volume_will_be_full"] is Verdict.UNKNOWN
