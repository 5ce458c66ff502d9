"""A Service whose traffic from outside arrives at nodes that have no endpoint of it."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod, Service

_LEFT_OUT = "node.kubernetes.io/exclude-from-external-load-balancers"
"""Label of nodes that load balancers leave out, whatever its value (well-known labels of Kubernetes)."""


@rule(Severity.ERROR, subject=Service, needs=(Pod, Node))
def external_traffic_policy_excludes_nodes(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service has externalTrafficPolicy Local, and traffic from outside arrives where it has no endpoint.

    Why it matters:
        A node drops what arrives from outside for a Service that none of its own Pods serves, while every object
        looks healthy and calls from inside the cluster succeed.

    Fires on:
        kind: Service
        metadata: {name: web}
        spec:
          type: LoadBalancer
          externalTrafficPolicy: Local
          selector: {app: web}
          ports: [{port: 80, nodePort: 31480}]
        ---
        {kind: Node, metadata: {name: n1, labels: {node.kubernetes.io/exclude-from-external-load-balancers: ''}}}
        ---
        {kind: Node, metadata: {name: n2}}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]

    Stays quiet on:
        kind: Service
        metadata: {name: web}
        spec:
          type: LoadBalancer
          externalTrafficPolicy: Local
          selector: {app: web}
          ports: [{port: 80, nodePort: 31480}]
        ---
        {kind: Node, metadata: {name: n1, labels: {node.kubernetes.io/exclude-from-external-load-balancers: ''}}}
        ---
        {kind: Node, metadata: {name: n2}}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
        spec: {nodeName: n2, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]

    Remedy:
        Set `externalTrafficPolicy: Cluster`, run the backend where the load balancer leads, or let the load balancer
        check `healthCheckNodePort`.

    References:
        https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-loadbalancer
        https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers
    """
    if service.text("spec", "externalTrafficPolicy") != "Local" or service.type not in {"NodePort", "LoadBalancer"}:
        return
    nodes = {node.name: node for node in cluster.all(Node)}
    served = {pod.node_name for pod in cluster.select(service.namespace, service.selector) if pod.ready} & set(nodes)
    bare = sorted(set(nodes) - served)
    if not served or not bare:
        return
    outside = [probe for probe in cluster.connection_probes if probe.target == service.ref and not probe.from_node]
    failed = [probe for probe in outside if not probe.succeeded]
    if service.type == "LoadBalancer" and all(_LEFT_OUT in nodes[name].labels for name in served):
        where = f"its only endpoints are on {', '.join(sorted(served)[:4])}, which load balancers leave out"
    elif failed and len(failed) < len(outside):
        where = f"{len(failed)} of {len(outside)} connections from outside fail; {', '.join(bare[:4])} have no endpoint"
    else:
        return
    yield Match(
        message=f"Service {service.name} serves traffic from outside on the nodes of its endpoints alone "
        f"(externalTrafficPolicy Local): {where}",
        evidence=(service.cite("spec.externalTrafficPolicy"), *(probe.cite() for probe in failed[:2])),
        effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
        facts=(("nodes", ",".join(bare)),),
    )
