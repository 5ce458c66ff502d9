"""A volume that the kubelet cannot mount."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.node.plugins import failing_driver
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, Event, Pod

_TOLD_ELSEWHERE = re.compile(
    r"not found(?! in the list of registered CSI drivers)|references non-existent|object \S+ not registered"
    r"|Multi-Attach"
)
"""Objects that are missing and volumes that another node holds have rules of their own."""
_DRIVER = re.compile(r"driver name (\S+) not found in the list of registered CSI drivers")
_NAME = re.compile(r"[\w.-]+")
_TIMEOUT = "timed out waiting"
"""Stands in what the kubelet says in sum; why the volume is not there it says in other Events, if it knows."""


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
    said = cluster.events_about(pod.ref, "FailedMount", "FailedAttachVolume", "FailedMapVolume")[:5]
    vague = [event for event in said if _TIMEOUT in event.message]
    clear = [event for event in said if event not in vague and not _TOLD_ELSEWHERE.search(event.message)]
    if not clear and len(vague) < len(said):
        return  # what was said clearly is told elsewhere
    for event in (clear or vague)[:1]:
        unstarted = Effect(EffectKind.POD_NOT_STARTED, pod.ref)
        driver = _DRIVER.search(event.message)
        yield Match(
            message=f"a volume of Pod {pod.name} cannot be mounted: {event.message}",
            evidence=(event.cite_message(),),
            effects=(unstarted,),
            because=(
                *(() if clear else (unstarted,)),
                *(failing_driver(driver[1], pod.node_name, cluster) if driver else ()),
                *_of_named_resources(event.message, cluster),
            ),
            since=pod.created_at,
            directness=None if clear else Directness.REPORTED,
        )


def _of_named_resources(message: str, cluster: ClusterSnapshot) -> Iterator[Effect]:
    """How custom resources fare that a message names: storage systems keep one for each volume, named alike."""
    named = set(_NAME.findall(message))
    return (Effect(EffectKind.NOT_RECONCILED, made.ref) for made in cluster.all(Custom) if made.name in named)
