"""Where the bytes of evidence lie, each under the SHA-256 of its content: files, or rows of a database on a server."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Protocol

from sqlalchemy import Column, LargeBinary, MetaData, Table, select
from sqlalchemy.dialects.postgresql import insert

from cluster_doctor.history.store import Store, StoredText

_EVIDENCE = Table(
    "evidence",
    MetaData(),
    Column("hash", StoredText, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)


class Contents(Protocol):
    """Keeps bytes under their hash."""

    @property
    def place(self) -> str:
        """Where they lie, in words for a person."""
        ...

    def read(self, key: str) -> bytes | None:
        """Read what is kept; None if there is nothing.

        Raises:
            OSError: it cannot be read.
        """
        ...

    def write(self, key: str, content: bytes) -> None:
        """Keep something; where something is kept already, it stays."""
        ...

    def path(self, key: str) -> Path:
        """A file that holds it."""
        ...


class FolderContents:
    """Keeps each as a file below a folder, which is made when something is stored."""

    def __init__(self, folder: Path) -> None:
        """Keep them below a folder."""
        self._folder = folder

    @property
    def place(self) -> str:
        """Where they lie, in words for a person."""
        return f"{self._folder} (a hash below is a file there; a snapshot opens with --from)"

    def read(self, key: str) -> bytes | None:
        """Read a file.

        Raises:
            OSError: it cannot be read.
        """
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, key: str, content: bytes) -> None:
        """Write a file whole or not at all."""
        path = self.path(key)
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
                part.write(content)
            Path(part.name).replace(path)

    def path(self, key: str) -> Path:
        """Where its file is."""
        return self._folder / key[:2] / key


class TableContents:
    """Keeps each as a row, so that every machine that shares the database has it."""

    def __init__(self, store: Store, copies: Path) -> None:
        """Keep them in a database on a server.

        Args:
            store: the database.
            copies: the folder for files of what somebody wants as a file.

        Raises:
            RunError: the database cannot be used.
        """
        self._store = store
        self._copies = FolderContents(copies)
        store.make((_EVIDENCE,))

    @property
    def place(self) -> str:
        """Where they lie, in words for a person."""
        return f"{self._store.place} (a hash below is a row of its table evidence)"

    def read(self, key: str) -> bytes | None:
        """Read a row."""
        with self._store.reading() as connection:
            found = connection.execute(select(_EVIDENCE.c.content).where(_EVIDENCE.c.hash == key)).scalar()
        return None if found is None else bytes(found)

    def write(self, key: str, content: bytes) -> None:
        """Write a row."""
        with self._store.writing() as connection:
            connection.execute(insert(_EVIDENCE).values(hash=key, content=content).on_conflict_do_nothing())

    def path(self, key: str) -> Path:
        """Where a copy is, which is made now if the row is there."""
        content = self.read(key)
        if content is not None:
            self._copies.write(key, content)
        return self._copies.path(key)
