"""An etcd that takes no more writes."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.final_complaint import keeps_saying
from cluster_doctor.rules.controlplane.control_plane import component
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import pods_with_logs
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"mvcc: database space exceeded|alarm:NOSPACE|etcdserver: no space",
    "space",
    any_case=True,
)


@rule(Severity.CRITICAL, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=pods_with_logs)
def etcd_is_out_of_space(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """Writes to the API fail because etcd has reached the space that it may use.

    Why it matters:
        The cluster becomes read-only: nothing is created, changed, renewed or recorded until space is made.

    Fires on:
        kind: Pod
        metadata: {name: kube-apiserver-cp1, namespace: kube-system, labels: {component: kube-apiserver}}
        spec: {nodeName: cp1, containers: [{name: kube-apiserver}]}
        status: {phase: Running}
        ---
        kind: Log
        subject: {kind: Pod, namespace: kube-system, name: kube-apiserver-cp1}
        container: kube-apiserver
        lines:
        - 'rpc error: etcdserver: mvcc: database space exceeded'
        - 'rpc error: etcdserver: mvcc: database space exceeded'
        - 'rpc error: etcdserver: mvcc: database space exceeded'

    Stays quiet on:
        kind: Pod
        metadata: {name: kube-apiserver-cp1, namespace: kube-system, labels: {component: kube-apiserver}}
        spec: {nodeName: cp1, containers: [{name: kube-apiserver}]}
        status: {phase: Running}
        ---
        kind: Log
        subject: {kind: Pod, namespace: kube-system, name: kube-apiserver-cp1}
        container: kube-apiserver
        lines: ['rpc error: etcdserver: mvcc: database space exceeded', 'alarm disarmed', 'serving']

    Remedy:
        Compact and defragment etcd, then disarm the alarm; find who writes so much; raise --quota-backend-bytes.

    References:
        https://etcd.io/docs/latest/op-guide/maintenance/#space-quota
    """
    evidence = keeps_saying(pod, _WORDS, cluster) if pod.expected_to_run else None
    if evidence is None:
        return
    yield Match(
        message=f"etcd has no space left and takes no more writes: {evidence.value}",
        evidence=(evidence,),
        blame=component("etcd", cluster),
        effects=tuple(Effect(EffectKind.PODS_NOT_CREATED, workload.ref) for workload in cluster.workloads()),
    )
