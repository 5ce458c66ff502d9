"""What is answered, with which evidence, and what nobody could see."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import orjson
import pytest
from workflow.incidents import SELECTS_NOTHING

from cluster_doctor import ask
from cluster_doctor.cli.main import run
from cluster_doctor.domain.answer import Answer, AnswerStatus
from cluster_doctor.domain.coverage import Coverage
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.question import IsHealthy, Named
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.file import write_snapshot
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

SCHEMA = Path(__file__).parents[2] / "docs" / "ask.schema.json"
SHOP = """
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: example.com/web:2
        env:
        - {name: DB, valueFrom: {secretKeyRef: {name: db, key: url}}}
        - {name: API, value: "http://api:80"}
status: {replicas: 2, readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2}
---
kind: Pod
metadata:
  name: web-new
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {nodeName: n1, containers: [{name: web, image: "example.com/web:2"}]}
status:
  phase: Running
  podIP: 10.0.0.1
  conditions: [{type: Ready, status: "True"}]
  containerStatuses: [{name: web, ready: true, restartCount: 0, state: {running: {}}}]
---
kind: Pod
metadata:
  name: web-old
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {nodeName: n2, containers: [{name: web, image: "example.com/web:1"}]}
status:
  phase: Running
  podIP: 10.0.0.2
  conditions: [{type: Ready, status: "True"}]
  containerStatuses:
  - name: web
    ready: true
    restartCount: 3
    state: {running: {}}
    lastState: {terminated: {reason: Error, exitCode: 1, finishedAt: "2026-01-01T11:30:00Z"}}
