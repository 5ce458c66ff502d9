"""Make a Service send to the port, and by the protocol, that its Pods listen on."""

from __future__ import annotations

import re

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, ServicePort


@repairs("service_targets_wrong_port", by=StepType.PATCH_PORT)
def correct_target_port(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Set `targetPort` to the only port that the Pods listen on; with several a person chooses."""
    found = _port(cluster, cause)
    if found is None:
        return None
    service, port = found
    heard = re.findall(r"\d+", cause.facts.get("listened", ""))
    numbers = list(dict.fromkeys(heard))
    choice = len(numbers) != 1
    shown = f"one of {', '.join(numbers) or 'the container ports'}" if choice else numbers[0]
    return Change(
        title=f"Make port {port.number} of {service.ref} lead to {shown}",
        target=service.ref,
        instruction=f"Set targetPort of port {port.number} to {shown}; it is {port.target}.",
        precondition=f"targetPort of port {port.number} is still {port.target}",
        type=None if choice else StepType.PATCH_PORT,
        edits=() if choice else (edit_of(service.raw, (*_place(port), "targetPort"), int(numbers[0])),),
        undo=f"Set targetPort of port {port.number} to {port.target}." if choice else "",
        check=f"{kubectl('describe', service.ref)} shows endpoints, and a request to port {port.number} is answered",
        risk=Risk.LOW,
        choice=choice,
    )


@repairs("service_uses_wrong_protocol", by=StepType.PATCH_PORT)
def correct_protocol(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Replace the port by one with the protocol that the Pods speak."""
    found, wanted = _port(cluster, cause), cause.facts.get("wanted", "")
    if found is None or wanted not in {"TCP", "UDP", "SCTP"}:
        return None
    service, port = found
    position = port.path[port.path.rindex("[") :]
    path = f"/spec/ports/{position[1:-1]}/protocol"
    command = kubectl("patch", service.ref, "--type=json", "-p")
    change = f"""'[{{"op": "replace", "path": "{path}", "value": "{{}}"}}]'"""
    return Change(
        title=f"Make port {port.number} of {service.ref} speak {wanted}",
        target=service.ref,
        instruction=f"Set protocol of port {port.number} to {wanted}; it is {port.protocol}.",
        precondition=f"protocol of port {port.number} is still {port.protocol}",
        type=StepType.PATCH_PORT,
        edits=(edit_of(service.raw, ("spec", "ports", position, "protocol"), wanted),),
        command=f"{command} {change.replace('{}', wanted)}",
        undo=f"{command} {change.replace('{}', port.protocol)}",
        check=f"{kubectl('describe', service.ref)} shows port {port.number}/{wanted}, and a request is answered",
        risk=Risk.LOW,
    )


def _port(cluster: ClusterSnapshot, cause: RootCause) -> tuple[Service, ServicePort] | None:
    service = cluster.get(Service, cause.subject.namespace, cause.subject.name)
    number = cause.facts.get("port", "")
    port = next((port for port in service.ports if str(port.number) == number), None) if service else None
    return (service, port) if service and port else None


def _place(port: ServicePort) -> tuple[str, ...]:
    """Where the port stands; the protocol tells two of one number apart."""
    return ("spec", "ports", f"[port={port.number},protocol={port.protocol}]")
