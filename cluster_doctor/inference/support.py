"""How observed evidence supports that one value is a cause: the mechanical half of what a model proposes.

A model finds where to look. That its value is the cause takes two independent kinds of support, each found by code in
the picture: so a true fact with a wrong conclusion drawn from it stays a lead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from cluster_doctor.domain.change import Touch
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.findings import Directness, Finding, Severity, Stage
from cluster_doctor.domain.inquiry import Support
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.peers import is_odd
from cluster_doctor.inference.prior_changes import prior_changes
from cluster_doctor.snapshot.changes.changes import RECENTLY, SKEW
from cluster_doctor.snapshot.log_lines.line import LogLevel, read_log_line
from cluster_doctor.snapshot.paths import steps
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, View

_LAST_LINES = 500
_COMPLAINT = re.compile(
    r"\b(?:no|not|never|none|without|fail\w*|error\w*|fatal|panic\w*|exception|unknown|invalid|illegal|cannot|can't|couldn't"
    r"|unable|missing|denied|refused|rejected|unsupported|unrecogni[sz]ed|unexpected|undefined|bad|wrong|mismatch\w*"
    r"|timed? ?out|timeout|abort\w*|exceed\w*|forbidden|unauthorized|unavailable|unreachable|corrupt\w*|malformed)\b",
    re.IGNORECASE,
)
"""How programs in English say that something is not as it should be."""
_COMPLAINING = frozenset({LogLevel.WARNING, LogLevel.ERROR})
_TRIVIAL = frozenset(
    {"true", "false", "none", "null", "tcp", "udp", "http", "https", "always", "never", "ifnotpresent"}
)
_OBSERVED = frozenset({"status", "apiVersion", "kind"})
"""Parts of an object that nobody sets to anything else; what stands there is a symptom at the most."""
_SHORTEST = 2
_PARTS = re.compile(r"[/:@?&=,;\s]+")
_SHORTEST_PART = 4


def supports_of(
    cluster: ClusterSnapshot, wrong: Evidence, cited: Sequence[Evidence], symptoms: Sequence[Finding]
) -> tuple[Support, ...]:
    """Find what supports that a field's value brought symptoms about.

    Args:
        cluster: the picture.
        wrong: the field and its value.
        cited: everything that is cited for it; an absence among it may support.
        symptoms: what it is said to explain.
    """
    if wrong.source is not EvidenceSource.OBJECT or not cluster.holds(wrong) or not symptoms:
        return ()
    if next(iter(steps(wrong.path)), "") in _OBSERVED:
        return ()
    value = _scalar(wrong)
    if not value or value.lower() in _TRIVIAL:
        return ()
    return tuple(_found(cluster, wrong, value, cited, symptoms))


def _found(
    cluster: ClusterSnapshot, wrong: Evidence, value: str, cited: Sequence[Evidence], symptoms: Sequence[Finding]
) -> Iterator[Support]:
    circle = _circle(cluster, wrong.subject, symptoms)
    told = [value, *_parts(value)]
    own = _own_names(cluster, circle)
    if any(_says(message, part) for part in told if part not in own for message in _failures(cluster, circle)):
        yield Support.STATED
    if any(
        fact.source is EvidenceSource.ABSENCE
        and fact.subject.name in {value, value.split(".", maxsplit=1)[0]}
        and cluster.holds(fact)
        for fact in cited
    ):
        yield Support.ABSENT
    if _was_changed(cluster, wrong, symptoms):
        yield Support.CHANGED
    if is_odd(cluster, wrong, circle):
        yield Support.ODD


def _scalar(wrong: Evidence) -> str:
    value = wrong.value
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    text = str(value).strip()
    return text if len(text) >= _SHORTEST else ""


def _parts(value: str) -> list[str]:
    """The parts of an address or a list that could be named alone."""
    parts = [part for part in _PARTS.split(value) if len(part) >= _SHORTEST_PART and part.lower() not in _TRIVIAL]
    return parts if len(parts) > 1 else []


def _circle(cluster: ClusterSnapshot, subject: ObjectRef, symptoms: Iterable[Finding]) -> set[ObjectRef]:
    """Who suffers: what the symptoms are about, their workloads and Pods, and those of the subject."""
    found: set[ObjectRef] = set()
    for ref in (subject, *(ref for symptom in symptoms for ref in (symptom.subject, *symptom.affected))):
        top = cluster.workload_ref(ref)
        found |= {ref, top, *(pod.ref for pod in cluster.pods_of(top))}
    return found


def _own_names(cluster: ClusterSnapshot, circle: Iterable[ObjectRef]) -> frozenset[str]:
    """What messages say because it is somebody's name, and not because it is wrong."""
    found: set[str] = set()
    for ref in circle:
        found |= {ref.name, ref.namespace or "", ref.kind}
        view = cluster.find(ref)
        spec = cluster.pod_spec(view) if view else None
        if view is not None:
            found |= {*view.labels.values(), *view.labels}
        if spec is not None:
            found |= {container.name for container in spec.containers}
    return frozenset(found)


def _failures(cluster: ClusterSnapshot, circle: Iterable[ObjectRef]) -> Iterator[str]:
    """What was observed to fail there, in the words of whoever observed it."""
    for ref in circle:
        for event in cluster.events_about(ref):
            if event.type == "Warning":
                yield event.message
        for log in cluster.logs_of(ref):
            if log.subject == ref:
                yield from filter(_complains, log.lines[-_LAST_LINES:])
        view = cluster.find(ref)
        if view is not None:
            yield from _conditions(view)
        if isinstance(view, Pod):
            yield from (container.waiting_message for container in view.containers if container.waiting_message)
        for alert in cluster.alerts_on(ref):
            yield alert.text


def _complains(line: str) -> bool:
    return read_log_line(line).level in _COMPLAINING or _COMPLAINT.search(line) is not None


def _conditions(view: View) -> Iterator[str]:
    for _, condition in view.objects("status", "conditions"):
        if condition.get("status") == "False" and isinstance(condition.get("message"), str):
            yield str(condition["message"])


def _says(message: str, part: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(part)}(?![A-Za-z0-9])", message) is not None


def _was_changed(cluster: ClusterSnapshot, wrong: Evidence, symptoms: Sequence[Finding]) -> bool:
    told = Finding(
        rule="",
        subject=cluster.workload_ref(wrong.subject),
        severity=Severity.ERROR,
        stage=Stage.CAUSE,
        directness=Directness.SUGGESTED,
        message="",
        evidence=(wrong,),
    )
    return any(
        prior.touch is Touch.FIELD
        and prior.lead is not None
        and timedelta(seconds=prior.lead) <= RECENTLY
        and timedelta(seconds=prior.lead) >= -SKEW
        for prior in prior_changes(cluster, told, symptoms)
    )
