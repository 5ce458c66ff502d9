"""A Deployment at zero replicas that others count on."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.rollout.demand import missed_by
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, Service


@rule(Severity.ERROR, subject=Deployment, needs=(Service,))
def workload_is_scaled_to_zero(deployment: Deployment, cluster: ClusterSnapshot) -> Matches:
    """The Deployment is scaled to zero, while a Service leads to it and others call it.

    Why it matters:
        Nothing fails by itself: there are simply no Pods, and whoever calls the Service is refused.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 0
          template:
            metadata:
              labels: {app: web}
        status: {replicas: 0}
        ---
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80}
        ---
        kind: Deployment
        metadata: {name: shop}
        spec:
          replicas: 1
          template:
            spec:
              containers:
              - name: app
                env:
                - {name: WEB, value: 'http://web:80'}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 0
          template:
            metadata:
              labels: {app: web}
        status: {replicas: 0}
        ---
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80}
        ---
        kind: Deployment
        metadata: {name: web-canary}
        spec:
          replicas: 0
          template:
            metadata:
              labels: {app: shared}
        status: {replicas: 0}
        ---
        kind: Deployment
        metadata: {name: web-stable}
        spec:
          replicas: 2
          template:
            metadata:
              labels: {app: shared}
        status: {replicas: 2}
        ---
        kind: Service
        metadata: {name: shared}
        spec:
          selector: {app: shared}
          ports:
          - {port: 80}
        ---
        kind: Deployment
        metadata: {name: shop}
        spec:
          replicas: 1
          template:
            spec:
              containers:
              - name: app
                env:
                - {name: WEB, value: 'http://shared:80'}

    Remedy:
        Scale it to what it needs: `kubectl scale deployment/NAME --replicas=N`; find who scaled it down.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#scaling-a-deployment
    """
    if deployment.wanted != 0 or deployment.deleted_at or not deployment.has_status:
        return
    missed = missed_by(deployment, cluster)
    if not missed:
        return
    scaled = [event for event in cluster.events_about(deployment.ref, "ScalingReplicaSet") if " to 0" in event.message][
        :1
    ]
    yield Match(
        message=f"Deployment {deployment.name} is scaled to zero replicas, but {missed} needs it",
        evidence=(deployment.cite("spec.replicas"), *(event.cite_message() for event in scaled)),
        effects=(Effect(EffectKind.WORKLOAD_UNAVAILABLE, deployment.ref),),
        since=scaled[0].last_seen if scaled else None,
    )
