"""A volume that the kubelet cannot mount."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod

_MISSING = re.compile(
    r"not found(?! in the list of registered CSI drivers)|references non-existent|failed to sync (?:secret|configmap) cache|object \\S+ not registered"
)


@rule(Severity.ERROR, subject=Pod, needs=(Event,), directness=Directness.STATED, among=unwell_pods)
def volume_cannot_be_mounted(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The kubelet cannot mount a volume of the Pod, for a reason other than a missing object.

    Why it matters:
        A Pod starts only when all its volumes are mounted.

    Fires on:
        {kind: Pod, metadata: {name: db-1}, spec: {nodeName: n2}, status: {phase: Pending}}
        ---
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: Pod, name: db-1}
        reason: FailedMount
        type: Warning
        message: 'MountVolume.SetUp failed for volume "data" : hostPath type check failed: /srv/x is not a directory'

    Stays quiet on:
        {kind: Pod, metadata: {name: db-1}, spec: {nodeName: n2}, status: {phase: Running}}

    Remedy:
        Correct the path, type or options that the message names, or repair the storage behind it.

    References:
        https://kubernetes.io/docs/concepts/storage/volumes/
    """
    if not pod.expected_to_run or pod.phase != "Pending":
        return
    for event in cluster.events_about(pod.ref, "FailedMount", "FailedAttachVolume", "FailedMapVolume")[:5]:
        if _MISSING.search(event.message) or "Multi-Attach" in event.message or "timed out waiting" in event.message:
            continue
        yield Match(
            message=f"a volume of Pod {pod.name} cannot be mounted: {event.message}",
            evidence=(event.cite_message(),),
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            since=pod.created_at,
        )
        return
