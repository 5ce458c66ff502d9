"""Keeps Flux from undoing what is changed by hand, until the same is merged."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.management import Keeper, Management
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom

_KINDS = {
    Keeper.FLUX_KUSTOMIZE: ("kustomize.toolkit.fluxcd.io", "Kustomization"),
    Keeper.FLUX_HELM: ("helm.toolkit.fluxcd.io", "HelmRelease"),
}


def suspended_first(cluster: ClusterSnapshot, management: Management) -> Iterator[Change]:
    """Suspend what delivers an object; nothing where that is not Flux, was not read, or is suspended already.

    Flux takes no notice of a suspended object's source, schedule and drift: fluxcd.io, "Kustomization", "Suspend".
    """
    space, _, name = management.name.rpartition("/")
    for found in cluster.all(Custom):
        if (found.ref.group, found.ref.kind) != _KINDS.get(management.keeper) or found.name != name:
            continue
        if (space and found.namespace != space) or found.flag("spec", "suspend"):
            continue
        yield Change(
            title=f"Suspend {found.ref}, so that what is changed by hand stays",
            target=found.ref,
            instruction=f"Let Flux deliver nothing more from {found.ref} until the pull request is merged; then resume "
            "it, or later merges do not arrive.",
            precondition="nothing else that it delivers is waited for",
            type=StepType.FLUX_SUSPEND,
            edits=(edit_of(found.raw, ("spec", "suspend"), True),),  # noqa: FBT003 - the field's value
            of_the_moment=True,
            check=f"{kubectl('get', found.ref)} shows it suspended",
            risk=Risk.MEDIUM,
        )
