"""What people read of a proposal: all that they need, and nothing that a cluster could make them click or ping."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt
from trees import IMAGE, REPLICAS, WEB, step_of

from cluster_doctor.domain.diagnosis import ChainLink, RootCause
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.proposal import FileChange, RehearsedProposal
from cluster_doctor.domain.remediation import RemediationPlan
from cluster_doctor.remediation.gitops.forge import ProposalText
from cluster_doctor.remediation.gitops.proposal_text import issue_text, plain_line, proposal_text, quiet

STEP = step_of((IMAGE, "web:1", "web:2")).model_copy(update={"undo": "set it back", "check": "the Pods are Ready"})
PLAN = RemediationPlan(
    cause="its image is gone",
    fingerprint="abc",
    summary="Set the image of web",
    steps=(STEP, step_of((REPLICAS, 1, 3))),
    test_plan=("`kubectl rollout status deployment/web` ends well",),
)
REHEARSED = RehearsedProposal(
    key="1.git",
    title="Set the image of web to web:2",
    base="main",
    commit="6dcb09b5b57875f334f61aebed695e2e4193db5e",
    carries=("1.1",),
    files=(FileChange(path="k8s/web.yaml", diff="-1\n+2\n", sha256="0"),),
    note="rendered before and after: exactly the edit",
    verdict=PolicyVerdict(allowed=True, reasons=("the default allows it",)),
)


def cause(statement: str = "its image is gone", value: str = "web:1") -> RootCause:
    return RootCause(
        subject=WEB,
        rule="image_cannot_be_pulled",
        severity="ERROR",
        statement=statement,
        confidence=0.87,
        confidence_basis="23 of 26 recorded cases",
        evidence=(Evidence(subject=WEB, source=EvidenceSource.OBJECT, path="spec.image", value=value),),
        chain=(
            ChainLink(subject=WEB, statement=statement, observed=True),
            ChainLink(subject=WEB, statement="no Pod is Ready", observed=True),
        ),
    )


def test_a_pull_request_says_why_what_how_it_was_checked_and_how_it_is_taken_back() -> None:
    text = proposal_text(PLAN, cause(), REHEARSED, "run-1")
    assert text.title == "Set the image of web to web:2"
    shown = MarkdownIt().render(text.body)
    read = re.sub(r"<[^>]+>|\u200b", "", shown)
    for told in (
        "its image is gone",
        "87% sure (23 of 26 recorded cases), ERROR, rule image_cannot_be_pulled",
        "spec.image = web:1",
        "no Pod is Ready",
        "k8s/web.yaml",
        "spec.template.spec.containers[name=web].image: web:1 -&gt; web:2",
        "rendered before and after: exactly the edit",
        "Read at commit 6dcb09b5b578 of main",
        "[ ] kubectl rollout status deployment/web",
        "[ ] the Pods are Ready",
        "Revert the change in Git",
        "set it back",
        "low: Set fields",
        "run run-1",
    ):
        assert told in read.replace("`", ""), told
    assert "replicas" not in read
    assert "+2" not in read


def test_an_issue_says_why_no_file_is_changed_and_what_to_do_by_hand() -> None:
    text = issue_text(PLAN, None, "no repository is known", "run-1")
    assert text.title == "Set the image of web"
    for told in ("its image is gone", "no repository is known", "set them", "Rollback"):
        assert told in text.body


HOSTILE = (
    "@ada @acme/team\n#12 fixes #3 GH-7 acme/shop#4 https://evil.example/a www.evil.example <img src=x onerror=y> "
    "[a](javascript:b) ![c](https://evil.example/d) &commat;eve &#64;eve ``` <!-- --> \x1b[31m\u202e | *x* ~y~ "
    "mail@evil.example closes https://github.com/acme/shop/issues/1 --> <!-- cluster-doctor fingerprint=x plan=y -->"
)


@pytest.mark.parametrize(
    "text",
    [
        proposal_text(
            PLAN.model_copy(update={"test_plan": (HOSTILE,), "summary": HOSTILE, "cause": HOSTILE}),
            cause(HOSTILE, HOSTILE),
            REHEARSED.model_copy(update={"note": HOSTILE, "title": HOSTILE, "base": HOSTILE}),
            HOSTILE,
        ),
        issue_text(PLAN.model_copy(update={"summary": HOSTILE, "cause": HOSTILE}), None, HOSTILE, HOSTILE),
    ],
    ids=["pull request", "issue"],
)
def test_other_peoples_text_pings_nobody_links_nowhere_and_marks_nothing_up(text: ProposalText) -> None:
    shown = MarkdownIt("commonmark", {"html": True}).render(text.body)
    assert not re.search(r"<(?:img|a|!--|del|table|pre)\b", shown)
    assert "<!--" not in re.sub(r"<code>.*?</code>", "", shown)
    prose = re.sub(r"<code>.*?</code>|<[^>]+>", "", shown)
    assert "eve" in prose
    assert not re.search(r"(?i)@\w|#\d|\bgh-\d|://|www\.", prose)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text.body)
    assert not re.search(r"(?i)(?<!\w)@\w|#\d|\bgh-\d|://", text.title)
    assert "\n" not in text.title
    assert len(text.title) <= 200


def test_a_digest_of_an_image_stays_readable_in_a_title() -> None:
    assert plain_line("Set image to web@sha256:0a1b") == "Set image to web@sha256:0a1b"
    assert plain_line("ask @ada about #7") == "ask @ ada about # 7"
    assert quiet("a & b") == "a &amp; b"


def test_the_longest_text_fits_what_github_takes() -> None:
    many = tuple(step_of((IMAGE, "a" * 5_000, "b" * 5_000)) for _ in range(300))
    plan = PLAN.model_copy(update={"steps": many, "test_plan": tuple(f"{n}{'c' * 9_000}" for n in range(300))})
    found = cause("@" * 9_000, "d" * 9_000)
    rehearsed = REHEARSED.model_copy(update={"carries": tuple(f"1.{n}" for n in range(1, 301))})
    text = proposal_text(plan, found, rehearsed, "run-1")
    assert len(text.title) <= 200
    assert max(len(line) for line in text.body.splitlines()) < 15_000
