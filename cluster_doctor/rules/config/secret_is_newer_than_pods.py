"""Pods that hold credentials from before a change."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.dependency.failing_calls import callers_in_trouble, failing_calls
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Secret, Workload


@rule(Severity.ERROR, subject=Workload, needs=(Secret, Pod, Records.LOGS), among=callers_in_trouble)
def secret_is_newer_than_pods(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload's Pods are older than the Secret that their environment comes from, and are refused.

    Why it matters:
        Environment variables are read once, at the start; a rotated password reaches nobody who runs.

    Fires on:
        kind: Deployment
        metadata: {name: api}
        spec:
          template:
            spec:
              containers:
              - name: app
                envFrom:
                - secretRef: {name: db}
        ---
        kind: Secret
        metadata:
          name: db
          managedFields: []
          annotations: {}
          creationTimestamp: '2026-01-01T11:30:00Z'
        keys: [PASSWORD]
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
            ready: true
            state:
              running: {startedAt: '2026-01-01T10:00:00Z'}
        ---
        kind: Log
        subject: Pod/api-0
        container: app
        lines: [password authentication failed for user "api"]

    Stays quiet on:
        kind: Deployment
        metadata: {name: api}
        spec:
          template:
            spec:
              containers:
              - name: app
                envFrom:
                - secretRef: {name: db}
        ---
        kind: Secret
        metadata: {name: db, creationTimestamp: '2026-01-01T09:30:00Z'}
        keys: [PASSWORD]
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
            ready: true
            state:
              running: {startedAt: '2026-01-01T10:00:00Z'}
        ---
        kind: Log
        subject: Pod/api-0
        container: app
        lines: [password authentication failed for user "api"]

    Remedy:
        Restart the workload: `kubectl rollout restart`; mount the Secret as files if it is rotated often.

    References:
        https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables
    """
    refused = [call for call in failing_calls(workload.ref, cluster) if call.trouble is Trouble.CREDENTIALS]
    if not refused:
        return
    started = [c.running_since for pod in cluster.pods_of(workload.ref) for c in pod.containers if c.running_since]
    for container in workload.template.containers:
        for reference in container.references():
            secret = cluster.get(Secret, workload.namespace, reference.name) if reference.kind == Secret.kind else None
            if secret is None or secret.changed_at is None or not started or secret.changed_at <= max(started):
                continue
            yield Match(
                message=f"Pods of {workload.ref} run since {max(started):%H:%M} "
                f"with what Secret {secret.name} held then; "
                f"it was changed at {secret.changed_at:%H:%M}",
                evidence=(
                    secret.cite(
                        "changedAt" if secret.changed_at != secret.created_at else "metadata.creationTimestamp"
                    ),
                    refused[0].evidence,
                ),
                effects=(
                    Effect(EffectKind.CALLS_FAILING, workload.ref),
                    Effect(EffectKind.CREDENTIALS_OUTDATED, workload.ref),
                ),
                facts=(("secret", secret.name),),
            )
            return
