"""Which clusters may be changed: live ones, where the policy that holds at that moment allows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cluster_doctor.history.history import History
from cluster_doctor.history.run_lock import Hold, unheld
from cluster_doctor.remediation.cluster.access import WriteAccess
from cluster_doctor.remediation.cluster.applying import Point, unheard
from cluster_doctor.remediation.cluster.confirming import Patience
from cluster_doctor.remediation.policy import live_judge, load_policy
from cluster_doctor.remediation.policy.entries import PolicyRoute
from cluster_doctor.remediation.proposals.access import AFTER_MERGE
from cluster_doctor.sources.live.target import Target
from cluster_doctor.workflow.state import Place


@dataclass(frozen=True)
class Writing:
    """How changes are made.

    Attributes:
        policy: file of the policy; the one in the home, else the built-in one, if it is None.
        kubeconfig: credentials that write; those that read by default.
        context: context of these.
        patience: how long healing may take.
        point: hears where the protocol stands.
        repositories: where changes may be proposed: folders or URLs; those that the run began with if there are none.
        after_merge: how long healing may take once a proposal is merged.
    """

    policy: Path | None = None
    kubeconfig: str | None = None
    context: str | None = None
    patience: Patience = field(default_factory=Patience)
    point: Point = unheard
    repositories: tuple[str, ...] = ()
    after_merge: Patience = AFTER_MERGE


class WriteAccesses:
    """Gives the way to change the cluster that a place names. The policy is read anew each time."""

    def __init__(self, history: History, writing: Writing, hold: Hold = unheld) -> None:
        """Keep writes in a history, and write as long as the run is held."""
        self._history, self._writing, self._hold = history, writing, hold

    def __call__(self, place: Place) -> WriteAccess | None:
        """Open the way; None for a recording, and where the policy allows no change in a cluster.

        Raises:
            PolicyError: the policy cannot be read.
        """
        if place.path or place.snapshot or place.handed_over:
            return None
        policy = load_policy(self._writing.policy, self._history.home)
        if not any(entry.routes is None or PolicyRoute.CLUSTER in entry.routes for entry in policy.allow):
            return None
        writes = self._history.writes
        return WriteAccess(
            target=Target(
                kubeconfig=self._writing.kubeconfig or place.kubeconfig,
                context=self._writing.context or (None if self._writing.kubeconfig else place.context),
            ),
            log=writes,
            judge=live_judge(policy, writes),
            policy_digest=policy.digest,
            patience=self._writing.patience,
            point=self._writing.point,
            hold=self._hold,
            any_certificate=policy.any_certificate,
        )
