"""Where a run stands, kept in SQLite or Postgres, and read back without running anything that stands there.

LangGraph's default serializer imports and calls what a stored value names. This one rebuilds plain JSON and
LangGraph's own question to a person, and refuses a checkpoint that holds anything else: this program writes
nothing else.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ormsgpack
from langgraph.checkpoint.serde.jsonplus import EXT_CONSTRUCTOR_KW_ARGS, JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Interrupt

from cluster_doctor.domain.errors import RunError
from cluster_doctor.history.postgres import not_installed
from cluster_doctor.history.write_ahead import use_write_ahead_log

if TYPE_CHECKING:
    from langgraph.checkpoint.postgres import PostgresSaver
    from sqlalchemy import URL

_ALLOWED_FORMS = frozenset({"null", "msgpack"})
_DAMAGED = "Start the case again; if you did not touch the files in the history folder, find out who did."


class PlainSerializer(JsonPlusSerializer):
    """Keeps plain JSON and LangGraph's `Interrupt`; refuses to load anything else."""

    def __init__(self) -> None:
        """Allow no module."""
        super().__init__(allowed_msgpack_modules=[], __unpack_ext_hook__=_rebuild)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:  # noqa: ANN401 - the signature is LangGraph's
        """Load a stored value.

        Raises:
            RunError: it is damaged, or names code.
        """
        form, content = data
        if form not in _ALLOWED_FORMS:
            raise RunError(f"a checkpoint holds a value in the form {form!r}, which is never written", _DAMAGED)
        try:
            return super().loads_typed((form, content))
        except (ValueError, TypeError) as error:
            raise RunError("a checkpoint is damaged, or somebody changed it", _DAMAGED) from error


def _rebuild(code: int, content: bytes) -> Interrupt[object]:
    """Rebuild the one extension type that may stand in a checkpoint."""
    if code != EXT_CONSTRUCTOR_KW_ARGS:
        msg = f"extension {code}"
        raise ValueError(msg)
    module, name, fields = ormsgpack.unpackb(content, ext_hook=_rebuild, option=ormsgpack.OPT_NON_STR_KEYS)
    if (module, name) != (Interrupt.__module__, Interrupt.__name__):
        msg = f"{module}.{name}"
        raise ValueError(msg)
    return Interrupt(**fields)


def open_checkpointer(place: Path | URL) -> SqliteSaver | PostgresSaver:
    """Open the checkpoints in a file, which is made if it is not there, or in a database on a server.

    Raises:
        RunError: the file is no SQLite database, or the server cannot be reached.
        UsageError: what Postgres needs is not installed.
    """
    return _in_file(place) if isinstance(place, Path) else _on_server(place)


def _in_file(path: Path) -> SqliteSaver:
    path.touch(mode=0o600, exist_ok=True)
    connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
    saver = SqliteSaver(connection, serde=PlainSerializer())
    try:
        use_write_ahead_log(connection)
        saver.setup()
        # With a write-ahead log this outlives the death of the process; only a power cut may cost the last step.
        connection.execute("PRAGMA synchronous=NORMAL")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise RunError(f"{path} cannot be read as checkpoints: {error}", "Move it away to begin anew.") from error
    return saver


def _on_server(url: URL) -> PostgresSaver:
    try:
        from cluster_doctor.history.server_checkpoints import open_on_server  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise not_installed() from error
    return open_on_server(url, PlainSerializer())
