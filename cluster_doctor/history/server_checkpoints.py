"""Where a run stands, kept in Postgres.

LangGraph's saver is opened by hand, because its own way of opening takes no serializer, and what the server answers is
told to a user as all other errors of the history are. Import it only where Postgres is asked for: it is an extra.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.serde.base import SerializerProtocol
from psycopg import Connection, Error
from psycopg.rows import DictRow
from sqlalchemy import URL

from cluster_doctor.domain.errors import RunError
from cluster_doctor.history.postgres import PATIENCE, UNREACHABLE, advisory_lock, open_connection, server_errors


class ServerCheckpoints(PostgresSaver):
    """LangGraph's checkpoints on a server."""

    def __init__(self, connection: Connection[DictRow], serializer: SerializerProtocol, url: URL) -> None:
        """Keep them by a connection of their own; the address is told in errors."""
        super().__init__(connection, serde=serializer)
        self._connection = connection
        self._url = url

    def make(self) -> None:
        """Make the tables.

        Nobody waits inside the server for the lock: an index is made there that waits for all who wait.

        Raises:
            RunError: the server cannot be used.
        """
        with server_errors(self._url), advisory_lock(self._connection, "checkpoints", patience=PATIENCE) as held:
            if not held:
                raise RunError("another process makes the tables of the checkpoints", UNREACHABLE)
            self.setup()

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Talk to the server, by a new connection if the last one was lost.

        Raises:
            RunError: the server cannot be used.
        """
        with self.lock:
            if not _answers(self._connection):
                self._connection.close()
                self._connection = self.conn = open_connection(self._url)
        with server_errors(self._url):
            yield

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Read a checkpoint.

        Raises:
            RunError: the server cannot be used, or the checkpoint is damaged.
        """
        with self._talking():
            return super().get_tuple(config)

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the name is LangGraph's
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """List checkpoints.

        Raises:
            RunError: as above.
        """
        with self._talking():
            yield from super().list(config, filter=filter, before=before, limit=limit)

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a checkpoint.

        Raises:
            RunError: the server cannot be used.
        """
        with self._talking():
            return super().put(config, checkpoint, metadata, new_versions)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keep what a node returned.

        Raises:
            RunError: the server cannot be used.
        """
        with self._talking():
            super().put_writes(config, writes, task_id, task_path)


def _answers(connection: Connection[DictRow]) -> bool:
    try:
        connection.execute("SELECT 1")
    except Error:
        return False
    return True


def open_on_server(url: URL, serializer: SerializerProtocol) -> ServerCheckpoints:
    """Open the checkpoints of a database, whose tables are made if they are not there.

    Raises:
        RunError: the server cannot be used.
    """
    connection = open_connection(url)
    saver = ServerCheckpoints(connection, serializer, url)
    try:
        saver.make()
    except RunError:
        connection.close()
        raise
    return saver
