"""An etcd that refuses what controllers create."""

from __future__ import annotations

import re

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import refusals, rejection_in
from cluster_doctor.rules.controlplane.control_plane import component
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event

_WORDS = re.compile(
    r"etcdserver: (?:mvcc: database space exceeded|no space|request timed out|leader changed|too many requests)"
)


@rule(Severity.CRITICAL, subject=Event, directness=Directness.STATED, among=refusals)
def etcd_refuses_writes(event: Event, cluster: ClusterSnapshot) -> Matches:
    """A controller could not create its objects because etcd refused to store them.

    Why it matters:
        etcd holds the state of the cluster: without space, without a leader or with a slow disk nothing can change.

    Fires on:
        kind: Event
        metadata: {name: 'e1'}
        involvedObject: {kind: ReplicaSet, name: web-1, apiVersion: apps/v1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: etcdserver: mvcc: database space exceeded'

    Stays quiet on:
        kind: Event
        metadata: {name: 'e1'}
        involvedObject: {kind: ReplicaSet, name: web-1, apiVersion: apps/v1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: pods "web-1-x" is forbidden: exceeded quota'

    Remedy:
        Without space: compact, defragment and disarm the alarm. Timeouts: look at the disk's and network's latency.

    References:
        https://etcd.io/docs/latest/op-guide/maintenance/#space-quota
        https://etcd.io/docs/latest/faq/
    """
    said = rejection_in(_WORDS, event, cluster)
    if said is None:
        return
    rejection, found = said
    yield Match(
        message=f"etcd refuses writes: {found[0]}",
        evidence=(rejection.evidence,),
        blame=component("etcd", cluster),
        effects=rejection.effects,
        since=rejection.at,
        about=found[0],
    )
