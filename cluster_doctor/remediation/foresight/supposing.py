"""The picture of a cluster as it would be if something were changed, for whoever wants to know what would follow.

What a program does when it runs cannot be told from what is written. The picture supposes that what changes rolls out
and runs well, as `settled_picture` says: what the rules find in it is wrong whatever the programs do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationPlan
from cluster_doctor.domain.steps import Verb
from cluster_doctor.remediation.fields import edited
from cluster_doctor.remediation.foresight.picture import edited_picture, settled_picture
from cluster_doctor.remediation.foresight.synced import synced
from cluster_doctor.snapshot.collector import collector_paused
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of

Object = dict[str, JsonValue]


@dataclass
class Supposition:
    """What is supposed to be changed: objects as they would be, and objects that would be gone."""

    changed: dict[ObjectRef, Object] = field(default_factory=dict)
    gone: set[ObjectRef] = field(default_factory=set)

    def deliver(self, cluster: ClusterSnapshot, written: Iterable[Object]) -> None:
        """Suppose that manifests were applied."""
        for manifest in written:
            ref = view_of(manifest).ref
            live = self._now(cluster, ref)
            self.changed[ref] = manifest if live is None else synced(live, manifest)

    def carry_out(self, cluster: ClusterSnapshot, plans: Sequence[RemediationPlan]) -> None:
        """Suppose that all steps of plans were made that a program can make.

        Raises:
            RemediationError: there is none, or one does not fit the objects.
        """
        made = 0
        for step in (step for plan in plans for step in plan.steps if step.type is not None):
            made += 1
            live = self._now(cluster, step.target)
            match step.verb:
                case Verb.DELETE | Verb.EVICT:
                    self.gone.add(step.target)
                    self.changed.pop(step.target, None)
                case Verb.CREATE:
                    self.changed[step.target] = step.manifest or {}
                case Verb.PATCH if live is None:
                    raise RemediationError(f"{step.target} was not read", "Give the change as a file of manifests.")
                case Verb.PATCH:
                    self.changed[step.target] = edited(live or {}, step.edits)
        if not made:
            raise RemediationError(
                "no step of the plan is one that a program can make", "Give the change as a file of manifests."
            )

    def picture(self, cluster: ClusterSnapshot, causes: Sequence[RootCause]) -> ClusterSnapshot:
        """The cluster with all of it made, and the workloads concerned rolled out and well.

        Args:
            cluster: how it is.
            causes: what was found there; who suffers from one whose object changes is supposed to be well again.
        """
        touched = {*self.changed, *self.gone}
        with collector_paused():
            made = edited_picture(cluster, self.changed, self.gone)
            users = {user.ref for ref in touched for user in made.users_of(ref)}
            theirs = {made.workload_ref(ref) for ref in users} | users | touched
            suffering = [
                ref
                for cause in causes
                if theirs & {cause.subject, *cause.affected}
                for ref in (cause.subject, *cause.affected, *(symptom.subject for symptom in cause.explains))
            ]
            return settled_picture(made, (*touched, *suffering, *users))

    def _now(self, cluster: ClusterSnapshot, ref: ObjectRef) -> Object | None:
        if ref in self.changed:
            return self.changed[ref]
        view = cluster.find(ref)
        return view.raw if view else None
