"""A custom resource that its controller fails on, as its log tells."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom

_ERROR = re.compile(r"Reconciler error\b")
_FIELD = re.compile(r'"(controllerGroup|controllerKind|namespace|name|error)":\s?"((?:[^"\\]|\\.)*)"')
_PASSING = re.compile(
    r"the object has been modified|context canceled|already exists|too many requests|connection refused"
)
"""What the next attempt gets over, and what is the API server's trouble and not the resource's."""

OFTEN = 2
_LINES = 200


@rule(Severity.ERROR, subject=Custom, needs=(Records.LOGS,), directness=Directness.STATED)
def controller_cannot_reconcile(resource: Custom, cluster: ClusterSnapshot) -> Matches:
    """A controller logs again and again that it cannot bring about what the custom resource asks for.

    Why it matters:
        Many controllers write why they fail into their log alone; the resource itself looks as if nobody read it.

    Fires on:
        {apiVersion: db.example.com/v1, kind: Database, metadata: {name: orders}, spec: {storage: much}}
        ---
        kind: Pod
        metadata:
          name: operator-0
          labels: {app: operator}
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: operator, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        kind: Log
        subject: Pod/operator-0
        container: app
        lines:
        - >-
          Reconciler error {"controller": "database", "controllerGroup": "db.example.com", "controllerKind":
          "Database", "namespace": "shop", "name": "orders", "error": "spec.storage: Invalid value"}
        - >-
          Reconciler error {"controller": "database", "controllerGroup": "db.example.com", "controllerKind":
          "Database", "namespace": "shop", "name": "orders", "error": "spec.storage: Invalid value"}
        - >-
          Reconciler error {"controller": "database", "controllerGroup": "db.example.com", "controllerKind":
          "Database", "namespace": "shop", "name": "orders", "error": "spec.storage: Invalid value"}

    Stays quiet on:
        {apiVersion: db.example.com/v1, kind: Database, metadata: {name: orders}, spec: {storage: much}}
        ---
        kind: Pod
        metadata:
          name: operator-0
          labels: {app: operator}
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: operator, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        kind: Log
        subject: Pod/operator-0
        container: app
        lines:
        - 'Starting workers {"controller": "database"}'
        - 'Starting workers {"controller": "database"}'
        - 'Starting workers {"controller": "database"}'

    Remedy:
        Correct what the error names in the resource; its children are made anew from it.

    References:
        https://pkg.go.dev/sigs.k8s.io/controller-runtime/pkg/internal/controller
    """
    told = _failures(cluster).get(resource.ref, [])
    if len(told) < OFTEN or resource.deleted_at:
        return
    error, log, position = told[-1]
    yield Match(
        message=f"the controller of {resource.ref} fails on it: {error[:300]}",
        evidence=(log.cite(position),),
        blame=resource.ref,
        effects=(Effect(EffectKind.NOT_RECONCILED, resource.ref),),
        because=(
            Effect(EffectKind.NOT_RECONCILED, resource.ref),
            Effect(EffectKind.NOT_RECONCILED, cluster.workload_ref(log.subject)),
        ),
        facts=(("error", error[:500]),),
    )


def _failures(cluster: ClusterSnapshot) -> dict[ObjectRef, list[tuple[str, ContainerLog, int]]]:
    """Errors of controller-runtime's reconcilers, by the resource that they are about."""

    def read() -> dict[ObjectRef, list[tuple[str, ContainerLog, int]]]:
        found: dict[ObjectRef, list[tuple[str, ContainerLog, int]]] = {}
        for log in cluster.logs:
            for position in range(max(0, len(log.lines) - _LINES), len(log.lines)):
                line = log.lines[position]
                fields = dict(_FIELD.findall(line[:8000])) if _ERROR.search(line) else {}
                if fields.get("controllerKind") and not _PASSING.search(fields.get("error", "")):
                    ref = ObjectRef(
                        kind=fields["controllerKind"],
                        name=fields.get("name", ""),
                        namespace=fields.get("namespace") or None,
                        api_version=f"{fields.get('controllerGroup', '')}/v1",
                    )
                    found.setdefault(ref, []).append((fields.get("error", "").replace('\\"', '"'), log, position))
        return found

    return cluster.remember("errors of reconcilers", read)
