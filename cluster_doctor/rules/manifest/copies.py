"""Manifests that declare one object more than once."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.findings import Match
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import View


def copies_of(view: View, cluster: ClusterSnapshot) -> Iterator[Match]:
    """Yield a match if a folder declares an object twice; other folders may be meant for other clusters."""
    if not cluster.is_unapplied:
        return
    folders: dict[str, list[str]] = {}
    for place in cluster.locations.get(view.ref, ()):
        folders.setdefault(place.folder, []).append(str(place))
    for places in folders.values():
        if len(places) > 1:
            yield Match(
                message=f"{view.ref} is declared {len(places)} times: {', '.join(places)}",
                evidence=(view.cite("metadata.name"),),
                blame=view.ref,
            )
            return
