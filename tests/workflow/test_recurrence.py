"""Runs that meet again what earlier runs have met."""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
import yaml

from cluster_doctor.domain.errors import RunError, UsageError
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.recurrence import Likeness
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.domain.report import Report
from cluster_doctor.history.entry import Wanted
from cluster_doctor.history.history import History
from cluster_doctor.history.judging import judge
from cluster_doctor.history.past import JUDGEMENT
from cluster_doctor.history.run_log import RunState
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.file import read_snapshot
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.workflow.replay import replay
from cluster_doctor.workflow.runs import Runs, Standing, Waiting
from cluster_doctor.workflow.state import Place

HOMES = Path(__file__).parents[1] / "history" / "homes"
KILLED = """
kind: Deployment
metadata: {name: WORKLOAD, uid: d1}
spec:
  replicas: 1
  selector: {matchLabels: {app: WORKLOAD}}
  template:
    metadata: {labels: {app: WORKLOAD}}
    spec: {containers: [{name: app, image: 'shop:1', resources: {limits: {memory: 64Mi}}}]}
status: {replicas: 1, readyReplicas: 0, unavailableReplicas: 1}
---
kind: ReplicaSet
metadata:
  name: WORKLOAD-HASH
  uid: r1
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: WORKLOAD, uid: d1, controller: true}]
spec: {replicas: 1, selector: {matchLabels: {app: WORKLOAD}}}
status: {replicas: 1}
---
kind: Pod
metadata:
  name: WORKLOAD-HASH-RANDOM
  creationTimestamp: BEGAN
  labels: {app: WORKLOAD}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: WORKLOAD-HASH, uid: r1, controller: true}]
spec: {nodeName: n1, containers: [{name: app, image: 'shop:1', resources: {limits: {memory: 64Mi}}}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "False"}]
  containerStatuses:
  - name: app
    ready: false
    restartCount: RESTARTS
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: KILLED}}
"""
SERVED = """
---
kind: Service
metadata: {name: WORKLOAD}
spec: {selector: {app: WORKLOAD}, ports: [{port: 80}]}
---
kind: Endpoints
metadata: {name: WORKLOAD}
subsets: [{notReadyAddresses: [{ip: 10.0.0.9}], ports: [{port: 80}]}]
"""
FIRST, SECOND, THIRD, FOURTH = 3, 5, 7, 9
"""Hours at which incidents begin."""


def killed(
    workload: str = "checkout",
    template: str = "5c6f7d8b9c",
    random: str = "l8vkq",
    began: int = FIRST,
    restarts: int = 5,
    manifests: str = KILLED,
) -> ClusterSnapshot:
    """Picture a workload whose Pod is killed for memory."""
    filled = manifests.replace("WORKLOAD", workload).replace("HASH", template).replace("RANDOM", random)
    begin = datetime(2026, 1, 1, began, tzinfo=UTC)
    now = begin + timedelta(hours=2, minutes=restarts)
    filled = filled.replace("BEGAN", f"{begin:%FT%TZ}").replace("KILLED", f"{now - timedelta(minutes=1):%FT%TZ}")
    return snapshot_of(filled.replace("RESTARTS", str(restarts)), now=now)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "home") as opened:
        yield opened


def finished(runs: Runs, standing: Standing) -> Report:
    if isinstance(standing, Waiting):
        declined = Approval(decision=Decision.DECLINE, digest=standing.digest, approver="nobody")
        return runs.answer(standing.report.run_id, standing.interrupt_id, declined).report
    return standing.report


def diagnosed(history: History, cluster: ClusterSnapshot, text: str = "") -> Report:
    runs = Runs(history)
    place = Place(snapshot=history.evidence.put_snapshot(cluster))
    report = finished(runs, runs.begin(Incident(text=text), place))
    assert [cause.rule for cause in report.root_causes] == ["memory_limit_is_exceeded"], "the case must be worth it"
    return report


def likenesses(report: Report) -> list[tuple[Likeness, int, str]]:
    return [(told.likeness, told.times, told.last.run_id) for told in report.root_causes[0].seen_before]


def test_the_first_of_its_kind_was_not_seen_before(history: History) -> None:
    report = diagnosed(history, killed())
    assert report.root_causes[0].seen_before == ()
    assert report.recall_notes == ()


def test_a_recurrence_with_other_pods_names_the_run_before(history: History) -> None:
    first = diagnosed(history, killed())
    again = diagnosed(history, killed(template="7d4b9c8f6d", random="x2x4z", began=SECOND, restarts=9))
    assert likenesses(again) == [(Likeness.SAME, 1, first.run_id)]
    assert again.root_causes[0].seen_before[0].last.judgement is None
    third = diagnosed(history, killed(template="6bb7c9d8f4", random="qqqq2", began=THIRD))
    assert likenesses(third)[0][:2] == (Likeness.SAME, 2)


