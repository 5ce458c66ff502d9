"""What a model adds where the rules are left without the one that knows the fault, and what a bad one spoils.

    python -m tests.models.reach              # incidents that no rule can know; each rule's example, without it
    python -m tests.models.reach RECORDINGS   # Cloud-OpsBench recordings, each without the rule that names its fault

An oracle plays the best model there could be: it looks where the fault is and cites it. That it looks there is given to
it; what becomes of that is up to the engine. The others play the worst.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cluster_doctor.agents.diagnostician import conclude, find_root_causes
from cluster_doctor.agents.hypothesizer import suspect
from cluster_doctor.agents.investigator import investigate
from cluster_doctor.domain.diagnosis import ChainLink, Diagnosis, RootCause, Status
from cluster_doctor.domain.evidence import EvidenceSource
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.evaluation.opsbench import cases_below
from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.example import NAMESPACE, snapshot_of
from cluster_doctor.rules.rule_set import rule_set
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.opsbench.source import OpsBenchSource
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.tools.looking import Looking

from .actors import SUSPECTS, Body, calls, hallucinating, inquiry, read, statement, suspects
from .in_process import access_to
from .incidents import own_words

Actor = Callable[[Body], Body]


@dataclass(frozen=True)
class LeftOpen:
    """A picture whose fault the rules do not find, because the one that knows it was left out."""

    name: str
    cluster: ClusterSnapshot
    without: tuple[str, ...]
    cause: RootCause
    before: Diagnosis


def beyond_rules() -> Iterator[LeftOpen]:
    """Incidents that are told in a program's own words; the rules leave them open as they are."""
    for name, text in own_words():
        cluster = snapshot_of(text)
        before = find_root_causes(Incident(), cluster)
        if before.left_open:
            yield LeftOpen(name, cluster, (), _known(cluster, name), before)


def _known(cluster: ClusterSnapshot, name: str) -> RootCause:
    """The cause, as a rule would tell it that knew the program."""
    deployment = ObjectRef(kind="Deployment", name=name, namespace=NAMESPACE, api_version="apps/v1")
    view = cluster.find(deployment)
    assert view
    field = view.cite("spec.template.spec.containers[0].env[0].value")
    links = tuple(
        ChainLink(subject=deployment, statement="", observed=True, effect=effect)
        for effect in ("container crashing" if name.endswith("-ends") else "pod not ready",)
    )
    return RootCause(
        subject=deployment,
        rule="",
        severity="ERROR",
        statement="",
        confidence=1,
        confidence_basis="",
        evidence=(field,),
        chain=links,
    )


def left_open(pictures: Iterator[tuple[str, ClusterSnapshot]]) -> Iterator[LeftOpen]:
    """Leave out of each picture the rule that names its first cause; keep what is not told then."""
    for name, cluster in pictures:
        known = find_root_causes(Incident(), cluster)
        if not known.root_causes:
            continue
        cause = known.root_causes[0]
        without = (cause.rule,)
        before = find_root_causes(Incident(), cluster, rule_set(without=without))
        if before.left_open and not any(_same(one.subject, cause) and not one.is_weak for one in before.root_causes):
            yield LeftOpen(name, cluster, without, cause, before)


def _same(ref: ObjectRef, cause: RootCause) -> bool:
    return ref == cause.subject


def examples() -> Iterator[tuple[str, ClusterSnapshot]]:
    """The examples of the rules."""
    for rule in all_rules():
        yield rule.name, snapshot_of(rule.doc.fires_on)


def recordings(path: Path) -> Iterator[tuple[str, ClusterSnapshot]]:
    """Recordings below a folder."""
    for folder in cases_below(path):
        yield folder.relative_to(path).as_posix(), OpsBenchSource(folder).collect(Scope())


