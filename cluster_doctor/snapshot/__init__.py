"""The picture of a cluster: objects, indexes, relations, coverage."""

from cluster_doctor.snapshot.snapshot import ClusterSnapshot

__all__ = ["ClusterSnapshot"]