def test_a_recurrence_changes_nothing_else_of_the_report(history: History, tmp_path: Path) -> None:
    diagnosed(history, killed())
    again = diagnosed(history, killed(began=SECOND))
    with History(tmp_path / "other") as empty:
        alone = diagnosed(empty, killed(began=SECOND))
    plain = again.root_causes[0].model_copy(update={"seen_before": ()})
    assert plain == alone.root_causes[0]
    assert again.model_copy(update={"run_id": "", "root_causes": ()}) == alone.model_copy(
        update={"run_id": "", "root_causes": ()}
    )


def test_runs_on_the_same_picture_are_no_recurrence(history: History) -> None:
    diagnosed(history, killed(), "deployment checkout is down")
    assert diagnosed(history, killed(), "and again").root_causes[0].seen_before == ()


def test_what_still_lasts_was_looked_at_already_and_did_not_recur(history: History) -> None:
    first = diagnosed(history, killed(restarts=5))
    later = diagnosed(history, killed(restarts=8))
    assert likenesses(later) == [(Likeness.LASTING, 1, first.run_id)]


def test_the_same_kind_of_cause_elsewhere_is_told_as_that(history: History) -> None:
    first = diagnosed(history, killed("payments"))
    other = diagnosed(history, killed("checkout", began=SECOND))
    assert likenesses(other) == [(Likeness.KIND, 1, first.run_id)]


def test_the_same_cause_with_other_symptoms_is_told_as_that(history: History) -> None:
    first = diagnosed(history, killed())
    served = diagnosed(history, killed(began=SECOND, manifests=KILLED + SERVED))
    assert likenesses(served) == [(Likeness.CAUSE, 1, first.run_id)]


def test_fingerprints_are_equal_whatever_the_order_of_objects(history: History) -> None:
    parts = [part for part in yaml.safe_load_all(KILLED + SERVED) if part]
    turned = yaml.safe_dump_all(parts[::-1])
    one = diagnosed(history, killed(manifests=KILLED + SERVED)).root_causes[0]
    other = diagnosed(history, killed(manifests=turned, template="7d4b9c8f6d", random="zzzz9")).root_causes[0]
    assert (one.chain_fingerprint, one.kind_fingerprint) == (other.chain_fingerprint, other.kind_fingerprint)
    assert one.chain_fingerprint != one.kind_fingerprint != one.fingerprint


def test_what_happened_in_another_cluster_is_told_as_that(history: History) -> None:
    def of(server: str, began: int) -> Report:
        cluster = killed(began=began)
        cluster.identity = ClusterIdentity(server=server, system_uid=server)
        return diagnosed(history, cluster)

    of("https://prod", FIRST)
    assert not of("https://prod", SECOND).root_causes[0].seen_before[0].last.other_cluster
    elsewhere = of("https://staging", THIRD).root_causes[0].seen_before
    assert [told.last.other_cluster for told in elsewhere] == [True]


def test_what_a_person_confirmed_is_told_with_what_helped(history: History) -> None:
    first = diagnosed(history, killed())
    past, changed = judge(history, first.run_id, helped="raised the limit to 128Mi", by="ada")
    assert changed
    assert past.judgement is not None
    (told,) = diagnosed(history, killed(began=SECOND)).root_causes[0].seen_before
    assert told.last.judgement == past.judgement
    assert (told.judged[0].judgement or past.judgement).helped == "raised the limit to 128Mi"
    (step,) = [step for step in history.log.steps(first.run_id) if step.node == JUDGEMENT]
    assert step.input["rule"] == "memory_limit_is_exceeded"
    assert step.output == {"judgement": past.judgement.model_dump(mode="json")}


def test_what_a_person_marked_wrong_is_told_and_lowers_no_confidence(history: History) -> None:
    first = diagnosed(history, killed())
    judge(history, first.run_id, confirmed=False, helped="it was the node", by="ada")
    again = diagnosed(history, killed(began=SECOND)).root_causes[0]
    assert again.confidence == first.root_causes[0].confidence
    judgement = again.seen_before[0].judged[0].judgement
    assert judgement is not None
    assert (judgement.confirmed, judgement.helped, judgement.by) == (False, "it was the node", "ada")


def test_saying_the_same_again_changes_nothing_and_something_else_counts_from_then_on(history: History) -> None:
    run_id = diagnosed(history, killed()).run_id
    told = [
        judge(history, run_id, helped="password=hunter2hunter2", by="ada")[1],
        judge(history, run_id, helped="password=hunter2hunter2", by="ada")[1],
        judge(history, run_id, by="ada")[1],
        judge(history, run_id, by="bob")[1],
        judge(history, run_id, confirmed=False, by="bob")[1],
    ]
    assert told == [True, False, False, True, True]
    (found,) = history.incidents.search(Wanted(), 10)
    assert found.judgement is not None
    assert (found.judgement.confirmed, found.judgement.helped, found.judgement.by) == (False, "", "bob")
    assert len([step for step in history.log.steps(run_id) if step.node == JUDGEMENT]) == 3


