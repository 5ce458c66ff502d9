"""An etcd that answers late."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.final_complaint import keeps_saying
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import pods_with_logs
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Namespace, Pod

_WORDS = wording(
    r"apply request took too long|slow fdatasync|leader failed to send out heartbeat on time"
    r"|read-only range request.{0,80}took too long",
    "took too long",
    "fdatasync",
    "failed to send out heartbeat",
)


@rule(Severity.WARNING, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=pods_with_logs)
def etcd_is_slow(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """Etcd says again and again that requests or its disk take too long.

    Why it matters:
        Every read and write of the API waits for etcd; with a slow disk it loses its leader, and all writes fail.

    Fires on:
        kind: Pod
        metadata: {name: etcd-cp1, namespace: kube-system, labels: {component: etcd}}
        spec: {nodeName: cp1, containers: [{name: etcd}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: etcd, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        kind: Log
        subject: {kind: Pod, namespace: kube-system, name: etcd-cp1}
        container: etcd
        lines:
        - '{"level":"warn","msg":"apply request took too long","took":"2.1s","expected-duration":"100ms"}'
        - '{"level":"warn","msg":"apply request took too long","took":"2.1s","expected-duration":"100ms"}'
        - '{"level":"warn","msg":"apply request took too long","took":"2.1s","expected-duration":"100ms"}'
        - '{"level":"warn","msg":"apply request took too long","took":"2.1s","expected-duration":"100ms"}'

    Stays quiet on:
        kind: Pod
        metadata: {name: etcd-cp1, namespace: kube-system, labels: {component: etcd}}
        spec: {nodeName: cp1, containers: [{name: etcd}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: etcd, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        kind: Log
        subject: {kind: Pod, namespace: kube-system, name: etcd-cp1}
        container: etcd
        lines: ['{"level":"warn","msg":"apply request took too long","took":"2.1s","expected-duration":"100ms"}']

    Remedy:
        Give etcd a disk of its own with low latency, and find who lists or writes so much.

    References:
        https://etcd.io/docs/latest/faq/#what-does-the-etcd-warning-apply-entries-took-too-long-mean
    """
    if pod.labels.get("component") != "etcd" or not pod.expected_to_run:
        return
    evidence = keeps_saying(pod, _WORDS, cluster)
    if evidence is not None:
        yield Match(
            message=f"etcd answers late: {str(evidence.value)[:200]}",
            evidence=(evidence,),
            blame=pod.ref,
            effects=(Effect(EffectKind.SLOW, Namespace.ref_to(None, "kube-system")),),
        )
