"""Calls that fail, as programs log them.

One line is read for what happened (refused, timed out, not resolved, not allowed in, too many, read-only)
and for whom it happened with (host and port), by families of messages: Go's net package, Java's sockets and
JDBC drivers, Python, Node, .NET, libpq, MySQL and Redis clients, gRPC, Envoy. Names come from the line only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


class Trouble(StrEnum):
    """What happened to a call."""

    CREDENTIALS = "credentials refused"
    CONNECTIONS = "too many connections"
    READ_ONLY = "read-only"
    RESOLVER = "name server does not answer"
    UNKNOWN_HOST = "host name unknown"
    REFUSED = "connection refused"
    TIMEOUT = "connection timed out"
    BROKEN = "connection failed"


_PATTERNS = tuple(
    (trouble, re.compile(pattern, re.IGNORECASE))
    for trouble, pattern in (
        (
            Trouble.CREDENTIALS,
            r"access denied for user|password authentication failed|authentication failed for user|WRONGPASS|NOAUTH"
            r"|invalid username-password pair|SASL authentication (?:failed|error)|Login failed for user"
            r"|role \"[^\"]+\" does not exist|no pg_hba\.conf entry"
            r"|AuthenticationFailed|auth(?:entication)? error.{0,40}mongo",
        ),
        (
            Trouble.CONNECTIONS,
            r"too many connections|too many clients already|remaining connection slots are reserved"
            r"|max number of clients reached|ERROR 1040|has more than 'max_user_connections'",
        ),
        (
            Trouble.READ_ONLY,
            r"--(?:super-)?read-only option|read.?only (?:transaction|mode|replica|user)|READONLY You can't write"
            r"|cannot execute \w+ in a read-only transaction|database is (?:in )?read.?only|ERROR (?:1290|1792|1836)",
        ),
        (
            Trouble.RESOLVER,
            r"temporary failure in name resolution|EAI_AGAIN"
            r"|lookup \S+(?: on \S+)?: (?:read udp \S+ )?(?:.*?)i/o timeout"
            r"|server misbehaving|SERVFAIL|could not contact DNS servers|DNS resolution timed? ?out",
        ),
        (
            Trouble.UNKNOWN_HOST,
            r"no such host|UnknownHostException|ENOTFOUND"
            r"|name or service not known|could not (?:resolve|translate) host"
            r"|nodename nor servname|Unknown host|getaddrinfo failed|NXDOMAIN|Name does not resolve|host not found"
            r"|(?:DNS|name) resolution failed|unable to resolve host|failed to resolve (?:host|address|name)",
        ),
        (Trouble.REFUSED, r"connection refused|ECONNREFUSED|actively refused|connect\(\) failed \(111"),
        (
            Trouble.TIMEOUT,
            r"dial tcp \S+: (?:i/o timeout|connect: connection timed out)|connect(?:ion)? timed? ?out|ETIMEDOUT"
            r"|ConnectTimeoutException|upstream timed out|deadline exceeded while awaiting|connect timeout",
        ),
        (
            Trouble.BROKEN,
            r"communications link failure|UnableToConnect|no route to host|network is unreachable|EHOSTUNREACH"
            r"|upstream connect error|connection reset by peer|could not connect to server|unable to connect to"
            r"|can't connect to (?:MySQL |MariaDB )?server on",
        ),
    )
)
_TARGETS = tuple(
    re.compile(pattern)
    for pattern in (
        r"lookup ([\w.-]+?)\.?(?: on [\w.:\[\]]+)?:()",
        r"UnknownHostException: ([\w.-]+)()",
        r"(?:ENOTFOUND|EAI_AGAIN) ([\w.-]+)(?::(\d+))?",
        r"dial tcp ([\w.-]+):(\d+)",
        r"ECONNREFUSED ([\w.:-]+?):(\d+)",
        r"server on '([A-Za-z][\w.-]*)(?::(\d{2,5}))?'",
        r"(?:UnableToConnect|serverEndpoint:?|connect(?:ing)? to"
        r"|connection to|connect to server at|host)[ :=\"']+(?:on )?"
        r"\"?([A-Za-z][\w.-]*)\"?(?: ?\([\d.]+\))?(?:[:,]? ?(?:port )?(\d{2,5}))?",
        r"(?:on|to|from|at|//|@) ?([A-Za-z][\w-]*(?:\.[\w-]+)*):(\d{2,5})\b",
        r"(?:DNS|[Nn]ame) resolution failed for (?:name |target )?(?:dns:/*)?\"?([\w.-]+)\"?(?::(\d+))?",
        r"(?:unable|failed) to resolve (?:host |address |name )?['\"]?([A-Za-z][\w.-]*)['\"]?(?::(\d+))?",
        r"(?:not known|is known\.?) \(([A-Za-z][\w.-]*)(?::(\d+))?\)",
        r"could not (?:translate|resolve) host(?: name)?:? \"?([\w.-]+)\"?()",
        r"\b((?:\d{1,3}\.){3}\d{1,3}):(\d{2,5})\b",
        r"(?<![\w.-])([A-Za-z][\w-]*(?:\.[\w-]+)*):(\d{2,5})/\w*(?:Interactive|Subscription)",
    )
)


@dataclass(frozen=True, slots=True)
class FailingCall:
    """One line that tells of a failing call. `host` is empty and `port` None where the line names none."""

    trouble: Trouble
    host: str
    port: int | None
    log: ContainerLog
    position: int

    @property
    def evidence(self) -> Evidence:
        """The line."""
        return self.log.cite(self.position)


def read_line(line: str) -> tuple[Trouble, str, int | None] | None:
    """Read one line; None if it tells of no failing call."""
    lowered = line.lower()
    if not any(hint in lowered for hint in _HINTS):
        return None
    trouble = next((trouble for trouble, pattern in _PATTERNS if pattern.search(line)), None)
    if trouble is None:
        return None
    for pattern in _TARGETS:
        for found in pattern.finditer(line):
            if found[1].lower() not in _NO_HOSTS:
                return trouble, found[1].rstrip("."), int(found[2]) if found[2] else None
    return trouble, "", None


_HINTS = (
    "denied", "refused", "authentication", "wrongpass", "noauth", "login failed", "pg_hba", "does not exist",
    "too many", "slots are reserved", "max number", "1040", "max_user", "read-only", "read only", "readonly",
    "name resolution", "eai_again", "timeout", "misbehaving", "servfail", "dns", "no such host", "unknownhost",
    "enotfound", "not known", "resolve", "nodename", "unknown host", "getaddrinfo", "nxdomain", "host not found",
    "failed (111", "timed out", "etimedout", "deadline", "link failure", "unabletoconnect", "no route",
    "unreachable", "upstream connect", "connection reset", "could not connect", "can't connect", "unable to connect",
    "1290", "1792", "1836",
)  # fmt: skip
"""Words without which no pattern can match; most lines have none of them, and looking for words is cheap."""

_NO_HOSTS = frozenset({"the", "server", "database", "host", "upstream", "backend", "any", "localhost", "remote", "a"})
_MOST_LINES = 400


def failing_calls(ref: ObjectRef, cluster: ClusterSnapshot) -> list[FailingCall]:
    """List what the logs of a workload tell of failing calls, one entry for each kind, host and port."""

    def read() -> list[FailingCall]:
        return list(_read(cluster.logs_of(ref)))

    return cluster.remember(("failing calls", ref), read)


def callers_in_trouble(cluster: ClusterSnapshot) -> Iterator[Workload]:
    """Workloads whose logs tell of failing calls."""
    return (workload for workload in cluster.workloads() if failing_calls(workload.ref, cluster))


def _read(logs: list[ContainerLog]) -> Iterator[FailingCall]:
    seen: set[tuple[Trouble, str, int | None]] = set()
    for log in logs:
        first = max(0, len(log.lines) - _MOST_LINES)
        for position in range(len(log.lines) - 1, first - 1, -1):
            told = read_line(log.lines[position])
            if told and told not in seen:
                seen.add(told)
                yield FailingCall(*told, log=log, position=position)
