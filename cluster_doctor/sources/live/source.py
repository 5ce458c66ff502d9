"""A running Kubernetes cluster as a source."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor

from cluster_doctor.domain.coverage import Gap
from cluster_doctor.domain.inheriting_pool import InheritingPool
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.collector import collector_paused
from cluster_doctor.snapshot.door import Door
from cluster_doctor.snapshot.merge import merge
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.live.collection import Collection
from cluster_doctor.sources.live.connection import connect
from cluster_doctor.sources.live.discovery import Discovery, discover
from cluster_doctor.sources.live.limits import Limits
from cluster_doctor.sources.live.reader import ApiReader
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.live.unavailable import nothing_read, unavailable
from cluster_doctor.sources.live.wanted import fetch_wanted
from cluster_doctor.sources.protocol import Progress, Scope, Want, silent
from cluster_doctor.sources.wire.failure import ReadFailure


class KubernetesSource:
    """Reads a cluster through its API server, and cannot write to it.

    Building one costs nothing: the kubernetes package is loaded and the cluster asked on first use.

    Example:
        >>> source = KubernetesSource(Target(context="staging"))
        >>> cluster = source.collect(Scope(namespaces=("shop",)))  # doctest: +SKIP
    """

    def __init__(self, target: Target | None = None, *, limits: Limits | None = None, door: Door | None = None) -> None:
        """Name the cluster.

        Args:
            target: which cluster; what kubectl would take by default.
            limits: how long, how much, how often.
            door: what redacts; one for the whole life of this source, so that masks stay comparable.
        """
        self.target = target or Target()
        self.limits = limits or Limits()
        self.requests_sent = 0
        self._door = door or Door()

    @property
    def description(self) -> str:
        """What a person would call this cluster."""
        return str(self.target)

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:
        """Read the scope and what it depends on.

        Raises:
            ClusterUnavailable: the cluster cannot be reached, or lets us read nothing at all.
            UsageError: none of the namespaces exists.
        """
        with self._session(progress) as (reader, pool, builder, discovery):
            cluster = Collection(reader, pool, builder, discovery, progress).run(scope)
        if not cluster.coverage.lists and not cluster.objects:
            raise nothing_read(self.target, cluster.coverage.gaps)
        return cluster

    def fetch(self, cluster: ClusterSnapshot, wants: Iterable[Want], progress: Progress = silent) -> ClusterSnapshot:
        """Read what is still missing and add it to the picture. What cannot be read becomes a gap.

        Raises:
            ClusterUnavailable: the cluster cannot be reached any more.
        """
        missing = list(dict.fromkeys(wants))
        if not missing:
            return cluster
        with self._session(progress) as (reader, pool, builder, discovery):
            fetch_wanted(reader, pool, builder, discovery, cluster, missing)
            builder.taken_at = cluster.taken_at
            return merge(cluster, builder.build())

    @contextlib.contextmanager
    def _session(self, progress: Progress) -> Iterator[tuple[ApiReader, Executor, SnapshotBuilder, Discovery]]:
        progress(f"Connecting to {self.target}")
        connection = connect(self.target, parallel=self.limits.parallel)
        reader = ApiReader(connection, self.limits)
        pool = InheritingPool(self.limits.parallel, thread_name_prefix="read-cluster")
        builder = SnapshotBuilder(connection.server, door=self._door)
        try:
            with collector_paused():
                builder.server_version = _version(reader, builder)
                yield reader, pool, builder, discover(reader, pool)
        except ReadFailure as failure:
            raise unavailable(self.target, connection, failure) from failure
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            self.requests_sent += reader.requests_sent
            connection.close()


def _version(reader: ApiReader, builder: SnapshotBuilder) -> str:
    """Ask for the version. A server that tells it to nobody (403) may still let us read."""
    try:
        return text(reader.json("/version"), "gitVersion")
    except ReadFailure as failure:
        if failure.status not in (403, 404):
            raise
        builder.gap(Gap(kind="server version", reason=failure.reason, detail=failure.detail))
        return ""
