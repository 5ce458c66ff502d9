"""A Service whose internal traffic stays on the node."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service


@rule(Severity.ERROR, subject=Service, needs=(Pod,))
def local_traffic_policy_excludes_nodes(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service has internalTrafficPolicy Local, and nodes with callers have no endpoint of it.

    Why it matters:
        From a node without an endpoint every connection is dropped, while all objects look healthy.

    Fires on:
        kind: Service
        metadata: {name: cart}
        spec:
          internalTrafficPolicy: Local
          selector: {app: cart}
          ports:
          - {port: 80}
        ---
        kind: Pod
        metadata:
          name: cart-0
          labels: {app: cart}
        spec: {nodeName: n1}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'True'}
        ---
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            spec:
              containers:
              - name: a
                env:
                - {name: CART, value: 'cart:80'}
        ---
        kind: Pod
        metadata:
          name: web-0
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: web, controller: true}
        spec: {nodeName: n2}
        status: {phase: Running}

    Stays quiet on:
        kind: Service
        metadata: {name: cart}
        spec:
          internalTrafficPolicy: Cluster
          selector: {app: cart}
          ports:
          - {port: 80}

    Remedy:
        Set `internalTrafficPolicy: Cluster`, or run the backend on every node.

    References:
        https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/
    """
    if service.text("spec", "internalTrafficPolicy") != "Local":
        return
    served = {pod.node_name for pod in cluster.select(service.namespace, service.selector) if pod.ready}
    if not served:
        return
    callers = cluster.callers_of(service.ref)
    stranded = sorted(
        {
            pod.node_name
            for caller in callers
            for pod in cluster.pods_of(caller)
            if pod.node_name and pod.expected_to_run
        }
        - served
    )
    if not stranded:
        return
    yield Match(
        message=f"Service {service.name} keeps traffic on the node (internalTrafficPolicy Local), and callers on "
        f"{', '.join(stranded[:4])} have no endpoint there",
        evidence=(service.cite("spec.internalTrafficPolicy"),),
        effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
        facts=(("nodes", ",".join(stranded)),),
    )
