"""A Pod without free ports for its own connections."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.final_complaint import keeps_saying
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import pods_with_logs
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.paths import objects, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"(?:(?:dial|connect|upstream|socket|resolv)\w*.{0,300}(?:cannot assign requested address|EADDRNOTAVAIL)"
    r"|(?:cannot assign requested address|EADDRNOTAVAIL).*connect)",
    "assign requested address",
    "eaddrnotavail",
    any_case=True,
)
_SYSCTL = "net.ipv4.ip_local_port_range"


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=pods_with_logs)
def local_ports_are_exhausted(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """Outgoing connections fail because no local port is free for them.

    Why it matters:
        Every connection to one target takes a port of its own for as long as it lives and a minute after.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          securityContext: {sysctls: [{name: net.ipv4.ip_local_port_range, value: 40000 40009}]}
          containers: [{name: app}]
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines:
        - 'dial tcp 10.96.0.7:80: connect: cannot assign requested address'
        - 'dial tcp 10.96.0.7:80: connect: cannot assign requested address'
        - 'dial tcp 10.96.0.7:80: connect: cannot assign requested address'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['listen tcp 10.0.0.9:80: bind: cannot assign requested address']

    Remedy:
        Reuse connections; widen `net.ipv4.ip_local_port_range` where the Pod's sysctls narrow it.

    References:
        https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/
    """
    evidence = keeps_saying(pod, _WORDS, cluster) if pod.expected_to_run else None
    if evidence is None:
        return
    narrowed = next(
        (
            (entry, f"spec.securityContext.sysctls[{position}].value")
            for position, entry in objects(pod.spec.raw, "securityContext", "sysctls")
            if text(entry, "name") == _SYSCTL
        ),
        None,
    )
    reasons: tuple[Evidence, ...] = (pod.cite(narrowed[1]),) if narrowed else ()
    why = f"; {_SYSCTL} leaves it {text(narrowed[0], 'value')}" if narrowed else ""
    yield Match(
        message=f"Pod {pod.name} has no local port left for its connections{why}: {evidence.value}",
        evidence=(*reasons, evidence),
        effects=(Effect(EffectKind.CALLS_FAILING, cluster.workload_ref(pod.ref)),),
        facts=(("range", text(narrowed[0], "value") if narrowed else ""),),
    )
