"""Pods that ask another name server than the cluster's."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.dependency.callers import suffers
from cluster_doctor.rules.dependency.failing_calls import failing_calls
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.paths import words
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service, Workload


@rule(Severity.ERROR, subject=Workload, needs=(Pod,))
def pod_bypasses_cluster_dns(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload's Pods use a name server of their own, which does not know the cluster's Services.

    Why it matters:
        With dnsPolicy None or Default a Pod does not ask the cluster's DNS; names of Services do not resolve.

    Fires on:
        kind: Deployment
        metadata: {name: api}
        spec:
          replicas: 1
          selector:
            matchLabels: {app: api}
          template:
            metadata:
              labels: {app: api}
            spec:
              dnsPolicy: None
              dnsConfig:
                nameservers: [192.0.2.1]
              containers:
              - {name: app}
        ---
        kind: Pod
        metadata:
          name: api-0
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: api, controller: true}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 4
            state:
              waiting: {reason: CrashLoopBackOff}
        ---
        kind: Log
        subject: Pod/api-0
        container: app
        lines: ['lookup cart on 192.0.2.1:53: i/o timeout']

    Stays quiet on:
        {kind: Deployment, metadata: {name: api}, spec: {template: {spec: {containers: [{name: app}]}}}}
        ---
        {kind: Log, subject: Deployment/api, container: app, lines: [ready to serve]}

    Remedy:
        Set `dnsPolicy: ClusterFirst`, or give dnsConfig the address of the cluster's DNS.

    References:
        https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy
    """
    template = workload.template
    if template.dns_policy not in {"None", "Default"}:
        return
    servers = words(template.raw, "dnsConfig", "nameservers")
    dns = [service for service in cluster.within(Service, "kube-system") if "dns" in service.name]
    if any(service.cluster_ip in servers or workload.ref in cluster.workloads_behind(service) for service in dns):
        return
    told = [
        call
        for call in failing_calls(workload.ref, cluster)
        if call.trouble in {Trouble.RESOLVER, Trouble.UNKNOWN_HOST}
    ]
    unwell = suffers(workload, cluster) or any(
        not pod.ready and pod.expected_to_run for pod in cluster.pods_of(workload.ref)
    )
    if not told and not unwell:
        return
    shown = f"name servers {', '.join(servers)}" if servers else "the node's name servers"
    yield Match(
        message=f"Pods of {workload.ref} ask {shown} (dnsPolicy {template.dns_policy}), not the cluster's DNS",
        evidence=(
            workload.cite(f"{template.path}.dnsPolicy"),
            workload.cite(f"{template.path}.dnsConfig"),
            *(call.evidence for call in told[:1]),
        ),
        effects=(Effect(EffectKind.CALLS_FAILING, workload.ref),),
        directness=Directness.STATED if told else Directness.COMPARED,
        facts=(("policy", template.dns_policy), ("nameservers", ",".join(servers))),
    )
