"""The write-ahead record of proposals: what is about to be put into a repository, and what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState, RehearsedProposal
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.history.audit import canonical
from cluster_doctor.history.write_log import WriteKind, WriteLog, WriteRecord, WriteState
from cluster_doctor.remediation.gitops.provenance import Provenance


@dataclass(frozen=True)
class ProposalRecord:
    """Proposals of one run, on some people's word, for one cluster."""

    log: WriteLog
    run_id: str
    approvers: tuple[str, ...]
    cluster: ClusterIdentity | None

    def of(self, key: str) -> WriteRecord | None:
        """The announcement of one proposal, if it was announced: it is announced once."""
        records = self.log.of_run(self.run_id)
        return next((record for record in records if record.step == key and record.kind is WriteKind.APPLY), None)

    def announce(
        self, shown: RehearsedProposal, target: ObjectRef, provenance: Provenance, evidence: Sequence[str]
    ) -> WriteRecord:
        """Put on record what is about to be proposed, and on which evidence.

        Raises:
            RunError: somebody else is about to propose it.
        """
        body: dict[str, JsonValue] = {
            "repository": shown.repository,
            "base": shown.base,
            "commit": shown.commit,
            "branch": "" if shown.is_report else provenance.branch,
            "fingerprint": provenance.fingerprint,
            "carries": list(shown.carries),
            "files": {file.path: file.sha256 for file in shown.files},
        }
        self.log.intend(
            self.run_id, shown.key, WriteKind.APPLY, target,
            hashlib.sha256(canonical(body).encode()).hexdigest(), body,
            cluster=(self.cluster.system_uid if self.cluster else "") or "",
            approver=", ".join(self.approvers),
            evidence=evidence,
            undo="revert the commit that the merge brings in",
        )  # fmt: skip
        announced = self.of(shown.key)
        if announced is None:
            raise LookupError(f"proposal {shown.key} of run {self.run_id} was announced and is not on record")
        return announced

    def made(self, record: WriteRecord, outcome: ProposalOutcome, patch: str) -> None:
        """Put on record that it was made."""
        detail: dict[str, JsonValue] = {"proposal": outcome.model_dump(mode="json"), "patch": patch}
        self.log.settle(record.number, WriteState.DONE, outcome.note, detail)

    def refused(self, record: WriteRecord, note: str) -> None:
        """Put on record that it was not made."""
        self.log.settle(record.number, WriteState.FAILED, note)


def outcome_of(record: WriteRecord, shown: RehearsedProposal) -> tuple[ProposalOutcome, str]:
    """What a settled announcement says: the outcome, and the file of the patch."""
    if record.state is WriteState.DONE:
        patch = record.detail.get("patch")
        return ProposalOutcome.model_validate(record.detail["proposal"]), str(patch or "")
    return refusal(shown, record.note), ""


def refusal(shown: RehearsedProposal, note: str) -> ProposalOutcome:
    """A proposal that was not made."""
    return ProposalOutcome(
        key=shown.key, state=ProposalState.REFUSED, repository=shown.repository, base=shown.base, note=note
    )
