"""A host port that is taken on every node."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, host_ports, unfit_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unfit_pods)
def host_port_is_taken(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod claims a port of the node that is taken on every node that fits.

    Why it matters:
        A host port exists once per node; a second replica cannot run beside the first.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          containers:
          - name: app
            ports:
            - {containerPort: 80, hostPort: 80}
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 node(s) didn''t have free ports for the requested pod ports.'}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}

    Remedy:
        Drop `hostPort` and use a Service, or run one replica per node with a DaemonSet.

    References:
        https://kubernetes.io/docs/concepts/configuration/overview/#services
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.HOST_PORT not in fit.causes:
        return
    ports = list(host_ports(pod.spec))
    shown = ", ".join(str(number) for number, _, _ in ports)
    yield Match(
        message=f"host port {shown} of Pod {pod.name} is taken on every node that fits",
        evidence=(*(pod.cite(path) for _, _, path in ports[:2]), fit.verdict.evidence),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
        facts=(("ports", shown),),
    )