@pytest.mark.parametrize("cause", ["1", "memory_limit_is_exceeded", "memory-limit-is-exceeded"])
def test_a_cause_is_named_by_its_number_or_its_rule(history: History, cause: str) -> None:
    assert judge(history, diagnosed(history, killed()).run_id, cause=cause, by="ada")[1]


def test_what_cannot_be_judged_is_an_error_and_leaves_no_trace(history: History) -> None:
    run_id = diagnosed(history, killed()).run_id
    for cause, helped, said in (("2", "", "names no cause"), ("other", "", "names no cause"), ("", "x" * 2001, "2001")):
        with pytest.raises(UsageError, match=said) as caught:
            judge(history, run_id, cause=cause, helped=helped, by="ada")
        assert caught.value.next_step
    with pytest.raises(RunError, match="there is no run"):
        judge(history, "nope", by="ada")
    waiting = Runs(history).begin(Incident(), Place(snapshot=history.evidence.put_snapshot(killed("cart"))))
    assert isinstance(waiting, Waiting)
    with pytest.raises(RunError, match="has not come to its end"):
        judge(history, waiting.report.run_id, by="ada")
    healthy = Runs(history).begin(Incident(), Place(snapshot=history.evidence.put_snapshot(snapshot_of(SERVICE))))
    with pytest.raises(UsageError, match="named no root cause"):
        judge(history, healthy.report.run_id, by="ada")
    assert not [run for run in history.log.runs() for step in history.log.steps(run.run_id) if step.node == JUDGEMENT]


SERVICE = "{kind: ConfigMap, metadata: {name: settings}}"


def test_a_replay_tells_what_was_known_then_and_not_what_happened_since(history: History) -> None:
    first = diagnosed(history, killed())
    second = diagnosed(history, killed(began=SECOND))
    third = diagnosed(history, killed(began=THIRD))
    judge(history, second.run_id, helped="more memory", by="ada")
    for before in (second, third):
        runs = Runs(history)
        again = finished(runs, replay(history, runs, before.run_id))
        assert again == before
        with pytest.raises(UsageError, match=f"only replays run {before.run_id}"):
            judge(history, runs.current, by="ada")
    fourth = diagnosed(history, killed(began=FOURTH))
    assert likenesses(fourth) == [(Likeness.SAME, 3, third.run_id)]
    found = [past.run_id for past in history.incidents.search(Wanted(), 10)]
    assert found == [fourth.run_id, third.run_id, second.run_id, first.run_id], "replays are no incidents"


def test_a_run_that_was_killed_at_its_very_end_is_found_once_it_is_resumed(history: History) -> None:
    report = diagnosed(history, killed(), "terminal " * 1000)
    history.log.mark(report.run_id, RunState.RUNNING)
    history.close()
    for path in history.home.glob("incidents.sqlite*"):
        path.unlink()
    with History(history.home) as again:
        assert again.incidents.search(Wanted(), 10) == [], "it had not come to its end"
        assert Runs(again).resume(report.run_id).report == report
        (found,) = again.incidents.search(Wanted(), 10)
        assert (found.run_id, again.log.run(report.run_id).state) == (report.run_id, RunState.FINISHED)
        assert len(found.incident) == 1000


def test_a_broken_index_is_told_and_the_diagnosis_comes_out_all_the_same(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "incidents.sqlite").write_bytes(b"nothing of the kind" * 100)
    with History(tmp_path) as history:
        runs = Runs(history, progress=said.append)
        place = Place(snapshot=history.evidence.put_snapshot(killed()))
        report = finished(runs, runs.begin(Incident(), place))
        assert report.root_causes
        assert "whether this was seen before is not known" in report.recall_notes[0]
        assert "Move it away" in report.recall_notes[0]
        assert any("this run cannot be searched for" in line for line in said)
        with pytest.raises(RunError, match="index of past incidents") as caught:
            history.incidents.search(Wanted(), 1)
        assert "Move it away" in caught.value.next_step
    (tmp_path / "incidents.sqlite").unlink()
    with History(tmp_path) as history:
        assert likenesses(diagnosed(history, killed(began=SECOND))) == [(Likeness.SAME, 1, report.run_id)], "made again"


