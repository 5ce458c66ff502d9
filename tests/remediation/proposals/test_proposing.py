"""Approved changes are made once, as they were shown, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from proposing.shops import SERVICE, WHO, access_to, clone_of, cluster_of, git

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.history.history import History
from cluster_doctor.history.write_log import WriteState
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.remediation.gitops.forge import Proposal, ProposalText
from cluster_doctor.remediation.gitops.local_repository import LocalRepository
from cluster_doctor.remediation.gitops.provenance import Provenance
from cluster_doctor.remediation.gitops.repositories import Repository
from cluster_doctor.remediation.gitops.source import FileChanges
from cluster_doctor.remediation.planner import plan_for
from cluster_doctor.remediation.proposals.access import ProposalAccess
from cluster_doctor.remediation.proposals.proposing import ProposalMandate, look_up_proposals, make_proposals
from cluster_doctor.remediation.proposals.rehearsing import rehearse_proposals
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

RUN = "20260101-120000-abcdef"
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "home") as opened:
        opened.log.begin(RUN, "", "")
        yield opened


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return clone_of(tmp_path / "shop")


def mandate_of(access: ProposalAccess, exports: Path, cluster: ClusterSnapshot | None = None) -> ProposalMandate:
    """What is shown to a person, approved as it is."""
    cluster = cluster or cluster_of()
    causes = diagnose(cluster, Incident()).root_causes
    plans = [plan for cause in causes if (plan := plan_for(cluster, cause))]
    proposals = rehearse_proposals(access, plans, cluster, causes)
    shown = Rehearsal(plan_digest="0" * 64, identity=WHO, proposals=proposals)
    return ProposalMandate(access, RUN, ("ada",), AT, plans, shown, cluster, causes, exports)


def made_of(mandate: ProposalMandate) -> ProposalOutcome:
    """What becomes of the only proposal."""
    (outcome,), _ = make_proposals(mandate, mandate.rehearsal.covered(None))
    return outcome


def test_a_second_call_finds_the_first(history: History, clone: Path, tmp_path: Path) -> None:
    mandate = mandate_of(access_to(history, [str(clone)]), tmp_path)
    first = make_proposals(mandate, {"1.git"})
    git(clone, "branch", "-D", first[0][0].branch)
    assert make_proposals(mandate, {"1.git"}) == first
    assert git(clone, "branch", "--list", "fix/*") == "", "what was made once is not made again"
    assert len(history.writes.of_run(RUN)) == 1


def test_what_was_not_approved_is_not_made(history: History, clone: Path, tmp_path: Path) -> None:
    mandate = mandate_of(access_to(history, [str(clone)]), tmp_path)
    assert make_proposals(mandate, {"1.1"}) == ((), [])
    assert git(clone, "branch", "--list", "fix/*") == ""


def test_the_commit_names_the_run_the_digest_and_the_person(history: History, clone: Path, tmp_path: Path) -> None:
    mandate = mandate_of(access_to(history, [str(clone)]), tmp_path)
    made = made_of(mandate)
    message = git(clone, "log", "-1", "--format=%B", made.branch).splitlines()
    assert message[0] == "Make Service shop/web select app=web"
    assert message[-4:] == [
        f"Cluster-Doctor-Run: {RUN}",
        f"Cluster-Doctor-Plan: {mandate.rehearsal.digest}",
        f"Cluster-Doctor-Fingerprint: {mandate.plans[0].fingerprint}",
        "Approved-by: ada",
    ]
    (record,) = history.writes.of_run(RUN)
    assert (record.step, record.cluster, record.approver) == ("1.git", WHO.system_uid, "ada")


@dataclass
class Moody:
    """A repository that does as it is told before each proposal, and keeps issues."""

    under: LocalRepository
    moods: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.under, name)

    def propose(self, changes: FileChanges, provenance: Provenance, text: ProposalText, revision: str = "") -> Proposal:
        """Propose, after what a test wants to happen in that very moment."""
        mood = self.moods.pop(0) if self.moods else ""
        folder = Path(self.under.name)
        if mood == "fails":
            raise RemediationError("the forge is out of order", "Try again later.")
        if mood:
            (folder / mood.partition(":")[0]).write_text(mood.partition(":")[2])
            git(folder, "add", ".")
            git(folder, "commit", "-qm", "meanwhile")
        return self.under.propose(changes, provenance, text, revision)

    def report(self, provenance: Provenance, text: ProposalText) -> str:
        """Keep an issue, one for each fingerprint."""
        if provenance.fingerprint not in self.reported:
            self.reported.append(provenance.fingerprint)
        return f"https://git.example.com/acme/shop/issues/{len(self.reported)}#{text.title}"


def moody(history: History, clone: Path, *moods: str) -> tuple[ProposalAccess, Moody]:
    """The way to such a repository."""
    access = access_to(history, [str(clone)])
    forge = Moody(LocalRepository(clone), list(moods))
    named = access.repositories[0]
    keeping = Repository(named.name, named.addresses, "", keeps_issues=True, open=lambda: nullcontext(forge))  # type: ignore[arg-type]  # it answers for what it wraps
    return replace(access, repositories=(keeping,)), forge


def test_a_base_that_moves_in_that_very_moment_is_taken_up(history: History, clone: Path, tmp_path: Path) -> None:
    access, _ = moody(history, clone, "README.md:meanwhile", f"k8s/web.yaml:# Ask ada.\n{SERVICE}")
    made = made_of(mandate_of(access, tmp_path))
    assert made.is_open
    assert git(clone, "rev-parse", f"{made.branch}~1") == git(clone, "rev-parse", "main")
    held = git(clone, "show", f"{made.branch}:k8s/web.yaml")
    assert "# Ask ada." in held, "what others did meanwhile is kept"
    assert "app: web " in held
    assert len(history.writes.of_run(RUN)) == 1


def test_a_forge_that_fails_makes_a_refusal_that_says_so(history: History, clone: Path, tmp_path: Path) -> None:
    access, _ = moody(history, clone, "fails")
    mandate = mandate_of(access, tmp_path)
    refused = made_of(mandate)
    assert (refused.state, refused.note) == (
        ProposalState.REFUSED, "the forge is out of order. Try again later.",
    )  # fmt: skip
    assert [record.state for record in history.writes.of_run(RUN)] == [WriteState.FAILED]
    assert made_of(mandate).state is ProposalState.REFUSED, "it is not tried again on the same word"
    assert git(clone, "branch", "--list", "fix/*") == ""


def test_an_issue_tells_people_where_no_file_is_known(history: History, clone: Path, tmp_path: Path) -> None:
    access, forge = moody(history, clone)
    mandate = mandate_of(access, tmp_path, cluster_of(marks=""))
    (shown,) = mandate.rehearsal.offered_proposals
    assert (shown.title, shown.files) == ("Open an issue: Make Service shop/web select app=web", ())
    assert shown.note.startswith("no file is known: nothing in the cluster says where Service shop/web is written down")
    assert forge.reported == []
    outcome = made_of(mandate)
    assert outcome.state is ProposalState.REPORTED
    assert outcome.url.startswith("https://git.example.com/acme/shop/issues/1")
    assert not outcome.is_open
    assert made_of(mandate) == outcome
    assert len(forge.reported) == 1


def test_what_cannot_be_looked_up_stays_open_and_says_so(history: History, clone: Path, tmp_path: Path) -> None:
    access = access_to(history, [str(clone)])
    made = made_of(mandate_of(access, tmp_path))
    clone.rename(tmp_path / "moved")
    (still,) = look_up_proposals(access, [made])
    assert still.is_open
    assert "is no Git repository" in still.note


def test_an_earlier_proposal_for_the_same_cause_is_updated(history: History, clone: Path, tmp_path: Path) -> None:
    access = access_to(history, [str(clone)])
    first = made_of(mandate_of(access, tmp_path))
    later = "20260102-120000-abcdef"
    history.log.begin(later, "", "")
    mandate = mandate_of(access, tmp_path)
    again = replace(mandate, run_id=later, rehearsal=mandate.rehearsal.model_copy(update={"policy_digest": "another"}))
    second = made_of(again)
    assert (second.state, second.branch) == (ProposalState.UPDATED, first.branch)
    assert git(clone, "rev-list", "--count", f"main..{first.branch}") == "1"
