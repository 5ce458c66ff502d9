"""A CronJob that changes a workload again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.container.memory import oom_evidence
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, CronJob, DaemonSet, Deployment, Pod, StatefulSet, Workload

_CHANGE = re.compile(
    r"kubectl\s+(?P<before>(?:-\S+(?:[ =][\w.-]+)?\s+)*)(?P<verb>patch|set\s+resources)\s+"
    r"(?P<flags>(?:-\S+(?:[ =][\w.-]+)?\s+)*)"
    r"(?P<kind>deploy(?:ments?)?|sts|statefulsets?|ds|daemonsets?)(?:\.apps)?[/\s]\s*(?P<name>[a-z0-9][\w.-]*)(?P<rest>.*)",
    re.DOTALL,
)
_NAMESPACE = re.compile(r"(?:^|\s)(?:-n|--namespace)[ =]?([\w.-]+)")
_KINDS: dict[str, type[Workload]] = {"d": Deployment, "s": StatefulSet}


@rule(Severity.ERROR, subject=CronJob, needs=(Pod,))
def cron_job_changes_workload(cron: CronJob, cluster: ClusterSnapshot) -> Matches:
    """The CronJob sets a workload's memory with kubectl at every run, and the workload's Pods are killed for memory.

    Why it matters:
        Whoever repairs the workload finds it changed back at the next run.

    Fires on:
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly}
        spec:
          schedule: '0 2 * * *'
          jobTemplate:
            spec:
              template:
                spec:
                  containers:
                  - name: kubectl
                    command: [sh, -c, kubectl -n shop set resources deployment/web --limits=memory=16Mi]
        ---
        {kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: [{name: app}]}}}}
        ---
        kind: Pod
        metadata:
          name: web-0
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
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
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly}
        spec:
          schedule: '0 2 * * *'
          jobTemplate:
            spec:
              template:
                spec:
                  containers:
                  - name: kubectl
                    command: [sh, -c, kubectl -n shop set resources deployment/web --limits=memory=1Gi]
        ---
        {kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: [{name: app}]}}}}
        ---
        kind: Pod
        metadata:
          name: web-0
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
        spec: {nodeName: n1, containers: [{name: app, resources: {limits: {memory: 1Gi}}}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]

    Remedy:
        Suspend the CronJob (`spec.suspend: true`), then repair the workload; correct what it sets before it runs
        again.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
    """
    if cron.suspended:
        return
    for container, workload, command in _changed(cron, cluster):
        killed = [
            fact
            for pod in cluster.pods_of(workload.ref)
            for failing in pod.containers
            for fact in oom_evidence(pod, failing, cluster)
        ]
        if not killed or "memory" not in command:
            continue
        yield Match(
            message=f"{cron.ref} changes {workload.ref} at {cron.schedule!r}: {command[:160]}",
            evidence=(cron.cite(f"{container.path}.command"), cron.cite(f"{container.path}.args"), *killed[:1]),
            blame=cron.ref,
            effects=(Effect(EffectKind.LIMITS_OVERWRITTEN, workload.ref),),
            about=str(workload.ref),
            facts=(("workload", str(workload.ref)),),
        )


def _changed(cron: CronJob, cluster: ClusterSnapshot) -> Iterator[tuple[Container, Workload, str]]:
    for container in cron.template.containers:
        text = " ".join(container.command)
        for found in _CHANGE.finditer(text):
            space = _NAMESPACE.search(f"{found['before']} {found['flags']} {found['rest']}")
            kind = _KINDS.get(found["kind"][0], Deployment) if found["kind"] not in {"ds", "daemonset"} else DaemonSet
            workload = cluster.get(kind, space[1] if space else cron.namespace, found["name"])
            if workload is not None:
                yield container, workload, found[0].strip()
