"""A Service that is called and does not exist."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.dependency.missing_services import (
    callers_of_missing,
    missing_service,
    workload_behind_missing,
)
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, Workload


@rule(Severity.ERROR, subject=Workload, needs=(Service,), among=callers_of_missing)
def service_does_not_exist(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload calls a Service that does not exist, although the workload behind it runs.

    Why it matters:
        Without the Service its name does not resolve; the Pods behind it are healthy and idle.

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
              containers:
              - name: app
                env:
                - {name: CART_URL, value: 'cart:7070'}
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
        kind: Deployment
        metadata: {name: cart}
        spec:
          template:
            metadata:
              labels: {app: cart}

    Stays quiet on:
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
              containers:
              - name: app
                env:
                - {name: CART_URL, value: 'cart:7070'}
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
        kind: Service
        metadata: {name: cart}
        spec:
          selector: {app: cart}
          ports:
          - {port: 7070}

    Remedy:
        Create the Service again; look into Git or the history for its last form.

    References:
        https://kubernetes.io/docs/concepts/services-networking/service/
    """
    for container in workload.template.containers:
        for path, host, port in container.addresses:
            missing = missing_service(host, port, workload, cluster)
            behind = workload_behind_missing(missing, cluster) if missing else None
            if missing is None or behind is None:
                continue
            yield Match(
                message=f"Service {missing.name} does not exist; {workload.ref} "
                f"calls it, and {behind.ref} waits behind it",
                evidence=(workload.cite(path), cluster.cite_absence(missing)),
                blame=missing,
                effects=(Effect(EffectKind.SERVICE_MISSING, missing), Effect(EffectKind.CALLS_FAILING, workload.ref)),
                because=(Effect(EffectKind.SERVICE_MISSING, missing),),
                facts=(("service", missing.name), ("port", str(port or "")), ("workload", behind.name)),
            )
