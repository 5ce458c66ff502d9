"""A Service that sends part of its traffic to Pods that do not serve it."""

from __future__ import annotations

from collections import defaultdict

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.service.listening import doubtful_services, listening, show
from cluster_doctor.snapshot.selectors import show_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service


@rule(Severity.ERROR, subject=Service, needs=(Pod,), among=doubtful_services)
def service_selects_several_workloads(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service's selector also means Pods of another workload, which do not listen on its target port.

    Why it matters:
        Connections are spread over all endpoints: some succeed and some are refused, as if by chance.

    Fires on:
        kind: Service
        metadata: {name: web}
        spec: {selector: {tier: front}, ports: [{port: 80, targetPort: 8080}]}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {tier: front}
          ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: web, controller: true}]
        spec: {nodeName: n1, containers: [{name: app, ports: [{containerPort: 8080}]}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Pod
        metadata:
          name: metrics-0
          labels: {tier: front}
          ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: metrics, controller: true}]
        spec: {nodeName: n1, containers: [{name: app, ports: [{containerPort: 9090}]}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}

    Stays quiet on:
        kind: Service
        metadata: {name: web}
        spec: {selector: {tier: front}, ports: [{port: 80, targetPort: 8080}]}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {tier: front}
          ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: web, controller: true}]
        spec: {nodeName: n1, containers: [{name: app, ports: [{containerPort: 8080}]}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Pod
        metadata:
          name: canary-0
          labels: {tier: front}
          ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: canary, controller: true}]
        spec: {nodeName: n1, containers: [{name: app, ports: [{containerPort: 8080}]}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}

    Remedy:
        Give the selector a label that only the intended workload's Pods bear.

    References:
        https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service
    """
    by_workload: dict[ObjectRef, list[Pod]] = defaultdict(list)
    for pod in cluster.select(service.namespace, service.selector):
        if pod.ready and pod.expected_to_run:
            by_workload[cluster.workload_ref(pod.ref)].append(pod)
    if len(by_workload) < 2 or service.headless:
        return
    for port in service.ports:
        serving = {ref for ref, pods in by_workload.items() if any(_serves(pod, port.target) for pod in pods)}
        silent = {ref: pods[0] for ref, pods in by_workload.items() if ref not in serving and listening(pods[0])}
        if not serving or not silent or port.protocol != "TCP":
            continue
        stranger, pod = min(silent.items())
        yield Match(
            message=f"Service {service.name} (selector {show_labels(service.selector)}) also sends traffic for port "
            f"{port.target} to Pods of {stranger}, which listen on "
            f"{', '.join(show(entry) for entry in listening(pod))}",
            evidence=(service.cite("spec.selector"), pod.cite("metadata.labels"), pod.cite("spec.containers[0].ports")),
            effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
            about=str(port.number),
            facts=(("stranger", str(stranger)), ("intended", ", ".join(str(ref) for ref in sorted(serving)))),
        )


def _serves(pod: Pod, target: str) -> bool:
    return any(target in {str(entry.number), entry.name} for entry in listening(pod))
