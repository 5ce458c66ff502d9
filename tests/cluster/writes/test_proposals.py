"""From a fault to a merged pull request and a healed cluster, on a real API server and a real Git repository."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.api import TestCluster
from cluster.waiting import until
from cluster.writes.delivered import (
    GROUP,
    PLURAL,
    SHORT,
    WEB,
    Delivery,
    application_definition,
    git,
    outcome_of,
    yes,
)
from cluster.writes.killed import Countdown, ended, in_a_process
from cluster_doctor.domain.audit import AuditKind
from cluster_doctor.domain.proposal import ProposalState
from cluster_doctor.history.history import History
from cluster_doctor.history.run_log import RunState
from cluster_doctor.history.verifying import verify
from cluster_doctor.workflow.runs import Finished, Merging

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
POINTS = 6
"""Points of one proposal; a test holds the number."""


@pytest.fixture(scope="module", autouse=True)
def applications(cluster: TestCluster) -> Iterator[None]:
    cluster.create(application_definition(), "")
    yield
    cluster.delete("CustomResourceDefinition", None, f"{PLURAL}.{GROUP}")
    until(lambda: GROUP not in cluster.groups(), "discovery has forgotten Applications")


@pytest.fixture
def delivery(cluster: TestCluster, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Delivery]:
    name = f"delivered-{abs(hash(request.node.name)) % 10**8}"
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, name)
    yield Delivery(cluster, name, tmp_path)
    cluster.delete("Namespace", None, name)


def test_a_fault_is_proposed_merged_delivered_and_healed(delivery: Delivery) -> None:
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        run_id = standing.report.run_id
        (proposal,) = standing.rehearsal.offered_proposals
        assert standing.rehearsal.steps == ()
        assert [line for line in proposal.files[0].diff.splitlines()[2:] if line[0] in "+-"] == [
            "-    app: website   # as it was called before",
            "+    app: web   # as it was called before",
        ]
        assert "the finding is gone" in proposal.note
        assert delivery.branches == []

        asked = delivery.runs(history).answer(run_id, standing.interrupt_id, yes(standing))
        assert isinstance(asked, Merging)
        (made,) = outcome_of(asked).proposals
        assert (made.state, made.base, [made.branch]) == (ProposalState.CREATED, "main", delivery.branches)
        assert git(delivery.repository, "rev-list", "--count", f"main..{made.branch}").strip() == "1"
        assert delivery.selector == "website", "nothing but the merge changes the cluster"
        (patch,) = outcome_of(asked).exported
        assert "+    app: web" in Path(patch).read_text()
        assert history.log.run(run_id).state is RunState.MERGING

        still = delivery.runs(history).resume(run_id)
        assert isinstance(still, Merging), "nobody merged it yet"

        git(delivery.repository, "merge", "-q", "--no-ff", "-m", "Merge the fix", made.branch)
        later = threading.Timer(3, delivery.sync)
        later.start()
        healed = delivery.runs(history).resume(run_id)
        later.join()
        assert isinstance(healed, Finished)
        outcome = outcome_of(healed)
        assert (outcome.healed, outcome.escalated) == (True, "")
        assert outcome.proposals[0].state is ProposalState.MERGED
        assert outcome.proposals[0].commit == git(delivery.repository, "rev-parse", "main").strip()
        assert delivery.selector == "web"
        assert verify(history.store).faults == ()
        assert [entry.kind for entry in history.audit.of_run(run_id)] == [
            AuditKind.QUESTION, AuditKind.APPROVAL, AuditKind.WRITE_INTENT, AuditKind.WRITE_OUTCOME, AuditKind.ANSWER,
        ]  # fmt: skip
        again = delivery.runs(history).resume(run_id)
        assert isinstance(again, Finished), "a run that is done only reports"
        assert len(history.writes.of_run(run_id)) == 1


def test_what_is_merged_and_does_not_heal_is_left_to_people_with_the_way_back(delivery: Delivery) -> None:
    delivery.after_merge = SHORT
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        run_id = standing.report.run_id
        asked = delivery.runs(history).answer(run_id, standing.interrupt_id, yes(standing))
        git(delivery.repository, "merge", "-q", outcome_of(asked).proposals[0].branch)
        done = delivery.runs(history).resume(run_id)  # nobody syncs it
        outcome = outcome_of(done)
        head = git(delivery.repository, "rev-parse", "main").strip()
        assert outcome.healed is False
        assert outcome.escalated.startswith("merged, and it did not heal: still so: Service web")
        assert f"if it was not delivered yet: `argocd app sync {delivery.space}`" in outcome.escalated
        assert f"`git revert {head}` on main" in outcome.escalated
        assert git(delivery.repository, "rev-parse", "main").strip() == head, "nothing is reverted by itself"
        assert AuditKind.ESCALATION in [entry.kind for entry in history.audit.of_run(run_id)]


def test_a_proposal_whose_branch_was_removed_ends_the_run(delivery: Delivery) -> None:
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        run_id = standing.report.run_id
        asked = delivery.runs(history).answer(run_id, standing.interrupt_id, yes(standing))
        git(delivery.repository, "branch", "-q", "-D", outcome_of(asked).proposals[0].branch)
        done = delivery.runs(history).resume(run_id)
        assert isinstance(done, Finished)
        assert outcome_of(done).proposals[0].state is ProposalState.CLOSED
        assert outcome_of(done).healed is None


def test_a_base_that_moved_on_elsewhere_is_taken_up(delivery: Delivery) -> None:
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        delivery.commit(WEB.replace("# The web front.", "# The web front.\n# Ask ada.\n"))
        asked = delivery.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
        (made,) = outcome_of(asked).proposals
        assert made.state is ProposalState.CREATED
        assert "# Ask ada." in git(delivery.repository, "show", f"{made.branch}:k8s/web.yaml")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (WEB.replace("app: website ", "app: shopfront "), "Diagnose again"),
        (WEB.replace("app: website ", "app: web "), "as it is to become"),
        (WEB.replace("- {port: 80, targetPort: 8080}", "- {port: 81, targetPort: 8080}"), "moved on from"),
    ],
    ids=["another value", "the same value", "a neighbouring line"],
)
def test_a_base_that_was_edited_there_after_the_approval_is_not_proposed_onto(
    delivery: Delivery, text: str, why: str
) -> None:
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        delivery.commit(text, "somebody was faster")
        done = delivery.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
        assert isinstance(done, Finished)
        (refused,) = outcome_of(done).proposals
        assert refused.state is ProposalState.REFUSED
        assert why in refused.note
        assert delivery.branches == []
        assert history.writes.of_run(standing.report.run_id) == ()


def test_a_tag_cannot_be_proposed_onto(delivery: Delivery) -> None:
    delivery.revision = "v1"
    delivery.begin_with()
    git(delivery.repository, "tag", "v1")
    with History(delivery.home) as history:
        (proposal,) = delivery.diagnosed(history).rehearsal.proposals
        assert not proposal.is_offered
        assert "revision v1" in proposal.problem
        assert "no branch" in proposal.problem


def test_a_policy_that_was_edited_in_between_needs_a_new_rehearsal(delivery: Delivery) -> None:
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        (delivery.home / "policy.yaml").write_text("version: 1\nallow: []\n")
        done = delivery.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
        assert "the policy is another one" in outcome_of(done).note
        assert delivery.branches == []


@pytest.mark.parametrize("killed_at", range(POINTS))
def test_a_run_that_is_killed_while_it_proposes_goes_on_with_one_branch_and_one_commit(
    delivery: Delivery, killed_at: int
) -> None:
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
    run_id = standing.report.run_id

    def answer() -> None:
        with History(delivery.home) as inner:
            delivery.runs(inner, Countdown(killed_at)).answer(run_id, standing.interrupt_id, yes(standing))

    assert ended(in_a_process(answer)) == -signal.SIGKILL
    with History(delivery.home) as history:
        asked = delivery.runs(history).resume(run_id)
        assert isinstance(asked, Merging)
        (made,) = outcome_of(asked).proposals
        assert [made.branch] == delivery.branches
        assert git(delivery.repository, "rev-list", "--count", f"main..{made.branch}").strip() == "1"
        reflog = git(delivery.repository, "reflog", "show", "--format=%H", made.branch).split()
        assert len(reflog) == 1, "the branch was set once"
        assert [str(write.state) for write in history.writes.of_run(run_id)] == ["done"]
        assert verify(history.store).faults == ()


def test_the_points_are_as_many_as_are_tried(delivery: Delivery) -> None:
    delivery.begin_with()
    heard = Countdown()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        delivery.runs(history, heard).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
    assert len(heard.heard) == POINTS, heard.heard


def test_a_merge_before_the_killed_run_goes_on_is_found(delivery: Delivery) -> None:
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
    run_id = standing.report.run_id

    def answer() -> None:
        with History(delivery.home) as inner:
            delivery.runs(inner, Countdown(4)).answer(run_id, standing.interrupt_id, yes(standing))

    assert ended(in_a_process(answer)) == -signal.SIGKILL
    (branch,) = delivery.branches
    git(delivery.repository, "merge", "-q", branch)
    delivery.sync()
    with History(delivery.home) as history:
        done = delivery.runs(history).resume(run_id)
        assert isinstance(done, Finished)
        assert outcome_of(done).proposals[0].state is ProposalState.MERGED
        assert outcome_of(done).healed is True
        assert delivery.branches == [branch]


BOTH = """
version: 1
allow:
- name: what these tests change
  routes: [gitops, cluster]
  types: [patch_selector]
  namespaces: ["delivered-*"]
