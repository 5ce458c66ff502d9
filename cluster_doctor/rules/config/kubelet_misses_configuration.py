"""Configuration that the kubelet says is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Pod, Secret

_MISSING = re.compile(
    r"couldn't find key (\S+) in (ConfigMap|Secret) (\S+)|(secret|configmap) \"([^\"]+)\" not found", re.IGNORECASE
)


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unwell_pods)
def kubelet_misses_configuration(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The kubelet says that a ConfigMap, Secret or key which the Pod names is missing.

    Why it matters:
        The kubelet's word holds where the object itself was not read: secrets are often not readable.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Pending
          containerStatuses:
          - name: app
            ready: false
            state: {waiting: {reason: CreateContainerConfigError, message: secret "db" not found}}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}

    Remedy:
        Create what the message names, or correct the name in the Pod template.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/
    """
    if not pod.expected_to_run:
        return
    for text_, evidence in _words(pod, cluster):
        found = _MISSING.search(text_)
        if not found:
            continue
        key, in_kind, in_name, kind, name = found.groups()
        what = (
            f"key {key} in {in_kind} {in_name.rpartition('/')[2]}"
            if key
            else f"{kind.lower()} {name.rpartition('/')[2]}"
        )
        missing = (in_name or name).rpartition("/")[2]
        known = cluster.exists(Secret if "secret" in (in_kind or kind).lower() else ConfigMap, pod.namespace, missing)
        named = any(reference.name == missing for reference in pod.spec.references())
        if named and ((known is False and not key) or (key and known)):
            return  # the rules that read the object itself say it with more
        yield Match(
            message=f"Pod {pod.name} lacks {what}",
            evidence=(evidence,),
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=missing,
            since=pod.created_at,
            facts=(("name", missing), ("key", key or ""), ("kind", in_kind or kind)),
        )
        return


def _words(pod: Pod, cluster: ClusterSnapshot) -> Iterator[tuple[str, Evidence]]:
    for container in pod.containers:
        if container.waiting == "CreateContainerConfigError":
            yield container.waiting_message, pod.cite(f"{container.status_path}.state.waiting.message")
    if pod.phase == "Pending":
        for event in cluster.events_about(pod.ref, "Failed", "FailedMount"):
            yield event.message, event.cite_message()
