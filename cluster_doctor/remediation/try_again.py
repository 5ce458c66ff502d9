"""Lets controllers try again at once what they were refused and put off since.

A controller that may not make its Pods doubles its pause after each refusal, up to 1000 s (client-go,
DefaultTypedControllerRateLimiter). What it was refused for can be gone for a quarter of an hour before it notices. Any
write of its object makes it look at once, past that pause (kube-controller-manager: `updateRS` and its like add to the
queue). So an annotation does, and it changes nothing else: no Pod is started anew, and it can be taken away again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.rules.admission.rejection import refusals, rejection_of
from cluster_doctor.snapshot.management import management_of
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import DaemonSet, Namespace, ReplicaSet, ReplicationController, StatefulSet, Workload

TRY_AGAIN = "cluster-doctor.io/try-again"
"""Annotation that tells when somebody asked for another attempt. Nobody reads it; that it is written counts."""

SHORT = timedelta(minutes=1)
"""A controller that has been refused for less long tries again within that time by itself."""
MOST = 20
"""Objects at the most; more than a person looks through."""

_PUT_OFF = (DaemonSet, ReplicaSet, ReplicationController, StatefulSet)
"""Kinds whose controllers wait that long; that of Jobs waits a minute at the most."""


def and_again(change: Change, cluster: ClusterSnapshot, concerned: ObjectRef, words: str) -> Change:
    """Have those that were refused their Pods for a while try again right after a change.

    What a pull request changes is there only once it was delivered, so nobody is asked to try again before.

    Args:
        change: what takes the reason away.
        cluster: the picture.
        concerned: whose Pods are waited for: a workload, or a namespace.
        words: what the API server's refusals say that the change puts an end to.
    """
    if management_of(cluster, change.target):
        return change
    waiting = sorted(_put_off(cluster, concerned, words).items())[:MOST]
    again = tuple(_again(cluster, owner, since, change) for owner, since in waiting)
    return replace(change, then=(*change.then, *again))


def _put_off(cluster: ClusterSnapshot, concerned: ObjectRef, words: str) -> dict[ObjectRef, datetime]:
    """Whose Pods have been refused in such words, and since when."""
    since: dict[ObjectRef, datetime] = {}
    for event in refusals(cluster):
        rejection = rejection_of(event, cluster)
        if rejection is None or words not in rejection.words:
            continue
        if concerned not in {rejection.workload, Namespace.ref_to(None, rejection.owner.namespace or "")}:
            continue
        owner = cluster.find(rejection.owner)
        begun = _failing_since(owner) or rejection.at if isinstance(owner, _PUT_OFF) else None
        if begun is not None and cluster.taken_at - begun >= SHORT:
            since[rejection.owner] = min(begun, since.get(rejection.owner, begun))
    return since


def _failing_since(workload: Workload) -> datetime | None:
    """When a ReplicaSet's unbroken row of refusals began; other kinds do not tell."""
    condition = workload.condition("ReplicaFailure")
    return parse_time(condition.get("lastTransitionTime")) if text(condition, "status") == "True" else None


def _again(cluster: ClusterSnapshot, owner: ObjectRef, since: datetime, change: Change) -> Change:
    view = cluster.find(owner)
    raw = view.raw if view else {}
    minutes = int((cluster.taken_at - since).total_seconds() // 60)
    return Change(
        title=f"Let the controller of {owner} try again now",
        target=owner,
        instruction=f"Annotate {owner}, which makes its controller look at it at once. It has been refused its Pods "
        f"for {minutes} min, waits twice as long after each refusal, and would try again within 17 min at the latest.",
        precondition=f"done before: {change.title}",
        type=StepType.PATCH_ANNOTATION,
        edits=(edit_of(raw, ("metadata", "annotations", TRY_AGAIN), f"{cluster.taken_at:%Y-%m-%dT%H:%M:%SZ}"),),
        of_the_moment=True,
        check=f"{kubectl('describe', owner)} shows SuccessfulCreate",
        risk=Risk.LOW,
    )
