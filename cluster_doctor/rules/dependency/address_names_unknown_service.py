"""An address that names a Service which does not exist."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.dependency.callers import suffers
from cluster_doctor.rules.dependency.failing_calls import failing_calls
from cluster_doctor.rules.dependency.missing_services import (
    callers_of_missing,
    missing_service,
    nearest,
    workload_behind_missing,
)
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, Workload


@rule(Severity.ERROR, subject=Workload, needs=(Service,), among=callers_of_missing)
def address_names_unknown_service(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """An environment variable of the workload names a host that is no Service of the cluster.

    Why it matters:
        Cluster DNS answers that the name does not exist; the caller fails, the called one looks healthy.

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
                - {name: CART_URL, value: 'carts:7070'}
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
        ---
        kind: Log
        subject: Deployment/api
        lines: ['dial tcp: lookup carts on 10.0.0.10:53: no such host']

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
        ---
        kind: Log
        subject: Deployment/api
        lines: [ok]

    Remedy:
        Correct the host in the variable, or create the Service that it names.

    References:
        https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
    """
    addresses = [
        (container, path, host, port, missing)
        for container in workload.template.containers
        for path, host, port in container.addresses
        if (missing := missing_service(host, port, workload, cluster)) is not None
        and not workload_behind_missing(missing, cluster)
    ]
    calls = failing_calls(workload.ref, cluster) if addresses else []
    nameless = [call for call in calls if call.trouble is Trouble.UNKNOWN_HOST and not call.host]
    only = len({missing for *_, missing in addresses}) == 1
    for container, path, host, port, missing in addresses:
        told = [call for call in calls if call.host.split(".")[0] == host.split(".")[0]]
        stated = bool(told)
        told = told or (nameless if only else [])
        if not told and not suffers(workload, cluster):
            continue  # an optional dependency that nobody misses
        near = nearest(missing, port, cluster)
        yield Match(
            message=f"container {container.name} of {workload.ref} calls {host}{f':{port}' if port else ''}, "
            "which is no Service" + (f"; Service {near} offers that port" if near else ""),
            evidence=(workload.cite(path), *(call.evidence for call in told[:1])),
            effects=(Effect(EffectKind.CALLS_FAILING, workload.ref), Effect(EffectKind.NAME_UNRESOLVED, missing)),
            about=f"{container.name}/{host}",
            directness=Directness.STATED if stated else Directness.COMPARED,
            facts=(("path", path), ("host", host), ("near", near)),
        )
