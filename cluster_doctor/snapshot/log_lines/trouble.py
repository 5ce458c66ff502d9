"""What a line of a log can be evidence for."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """What happened, as the program that met it tells; the most telling first.

    A line mostly bears several signs (`code = Unavailable`, `Communications link failure`, `Connection refused`): the
    one that stands first here says most.
    """

    CREDENTIALS = "credentials refused"
    CONNECTIONS = "too many connections"
    READ_ONLY = "read-only"
    SCHEMA = "schema missing"
    LOCKED = "locked by another session"
    LEADER = "no leader available"
    OPEN_FILES = "too many open files"
    PROTOCOL = "the other side speaks another protocol"
    CERTIFICATE = "certificate refused"
    PORT_TAKEN = "port in use"
    DISK_FULL = "no space left"
    READ_ONLY_FILES = "read-only file system"
    MEMORY = "out of memory"
    SETTING = "setting missing"
    RATE = "rate limited"
    RESOLVER = "name server does not answer"
    UNKNOWN_HOST = "host name unknown"
    REFUSED = "connection refused"
    TIMEOUT = "connection timed out"
    NO_FILE = "file missing"
    PERMISSION = "permission denied"
    BROKEN = "connection failed"


OF_CALLS = frozenset(
    {
        Trouble.CREDENTIALS,
        Trouble.CONNECTIONS,
        Trouble.READ_ONLY,
        Trouble.SCHEMA,
        Trouble.LOCKED,
        Trouble.LEADER,
        Trouble.PROTOCOL,
        Trouble.CERTIFICATE,
        Trouble.RATE,
        Trouble.RESOLVER,
        Trouble.UNKNOWN_HOST,
        Trouble.REFUSED,
        Trouble.TIMEOUT,
        Trouble.BROKEN,
    }
)
"""Troubles of a call to somebody else; the others are the process' own."""

RANK = {trouble: rank for rank, trouble in enumerate(Trouble)}
