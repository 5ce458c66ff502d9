"""Pods whose limits somebody lowered on their way in."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.admission.webhooks import changes_pods
from cluster_doctor.rules.container.memory import oom_evidence
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.quantity import format_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import MutatingWebhookConfiguration, Pod, ReplicaSet, Workload

_AUTOSCALED = "vpaUpdates"
"""Annotation of the vertical autoscaler, which changes requests and limits in the open."""


@rule(Severity.ERROR, subject=Pod, needs=(ReplicaSet,), among=unwell_pods)
def pod_limits_differ_from_template(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod is killed for memory, and its limit is lower than its ReplicaSet's template says.

    Why it matters:
        A mutating webhook changes Pods as they are created; raising the limit in the Deployment then changes
        nothing.

    Fires on:
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: {name: web-6d5}
        spec: {template: {spec: {containers: [{name: app, resources: {limits: {memory: 512Mi}}}]}}}
        ---
        kind: Pod
        metadata:
          name: web-6d5-x
          ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-6d5, controller: true}]
        spec: {nodeName: n1, containers: [{name: app, resources: {limits: {memory: 16Mi}}}]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: "2026-01-01T11:59:00Z"}}

    Stays quiet on:
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: {name: web-6d5}
        spec: {template: {spec: {containers: [{name: app, resources: {limits: {memory: 16Mi}}}]}}}
        ---
        kind: Pod
        metadata:
          name: web-6d5-x
          ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-6d5, controller: true}]
        spec: {nodeName: n1, containers: [{name: app, resources: {limits: {memory: 16Mi}}}]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: "2026-01-01T11:59:00Z"}}

    Remedy:
        Correct or remove the mutating webhook that changes the Pods, then restart the workload.

    References:
        https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
    """
    owner = cluster.find(pod.controller) if pod.controller else None
    if not isinstance(owner, Workload) or _AUTOSCALED in pod.annotations or not pod.expected_to_run:
        return
    for container in pod.containers:
        wanted = owner.template.container(container.name)
        written = wanted.limit("memory") if wanted else None
        actual = container.limit("memory")
        if wanted is None or written is None or actual is None or actual >= written:
            continue
        if not oom_evidence(pod, container, cluster):
            continue
        hook = _only_hook(cluster)
        yield Match(
            message=f"Pod {pod.name} got memory limit {format_quantity(actual, binary=True)} for container "
            f"{container.name}; {owner.ref} says {format_quantity(written, binary=True)}"
            + (f"; {hook} changes Pods on their way in" if hook else ""),
            evidence=(
                pod.cite(f"{container.path}.resources.limits"),
                owner.cite(f"{wanted.path}.resources.limits"),
            ),
            blame=hook,
            effects=(Effect(EffectKind.LIMITS_OVERWRITTEN, pod.ref),),
            about=container.name,
            facts=(("container", container.name), ("hook", str(hook or ""))),
        )


def _only_hook(cluster: ClusterSnapshot) -> ObjectRef | None:
    """Name the webhook configuration that changes Pods, if there is just one such."""
    hooks = [hook.ref for hook in cluster.all(MutatingWebhookConfiguration) if changes_pods(hook)]
    return hooks[0] if len(hooks) == 1 else None
