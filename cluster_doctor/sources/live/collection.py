"""One collection: from the scope outwards, everything that is read becomes part of one picture."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from concurrent.futures import Executor

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Namespace, Pod
from cluster_doctor.sources.live.container_logs import choose_pods, read_logs
from cluster_doctor.sources.live.discovery import Discovery, ServedKind
from cluster_doctor.sources.live.intake import take_listing, take_named
from cluster_doctor.sources.live.listing import Listing, ListRequest, read_list
from cluster_doctor.sources.live.neighbours import backends_beyond, read_backends
from cluster_doctor.sources.live.plan import (
    MACHINERY,
    NEIGHBOUR_KINDS,
    Plan,
    coverage_names,
    field_selector,
    is_custom,
    make_plan,
)
from cluster_doctor.sources.live.reader import ApiReader
from cluster_doctor.sources.protocol import Progress, Scope
from cluster_doctor.sources.wire.failure import ReadFailure

SYSTEM_NAMESPACE = "kube-system"
NODE_LEASES = "kube-node-lease"
_FEW_NAMESPACES = 20


class Collection:
    """Reads one scope of one cluster, once."""

    def __init__(
        self, reader: ApiReader, pool: Executor, builder: SnapshotBuilder, discovery: Discovery, progress: Progress
    ) -> None:
        """Prepare; nothing is read yet."""
        self.reader, self.pool, self.builder = reader, pool, builder
        self.discovery, self.progress = discovery, progress
        self._read: set[tuple[ServedKind, str | None]] = set()

    def run(self, scope: Scope) -> ClusterSnapshot:
        """Read the scope, then what it depends on, then the logs that may explain what is wrong.

        Raises:
            UsageError: none of the namespaces exists.
        """
        plan = make_plan(self.discovery, self.reader.limits.custom_kinds)
        self._declare(plan)
        self.builder.taken_at = self.reader.now()  # of the pictures on the way; theirs is not to be searched for
        self._read_identity()
        self._read_scope(plan, scope)
        self._require_namespaces(scope)
        self._read_neighbours(scope)
        self._read_logs(scope)
        self.builder.taken_at = self.reader.now()
        return self.builder.build()

    def _declare(self, plan: Plan) -> None:
        for gap in self.discovery.gaps:
            self.builder.gap(gap)
        for kind in plan.missing:
            self.builder.gap(Gap(kind=kind, reason=GapReason.NOT_SERVED, detail="the API server does not list it"))
        if plan.left_out:
            names = ", ".join(sorted({kind.kind for kind in plan.left_out})[:10])
            detail = f"{len(plan.left_out)} more kinds of custom resources were not read: {names}"
            self.builder.gap(Gap(kind="CustomResource", reason=GapReason.OUT_OF_SCOPE, detail=detail))

    def _read_identity(self) -> None:
        served = self.discovery.find("Namespace", "")
        uid = None
        if served:
            answer = self._one(served, None, SYSTEM_NAMESPACE)
            take_named(self.builder, served, None, SYSTEM_NAMESPACE, answer)
            uid = text(answer, "metadata", "uid") if isinstance(answer, dict) else None
        connection = self.reader.connection
        self.builder.identity = ClusterIdentity(
            server=connection.server, certificate=connection.certificate, system_uid=uid or None
        )

    def _one(self, served: ServedKind, namespace: str | None, name: str) -> object | ReadFailure:
        try:
            return self.reader.json(served.path(namespace, name))
        except ReadFailure as failure:
            return failure

    def _lists(self, requests: Iterable[ListRequest]) -> list[Listing]:
        """Read lists side by side; take them in the order asked, so that the picture has one order."""
        answers = [self.pool.submit(read_list, self.reader, request, self.builder.admit) for request in requests]
        taken = []
        for answer in answers:
            listing = answer.result()
            take_listing(self.builder, listing)
            if listing.failure is None:
                self._read.add((listing.request.served, listing.request.namespace))
            taken.append(listing)
        return taken

    def _request(self, served: ServedKind, namespace: str | None) -> ListRequest:
        return ListRequest(
            served, namespace, field_selector=field_selector(served.kind), pages=self.reader.limits.pages
        )

    def _read_scope(self, plan: Plan, scope: Scope) -> None:
        places: tuple[str | None, ...] = scope.namespaces or (None,)
        where = ", ".join(scope.namespaces) or "all namespaces"
        self.progress(f"Reading {len(plan.namespaced) + len(plan.everywhere)} kinds in {where}")
        requests = [self._request(kind, place) for place in places for kind in plan.namespaced]
        requests += [self._request(kind, None) for kind in (*plan.delivery, *plan.everywhere)]
        lease = self.discovery.find("Lease", "coordination.k8s.io")
        if scope.namespaces and lease:
            requests += [self._request(lease, place) for place in (NODE_LEASES, SYSTEM_NAMESPACE)]
        refused = [
            listing.request.served
            for listing in self._lists(dict.fromkeys(requests))
            if listing.request.namespace is None
            and listing.request.served.namespaced
            and listing.failure is not None
            and listing.failure.reason is GapReason.FORBIDDEN
        ]
        if refused:
            fallback = scope.namespaces or self._likely_namespaces()
            self.progress(f"Reading of all namespaces is forbidden; trying {', '.join(fallback)}")
            self._lists(self._request(kind, place) for place in fallback for kind in refused)
        if scope.namespaces and not self._has_read("Namespace", None):
            self._read_namespaces_by_name(scope.namespaces)
        self._cover_custom(plan, places)

    def _likely_namespaces(self) -> tuple[str, ...]:
        """Namespaces to try when all of them together are forbidden."""
        if self.reader.connection.namespace:
            return (self.reader.connection.namespace,)
        listed = [namespace.name for namespace in self.builder.build().all(Namespace)]
        return tuple(sorted(listed)[:_FEW_NAMESPACES]) or ("default",)

    def _has_read(self, kind: str, namespace: str | None) -> bool:
        own = self.discovery.known(BY_KIND[kind])
        return own is not None and (own, namespace) in self._read

    def _read_namespaces_by_name(self, names: Iterable[str]) -> None:
        served = self.discovery.find("Namespace", "")
        if served:
            for name in names:
                take_named(self.builder, served, None, name, self._one(served, None, name))

    def _cover_custom(self, plan: Plan, places: tuple[str | None, ...]) -> None:
        """Declare custom resources read where every kind of them was."""
        custom = [kind for kind in (*plan.namespaced, *plan.everywhere, *plan.delivery) if is_custom(kind)]
        for place in places:
            read = frozenset(kind for kind in custom if (kind, place) in self._read or (kind, None) in self._read)
            for name in coverage_names(custom, read):
                self.builder.cover(name, place)
            if len(read) == len(custom) and self._read and not plan.left_out and not self.discovery.gaps:
                self.builder.cover("CustomResource", place)

    def _require_namespaces(self, scope: Scope) -> None:
        """A list of a namespace that does not exist is empty, and would read as healthy."""
        if not scope.namespaces:
            return
        picture = self.builder.build()
        absent = [name for name in scope.namespaces if picture.exists(Namespace, None, name) is False]
        if not absent or len(absent) < len(scope.namespaces):
            return
        known = sorted(namespace.name for namespace in picture.all(Namespace))
        near = difflib.get_close_matches(absent[0], known, n=3) or known[:_FEW_NAMESPACES]
        raise UsageError(
            f"Namespace {absent[0]!r} was asked of {self.reader.connection.server}, which has no such namespace.",
            f"Did you mean {', '.join(near)}?" if near else "",
        )

    def _read_neighbours(self, scope: Scope) -> None:
        if not scope.namespaces:
            return
        picture = self.builder.build()
        inside = frozenset(scope.namespaces)
        present = [
            name
            for name in MACHINERY
            if name not in inside and (name == SYSTEM_NAMESPACE or picture.get(Namespace, None, name) is not None)
        ]
        kinds = [kind for name in NEIGHBOUR_KINDS if (kind := self.discovery.known(BY_KIND[name])) is not None]
        pages = self.reader.limits.neighbour_pages
        self.progress(f"Reading the cluster's machinery in {', '.join(present) or 'no other namespace'}")
        self._lists(ListRequest(kind, place, pages=pages) for place in present for kind in kinds)
        known = inside | set(present)
        backends, left_out = backends_beyond(picture, known, self.reader.limits.backends)
        if backends:
            self.progress(f"Following calls to {', '.join(ref.path for ref in backends)}")
            read_backends(self.reader, self.pool, self.builder, self.discovery, backends, left_out)

    def _read_logs(self, scope: Scope) -> None:
        """Read logs: of what the incident names, then of the scope, then of what the scope depends on."""
        picture, now = self.builder.build(), self.reader.now()
        pods = self.discovery.known(BY_KIND["Pod"])
        inside: list[Pod] = []
        beyond: list[Pod] = []
        for pod in picture.all(Pod):
            (inside if not scope.namespaces or pod.namespace in scope.namespaces else beyond).append(pod)
        named = [pod for seed in scope.seeds for pod in _pods_at(picture, seed)[:1]]
        refs = {pod.ref for pod in named}
        chosen = [pod for group in (inside, beyond) for pod in choose_pods(picture, group, now) if pod.ref not in refs]
        if chosen or named:
            count = min(len(chosen) + len(refs), self.reader.limits.log_pods)
            self.progress(f"Reading the logs of {count} Pods")
        refused = read_logs(self.reader, self.pool, self.builder, named, every_container=True)
        refused |= read_logs(self.reader, self.pool, self.builder, chosen)
        for place in {place for served, place in self._read if served == pods}:
            # Known are the logs of a place whose Pods were all seen and whose logs were not all refused: what
            # needs no explaining has no log to be missed.
            if not (place in refused if place else refused):
                self.builder.cover("Log", place)


def _pods_at(picture: ClusterSnapshot, seed: ObjectRef) -> list[Pod]:
    pod = picture.find(seed)
    return [pod] if isinstance(pod, Pod) else picture.pods_of(seed)
