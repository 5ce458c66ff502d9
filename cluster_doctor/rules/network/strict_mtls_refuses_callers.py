"""A mesh that refuses callers from outside it."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.network.blocked_calls import calls_to, suffering
from cluster_doctor.rules.network.mesh import in_mesh, policies
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service


@rule(Severity.ERROR, subject=Service, needs=(Pod,))
def strict_mtls_refuses_callers(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service's Pods accept the mesh's mutual TLS alone, and a workload that calls them is not in the mesh.

    Why it matters:
        Plain connections are reset as soon as they are made, while both sides look healthy.

    Fires on:
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: default}
        spec: {mtls: {mode: STRICT}}
        ---
        {kind: Namespace, metadata: {name: shop}}
        ---
        kind: Service
        metadata: {name: stock}
        spec: {selector: {app: stock}, ports: [{port: 80}]}
        ---
        kind: Pod
        metadata: {name: stock-0, labels: {app: stock}}
        spec: {nodeName: n1, containers: [{name: app}, {name: istio-proxy}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Deployment
        metadata: {name: cart}
        spec: {template: {spec: {containers: [{name: app, env: [{name: STOCK, value: 'http://stock:80'}]}]}}}
        ---
        kind: Pod
        metadata:
          name: cart-0
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running}
        ---
        kind: Log
        subject: Pod/cart-0
        container: app
        lines: ['Get "http://stock:80/items": read: connection reset by peer']

    Stays quiet on:
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: default}
        spec: {mtls: {mode: STRICT}}
        ---
        kind: Service
        metadata: {name: stock}
        spec: {selector: {app: stock}, ports: [{port: 80}]}
        ---
        kind: Pod
        metadata: {name: stock-0, labels: {app: stock}}
        spec: {nodeName: n1, containers: [{name: app}, {name: istio-proxy}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Deployment
        metadata: {name: cart}
        spec: {template: {spec: {containers: [{name: app, env: [{name: STOCK, value: 'http://stock:80'}]}]}}}
        ---
        kind: Pod
        metadata:
          name: cart-0
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}, {name: istio-proxy}]}
        status: {phase: Running}

    Remedy:
        Take the caller into the mesh (a sidecar or ambient mode), or set the mode to PERMISSIVE for these Pods.

    References:
        https://istio.io/latest/docs/reference/config/security/peer_authentication/
    """
    targets = [pod for pod in cluster.select(service.namespace, service.selector) if pod.ready]
    if not targets or not in_mesh(targets[0], cluster):
        return
    policy = next(policies("PeerAuthentication", targets[0], cluster), None)
    if policy is None or policy.text("spec", "mtls", "mode") != "STRICT" or policy.mapping("spec", "portLevelMtls"):
        return
    for caller in cluster.workloads():
        if caller.ref not in cluster.callers_of(service.ref):
            continue
        pods = [pod for pod in cluster.pods_of(caller.ref) if pod.expected_to_run]
        if not pods or any(in_mesh(pod, cluster) is not False for pod in pods):
            continue
        told = calls_to(caller, service, cluster)
        yield Match(
            message=f"{policy.ref} demands mutual TLS of whoever calls Service {service.name}, "
            f"and {caller.ref} calls it without being in the mesh",
            evidence=(
                policy.cite("spec.mtls.mode"),
                pods[0].cite("spec.containers"),
                *(call.evidence for call in told[:1]),
            ),
            blame=policy.ref,
            effects=(Effect(EffectKind.CALLS_FAILING, caller.ref),),
            about=f"{caller.ref} to {service.name}",
            directness=None if suffering(caller, told, cluster) else Directness.SUGGESTED,
            facts=(("caller", str(caller.ref)), ("service", service.name)),
        )
