"""A workload that one failure takes down."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, Node, Pod, Service, StatefulSet, Workload


@rule(
    Severity.WARNING,
    subject=Workload,
    needs=(Pod, Service, Node),
    stage=Stage.RISK,
    directness=Directness.COMPARED,
)
def workload_is_a_single_point_of_failure(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A Service leads to a workload that has one replica, or all replicas on one node of several.

    Why it matters:
        One failed Pod or node, or one drain, and whoever calls the Service gets no answer.

    Fires on:
        {kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}
        ---
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 1, template: {metadata: {labels: {app: web}}}}
        status: {replicas: 1}

    Stays quiet on:
        {kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}
        ---
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 2, template: {metadata: {labels: {app: web}}}}
        status: {replicas: 2}

    Remedy:
        Run two replicas at least, and spread them over nodes with `topologySpreadConstraints`.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
        https://kubernetes.io/docs/concepts/workloads/pods/disruptions/
    """
    if not isinstance(workload, (Deployment, StatefulSet)) or not workload.wanted:
        return
    services = cluster.services_of(workload.ref)
    if not services:
        return
    evidence = (workload.cite("spec.replicas"), services[0].cite("spec.selector"))
    if workload.wanted == 1:
        yield Match(
            message=f"{workload.ref} has one replica, and Service {services[0].name} leads to it",
            evidence=evidence,
        )
        return
    pods = [pod for pod in cluster.pods_of(workload.ref) if pod.expected_to_run and pod.node_name]
    nodes = {pod.node_name for pod in pods}
    if len(pods) > 1 and len(nodes) == 1 and len(cluster.all(Node)) > 1:
        yield Match(
            message=f"all {len(pods)} Pods of {workload.ref} run on node {next(iter(nodes))}, "
            f"and Service {services[0].name} leads to them",
            evidence=(*evidence, pods[0].cite("spec.nodeName")),
        )
