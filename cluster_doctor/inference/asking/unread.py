"""What would have to be read before anybody may say "none"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cluster_doctor.snapshot.kinds import kind_named
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

MOST_PLACES = 5


def unread(kinds: Iterable[str], cluster: ClusterSnapshot, places: tuple[str, ...]) -> Iterator[str]:
    """Say of each kind that was not read in all of some namespaces, or everywhere, where it was.

    Args:
        kinds: what it takes.
        cluster: the picture.
        places: namespaces; everywhere if empty.
    """
    for kind in kinds:
        known = kind_named(kind)
        within = places if places and (known is None or known.namespaced) else (None,)
        if not all(cluster.covers(kind, place) for place in within):
            where = f" in {', '.join(places)}" if places else ""
            yield f"{kind} was not read{where}" if places else f"{kind} was {_where(kind, cluster)}"


def _where(kind: str, cluster: ClusterSnapshot) -> str:
    """Where a kind was read that was not read everywhere."""
    listed = sorted(entry.partition("/")[2] for entry in cluster.coverage.lists if entry.startswith(f"{kind}/"))
    if not listed:
        return "not read"
    more = f" and {len(listed) - MOST_PLACES} more namespaces" if len(listed) > MOST_PLACES else ""
    return f"read in {', '.join(listed[:MOST_PLACES])}{more} only; ask about these with -n"
