"""Finds the repository behind an object, by what keeps it."""

from __future__ import annotations

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.gitops.argo import argo_origin
from cluster_doctor.remediation.gitops.flux import helm_release_origin, kustomization_origin
from cluster_doctor.remediation.gitops.origin import NoOriginError, Origin
from cluster_doctor.snapshot.management import Keeper, management_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


def origin_of(cluster: ClusterSnapshot, ref: ObjectRef) -> Origin:
    """Find the repository behind an object.

    Raises:
        NoOriginError: nothing that deploys from Git keeps the object, what does was not read, or its source is none
            that could be edited.
    """
    management = management_of(cluster, ref)
    if management is None:
        raise NoOriginError(f"nothing in the cluster says where {ref} is written down", "Name the repository and path.")
    match management.keeper:
        case Keeper.ARGO_CD:
            return argo_origin(cluster, ref, management)
        case Keeper.FLUX_KUSTOMIZE:
            return kustomization_origin(cluster, management)
        case Keeper.FLUX_HELM:
            return helm_release_origin(cluster, management)
        case Keeper.HELM:
            raise NoOriginError(
                f"{ref} belongs to {management}, and Helm does not record where its chart and values come from",
                "Name the repository and path.",
            )
