"""What the rules say to a change before it is made: whether the finding goes away, and whether a new one comes.

A rule may read what is written (a selector against labels, a target port against container ports) or what was reported
(a status, an Event, a log). A change of what is written decides the first kind at once. The second kind shows only when
the changed Pods run: nobody can tell from a manifest that a program will not crash. So the rules are run on two
pictures (`picture`):

- *settled*, where all goes well. Who still fires there fires whatever the new Pods do: the change does not help.
- *edited*, where the old reports still stand. Who is quiet there already is so because of what is written: the change
  helps. Who still fires there, and reads the changed object itself and not only what was reported of it, says that it
  is still wrong.

What fires in the edited picture alone rests on old reports, and stays unknown until the change is made; that is said,
not hidden. So does what rests on reports of Pods that the change replaces, though it is quiet in the edited picture:
that an Event is about another image than the new one does not mean that the new one exists.

A finding that is in the settled picture and was not there before is the change's own doing, or was hidden by what it
repairs. Either way the change alone leaves somebody with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.findings import Finding, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.foresight.picture import edited_picture, settled_picture
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.protocol import Rule
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.collector import collector_paused
from cluster_doctor.snapshot.paths import mapping
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import View, Workload


@dataclass(frozen=True)
class Forecast:
    """What the rules say to a change.

    Attributes:
        note: what is known of its effect, in a sentence.
        problem: why it must not be offered; empty if it may be.
    """

    note: str
    problem: str = ""


def forecast(
    cluster: ClusterSnapshot,
    cause: RootCause,
    changed: Mapping[ObjectRef, dict[str, JsonValue]],
    rules: RuleSet = OURS,
) -> Forecast:
    """Run the rules on the cluster as it will be.

    Args:
        cluster: the picture that the cause was found in.
        cause: what the change is to heal.
        changed: the changed objects, whole, as the cluster will hold them.
        rules: those that found the cause.
    """
    with collector_paused():
        edited = edited_picture(cluster, changed)
        suffering = (cause.subject, *cause.affected, *(symptom.subject for symptom in cause.explains))
        users = [user.ref for ref in changed for user in edited.users_of(ref)]
        settled = settled_picture(edited, (*changed, *suffering, *users))
        before, now, then = (_findings(picture, rules) for picture in (cluster, edited, settled))
    still = then.get(cause.fingerprint)
    if still is None and _reads(rules.named(cause.rule), edited, changed):
        still = now.get(cause.fingerprint)
    if still is not None:
        return Forecast("", f"it would not help: with it made, still so: {still.message}")
    new = [finding for key, finding in then.items() if key not in before]
    grave = [finding for finding in new if finding.severity >= Severity.parse(cause.severity)]
    if grave:
        return Forecast("", f"it would bring a new fault: {'; '.join(finding.message for finding in grave[:3])}")
    told = "" if not new else f"; new, and less grave: {'; '.join(finding.message for finding in new[:3])}"
    if cause.fingerprint in now or (_replaces_pods(cluster, changed) and any(map(_is_report, cause.evidence))):
        return Forecast(
            "scanned with the change made: whether the finding goes away is unknown, because it rests on what was "
            f"reported before; no new fault of its gravity{told}"
        )
    return Forecast(f"scanned with the change made: the finding is gone, no new fault of its gravity{told}")


def _findings(cluster: ClusterSnapshot, rules: RuleSet) -> dict[str, Finding]:
    return {finding.fingerprint: finding for finding in check_all(cluster, rules=rules).findings}


def _replaces_pods(cluster: ClusterSnapshot, changed: Mapping[ObjectRef, dict[str, JsonValue]]) -> bool:
    """Whether the change gives Pods another template."""
    return any(
        isinstance(before := cluster.find(ref), Workload)
        and mapping(before.raw, *before.template_path) != mapping(raw, *before.template_path)
        for ref, raw in changed.items()
    )


def _is_report(fact: Evidence) -> bool:
    """Whether a fact is what somebody reported, not what somebody wrote."""
    match fact.source:
        case EvidenceSource.OBJECT:
            return fact.path.startswith("status")
        case EvidenceSource.ABSENCE:
            return False
        case _:
            return True


def _reads(rule: Rule | None, cluster: ClusterSnapshot, changed: Mapping[ObjectRef, object]) -> bool:
    """Whether a rule reads a changed object itself; of workloads it may read only what their Pods report."""
    if rule is None:
        return False
    kinds = {rule.subject, *(need for need in rule.needs if isinstance(need, type) and issubclass(need, View))}
    views = [view for ref in changed if (view := cluster.find(ref)) is not None]
    return any(type(view) in kinds and not isinstance(view, Workload) for view in views)