def oracle(case: LeftOpen) -> Actor:
    """Knows which object it is and where the rule would have looked, looks there, and cites what it sees."""
    cause, subject = case.cause, _named(case.cause.subject)

    def say(body: Body) -> Body:
        turn = read(body)
        if turn.form == SUSPECTS:
            return suspects({**subject, "idea": "something about it is wrong"})
        cited = [fact for fact in cause.evidence if fact.source is EvidenceSource.OBJECT]
        if not turn.answers:
            places = {_key(fact.subject): fact.subject for fact in cause.evidence} | {"": cause.subject}
            asked = [("read_object", _named(ref)) for ref in places.values()]
            asked += [("read_object", {**_named(fact.subject), "path": fact.path.rpartition(".")[0]}) for fact in cited]
            asked += [(look, subject) for look in ("read_events", "read_log", "recent_changes")]
            return calls(*asked)
        wrong = next((fact.id for fact in cited if fact.id in turn.shown and fact.value not in (None, "")), "")
        absent = [fact.id for fact in cause.evidence if fact.source is EvidenceSource.ABSENCE]
        cites = [key for key in (wrong, *absent) if key]
        value = turn.shown[wrong]["value"] if wrong else ""
        told = f'{turn.shown[wrong]["path"]} of {cause.subject} is "{value}"' if wrong else f"{cause.subject} is wrong"
        effect = next((link.effect for link in cause.chain if link.effect), "workload unavailable")
        return inquiry(
            **subject,
            cause=statement(told, *cites),
            wrong=wrong,
            brings_about=effect,
            evidence_for=[statement("it does not exist", *absent)] if absent else [],
        )

    return say


def misreading(case: LeftOpen) -> Actor:
    """Blames an object at random for a value at random that it truly has, and cites that."""
    chance = random.Random(case.name)
    others = [view.ref for view in Looking(case.cluster).views() if view.ref != case.cause.subject]
    chosen = chance.choice(others) if others else case.cause.subject

    def say(body: Body) -> Body:
        turn = read(body)
        if turn.form == SUSPECTS:
            return suspects({**_named(chosen), "idea": "something about it is wrong"})
        if not turn.answers:
            return calls(("read_object", _named(chosen)))
        seen = [key for key, fact in turn.shown.items() if fact["of"].endswith(chosen.path) and "spec" in fact["path"]]
        wrong = chance.choice(seen) if seen else ""
        fact = turn.shown.get(wrong, {"path": "", "value": ""})
        told = f'{fact["path"]} of {chosen} is "{fact["value"]}"'
        effect = chance.choice(("workload unavailable", "pod not ready", "container crashing", "calls failing"))
        return inquiry(**_named(chosen), cause=statement(told, wrong), wrong=wrong, brings_about=effect)

    return say


def _named(ref: ObjectRef) -> Body:
    return {"kind": ref.kind, "namespace": ref.namespace or "", "name": ref.name}


def _key(ref: ObjectRef) -> str:
    return str(ref)


def asked(case: LeftOpen, actor: Actor) -> Diagnosis:
    """What comes of asking an actor."""
    rules, access = rule_set(without=case.without), access_to(actor)
    looking = Looking(case.cluster, rules)
    named = suspect(access, Incident(), looking, case.before)
    inquiries = [
        investigate(access, Incident(), Looking(case.cluster, rules), case.before, one, at)
        for at, one in enumerate(named.suspects)
    ]
    return conclude(case.cluster, case.before, inquiries, rules)


def judged(case: LeftOpen, found: Diagnosis) -> str:
    """How an answer compares with the cause that is known."""
    proven = [cause for cause in found.root_causes if not cause.is_weak]
    if found.status is Status.RESOLVED and proven and proven != [c for c in case.before.root_causes if not c.is_weak]:
        return "right" if _same(proven[0].subject, case.cause) else "wrong"
    cited = {fact.id for fact in case.cause.evidence}
    if any(_same(lead.subject, case.cause) and lead.wrong and lead.wrong.id in cited for lead in found.leads[:1]):
        return "right lead"
    return "open"


OUTCOMES = ("right", "wrong", "right lead", "open")


def table(cases: list[LeftOpen]) -> Iterator[str]:
    """The counts, one line for each model."""
    yield f"{len(cases)} left open    {'   '.join(f'{one:>10}' for one in OUTCOMES)}"
    actors: dict[str, Callable[[LeftOpen], Actor]] = {
        "an oracle": oracle,
        "one that makes things up": lambda _: hallucinating,
        "one that cites facts at random": misreading,
    }
    for name, actor in actors.items():
        counts = Counter(judged(case, asked(case, actor(case))) for case in cases)
        yield f"{name:32}" + "   ".join(f"{counts[one]:>10}" for one in OUTCOMES)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sets = {"recordings": list(left_open(recordings(Path(sys.argv[1]))))}
    else:
        sets = {"in a program's own words": list(beyond_rules()), "examples": list(left_open(examples()))}
    for title, cases in sets.items():
        print(f"{title}:", *table(cases), sep="\n")  # noqa: T201 - that is what it is for
