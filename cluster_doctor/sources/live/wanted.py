"""Reads single things that somebody still misses."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.kinds import kind_named
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod
from cluster_doctor.sources.live.container_logs import read_logs
from cluster_doctor.sources.live.discovery import Discovery, ServedKind
from cluster_doctor.sources.live.intake import take_listing, take_named
from cluster_doctor.sources.live.listing import ListRequest, read_list
from cluster_doctor.sources.live.plan import field_selector
from cluster_doctor.sources.live.reader import ApiReader
from cluster_doctor.sources.protocol import Want
from cluster_doctor.sources.wire.failure import ReadFailure


def fetch_wanted(
    reader: ApiReader,
    pool: Executor,
    builder: SnapshotBuilder,
    discovery: Discovery,
    cluster: ClusterSnapshot,
    wants: Iterable[Want],
) -> None:
    """Read each want; what cannot be read becomes a gap."""
    lists, named, pods = [], [], []
    for want in wants:
        if want.kind == "Log":
            pods += _pods(cluster, want)
            continue
        served = _served(discovery, want.kind)
        if served is None:
            builder.gap(Gap(kind=want.kind, namespace=want.namespace, name=want.name, reason=GapReason.NOT_SERVED))
        elif want.name is not None:
            named.append((served, want, pool.submit(_one, reader, served, want)))
        else:
            request = ListRequest(
                served, want.namespace, field_selector=field_selector(served.kind), pages=reader.limits.pages
            )
            lists.append(pool.submit(read_list, reader, request, builder.admit))
    for listing in lists:
        take_listing(builder, listing.result())
    for served, want, answer in named:
        take_named(builder, served, want.namespace, want.name or "", answer.result())
    read_logs(reader, pool, builder, pods, every_container=True)


def _served(discovery: Discovery, kind: str) -> ServedKind | None:
    """The library's own kind of that name first, else the first extension's."""
    known = kind_named(kind)
    own = discovery.known(known) if known else None
    return own or next((served for served in discovery.kinds if served.kind == kind), None)


def _one(reader: ApiReader, served: ServedKind, want: Want) -> object | ReadFailure:
    try:
        return reader.json(served.path(want.namespace, want.name))
    except ReadFailure as failure:
        return failure


def _pods(cluster: ClusterSnapshot, want: Want) -> list[Pod]:
    if want.name is None:
        return cluster.within(Pod, want.namespace)
    pod = cluster.get(Pod, want.namespace, want.name)
    return [pod] if pod else []
