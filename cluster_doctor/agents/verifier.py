"""Says which cluster this is, and which parts of the report are true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.incident import Claim, Incident
from cluster_doctor.domain.inquiry import Reading
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Progress, Source, Want
from cluster_doctor.tools.reading import fetch_missing
from cluster_doctor.tools.reasoning import check_claims, mentions

UNCERTAIN = "cluster-identity uncertain"
FEWEST_SIGNALS = 2


@dataclass(frozen=True)
class Verification:
    """What the verifier found out."""

    cluster: ClusterSnapshot
    identity_note: str
    claims: tuple[Claim, ...]


def verify_report(
    incident: Incident,
    cluster: ClusterSnapshot,
    source: Source | None,
    progress: Progress,
    readings: Sequence[Reading] = (),
) -> Verification:
    """Read what the report names and nobody collected, then check its assertions.

    Args:
        incident: what was reported.
        cluster: what was collected.
        source: where to read what is missing; None if it cannot be asked any more.
        progress: hears about long work.
        readings: pieces of the report in the words of the field.
    """
    told = [incident, *(incident.model_copy(update={"text": reading.says}) for reading in readings)]
    wanted = [want for one in told for want in _missing(one, cluster)]
    seen = fetch_missing(source, cluster, wanted, progress) if source else cluster
    claims = {(claim.asserts, claim.subjects): claim for claim in _of_readings(incident, readings, seen)}
    claims |= {(claim.asserts, claim.subjects): claim for claim in check_claims(incident, seen)}
    return Verification(seen, identity_note(seen.identity, incident.cluster), tuple(claims.values()))


def _of_readings(incident: Incident, readings: Sequence[Reading], cluster: ClusterSnapshot) -> Iterator[Claim]:
    for reading in readings:
        for claim in check_claims(incident.model_copy(update={"text": reading.says}), cluster):
            yield claim.model_copy(update={"text": reading.quote})


def identity_note(read: ClusterIdentity | None, reported: ClusterIdentity | None) -> str:
    """Say why the cluster's identity is uncertain; empty if it is certain.

    It takes two signals to know a cluster again, and none may contradict what the incident says of it.
    """
    signals = read.signals if read else {}
    if len(signals) < FEWEST_SIGNALS:
        had = ", ".join(signal.value for signal in signals) or "none"
        return f"{UNCERTAIN}: {FEWEST_SIGNALS} independent signals are needed, read: {had}"
    if read is None or reported is None or not reported.signals:
        return ""
    same, different = read.agreement(reported)
    if different:
        names = ", ".join(sorted(signal.value for signal in different))
        return f"{UNCERTAIN}: the incident names another cluster by {names}"
    if len(same) < FEWEST_SIGNALS:
        names = ", ".join(sorted(signal.value for signal in same)) or "no signal"
        return f"{UNCERTAIN}: the incident's cluster is confirmed by {names} only"
    return ""


def _missing(incident: Incident, cluster: ClusterSnapshot) -> Iterator[Want]:
    for mention in mentions(incident.text):
        ref = mention.ref
        if ref is None:
            continue
        namespace = ref.namespace or (incident.namespaces[0] if len(incident.namespaces) == 1 else None)
        if cluster.find(ref) is None and not cluster.covers(ref.kind, namespace, ref.name):
            yield Want(ref.kind, namespace, ref.name)