"""


def test_a_plain_yes_covers_the_pull_request_and_leaves_the_cluster_alone(delivery: Delivery) -> None:
    delivery.path, delivery.policy = "k8s", BOTH
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        assert list(standing.rehearsal.offers) == ["1.git", "1.1"]
        asked = delivery.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
        assert isinstance(asked, Merging)
        assert outcome_of(asked).steps == ()
        assert delivery.selector == "website"


def test_both_ways_are_taken_where_both_were_asked_for(delivery: Delivery) -> None:
    delivery.path, delivery.policy = "k8s", BOTH
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        run_id, both = standing.report.run_id, yes(standing, steps=("1.1", "1.git"))
        asked = delivery.runs(history).answer(run_id, standing.interrupt_id, both)
        assert isinstance(asked, Merging)
        assert (outcome_of(asked).applied, outcome_of(asked).healed, delivery.selector) == (True, True, "web")
        git(delivery.repository, "merge", "-q", outcome_of(asked).proposals[0].branch)
        delivery.sync()
        done = delivery.runs(history).resume(run_id)
        assert isinstance(done, Finished)
        assert outcome_of(done).healed is True
        assert delivery.selector == "web"


def test_a_controller_that_puts_a_change_back_is_noticed_and_not_fought(delivery: Delivery) -> None:
    delivery.path, delivery.policy, delivery.after_merge = "k8s", BOTH, SHORT
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        stop = threading.Event()

        def controlling() -> None:
            while not stop.wait(0.1):
                if delivery.selector != "website":
                    delivery.sync()

        controller = threading.Thread(target=controlling)
        controller.start()
        try:
            by_hand = yes(standing, steps=("1.1",))
            done = delivery.runs(history).answer(standing.report.run_id, standing.interrupt_id, by_hand)
        finally:
            stop.set()
            controller.join()
        outcome = outcome_of(done)
        assert (outcome.applied, outcome.healed) == (False, False)
        assert outcome.escalated.startswith("it did not heal: still so: Service web")
        writes = history.writes.of_run(standing.report.run_id)
        assert [str(write.kind) for write in writes if str(write.state) == "done"] == ["apply"], "one write, no second"
        assert delivery.selector == "website"
        assert AuditKind.ESCALATION in [entry.kind for entry in history.audit.of_run(standing.report.run_id)]


def test_another_cluster_behind_the_same_way_is_not_proposed_for(delivery: Delivery) -> None:
    delivery.begin_with()
    with History(delivery.home) as history:
        standing = delivery.diagnosed(history)
        answer = yes(standing)
        kubeconfig = delivery.cluster.kubeconfig
        text = kubeconfig.read_text()
        kubeconfig.write_text(text.replace("127.0.0.1", "localhost"))
        try:
            done = delivery.runs(history).answer(standing.report.run_id, standing.interrupt_id, answer)
        finally:
            kubeconfig.write_text(text)
        (refused,) = outcome_of(done).proposals
        assert refused.state is ProposalState.REFUSED
        assert "cluster-identity uncertain: another API server URL" in refused.note
        assert delivery.branches == []
