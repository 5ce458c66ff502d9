"""Two processes that answer one run at once: one answer counts."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection

from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.history.history import History
from cluster_doctor.history.run_log import RunState, StepState
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.workflow.runs import Finished, Runs, Waiting
from cluster_doctor.workflow.state import Place

ROUNDS = 5
BROKEN = """
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
kind: Deployment
metadata: {name: web}
spec: {template: {metadata: {labels: {app: website}}, spec: {containers: [{name: web, image: nginx}]}}}
status: {readyReplicas: 1}
---
kind: Pod
metadata: {name: web-0, labels: {app: website}}
spec: {containers: [{name: web, image: nginx}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
"""
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["cluster_doctor.workflow.runs", "cluster_doctor.rules.catalogue"])


def _answer(home: str, questions: Connection) -> None:
    """Answer one run after another, each as soon as it is named, until none is."""
    with History(home) as history:
        runs = Runs(history)
        questions.send("ready")
        while question := questions.recv():
            run_id, interrupt_id, digest = question
            try:
                approval = Approval(decision=Decision.APPROVE, digest=digest, approver="ada")
                standing = runs.answer(run_id, interrupt_id, approval)
                questions.send("won" if isinstance(standing, Finished) else "asked again")
            except RunError as error:
                questions.send(error.what)


def race(home: str, rounds: int) -> list[list[str]]:
    """Let two processes answer, round by round; return what each said, in order."""
    pairs = [PROCESSES.Pipe() for _ in range(2)]
    workers = [PROCESSES.Process(target=_answer, args=(home, theirs)) for _, theirs in pairs]
    for worker in workers:
        worker.start()
    told = []
    with History(home) as history:
        runs = Runs(history)
        place = Place(snapshot=history.evidence.put_snapshot(snapshot_of(BROKEN)))
        for ours, _ in pairs:
            assert ours.poll(60)
            ours.recv()
        for _ in range(rounds):
            standing = runs.begin(Incident(text="service web has no endpoints"), place)
            assert isinstance(standing, Waiting)
            for ours, _ in pairs:
                ours.send((standing.report.run_id, standing.interrupt_id, standing.digest))
            assert all(ours.poll(60) for ours, _ in pairs)
            told.append(sorted(ours.recv() for ours, _ in pairs))
            assert history.log.run(standing.report.run_id).state is RunState.FINISHED
            steps = history.log.steps(standing.report.run_id)
            assert [step.state for step in steps if step.node == "apply"] == [StepState.DONE]
    for ours, _ in pairs:
        ours.send(None)
    for worker in workers:
        worker.join(timeout=60)
    return told


def test_of_two_processes_that_answer_one_run_exactly_one_wins(home: str) -> None:
    for loser, winner in race(home, ROUNDS):
        assert winner == "won"
        assert "another process works on run" in loser or "may have been given already" in loser
