"""What the probes of one kind show when they ask in the wrong place or in the wrong way."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.findings import Match
from cluster_doctor.rules.probe.failure import Answer, Failure, client_error, failures
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


def wrong_ports(pod: Pod, cluster: ClusterSnapshot, kind: str) -> Iterator[Match]:
    """Yield the failing probes of a kind (liveness, readiness, startup) on ports nobody is known to listen on."""
    for failure in failures(pod, cluster, kind):
        if failure.port_is_odd and failure.answer is not Answer.COMMAND:
            declared = ", ".join(str(port.number) for port in failure.container.ports) or "no port"
            yield _match(failure, f"asks port {failure.probe.port}; the container declares {declared}")


def wrong_paths(pod: Pod, cluster: ClusterSnapshot, kind: str) -> Iterator[Match]:
    """Yield the failing probes of a kind that ask the right port for what the server does not have."""
    for failure in failures(pod, cluster, kind):
        if not failure.port_is_odd and failure.answer is Answer.STATUS and client_error(failure.words):
            yield _match(failure, f"asks for {failure.probe.target or '/'}: {failure.words}")


def wrong_protocols(pod: Pod, cluster: ClusterSnapshot, kind: str) -> Iterator[Match]:
    """Yield the failing probes of a kind whose port is right and speaks something else."""
    for failure in failures(pod, cluster, kind):
        slow = failure.answer is Answer.SLOW and failure.protocol_contradicted
        if not failure.port_is_odd and (slow or failure.answer is Answer.OTHER_PROTOCOL):
            said = f"asks port {failure.probe.port} by {failure.probe.action}; {failure.answer.value} there"
            yield _match(failure, said, ("action", failure.probe.action))


def _match(failure: Failure, said: str, *facts: tuple[str, str]) -> Match:
    probe, container = failure.probe, failure.container
    return Match(
        message=f"the {probe.name} probe of container {container.name} {said}",
        evidence=failure.evidence,
        effects=failure.effects,
        about=container.name,
        since=failure.pod.created_at,
        facts=(
            ("container", container.name),
            ("probe", probe.name),
            ("port", probe.port),
            ("path", probe.target),
            *facts,
        ),
    )
