"""Make a Service select the Pods of the workload that it was meant for."""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.selectors import show_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service


@repairs("service_selects_no_pods", by=StepType.PATCH_SELECTOR)
def select_the_pods(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Set each key of the selector to what the workload's Pods carry; keys that they lack are removed."""
    service = cluster.get(Service, cause.subject.namespace, cause.subject.name)
    meant = [
        workload
        for workload in cluster.workloads()
        if workload.namespace == cause.subject.namespace and workload.name == cause.facts.get("workload")
    ]
    if service is None or len(meant) != 1:
        return None
    labels = meant[0].template_labels
    wanted: dict[str, JsonValue] = {key: labels.get(key) for key in service.selector}
    kept = {key: str(value) for key, value in wanted.items() if value is not None}
    if not kept:
        return None
    return Change(
        title=f"Make {service.ref} select {show_labels(kept)}",
        target=service.ref,
        instruction=f"Set spec.selector to {show_labels(kept)}, the labels of {meant[0].ref}.",
        precondition=f"spec.selector is still {show_labels(service.selector)}",
        type=StepType.PATCH_SELECTOR,
        edits=tuple(
            edit_of(service.raw, ("spec", "selector", key), value)
            for key, value in wanted.items()
            if value != service.selector[key]
        ),
        check=f"{kubectl('describe', service.ref)} lists endpoints",
        risk=Risk.LOW,
    )