---
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{port: 80}]}
---
kind: Ingress
metadata: {name: front}
spec: {rules: [{http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
kind: Secret
metadata: {name: db}
"""


def _asked(question: str) -> Answer:
    return ask(question, source=snapshot_of(SHOP))


def _told(answer: Answer) -> list[tuple[str, str]]:
    return [(str(statement.subject), statement.text) for statement in answer.statements]


def test_the_old_image_is_another_than_that_of_the_template_now() -> None:
    answer = _asked("which pods use the old image?")
    assert _told(answer) == [
        ("Pod shop/web-old", "web uses image example.com/web:1, Deployment shop/web has example.com/web:2")
    ]
    facts = {fact.id: (str(fact.subject), fact.path, fact.value) for fact in answer.evidence}
    assert [facts[cited] for cited in answer.statements[0].cites] == [
        ("Pod shop/web-old", "spec.containers[0].image", "example.com/web:1"),
        ("Deployment shop/web", "spec.template.spec.containers[0].image", "example.com/web:2"),
    ]
    assert answer.evidence[0].command.startswith("kubectl get pods web-old -n shop -o jsonpath=")


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("which pods use image web:1", ["Pod shop/web-old"]),
        ("which pods use image example.com/web", ["Pod shop/web-new", "Pod shop/web-old"]),
        ("which pods use image eb:1", []),
        ("which pods are on node n1", ["Pod shop/web-new"]),
        ("which pods have label app=web and are on node n2", ["Pod shop/web-old"]),
        ("which pods are pending", []),
        ("which deployments are ready", ["Deployment shop/web"]),
        ("which deployments use secret db", ["Deployment shop/web"]),
        ("who uses secret db", ["Deployment shop/web"]),
        ("what depends on deployment web", ["Service shop/web"]),
        ("what depends on service web", ["Ingress shop/front"]),
        ("what depends on service api", ["Deployment shop/web"]),
        ("what depends on secret db", ["Deployment shop/web"]),
        ("what restarted since 1h", ["Pod shop/web-old"]),
        ("what restarted since 10m", []),
        ("how often did web restart", ["Pod shop/web-old"]),
    ],
)
def test_objects_are_found_by_what_holds_for_them(question: str, subjects: list[str]) -> None:
    answer = _asked(question)
    assert [str(statement.subject) for statement in answer.statements] == subjects
    assert answer.status is (AnswerStatus.ANSWERED if subjects else AnswerStatus.NOTHING)
    cluster = snapshot_of(SHOP)
    known = {fact.id for fact in answer.evidence}
    for statement in answer.statements:
        assert statement.cites
        assert set(statement.cites) <= known
    assert all(cluster.find(fact.subject) for fact in answer.evidence)


def test_a_restart_is_told_with_its_time_and_reason() -> None:
    (statement,) = _asked("what restarted").statements
    assert statement.text == "container web restarted 3 times in all, last at 2026-01-01 11:30:00 UTC (Error)"


@pytest.mark.parametrize(
    ("question", "hidden"),
    [
        ("which pods are pending", "Pod"),
        ("who uses secret db", "Pod"),
        ("what restarted since 10m", "Pod"),
        ("is deployment gone healthy", "Deployment"),
        ("why is gone failing", "Pod"),
    ],
)
def test_what_nobody_could_look_at_is_unknown_and_never_no(question: str, hidden: str) -> None:
    answer = ask(question, source=snapshot_of(SHOP.replace("kind: Pod", "kind: Lease"), hidden=(hidden, "Deployment")))
    assert answer.status is AnswerStatus.UNKNOWN
    assert answer.headline.startswith("It could not be seen: ")
    assert not answer.statements


def test_what_does_not_exist_is_said_with_the_evidence_of_absence() -> None:
    answer = _asked("is deployment gone healthy")
    assert (answer.headline, _told(answer)) == ("There is no Deployment gone", [("Deployment gone", "does not exist")])
    assert answer.evidence[0].source.value == "absence"


def test_a_name_that_may_mean_several_objects_is_refused() -> None:
    two = SHOP + "---\nkind: Deployment\nmetadata: {name: web, namespace: other}\n"
    with pytest.raises(UsageError, match="web may be Deployment other/web, Deployment shop/web"):
        ask("is web healthy", source=snapshot_of(two))
    there = ask("is web healthy", source=snapshot_of(two), namespaces=["shop"])
    assert there.headline == "Not yet: Deployment shop/web is Progressing: updatedReplicas is 1 of 2"
    assert ask("is shop/web healthy", source=snapshot_of(two)).status is AnswerStatus.ANSWERED


def test_why_is_the_diagnosis_of_that_object_alone() -> None:
    calm = SHOP.replace("http://api:80", "nobody")
    broken = SELECTS_NOTHING + "---\n" + calm.replace("name: web", "name: fine").replace("app: web}", "app: fine}")
    answer = ask("why is svc web failing", source=snapshot_of(broken))
    assert answer.statements[0].text.startswith("Service web selects app=web, which no Pod in namespace shop bears; ")
    assert {"spec.selector"} <= {fact.path for fact in answer.evidence}
    well = ask("why is deployment fine failing", source=snapshot_of(broken))
    assert (well.status, well.headline) == (AnswerStatus.NOTHING, "Nothing wrong was found at Deployment shop/fine")


def test_healthy_is_said_by_the_diagnosis_and_by_the_controller() -> None:
    rolled_out = snapshot_of(SHOP.replace("updatedReplicas: 1", "updatedReplicas: 2"))
    well = ask("is deployment web healthy", source=rolled_out)
    assert well.headline.startswith("Yes: Deployment shop/web is Healthy")
    assert ask("is svc web ok", source=snapshot_of(SELECTS_NOTHING)).headline.startswith("No: Service web selects")


def test_what_changed_has_its_time_and_its_evidence() -> None:
    written = SHOP.replace(
        "kind: Secret\nmetadata: {name: db}",
        """kind: ConfigMap
metadata:
  name: settings
  managedFields:
  - {manager: kubectl, operation: Update, time: "2026-01-01T11:00:00Z", fieldsV1: {"f:data": {"f:a": {}}}}
data: {a: b}""",
    )
    answer = ask("what changed since 2h", source=snapshot_of(written))
    assert any("2026-01-01 11:00:00 UTC" in statement.text for statement in answer.statements)
    assert not any(
        "11:00:00" in s.text for s in ask("what changed since 11:30", source=snapshot_of(written)).statements
    )


def test_a_question_that_was_understood_elsewhere_is_answered() -> None:
    asked = IsHealthy(of=Named(kind="deployment", name="web", namespace="shop"))
    answer = ask(asked, source=snapshot_of(SHOP))
    assert (answer.question, answer.understood) == ("", asked)
    assert answer.status is AnswerStatus.ANSWERED


def test_the_command_answers_in_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded = str(tmp_path / "shop.cds")
    write_snapshot(snapshot_of(SHOP), recorded)
    question = ["ask", "which pods use the old image?", "--from", recorded]
    assert run(question) == 0
    told = capsys.readouterr().out
    assert told.startswith("1 Pod found\n  Pod shop/web-old: web uses image example.com/web:1,")
    assert "kubectl get pods web-old -n shop" in told
    assert run([*question, "-o", "json"]) == 0
    jsonschema.validate(orjson.loads(capsys.readouterr().out), orjson.loads(SCHEMA.read_bytes()))
    assert run([*question, "-o", "markdown"]) == 0
    assert "- Pod shop/web\\-old: web uses image" in capsys.readouterr().out
    assert run(["ask", "help"]) == 0
    assert "which pods use the old image" in capsys.readouterr().out
    assert run(["ask", "what is love", "--from", recorded]) == 2
    assert "What can be asked" in capsys.readouterr().err
    bare = tmp_path / "one.yaml"
    bare.write_text("{apiVersion: v1, kind: Service, metadata: {name: x}}")
    assert run(["ask", "which pods are pending", "--from", str(bare)]) == 3


def test_silence_of_a_namespace_that_was_read_counts_there_alone() -> None:
    cluster = snapshot_of(SHOP)
    part = ClusterSnapshot(
        taken_at=cluster.taken_at,
        objects=cluster.objects,
        coverage=Coverage(lists=frozenset({"Pod/shop", "Deployment/shop", "Ingress/shop"})),
    )
    everywhere = ask("which pods are pending", source=part)
    assert (everywhere.status, everywhere.not_seen) == (
        AnswerStatus.UNKNOWN, ("Pod was read in shop only; ask about these with -n",)
    )  # fmt: skip
    assert ask("which pods are pending in shop", source=part).status is AnswerStatus.NOTHING
    assert ask("which pods are pending", source=part, namespaces=["shop"]).status is AnswerStatus.NOTHING
    assert ask("which pods are pending in other", source=part).status is AnswerStatus.UNKNOWN
    assert ask("restarts of web since 1m", source=part).status is AnswerStatus.NOTHING


def test_who_uses_what_does_not_exist_is_told() -> None:
    answer = ask("who uses secret db in shop", source=snapshot_of(SHOP.replace("kind: Secret", "kind: ServiceAccount")))
    assert answer.headline == "1 name Secret shop/db, which does not exist"
    assert _told(answer) == [
        ("Secret shop/db", "does not exist"), ("Deployment shop/web", "uses Secret shop/db")
    ]  # fmt: skip
