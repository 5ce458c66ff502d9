"""A ReplicaSet that may not create its Pods."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import ReplicaSet, condition_message


@rule(Severity.WARNING, subject=ReplicaSet, stage=Stage.SYMPTOM, directness=Directness.STATED)
def replica_set_creates_no_pods(replica_set: ReplicaSet, cluster: ClusterSnapshot) -> Matches:
    """The ReplicaSet reports that it cannot create or delete Pods.

    Why it matters:
        The workload stays at the replicas that it has; the API server's own words say what it refuses.

    Fires on:
        kind: ReplicaSet
        metadata: {name: web-1}
        spec: {replicas: 2}
        status:
          replicas: 0
          conditions:
          - {type: ReplicaFailure, status: 'True', reason: FailedCreate, message: 'pods "web-1-" is forbidden'}

    Stays quiet on:
        kind: ReplicaSet
        metadata: {name: web-1}
        spec: {replicas: 2}
        status:
          replicas: 2
          conditions:
          - {type: ReplicaFailure, status: 'False'}

    Remedy:
        Remove what the message names: a quota, an admission policy, an account that does not exist.

    References:
        https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/replica-set-v1/#ReplicaSetStatus
    """
    condition = replica_set.condition("ReplicaFailure")
    if not condition or condition.get("status") == "False" or replica_set.deleted_at:
        return
    if replica_set.integer("status", "replicas") >= replica_set.wanted:
        return
    workload = cluster.workload_ref(replica_set.ref)
    yield Match(
        message=f"ReplicaSet {replica_set.name} reports {condition_message(condition)}",
        evidence=(replica_set.cite(f"{replica_set.condition_path('ReplicaFailure')}.reason"),),
        effects=tuple(Effect(EffectKind.PODS_NOT_CREATED, ref) for ref in dict.fromkeys((replica_set.ref, workload))),
        since=parse_time(condition.get("lastTransitionTime")),
    )
