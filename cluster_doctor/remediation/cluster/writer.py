"""Sends a change to an API server: only the one that was announced, once, and never again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from pydantic import JsonValue

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.inheriting_pool import InheritingPool
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.cluster.write import Write
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.views import View
from cluster_doctor.sources.live.connection import Connection, connect
from cluster_doctor.sources.live.discovery import ServedKind, discover, discover_version
from cluster_doctor.sources.live.limits import Limits
from cluster_doctor.sources.live.reader import PLAIN_JSON, Answer, ApiReader, as_object, refusal
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.live.unavailable import unavailable
from cluster_doctor.sources.wire.failure import ReadFailure

USER_AGENT = "cluster-doctor (approved change)"
SYSTEM_NAMESPACE = "/api/v1/namespaces/kube-system"
_LONGEST = 3600.0


class ApiWriter(ApiReader):
    """Reads from an API server, and sends it a change that was announced."""

    _announced: tuple[str, str] | None = None

    def __init__(self, connection: Connection, limits: Limits) -> None:
        """Start the clock."""
        super().__init__(connection, limits)
        self._looked_up: dict[tuple[str, str], ServedKind | None] = {}

    def _permit(self, method: str, path: str) -> None:
        if self._announced != (method, path):
            super()._permit(method, path)

    @property
    def is_verified(self) -> bool:
        """Whether the certificate at the other end has to be signed by the authority that the credentials name."""
        return self.connection.server.startswith("https://") and bool(self.connection.client.configuration.verify_ssl)

    def identity(self) -> ClusterIdentity:
        """Read who is at the other end of this very connection; a signal that cannot be read is None."""
        try:
            uid = text(self.json(SYSTEM_NAMESPACE), "metadata", "uid")
        except ReadFailure as failure:
            if failure.status not in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
                raise
            uid = ""
        return ClusterIdentity(
            server=self.connection.server, certificate=self.connection.certificate, system_uid=uid or None
        )

    def path_of(self, ref: ObjectRef, *, of_list: bool = False) -> str:
        """The path of an object, or of the list that it belongs to; a kind that is not Kubernetes' own is looked up.

        Raises:
            ReadFailure: the server does not answer.
            LookupError: the server does not serve the kind.
        """
        known = BY_KIND.get(ref.kind)
        group, slash, version = (known.api_version if known else ref.api_version).partition("/")
        group, version = (group, version) if slash else ("", group)
        if known and (not ref.group or ref.group == group):
            served = ServedKind(known.kind, known.plural, group, version, namespaced=known.namespaced)
        else:
            found = self._look_up(ref)
            if found is None:
                raise LookupError(f"the server does not serve {ref.kind} of {ref.group or 'the core group'}")
            served = found
        return served.path(ref.namespace, None if of_list else ref.name)

    def _look_up(self, ref: ObjectRef) -> ServedKind | None:
        key = (ref.kind, ref.group)
        if key not in self._looked_up:
            self._looked_up[key] = self._served_as_named(ref) or self._served_at_all(*key)
        return self._looked_up[key]

    def _served_as_named(self, ref: ObjectRef) -> ServedKind | None:
        """A kind in the version that it was read in, which takes one call."""
        group, slash, version = ref.api_version.partition("/")
        if not slash:
            return None
        try:
            return discover_version(self, group, version).find(ref.kind, ref.group)
        except ReadFailure as failure:
            if failure.status not in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
                raise
            return None

    def _served_at_all(self, kind: str, group: str) -> ServedKind | None:
        with InheritingPool(1) as pool:
            return discover(self, pool).find(kind, group)

    def get(self, path: str) -> dict[str, JsonValue] | None:
        """Read one object; None if it is not there.

        Raises:
            ReadFailure: it could not be read.
        """
        try:
            return self.json(path)
        except ReadFailure as failure:
            if failure.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def namespace_labels(self, name: str) -> dict[str, str] | None:
        """Labels of a namespace as they are now; None if they may not be read, or there is none.

        Raises:
            ReadFailure: the server does not answer.
        """
        try:
            found = self.get(self.path_of(ObjectRef("Namespace", name)))
        except ReadFailure as failure:
            if not HTTPStatus.BAD_REQUEST <= failure.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return None
        return dict(View(found).labels) if found is not None else None

    def send(self, write: Write, *, dry_run: bool) -> tuple[dict[str, JsonValue], tuple[str, ...]]:
        """Send a change once. Returns what the server stored, or would have, and its warnings.

        Raises:
            ReadFailure: it was refused, or nobody knows whether it happened (status 0).
        """
        sent = write.trial if dry_run else write
        self._announced = (write.method, write.path)
        try:
            answer = self._send(sent.method, sent.path, sent.query, PLAIN_JSON, sent.body, sent.content_type)
        finally:
            self._announced = None
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise refusal(answer, "the change")
        return as_object(answer, write.path), tuple(_warnings(answer))


def _warnings(answer: Answer) -> Iterator[str]:
    for warning in answer.warnings:
        _, _, said = warning.partition('"')
        yield said.rpartition('"')[0] or warning


@contextmanager
def open_writer(target: Target) -> Iterator[ApiWriter]:
    """Open a way to write into a cluster.

    Raises:
        ClusterUnavailable: there is no way in, or it broke.
    """
    connection = connect(target, parallel=1)
    connection.client.user_agent = USER_AGENT
    try:
        yield ApiWriter(connection, Limits(total=_LONGEST))
    except ReadFailure as failure:
        raise unavailable(target, connection, failure) from failure
    finally:
        connection.close()
