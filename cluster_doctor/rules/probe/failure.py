"""Probes that fail now, and what their failure says about the probe.

The kubelet's words differ by kind of probe (pkg/kubelet/prober in Kubernetes): a refused or timed out
connection says that nobody listens on the port; a malformed answer says that somebody else's protocol is
spoken there; a status code says that the server is there and does not like the path or its own state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.snapshot.paths import integer
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Container, ContainerRole, Pod, Probe

REPORTED = "Unhealthy"
"""Reason of the Events in which the kubelet reports a failing probe."""
RECENT = timedelta(minutes=10)
"""An older failure is history, unless the Pod is still not ready."""


class Answer(StrEnum):
    """What a failing probe met."""

    NOBODY = "nobody listens"
    OTHER_PROTOCOL = "another protocol is spoken"
    STATUS = "a status that is no success"
    SLOW = "no answer in time"
    COMMAND = "the command failed"


_WORDINGS = tuple(
    (answer, re.compile(pattern, re.IGNORECASE))
    for answer, pattern in (
        (
            Answer.OTHER_PROTOCOL,
            r"malformed HTTP|transport connection broken|HTTP response to HTTPS|first record does not look like a TLS"
            r"|error reading server preface|frame too large|unknown service grpc\.health|Unimplemented"
            r"|server closed the stream without sending trailers"
            r"|unexpected HTTP status|\bEOF\b|connection reset by peer",
        ),
        (Answer.STATUS, r"statuscode: (\d+)|NOT_SERVING|service unhealthy"),
        (
            Answer.NOBODY,
            r"connection refused|failed to connect|no route to host"
            r"|connect: connection timed out|dial tcp \S+: i/o timeout",
        ),
        (Answer.SLOW, r"Client\.Timeout|deadline exceeded|timed out|i/o timeout"),
    )
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One probe of one container that fails now."""

    pod: Pod
    container: Container
    probe: Probe
    answer: Answer
    words: str
    count: int
    evidence: tuple[Evidence, ...]

    @property
    def port(self) -> int | None:
        """The number of the probed port."""
        return self.container.port_number(self.probe.port)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """A liveness or startup probe ends the container, a readiness probe takes the Pod out of its Services."""
        unready = Effect(EffectKind.POD_NOT_READY, self.pod.ref)
        if self.probe.name == "readiness":
            return (unready,)
        return (Effect(EffectKind.CONTAINER_CRASHING, self.pod.ref), unready)

    @property
    def port_is_odd(self) -> bool:
        """Whether the probed port is not one that the container is known to listen on.

        Known are its declared ports and those of its other probes that pass; a port name nobody declares is
        odd by itself. With nothing known the port is not called odd.
        """
        if not self.probe.port:
            return False
        if self.port is None:
            return True
        known = {port.number for port in self.container.ports}
        known |= {
            number
            for other in self.container.probes.values()
            if other.name != self.probe.name and (number := self.container.port_number(other.port))
        }
        return bool(known) and self.port not in known

    @property
    def protocol_contradicted(self) -> bool:
        """Whether another probe of the container uses another protocol on the same port."""
        return any(
            other.action != self.probe.action and self.container.port_number(other.port) == self.port
            for other in self.container.probes.values()
            if other.name != self.probe.name and other.action != "exec" and self.probe.action != "exec"
        )


def classify(words: str, probe: Probe) -> Answer:
    """Tell what a probe met from the kubelet's words."""
    if probe.action == "exec":
        return Answer.COMMAND
    return next((answer for answer, pattern in _WORDINGS if pattern.search(words)), Answer.SLOW)


def pods_with_failing_probes(cluster: ClusterSnapshot) -> Iterator[Pod]:
    """Pods that the kubelet reported a failing probe of; whether it still fails is asked of each."""
    refs = {event.regarding for event in cluster.events_with(REPORTED)}
    return (pod for pod in cluster.all(Pod) if pod.ref in refs) if refs else iter(())


def failures(pod: Pod, cluster: ClusterSnapshot, *names: str) -> Iterator[Failure]:
    """Probes of a Pod that fail now, newest word for each."""
    if not pod.expected_to_run or pod.phase not in {"Running", "Pending"}:
        return  # while sidecars start, the Pod is pending
    seen: set[tuple[str, str]] = set()
    for event in cluster.events_about(pod.ref, REPORTED):
        kind = event.message.partition(" ")[0].lower()
        if kind not in names or (event.last_seen and cluster.taken_at - event.last_seen > RECENT and pod.ready):
            continue
        for container in _concerned(_probed(pod), kind, event.text("involvedObject", "fieldPath")):
            if (container.name, kind) in seen or _passed(container, kind):
                continue
            seen.add((container.name, kind))
            probe = container.probes[kind]
            yield Failure(
                pod=pod,
                container=container,
                probe=probe,
                answer=classify(event.message, probe),
                words=event.message,
                count=event.count,
                evidence=(event.cite_message(), pod.cite(probe.path)),
            )


def _passed(container: Container, kind: str) -> bool:
    """Whether the container got over it: it is ready, and a liveness failure never ended it."""
    return container.ready and (kind != "liveness" or not container.restarts)


def _probed(pod: Pod) -> list[Container]:
    """Containers whose probes the kubelet runs: in a pending Pod those of sidecars alone."""
    return [one for one in pod.containers if pod.phase == "Running" or one.role is ContainerRole.SIDECAR]


def _concerned(probed: list[Container], kind: str, field_path: str) -> list[Container]:
    """Containers that an Event can be about: the one it names, else those that have such a probe."""
    having = [container for container in probed if kind in container.probes]
    named = [container for container in having if f"{{{container.name}}}" in field_path]
    if named or len(having) < 2:
        return named or having
    return [container for container in having if not container.ready or container.restarts]


def too_early(failure: Failure) -> bool:
    """Whether the probe gives the process less time to start than nearly any process needs.

    Ten seconds from start to the kill is the bound: initial delay plus threshold times period.
    """
    probe = failure.probe
    startup = failure.container.probes.get("startup")
    return startup is None and probe.initial_delay + probe.period * probe.failure_threshold <= 10


def impatient(failure: Failure) -> bool:
    """Whether one slow answer is enough to fail: one failure is tolerated at most, or answers get under a second."""
    return failure.probe.failure_threshold == 1 and failure.probe.period <= 5


def killed_while_starting(failure: Failure) -> bool:
    """Whether the last instance was killed about when the probe first may, and never answered before."""
    container, probe = failure.container, failure.probe
    ended = container.last_terminated
    began, finished = parse_time(ended.get("startedAt")), parse_time(ended.get("finishedAt"))
    if container.ready or began is None or finished is None or integer(ended, "exitCode") not in {137, 143}:
        return False
    allowed = probe.initial_delay + probe.period * (probe.failure_threshold + 1)
    return (finished - began).total_seconds() <= allowed + 30


def client_error(words: str) -> bool:
    """Whether the server answered that the request was wrong, not that it is unwell."""
    return bool(re.search(r"statuscode: (?:400|401|403|404|405|410|301|308)\b", words))
