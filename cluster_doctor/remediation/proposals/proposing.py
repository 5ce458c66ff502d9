"""Puts approved changes where they were approved for, exactly once, or says why not.

Right before each, the cluster's identity is read again, the policy is asked again, and the change is made again on what
the base branch holds by then: it has to be the one that a person saw. What is about to be written is on record before
it is. Whoever goes on after a kill proposes again under the same announcement, and the forge finds what was done: a
proposal is known by the fingerprint of its cause and the digest that was approved, which its commit names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState, RehearsedProposal
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep
from cluster_doctor.domain.step_keys import plan_of
from cluster_doctor.history.write_log import WriteRecord, WriteState
from cluster_doctor.remediation.cluster.identity import objection_to
from cluster_doctor.remediation.cluster.writer import open_writer
from cluster_doctor.remediation.gitops.forge import Proposal, ProposalText
from cluster_doctor.remediation.gitops.proposal_text import issue_text, proposal_text
from cluster_doctor.remediation.gitops.provenance import Provenance
from cluster_doctor.remediation.gitops.repositories import Repository, repository_named
from cluster_doctor.remediation.policy.facts import NamespaceLabels
from cluster_doctor.remediation.proposals.access import ProposalAccess
from cluster_doctor.remediation.proposals.announcing import ProposalRecord, outcome_of, refusal
from cluster_doctor.remediation.proposals.drafting import Draft, drafted, is_same_change, proposable
from cluster_doctor.remediation.proposals.rehearsing import verdict_on
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

_ATTEMPTS = 3
"""How often a proposal is made anew because the base branch moved on in that very moment."""


@dataclass(frozen=True)
class ProposalMandate:
    """What was approved, by whom and when, for which run, and the way to propose it.

    `exports` is where patches are written.
    """

    access: ProposalAccess
    run_id: str
    approvers: tuple[str, ...]
    at: datetime
    plans: Sequence[RemediationPlan]
    rehearsal: Rehearsal
    cluster: ClusterSnapshot
    causes: Sequence[RootCause]
    exports: Path


def make_proposals(mandate: ProposalMandate, keys: Collection[str]) -> tuple[tuple[ProposalOutcome, ...], list[str]]:
    """Make the proposals with some keys; one that cannot be made keeps none of the others back.

    Returns:
        What became of each, and the files of the patches.

    Raises:
        ClusterUnavailable: the cluster cannot be asked who it is; going on later finds out what happened.
    """
    made = [_Proposer(mandate, shown).made() for shown in mandate.rehearsal.offered_proposals if shown.key in keys]
    return tuple(outcome for outcome, _ in made), [patch for _, patch in made if patch]


class _Proposer:
    """Makes one proposal."""

    def __init__(self, mandate: ProposalMandate, shown: RehearsedProposal) -> None:
        self._mandate, self._shown, self._access = mandate, shown, mandate.access
        self._cluster = mandate.rehearsal.identity or mandate.cluster.identity
        self._record = ProposalRecord(mandate.access.log, mandate.run_id, mandate.approvers, self._cluster)
        number = plan_of(shown.key)
        self._plan = mandate.plans[number - 1]
        self._steps: Mapping[str, RemediationStep] = proposable(number, self._plan)
        self._provenance = Provenance(
            run=mandate.run_id,
            digest=mandate.rehearsal.digest,
            fingerprint=self._plan.fingerprint,
            approvers=mandate.approvers,
            at=mandate.at,
        )

    def made(self) -> tuple[ProposalOutcome, str]:
        """Make it, unless it was made before."""
        self._heard("begin")
        known = self._record.of(self._shown.key)
        if known is not None and known.state is not WriteState.INTENDED:
            return outcome_of(known, self._shown)
        try:
            self._require_same_cluster_and_policy()
            self._heard("cluster known")
            return self._reported(known) if self._shown.is_report else self._proposed(known)
        except RemediationError as error:
            return self._refused(known or self._record.of(self._shown.key), error)

    def _proposed(self, known: WriteRecord | None) -> tuple[ProposalOutcome, str]:
        for _ in range(_ATTEMPTS):
            steps, suffering = list(self._steps.values()), self._cause.subject if self._cause else None
            with drafted(self._mandate.cluster, steps, self._repositories, suffering) as (draft, forge):
                self._require_same_change(draft)
                self._heard("files known")
                known = known or self._announced()
                self._heard("announced")
                self._access.hold()
                proposal = forge.propose(draft.changes, self._provenance, self._text, draft.base)
                self._heard("sent")
                if proposal.base == draft.commit:
                    return self._stored(known, proposal)
        raise RemediationError(
            f"branch {self._shown.base} of {self._shown.repository} keeps moving", "Diagnose again when it rests."
        )

    def _reported(self, known: WriteRecord | None) -> tuple[ProposalOutcome, str]:
        known = known or self._announced()
        self._heard("announced")
        with self._repository.open() as forge:
            self._access.hold()
            url = forge.report(self._provenance, self._text)
        self._heard("sent")
        outcome = ProposalOutcome(
            key=self._shown.key, state=ProposalState.REPORTED, repository=self._shown.repository, url=url
        )
        self._record.made(known, outcome, "")
        self._heard("settled")
        return outcome, ""

    def _stored(self, known: WriteRecord, proposal: Proposal) -> tuple[ProposalOutcome, str]:
        patch = str(proposal.save(self._mandate.exports)) if proposal.patch else ""
        outcome = ProposalOutcome(
            key=self._shown.key,
            state=proposal.state,
            repository=self._shown.repository,
            base=self._shown.base,
            branch=proposal.branch,
            commit=proposal.commit,
            number=proposal.number,
            url=proposal.url,
            note="; ".join(proposal.notes),
        )
        self._record.made(known, outcome, patch)
        self._heard("settled")
        return outcome, patch

    def _refused(self, known: WriteRecord | None, error: RemediationError) -> tuple[ProposalOutcome, str]:
        """Say why it is not made; one that was announced may have been made before a kill, and is looked for."""
        if known is not None:
            found = self._found()
            if found is not None:
                self._record.made(known, found, "")
                return found, ""
            self._record.refused(known, error.what)
        return refusal(self._shown, error.sentence), ""

    def _found(self) -> ProposalOutcome | None:
        """The proposal as it stands in the repository; None if it does not."""
        asked = ProposalOutcome(
            key=self._shown.key,
            state=ProposalState.UNCHANGED,
            repository=self._shown.repository,
            base=self._shown.base,
            branch=self._provenance.branch,
        )
        with suppress(RemediationError), self._repository.open() as forge:
            found = forge.look_up(asked)
            if not self._shown.is_report and found.state is not ProposalState.CLOSED:
                return found
        return None

    def _announced(self) -> WriteRecord:
        first = next(iter(self._steps.values()))
        causes = [cause for cause in self._mandate.causes if cause.fingerprint == self._plan.fingerprint]
        evidence = [fact.command for cause in causes for fact in cause.evidence if fact.command]
        return self._record.announce(self._shown, first.target, self._provenance, evidence)

    def _require_same_cluster_and_policy(self) -> None:
        if self._access.target is None:
            self._require_policy(None)
            return
        with open_writer(self._access.target) as connection:
            objection = objection_to(connection.identity(), self._cluster)
            if objection:
                raise RemediationError(objection, "Find out which cluster this is.")
            self._require_policy(connection.namespace_labels)

    def _require_policy(self, labels_now: NamespaceLabels | None) -> None:
        verdict = verdict_on(self._access, self._steps, self._mandate.cluster, labels_now)
        if not verdict.allowed and not self._shown.is_report:
            raise RemediationError(f"the policy does not allow it: {'; '.join(verdict.reasons)}", "Ask for another.")

    def _require_same_change(self, draft: Draft) -> None:
        if draft.base != self._shown.base or not is_same_change(draft.files, self._shown.files):
            raise RemediationError(
                f"branch {self._shown.base} of {self._shown.repository} moved on from {self._shown.commit[:12]}, and "
                "the change would be another one than was approved",
                "Diagnose again.",
            )

    @property
    def _repositories(self) -> list[Repository]:
        """The repository that was approved; how to open it, and the path, are those that were named now."""
        named = [one for one in self._access.repositories if one.name == self._shown.repository]
        return named or [repository_named(self._shown.repository)]

    @property
    def _repository(self) -> Repository:
        return self._repositories[0]

    @property
    def _cause(self) -> RootCause | None:
        return next((it for it in self._mandate.causes if it.fingerprint == self._plan.fingerprint), None)

    @property
    def _text(self) -> ProposalText:
        if self._shown.is_report:
            return issue_text(self._plan, self._cause, self._shown.note, self._mandate.run_id)
        return proposal_text(self._plan, self._cause, self._shown, self._mandate.run_id)

    def _heard(self, point: str) -> None:
        self._access.point(f"propose {self._shown.key}: {point}")


def look_up_proposals(access: ProposalAccess, outcomes: Sequence[ProposalOutcome]) -> tuple[ProposalOutcome, ...]:
    """See what became of proposals since; one that cannot be asked about stays as it was, with a note that says so."""
    return tuple(_looked_up(access, outcome) if outcome.is_open else outcome for outcome in outcomes)


def _looked_up(access: ProposalAccess, outcome: ProposalOutcome) -> ProposalOutcome:
    try:
        repository = next(
            (one for one in access.repositories if one.name == outcome.repository), None
        ) or repository_named(outcome.repository)
        with repository.open() as forge:
            return forge.look_up(outcome)
    except RemediationError as error:
        return outcome.model_copy(update={"note": f"could not be looked up: {error.what}"})
