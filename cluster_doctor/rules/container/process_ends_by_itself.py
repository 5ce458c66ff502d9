"""A process that keeps ending for a reason of its own."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.ending import crashing_now, exit_code, how_it_ended
from cluster_doctor.rules.container.last_words import last_error
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.SUGGESTED, among=unwell_pods)
def process_ends_by_itself(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The container's process keeps ending with an error, and nothing outside it explains that.

    Why it matters:
        What is left is the program itself, its configuration or its version; its last lines say more.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: "2026-01-01T11:59:00Z"}}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: true
            restartCount: 0
            state:
              running: {startedAt: '2026-01-01T09:00:00Z'}

    Remedy:
        Read the log of the instance before: `kubectl logs --previous`; roll back if a new revision brought it.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/
    """
    if not pod.expected_to_run:
        return
    for container in pod.containers:
        if not crashing_now(pod, container, cluster.taken_at):
            continue
        ended, path = container.ended
        if not ended or text(ended, "reason") == "OOMKilled" or exit_code(container) in {137, 143}:
            continue
        said = last_error(pod, container, cluster)
        crash = Effect(EffectKind.CONTAINER_CRASHING, pod.ref)
        yield Match(
            message=f"the process of container {container.name} in Pod "
            f"{pod.name} ends by itself: {how_it_ended(container)}"
            + (f"; it logged: {str(said.value)[:200]}" if said else ""),
            evidence=(pod.cite(path), *((said,) if said else ())),
            effects=(crash,),
            because=(crash,),
            about=container.name,
            since=pod.created_at,
            facts=(("container", container.name), ("exit_code", str(exit_code(container)))),
        )
