"""A new version that does not run while the old one does."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.ending import crashing_now, how_it_ended
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, Deployment, Pod, ReplicaSet

_FIELDS = ("image", "command", "args", "env", "envFrom", "resources", "securityContext", "volumeMounts", "workingDir")
"""What of a container's specification its process depends on."""


@rule(Severity.ERROR, subject=Deployment, needs=(ReplicaSet, Pod), directness=Directness.REPORTED)
def new_revision_crashes(deployment: Deployment, cluster: ClusterSnapshot) -> Matches:
    """Pods of the new revision keep ending, those of the one before run: what changed between them is the cause.

    Why it matters:
        What both have in common is no cause; the change is, and the old revision is a way back.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            spec:
              containers:
              - {name: app, image: 'web:2'}
        ---
        kind: ReplicaSet
        metadata:
          name: web-1
          annotations: {deployment.kubernetes.io/revision: '1'}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: web, controller: true}
        spec:
          template:
            spec:
              containers:
              - {name: app, image: 'web:1'}
        ---
        kind: ReplicaSet
        metadata:
          name: web-2
          annotations: {deployment.kubernetes.io/revision: '2'}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: web, controller: true}
        spec:
          template:
            spec:
              containers:
              - {name: app, image: 'web:2'}
        ---
        kind: Pod
        metadata:
          name: web-1-a
          ownerReferences:
          - {apiVersion: apps/v1, kind: ReplicaSet, name: web-1, controller: true}
        spec:
          nodeName: n1
          containers:
          - {name: app, image: 'web:1'}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'True'}
        ---
        kind: Pod
        metadata:
          name: web-2-a
          ownerReferences:
          - {apiVersion: apps/v1, kind: ReplicaSet, name: web-2, controller: true}
        spec:
          nodeName: n1
          containers:
          - {name: app, image: 'web:2'}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state:
              waiting: {reason: CrashLoopBackOff}
            lastState:
              terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            spec:
              containers:
              - {name: app, image: 'web:1'}
        ---
        kind: ReplicaSet
        metadata:
          name: web-1
          annotations: {deployment.kubernetes.io/revision: '1'}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: web, controller: true}
        spec:
          template:
            spec:
              containers:
              - {name: app, image: 'web:1'}
        ---
        kind: Pod
        metadata:
          name: web-1-a
          ownerReferences:
          - {apiVersion: apps/v1, kind: ReplicaSet, name: web-1, controller: true}
        spec:
          nodeName: n1
          containers:
          - {name: app, image: 'web:1'}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state:
              waiting: {reason: CrashLoopBackOff}
            lastState:
              terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}

    Remedy:
        Go back: `kubectl rollout undo deployment/NAME`; then read the log of the new revision.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment
    """
    revisions = sorted(
        (view for view in cluster.owned_by(deployment.ref, ReplicaSet) if view.revision),
        key=lambda replicas: replicas.revision,
    )
    if len(revisions) < 2:
        return
    new, older = revisions[-1], revisions[:-1]
    serving = next((old for old in reversed(older) if any(pod.ready for pod in cluster.pods_of(old.ref))), None)
    if serving is None or any(pod.ready for pod in cluster.pods_of(new.ref)):
        return
    failing = [pod for pod in cluster.pods_of(new.ref) if pod.expected_to_run]
    for container in new.template.containers:
        before = serving.template.container(container.name)
        crashed = [(pod, own) for pod in failing if (own := _crashes(pod, container, cluster))]
        changed = _changed(before, container) if before else []
        if before is None or not changed or not crashed:
            continue
        pod, own = crashed[0]
        yield Match(
            message=f"since revision {new.revision} changed {_shown(before, container, changed)} of container "
            f"{container.name} it keeps ending ({how_it_ended(own)}); Pods of revision {serving.revision} run",
            evidence=(
                pod.cite(own.ended[1]),
                new.cite(f"{container.path}.{changed[0]}"),
                serving.cite(f"{before.path}.{changed[0]}"),
            ),
            effects=tuple(Effect(EffectKind.CONTAINER_CRASHING, entry.ref) for entry, _ in crashed),
            because=tuple(Effect(EffectKind.CONTAINER_CRASHING, entry.ref) for entry, _ in crashed),
            about=container.name,
            since=new.created_at,
            facts=(
                ("container", container.name),
                ("changed", ",".join(changed)),
                ("image", container.image),
                ("before", before.image),
            ),
        )


def _changed(before: Container, now: Container) -> list[str]:
    """Fields of a container by which two revisions differ, those first that most often matter."""
    return [field for field in _FIELDS if before.raw.get(field) != now.raw.get(field)]


def _shown(before: Container, now: Container, changed: list[str]) -> str:
    image = f"image ({before.image} to {now.image})"
    return ", ".join(image if field == "image" else field for field in changed)


def _crashes(pod: Pod, container: Container, cluster: ClusterSnapshot) -> Container | None:
    own = pod.spec.container(container.name)
    return own if own and own.ended[0] and crashing_now(pod, own, cluster.taken_at) else None
