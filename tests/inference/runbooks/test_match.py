"""Which runbooks fit a root cause, and why."""

from __future__ import annotations

import random

import pytest

from cluster_doctor.domain.diagnosis import ChainLink, RootCause
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.incident import Symptom
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.runbooks import match as matching
from cluster_doctor.inference.runbooks.match import match_rule, match_runbooks
from cluster_doctor.inference.runbooks.page import Page
from cluster_doctor.sources.runbooks import RunbookText

WEB = ObjectRef(kind="Deployment", name="web", namespace="shop", api_version="apps/v1")
POD = ObjectRef(kind="Pod", name="web-5c6f7d8b9c-l8vkq", namespace="shop")
CAUSE = RootCause(
    subject=WEB,
    rule="memory_limit_is_exceeded",
    severity="ERROR",
    statement="container app of Pod web-5c6f7d8b9c-l8vkq is killed for memory; its limit is 64Mi",
    confidence=0.9,
    confidence_basis="test",
    evidence=(
        Evidence(
            subject=POD, source=EvidenceSource.OBJECT, path="status.lastState.terminated.reason", value="OOMKilled"
        ),
        Evidence(
            subject=POD, source=EvidenceSource.EVENT, path="Evicted", value="The node was low on resource: memory"
        ),
        Evidence(
            subject=POD, source=EvidenceSource.LOG, path="app", value="dial tcp 10.0.0.7:5432: connection refused"
        ),
    ),
    chain=(
        ChainLink(subject=WEB, statement="killed for memory", observed=True),
        ChainLink(subject=POD, statement="app waits: CrashLoopBackOff", observed=True, effect="container crashing"),
        ChainLink(subject=WEB, statement="slow", observed=False, effect="slow"),
    ),
    explains=(Symptom(subject=WEB, statement="keeps ending", rule="container_keeps_ending", fingerprint="f"),),
    fingerprint="c",
)


