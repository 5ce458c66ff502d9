"""The words by which past incidents are found: FTS5 on SQLite, a text-search vector on Postgres.

Both ask the same: each word is a phrase that has to be there, the last one perhaps only begun; case and accents do not
matter, and no character is an instruction. Postgres gets the terms as they are taken apart here, because its own parser
reads `shop/web` as the name of a file and treats letters beyond ASCII as the server's language says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from sqlalchemy import Column, Connection, Float, Integer, MetaData, Subquery, Table, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from cluster_doctor.history.store import Store

SERVER_WORDS = Table(
    "words",
    MetaData(),
    Column("incident", Integer, primary_key=True, autoincrement=False),
    Column("terms", TSVECTOR, nullable=False),
)
_TERM = re.compile(r"[^\W_]+")
_LONGEST_TERM = 500
"""Characters of a term; Postgres takes 2,046 bytes, and nobody looks for more."""
_LAST_PLACE = 16_383
_STATEMENTS = {
    False: {
        "add": "INSERT INTO words (rowid, text) VALUES (:incident, :said)",
        "extend": "UPDATE words SET text = text || :said WHERE rowid = :incident",
        "forget": "DELETE FROM words WHERE rowid = :incident",
        "match": "SELECT rowid AS incident, rank AS place FROM words WHERE words MATCH :phrases",
    },
    True: {
        "add": "INSERT INTO words (incident, terms) VALUES (:incident, CAST(:said AS tsvector))",
        "extend": "UPDATE words SET terms = terms || CAST(:said AS tsvector) WHERE incident = :incident",
        "forget": "DELETE FROM words WHERE incident = :incident",
        "match": """
            SELECT incident, -ts_rank_cd(terms, CAST(:phrases AS tsquery)) AS place FROM words
            WHERE terms @@ CAST(:phrases AS tsquery)
        """,
    },
}


class IncidentWords:
    """Keeps the words of incidents beside them, and finds incidents by them."""

    def __init__(self, store: Store) -> None:
        """Keep them in a store, where `make` makes their table."""
        self._on_server = store.on_server
        self._statements = _STATEMENTS[store.on_server]

    def make(self, connection: Connection) -> None:
        """Make the table if it is not there."""
        if self._on_server:
            connection.execute(text("CREATE INDEX IF NOT EXISTS words_by_term ON words USING gin (terms)"))
        else:
            connection.execute(
                text("CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, tokenize = 'unicode61')")
            )

    def add(self, connection: Connection, incident: int, said: str) -> None:
        """Keep the words of an incident that has none."""
        connection.execute(text(self._statements["add"]), {"incident": incident, "said": self._kept(said)})

    def extend(self, connection: Connection, incident: int, said: str) -> None:
        """Add words to those of an incident."""
        connection.execute(text(self._statements["extend"]), {"incident": incident, "said": self._kept(f"\n{said}")})

    def forget(self, connection: Connection, incident: int) -> None:
        """Drop the words of an incident."""
        connection.execute(text(self._statements["forget"]), {"incident": incident})

    def matches(self, words: str) -> Subquery | None:
        """Select the incidents that have all words, each with its place, the best lowest; None if there is no word."""
        phrases = " & ".join(_server_phrases(words)) if self._on_server else " ".join(_file_phrases(words))
        if not phrases:
            return None
        begun = f"{phrases}:*" if self._on_server else f"{phrases}*"
        chosen = text(self._statements["match"]).bindparams(phrases=begun)
        return chosen.columns(Column("incident", Integer), Column("place", Float)).subquery("matched")

    def _kept(self, said: str) -> str:
        """What is stored of a text."""
        if not self._on_server:
            return said.encode("utf-8", "replace").decode()
        return " ".join(f"'{term}':{min(at, _LAST_PLACE)}" for at, term in enumerate(_terms(said), 1))


def _file_phrases(words: str) -> Iterator[str]:
    """Make phrases for FTS5."""
    for word in words.split():
        if any(character.isalnum() for character in word):
            plain = word.encode("utf-8", "replace").decode().replace('"', '""').replace("\0", "")
            yield f'"{plain}"'


def _server_phrases(words: str) -> Iterator[str]:
    """Make phrases for Postgres."""
    for word in words.split():
        terms = [f"'{term}'" for term in _terms(word)]
        if terms:
            yield " <-> ".join(terms)


def _terms(said: str) -> list[str]:
    """Take a text apart into terms of letters and digits, without case and accents."""
    parts = unicodedata.normalize("NFKD", said.encode("utf-8", "replace").decode().lower())
    plain = "".join(character for character in parts if not unicodedata.combining(character))
    return [term[:_LONGEST_TERM] for term in _TERM.findall(plain)]