def test_an_index_that_is_made_again_knows_what_people_said(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        run_id = diagnosed(history, killed()).run_id
        judge(history, run_id, confirmed=False, by="ada")
        past, _ = judge(history, run_id, helped="more memory", by="ada")
    for path in tmp_path.glob("incidents.sqlite*"):
        path.unlink()
    with History(tmp_path) as history:
        (found,) = history.incidents.search(Wanted(text="more memory"), 10)
        assert found.judgement == past.judgement


def test_a_home_from_before_there_was_an_index_is_taken_over(tmp_path: Path) -> None:
    with tarfile.open(HOMES / "before-incident-index.tar.xz") as packed:
        packed.extractall(tmp_path, filter="data")
    with sqlite3.connect(tmp_path / "runs.sqlite") as other:
        old = [row[0] for row in other.execute("SELECT run_id FROM runs WHERE state = 'finished'")]
    other.close()
    with History(tmp_path) as history:
        (found,) = history.incidents.search(Wanted(rule="service_selects_no_pods"), 10)
        assert [found.run_id] == old, "one run waits for an answer and is none"
        runs = Runs(history)
        before = runs.report(found.run_id)
        assert before.root_causes[0].seen_before == ()
        again, replayed = finished(runs, replay(history, runs, found.run_id)), runs.current
        assert (again.status, again.incident, again.claims) == (before.status, before.incident, before.claims)
        told = [(cause.rule, cause.subject, cause.statement) for cause in again.root_causes]
        assert told == [(cause.rule, cause.subject, cause.statement) for cause in before.root_causes]
        assert again.root_causes[0].seen_before == ()
        assert judge(history, found.run_id, helped="another selector", by="ada")[1]
        (waiting,) = [run.run_id for run in history.log.runs() if run.run_id not in {*old, replayed}]
        resumed = finished(runs, runs.resume(waiting))
        (cause,) = resumed.root_causes
        assert cause.seen_before == (), "it was diagnosed before there was an index"
        changed = history.evidence.snapshot(runs.case(waiting).snapshot)
        renamed = snapshot_of(yaml.safe_dump_all(_renamed(changed)))
        place = Place(snapshot=history.evidence.put_snapshot(renamed))
        (cause,) = finished(runs, runs.begin(Incident(), place)).root_causes
        judged = [past.judgement for told in cause.seen_before for past in told.judged]
        assert [judgement.helped for judgement in judged if judgement] == ["another selector"]


def _renamed(cluster: ClusterSnapshot) -> list[object]:
    return [
        {**raw, "metadata": {**dict(raw["metadata"]), "name": "web-9"}} if raw["kind"] == "Pod" else raw  # type: ignore[arg-type]
        for raw in cluster.objects
    ]


def test_nothing_that_is_kept_holds_a_credential(history: History) -> None:
    manifests = KILLED.replace(
        "image: 'shop:1',", "image: 'shop:1', env: [{name: DB_PASSWORD, value: hunter2hunter2}],"
    )
    text = "checkout is down, I ran curl https://ada:hunter2hunter2@db with password=hunter2hunter2"
    report = diagnosed(history, killed(manifests=manifests), text)
    judge(history, report.run_id, helped="export DB_PASSWORD=hunter2hunter2", by="ada")
    again = diagnosed(history, killed(began=SECOND, manifests=manifests))
    assert again.root_causes[0].seen_before
    assert "hunter2" not in again.model_dump_json()
    history.close()
    for path in history.home.rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes()


RECORDED = Path(__file__).parents[2] / "notebooks" / "incidents" / "checkout.cds"
OTHER_NAMES = {
    "698zt": "qq2zz",
    "xnrv8": "4www4",
    "6f5cc5cb78": "7f9bd8c6d4",
    "2bzbx": "vvv77",
    "zq9xk": "d5d5d",
    "57fb658f9b": "66c8d9f7b5",
    "2026-11-21T": "2026-11-28T",
}
"""What Kubernetes makes up anew each time, and the day."""


def test_a_recorded_incident_is_known_again_with_other_names_times_and_order(history: History) -> None:
    written = gzip.decompress(RECORDED.read_bytes()).decode()
    for old, new in OTHER_NAMES.items():
        assert old in written, old
        written = written.replace(old, new)
    document = orjson.loads(written)
    document["body"]["objects"] = document["body"]["objects"][::-1]
    body = orjson.dumps(document["body"], option=orjson.OPT_SORT_KEYS)
    document["sha256"] = hashlib.sha256(body).hexdigest()
    reports = []
    for cluster in (read_snapshot(RECORDED), read_snapshot(gzip.compress(orjson.dumps(document)))):
        runs = Runs(history)
        place = Place(snapshot=history.evidence.put_snapshot(cluster))
        reports.append(finished(runs, runs.begin(Incident(text="deployment checkout in shop is crash looping"), place)))
    first, again = reports
    assert "payments-66c8d9f7b5" in again.root_causes[0].statement, "the names are other ones indeed"
    assert likenesses(again) == [(Likeness.SAME, 1, first.run_id)]
