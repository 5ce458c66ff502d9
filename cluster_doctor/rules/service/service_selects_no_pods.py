"""A Service whose selector matches nothing."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.service.meant import workload_meant_by
from cluster_doctor.snapshot.selectors import show_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DaemonSet, Deployment, Pod, Service, StatefulSet


@rule(Severity.ERROR, subject=Service, needs=(Pod, Deployment, StatefulSet, DaemonSet))
def service_selects_no_pods(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service selects no Pod, although Pods that it seems meant for exist.

    Why it matters:
        Traffic to the Service has no endpoint to go to, while every workload around it looks healthy.

    Fires on:
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, targetPort: 8080}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: website}
        spec:
          nodeName: n1
          containers:
          - name: app
            ports:
            - {containerPort: 8080}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'True'}

    Stays quiet on:
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, targetPort: 8080}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
        spec:
          nodeName: n1
          containers:
          - name: app
            ports:
            - {containerPort: 8080}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'True'}
        ---
        kind: Endpoints
        metadata: {name: web}
        subsets:
        - addresses:
          - ip: 10.0.0.7
            targetRef: {kind: Pod, name: web-0}
          ports:
          - {port: 8080}

    Remedy:
        Make `spec.selector` equal to the labels in the workload's Pod template.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/
    """
    if not service.selector or service.type == "ExternalName" or cluster.select(service.namespace, service.selector):
        return
    if cluster.workloads_behind(service):
        return  # the selector fits a workload that has no Pods; its absence is the finding
    near = _near(service, cluster)
    if near is None and not cluster.callers_of(service.ref) and not cluster.ingresses_to(service.ref):
        return  # an orphan: nothing that it could be meant for, and nobody who calls it
    yield Match(
        message=f"Service {service.name} selects {show_labels(service.selector)}, which no Pod in namespace "
        f"{service.namespace} bears" + (f"; {near[0]} carries {show_labels(near[1])}" if near else ""),
        evidence=(service.cite("spec.selector"),),
        effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
        directness=Directness.COMPARED if near else Directness.SUGGESTED,
        facts=(("selector", show_labels(service.selector)), ("workload", near[0].name if near else "")),
    )


def _near(service: Service, cluster: ClusterSnapshot) -> tuple[ObjectRef, dict[str, str]] | None:
    """The workload that was meant, or a Pod without one that no Service leads to, with its labels."""
    meant = workload_meant_by(service, cluster)
    if meant is not None:
        return meant.ref, {key: value for key, value in meant.template_labels.items() if key != "pod-template-hash"}
    for pod in cluster.within(Pod, service.namespace):
        if pod.controller is None and pod.labels and not cluster.services_of(pod.ref):
            return pod.ref, pod.labels
    return None
