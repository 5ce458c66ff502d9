"""A NetworkPolicy that keeps a caller out."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.network.blocked_calls import (
    calls_to,
    cite_denial,
    cut_off_calls,
    denial,
    ports_called,
    suffering,
)
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.selectors import show_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import NetworkPolicy, Pod, Service, Workload


def guarded_services(cluster: ClusterSnapshot) -> Iterator[Service]:
    """Services that a policy may stand before: in its own namespace, or in that of somebody who calls."""
    places = {policy.namespace for policy in cluster.all(NetworkPolicy)}
    called = {
        callee
        for workload in cluster.workloads()
        if workload.namespace in places
        for callee in cluster.callees_of(workload.ref)
    }
    called |= {ref for workload in _with_logs(cluster) for _, refs in cut_off_calls(workload, cluster) for ref in refs}
    for service in cluster.all(Service) if places else ():
        if service.selector and (service.namespace in places or service.ref in called):
            yield service


@rule(Severity.ERROR, subject=Service, needs=(NetworkPolicy, Pod), among=guarded_services)
def network_policy_blocks_callers(service: Service, cluster: ClusterSnapshot) -> Matches:
    """A workload calls the Service, and a NetworkPolicy lets none of its connections pass.

    Why it matters:
        Dropped packets answer nothing: the caller waits and times out, while the Pods, the Service and its
        endpoints look healthy.

    Fires on:
        kind: Deployment
        metadata: {name: cart}
        spec:
          template:
            metadata:
              labels: {app: cart}
            spec:
              containers:
              - name: app
                env:
                - {name: STOCK_URL, value: 'http://stock:80'}
        ---
        kind: Pod
        metadata:
          name: cart-0
          labels: {app: cart}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, podIP: 10.0.0.3}
        ---
        kind: Log
        subject: Pod/cart-0
        container: app
        lines: ['dial tcp stock:80: i/o timeout']
        ---
        kind: Service
        metadata: {name: stock}
        spec: {selector: {app: stock}, ports: [{port: 80, targetPort: 8080}]}
        ---
        kind: Pod
        metadata: {name: stock-0, labels: {app: stock}}
        spec: {nodeName: n2, containers: [{name: app}]}
        status: {phase: Running, podIP: 10.0.1.4, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: NetworkPolicy
        metadata: {name: stock-from-web}
        spec:
          podSelector: {matchLabels: {app: stock}}
          ingress:
          - from: [{podSelector: {matchLabels: {app: web}}}]

    Stays quiet on:
        kind: Service
        metadata: {name: stock}
        spec: {selector: {app: stock}, ports: [{port: 80, targetPort: 8080}]}
        ---
        kind: Pod
        metadata: {name: stock-0, labels: {app: stock}}
        spec: {nodeName: n2, containers: [{name: app}]}
        status: {phase: Running, podIP: 10.0.1.4, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: NetworkPolicy
        metadata: {name: default-deny}
        spec: {podSelector: {}, policyTypes: [Ingress]}

    Remedy:
        Admit the caller in the policy, or add a policy that does: policies add up.

    References:
        https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """
    for caller in _callers(service, cluster):
        told = calls_to(caller, service, cluster)
        blocked = denial(caller, service, ports_called(caller, service, told, cluster), cluster)
        if blocked is None:
            continue
        port, passage = blocked
        policy = next((entry for entry in passage.policies if entry.pod_selector), passage.policies[0])
        yield Match(
            message=f"{policy.ref} keeps {caller.ref} ({show_labels(caller.template_labels)}) from Service "
            f"{service.name}: {passage.reason} and admits no connection to port {port.target}/{port.protocol} "
            f"for it",
            evidence=(*cite_denial(passage), service.cite("spec.selector"), *(call.evidence for call in told[:1])),
            blame=policy.ref,
            effects=(Effect(EffectKind.CALLS_FAILING, caller.ref),),
            about=f"{caller.ref} to {service.name}",
            directness=None if suffering(caller, told, cluster) else Directness.SUGGESTED,
            facts=(
                ("caller", str(caller.ref)),
                ("service", service.name),
                ("port", port.target),
                ("protocol", port.protocol),
                ("direction", passage.direction.value if passage.direction else ""),
                ("policies", ", ".join(entry.name for entry in passage.policies)),
            ),
        )


def _callers(service: Service, cluster: ClusterSnapshot) -> list[Workload]:
    """Workloads that are configured to call a Service, or whose logs say that they tried."""
    known = [view for ref in cluster.callers_of(service.ref) if isinstance(view := cluster.find(ref), Workload)]
    told = [
        workload
        for workload in _with_logs(cluster)
        if any(service.ref in called for _, called in cut_off_calls(workload, cluster))
    ]
    callers = {workload.ref: workload for workload in (*known, *told)}
    return [callers[ref] for ref in sorted(callers)]


def _with_logs(cluster: ClusterSnapshot) -> list[Workload]:
    """Workloads whose logs were read: few, because logs are read of what needs explaining."""

    def read() -> list[Workload]:
        return [workload for workload in cluster.workloads() if cluster.logs_of(workload.ref)]

    return cluster.remember("workloads with logs", read)
