"""What is proposed to be read next decides what is left unexplained."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

PENDING = """
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:00:00Z'}
spec:
  nodeName: n1
  containers: [{name: app, env: [{name: URL, valueFrom: {configMapKeyRef: {name: settings, key: url}}}]}]
status:
  phase: Pending
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses: [{name: app, ready: false, restartCount: 0, state: {waiting: {reason: ContainerCreating}}}]
"""
UNREADY = PENDING.replace("Pending", "Running").replace(
    "{waiting: {reason: ContainerCreating}}", "{running: {startedAt: '2026-01-01T11:00:00Z'}}"
)


def test_what_was_not_read_and_would_explain_most_is_proposed_with_its_command() -> None:
    found = diagnose(snapshot_of(PENDING, hidden=["ConfigMap", "Event", "IngressClass"]), Incident())
    assert found.status is Status.UNRESOLVED
    probes = {probe.kind: probe for probe in found.next_probes}
    assert "IngressClass" not in probes, "no Ingress keeps a Pod from starting"
    assert "config_map_does_not_exist" in probes["ConfigMap"].decides
    assert probes["ConfigMap"].command == "kubectl get configmaps -n shop -o yaml"
    assert [len(probe.decides) for probe in found.next_probes] == sorted(
        (len(probe.decides) for probe in found.next_probes), reverse=True
    )


def test_records_are_proposed_as_well() -> None:
    (probe, *_) = diagnose(snapshot_of(UNREADY, hidden=["Log"]), Incident()).next_probes
    assert (probe.kind, probe.namespace) == ("Log", "shop")
    assert probe.command.startswith("kubectl logs -n shop")


def test_nothing_is_proposed_where_nothing_is_left_or_everything_was_read() -> None:
    assert diagnose(snapshot_of(UNREADY), Incident()).next_probes == ()
    assert diagnose(snapshot_of("{kind: ConfigMap, metadata: {name: a}}", hidden=["Log"]), Incident()).next_probes == ()
