"""A whole run whose plan makes an object that is missing, in a clone and on a stateful GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from github_server.gate import Gate
from github_server.person import new_repository
from github_server.server import TOKEN as GITHUB_TOKEN
from proposing.shops import ACCOUNTLESS, NEEDING, TRACKED, clone_of, cluster_of, git

from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState
from cluster_doctor.domain.remediation import Approval, Decision, Route
from cluster_doctor.history.history import History
from cluster_doctor.remediation.gitops.github.credentials import API_URL, HOST, TOKEN
from cluster_doctor.snapshot.file import write_snapshot
from cluster_doctor.workflow.runs import Finished, Merging, Runs, Standing, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import Writing

KUSTOMIZED = {
    "k8s/web.yaml": NEEDING,
    "k8s/kustomization.yaml": "namespace: shop\nresources:\n- web.yaml   # the shop\n",
}
WRITTEN = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: runner\n"
CHART = {"k8s/Chart.yaml": "name: shop\nversion: 0.1.0\n", "k8s/templates/web.yaml": NEEDING}


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "home") as opened:
        yield opened


def begun(history: History, tmp_path: Path, repository: str, marks: str = "") -> Waiting:
    recorded = tmp_path / "cluster.cds"
    write_snapshot(cluster_of(marks=marks, text=ACCOUNTLESS), recorded)
    runs = Runs(history, writing=Writing(repositories=(repository,)))
    standing = runs.begin(Incident(), Place(path=str(recorded)))
    assert isinstance(standing, Waiting)
    return standing


def approved(history: History, standing: Waiting) -> Standing:
    answer = Approval(decision=Decision.APPROVE, digest=standing.digest, approver="ada")
    return Runs(history).answer(standing.report.run_id, standing.interrupt_id, answer)


def proposal_of(standing: Standing) -> ProposalOutcome:
    assert standing.report.remediation is not None
    assert standing.report.remediation.outcome is not None
    (found,) = standing.report.remediation.outcome.proposals
    return found


def as_text(files: dict[str, str]) -> str:
    return "".join(f"== {path}\n{content}" for path, content in files.items())


def test_a_missing_account_becomes_a_file_of_the_clone(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop", as_text(KUSTOMIZED))
    marks = TRACKED.replace("/Service:", "apps/Deployment:")
    standing = begun(history, tmp_path, str(clone), marks)
    assert standing.report.remediation is not None
    (step,) = standing.report.remediation.plans[0].steps
    assert (step.route, step.command) == (Route.GITOPS, "argocd app sync shop")
    assert "https://git.example.com/acme/shop.git, its default branch, k8s" in step.instruction
    (shown,) = standing.rehearsal.offered_proposals
    assert [file.path for file in shown.files] == ["k8s/kustomization.yaml", "k8s/runner-serviceaccount.yaml"]
    assert shown.files[1].diff.splitlines()[:2] == ["--- /dev/null", "+++ b/k8s/runner-serviceaccount.yaml"]
    assert "the finding is gone" in shown.note
    asked = approved(history, standing)
    assert isinstance(asked, Merging)
    branch = proposal_of(asked).branch
    assert git(clone, "diff", "--name-status", f"main..{branch}").split() == [
        "M", "k8s/kustomization.yaml", "A", "k8s/runner-serviceaccount.yaml",
    ]  # fmt: skip
    assert git(clone, "show", f"{branch}:k8s/runner-serviceaccount.yaml") == WRITTEN.strip()
    assert git(clone, "diff", f"main..{branch}", "--", "k8s/kustomization.yaml").endswith(
        " - web.yaml   # the shop\n+- runner-serviceaccount.yaml"
    )
    assert "100644" in git(clone, "ls-tree", branch, "k8s/runner-serviceaccount.yaml")
    (patch,) = (history.exports / standing.report.run_id).glob("*.patch")
    git(clone, "apply", "--check", str(patch))
    git(clone, "merge", "-q", "--squash", branch)
    git(clone, "commit", "-qm", "an account of its own")
    done = Runs(history).resume(standing.report.run_id)
    assert isinstance(done, Finished)
    assert proposal_of(done).state is ProposalState.MERGED


def test_a_file_of_that_name_that_came_since_is_not_written_over(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop", as_text(KUSTOMIZED))
    standing = begun(history, tmp_path, f"{clone}#k8s")
    (clone / "k8s/runner-serviceaccount.yaml").write_text("kind: Other\n")
    git(clone, "add", ".")
    git(clone, "commit", "-qm", "meanwhile")
    told = proposal_of(approved(history, standing))
    assert told.state is ProposalState.REFUSED
    assert "runner-serviceaccount.yaml is there and does not define ServiceAccount shop/runner" in told.note
    assert git(clone, "branch", "--list", "fix/*") == ""


def test_in_a_chart_nothing_is_proposed_in_a_clone(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop", as_text(CHART))
    standing = begun(history, tmp_path, f"{clone}#k8s")
    (shown,) = standing.rehearsal.proposals
    assert not shown.is_offered
    assert "ServiceAccount shop/runner belongs into its templates or values" in shown.problem


@pytest.fixture
def github(history: History, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setenv(TOKEN, GITHUB_TOKEN)
    monkeypatch.setenv(HOST, gate.host)
    monkeypatch.setenv(API_URL, gate.address)
    return history


def test_a_missing_account_becomes_a_pull_request(github: History, gate: Gate, tmp_path: Path) -> None:
    shop = new_repository(gate, KUSTOMIZED)
    standing = begun(github, tmp_path, f"{shop.url}#k8s")
    asked = approved(github, standing)
    assert isinstance(asked, Merging)
    made = proposal_of(asked)
    (pull,) = shop.pulls("open")
    assert "k8s/runner-serviceaccount.yaml" in pull["body"]
    assert shop.file("k8s/runner-serviceaccount.yaml", made.branch) == WRITTEN
    assert shop.file("k8s/kustomization.yaml", made.branch).endswith("# the shop\n- runner-serviceaccount.yaml\n")
    (patch,) = (github.exports / standing.report.run_id).glob("*.patch")
    assert "new file mode 100644" in patch.read_text()
    again = proposal_of(approved(github, begun(github, tmp_path, f"{shop.url}#k8s")))
    assert (again.number, len(shop.pulls())) == (made.number, 1)


@pytest.mark.parametrize("files", [CHART, {"k8s/other.yaml": "kind: Service\n"}], ids=["chart", "elsewhere"])
def test_where_no_file_can_hold_it_an_issue_tells_people(
    files: dict[str, str], github: History, gate: Gate, tmp_path: Path
) -> None:
    shop = new_repository(gate, files)
    standing = begun(github, tmp_path, f"{shop.url}#k8s")
    (shown,) = standing.rehearsal.offered_proposals
    assert shown.title.startswith("Open an issue: Create ServiceAccount shop/runner")
    done = approved(github, standing)
    assert isinstance(done, Finished)
    assert proposal_of(done).state is ProposalState.REPORTED
    (issue,) = [issue for issue in shop.ask("GET", "/issues?state=all") if "pull_request" not in issue]
    assert "runner" in issue["body"]
    assert shop.branches() == ["main"]
