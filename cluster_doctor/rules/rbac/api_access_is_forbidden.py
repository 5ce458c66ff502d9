"""A process that the API server forbids something."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_pods, failing_with
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = re.compile(
    r"User \\?[\"']?system:serviceaccount:([^:\"'\\]+):([^\"'\\ ]+)\\?[\"']? cannot (\w+) resource \\?[\"']?([\w.-]+)"
)


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.REPORTED, among=failing_pods)
def api_access_is_forbidden(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process is forbidden to read or write objects that it needs.

    Why it matters:
        Operators and clients that watch the API end or stand still when a verb is missing in their Role.

    Fires on:
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
            ready: false
            restartCount: 5
            state:
              waiting: {reason: CrashLoopBackOff}
            lastState:
              terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['configmaps is forbidden: User "system:serviceaccount:shop:web" cannot list resource "configmaps"
            in API group "" in the namespace "shop"']

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
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: [listening on 8080]

    Remedy:
        Add the verb and resource to the Role that is bound to the ServiceAccount.

    References:
        https://kubernetes.io/docs/reference/access-authn-authz/rbac/
    """
    for container, found, evidence in failing_with(_WORDS, pod, cluster):
        yield Match(
            message=f"ServiceAccount {found[1]}/{found[2]} may not {found[3]} "
            f"{found[4]}, which container {container.name} needs",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_READY, pod.ref)),
            about=container.name,
            since=pod.created_at,
            facts=(("account", f"{found[1]}/{found[2]}"), ("verb", found[3]), ("resource", found[4])),
        )
