"""A process that the API server forbids something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.final_complaint import keeps_saying
from cluster_doctor.rules.container.last_words import failing_with
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import pods_with_logs
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, Custom, Pod, ServiceAccount

_WORDS = wording(
    r"User \\?[\"']?system:serviceaccount:([^:\"'\\]+):([^\"'\\ ]+)\\?[\"']? cannot (\w+) resource \\?[\"']?([\w.-]+)",
    " cannot ",
)
_NAMED = re.compile(r"\b[a-z]+\.([a-z0-9.-]+\.[a-z]+) \\?[\"']([\w.-]+)\\?[\"'] is forbidden")
"""How the API server names one object of an extension: `backups.backup.example.com "weekly" is forbidden`."""


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.REPORTED, among=pods_with_logs)
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
    told = list(failing_with(_WORDS, pod, cluster))
    repeated = () if told else tuple(_still_running(pod, cluster))
    for container, found, evidence in told or repeated:
        undone = tuple(_left_undone(str(evidence.value), cluster))
        yield Match(
            message=f"ServiceAccount {found[1]}/{found[2]} may not {found[3]} "
            f"{found[4]}, which container {container.name} needs",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(
                Effect(EffectKind.CONTAINER_CRASHING, pod.ref),
                Effect(EffectKind.POD_NOT_READY, pod.ref),
                *undone,
            ),
            because=(Effect(EffectKind.ACCESS_FORBIDDEN, ServiceAccount.ref_to(found[1], found[2])),),
            about=container.name,
            since=pod.created_at,
            directness=Directness.STATED if undone or repeated else None,
            facts=(("account", f"{found[1]}/{found[2]}"), ("verb", found[3]), ("resource", found[4])),
        )


def _still_running(pod: Pod, cluster: ClusterSnapshot) -> Iterator[tuple[Container, re.Match[str], Evidence]]:
    """Containers that go on running although they are forbidden the same again and again, as controllers do."""
    if not pod.expected_to_run:
        return
    evidence = keeps_saying(pod, _WORDS, cluster)
    found = _WORDS.search(str(evidence.value)) if evidence else None
    if evidence is None or found is None:
        return
    named = evidence.path.partition("[")[0]
    for container in pod.containers:
        if container.name == named or len(pod.containers) == 1:
            yield container, found, evidence


def _left_undone(line: str, cluster: ClusterSnapshot) -> Iterator[Effect]:
    """What becomes of the custom resource that a line names: it is neither seen to nor cleared away."""
    named = _NAMED.search(line)
    for resource in cluster.all(Custom) if named else ():
        if named and resource.name == named[2] and resource.ref.group == named[1]:
            yield Effect(EffectKind.NOT_DELETED, resource.ref)
            yield Effect(EffectKind.NOT_RECONCILED, resource.ref)
