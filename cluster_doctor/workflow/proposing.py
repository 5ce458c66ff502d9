"""Where changes may be proposed: in the repositories that were named, as the policy that holds at that moment says."""

from __future__ import annotations

from collections.abc import Sequence

from cluster_doctor.history.history import History
from cluster_doctor.history.run_lock import Hold, unheld
from cluster_doctor.remediation.gitops.repositories import repositories_named
from cluster_doctor.remediation.policy import live_judge, load_policy
from cluster_doctor.remediation.proposals.access import ProposalAccess
from cluster_doctor.sources.live.target import Target
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import Writing


class ProposalAccesses:
    """Gives the way to propose changes. The policy is read anew each time."""

    def __init__(self, history: History, writing: Writing, hold: Hold = unheld) -> None:
        """Keep proposals in a history; `hold` makes sure that the run is still this process's to work on."""
        self._history, self._writing, self._hold = history, writing, hold

    def __call__(self, place: Place, repositories: Sequence[str]) -> ProposalAccess | None:
        """Open the way; None where no repository was named, neither now nor when the run began.

        Raises:
            RemediationError: a repository cannot be opened.
            PolicyError: the policy cannot be read.
        """
        named = self._writing.repositories or tuple(repositories)
        if not named:
            return None
        policy, writes = load_policy(self._writing.policy, self._history.home), self._history.writes
        recorded = place.path or place.snapshot or place.handed_over
        return ProposalAccess(
            repositories=repositories_named(named),
            log=writes,
            judge=live_judge(policy, writes),
            policy_digest=policy.digest,
            target=None if recorded else Target(kubeconfig=place.kubeconfig, context=place.context),
            patience=self._writing.after_merge,
            point=self._writing.point,
            hold=self._hold,
        )