def told(*texts: str) -> list[tuple[str, int, tuple[str, ...]]]:
    """What is told of runbooks that are called a.md, b.md and so on."""
    pages = [Page(RunbookText(f"{'abcdefgh'[at]}.md", text)) for at, text in enumerate(texts)]
    matches, notes = match_runbooks(pages, CAUSE)
    assert notes == ()
    random.Random(1).shuffle(pages)
    assert match_runbooks(pages, CAUSE) == (matches, notes), "the order of files does not matter"
    return [(match.file, match.line, match.reasons) for match in matches]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("---\ntitle: T\nrules:\n- other\n- memory-limit-is-exceeded\n---\ntext", 5, "rule memory_limit_is_exceeded"),
        ("---\nrules: memory_limit_is_exceeded\n---\ntext", 2, "rule memory_limit_is_exceeded"),
        ("---\nrules: [container_keeps_ending]\n---\n", 2, "rule of a symptom container_keeps_ending"),
        ("---\nsymptoms: [oomkilled]\n---\n", 2, "reason OOMKilled"),
        ("---\nsymptoms: [Evicted]\n---\n", 2, "reason Evicted"),
        ("---\nsymptoms: [Connection  refused]\n---\n", 2, "symptom “Connection refused”"),
        ("---\nsymptoms: [container crashing]\n---\n", 2, "symptom container crashing"),
        (
            "intro\n\n# When memory_limit_is_exceeded fires\n",
            3,
            "rule memory_limit_is_exceeded in heading “When memory_limit_is_exceeded fires”",
        ),
        ("Pods **OOMKilled**\n===\n", 1, "reason OOMKilled in heading “Pods OOMKilled”"),
        ("# A\n\nfoo\nsee `OOMKilled` here\n", 4, "reason OOMKilled in the text below “A”"),
        ("# A\n\n```\nkubectl get pods\nCrashLoopBackOff\n```\n", 5, "reason CrashLoopBackOff in the text below “A”"),
        ("| state | do |\n|-|-|\n| x | y |\n| CrashLoopBackOff | z |\n", 4, "reason CrashLoopBackOff in the text"),
        ("---\ntitle: only a title\n---\n\n# OOMKilled\n", 5, "reason OOMKilled in heading “OOMKilled”"),
        ("# A\nif it is `Evicted`\n", 2, "reason Evicted in the text below “A”"),
        ("# Container crashing\n", 1, "symptom container crashing in heading “Container crashing”"),
        ("# Ü\r\nOOMKilled".replace("\r\n", "\n"), 2, "reason OOMKilled in the text below “Ü”"),
    ],
)
def test_a_runbook_that_names_the_cause_is_cited_with_its_line_and_the_reason(
    text: str, line: int, reason: str
) -> None:
    assert told(text) == [("a.md", line, (reason,))]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Something else\n\nabout Deployment and Pod and ConfigMap\n",
        "# It was evicted, and slow\n\nEvicted tenants sue.\n",
        "[a link](http://example.com/OOMKilled)\n",
        "<!-- OOMKilled -->\n",
        "# NotOOMKilledAtAll\n",
        "---\nrules: [image_does_not_exist]\n---\n# OOMKilled: its front matter says what it is for\n",
        "---\nrules: [memory_limit_is_exceeded]\nkinds: [StatefulSet, cronjobs]\n---\n",
        "---\nsymptoms: [refused connection, '!!', '']\n---\n",
    ],
)
def test_what_does_not_name_the_cause_is_not_cited(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize("kind", ["Deployment", "deploy", "pods", "POD"])
def test_a_runbook_bound_to_a_kind_of_the_cause_is_cited(kind: str) -> None:
    assert len(told(f"---\nrules: [memory_limit_is_exceeded]\nkinds: [{kind}]\n---\n")) == 1


def test_the_best_three_are_told_best_first() -> None:
    texts = (
        "a word on CrashLoopBackOff\n",
        "# OOMKilled\n",
        "---\nsymptoms: [OOMKilled]\n---\n",
        "---\nrules: [memory_limit_is_exceeded]\n---\n",
        "---\nrules: [memory_limit_is_exceeded]\nsymptoms: [OOMKilled]\n---\n",
    )
    assert [file for file, _, _ in told(*texts)] == ["e.md", "d.md", "c.md"]
    assert told(*texts)[0][2] == ("rule memory_limit_is_exceeded", "reason OOMKilled")


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("rules: [a", "no valid YAML: line 3"),
        ("- a", "no mapping"),
        ("rules: [{a: b}]", "rules should be a list of words"),
        ("url: javascript:alert(1)", "does not begin with https://"),
        ("rules: !!python/object/apply:os.system [x]\nsymptoms: 1", ""),
        ("a: " + "[" * 300, "nests more than"),
        ("x: \x07", "no valid YAML"),
    ],
)
def test_a_front_matter_that_cannot_be_read_is_noted_and_the_text_counts(front: str, said: str) -> None:
    page = Page(RunbookText("a.md", f"---\n{front}\n---\n# OOMKilled\n"))
    assert said in page.note
    assert bool(page.note) is bool(said)
    if said:
        (match,) = match_runbooks([page], CAUSE)[0]
        assert match.reasons == ("reason OOMKilled in heading “OOMKilled”",)


def test_a_rule_without_a_cause_is_looked_up_by_its_name_alone() -> None:
    pages = [
        Page(RunbookText("a.md", "---\nrules: [memory_limit_is_exceeded]\nkinds: [Job]\n---\n# Jobs\n")),
        Page(RunbookText("b.md", "# OOMKilled\n")),
    ]
    assert [match.title for match in match_rule(pages, "memory_limit_is_exceeded")[0]] == ["Jobs"]
    assert match_rule(pages, "image_does_not_exist") == ((), ())


def test_runbooks_that_are_too_long_together_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MOST_TAKEN_APART", 100)
    pages = [Page(RunbookText(f"{at}.md", "# OOMKilled\n" + "x" * 60)) for at in range(3)]
    matches, notes = match_runbooks(pages, CAUSE)
    assert [match.file for match in matches] == ["0.md"]
    assert notes == ("2 more runbooks that may fit were not looked at: they are too long together",)
