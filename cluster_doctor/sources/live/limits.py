"""How long, how much, how often."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one collection. Times in seconds, sizes in bytes.

    Attributes:
        connect: to open a connection.
        read: between two pieces of an answer.
        total: for the whole collection; what is not read by then is a gap.
        attempts: how often a request is sent at the most when asking again may help.
        parallel: requests in flight.
        page: objects in one page of a list.
        pages: pages of one list in the scope.
        neighbour_pages: pages of one list outside the scope.
        answer: size of one answer, unpacked.
        custom_kinds: kinds of custom resources.
        backends: Services outside the scope that are followed.
        log_pods: Pods whose logs are read.
        log_lines: lines of one log, from its end.
        log_bytes: size of one log.
    """

    connect: float = 5.0
    read: float = 15.0
    total: float = 90.0
    attempts: int = 4
    parallel: int = 8
    page: int = 200
    pages: int = 150
    neighbour_pages: int = 10
    answer: int = 64 * MEBIBYTE
    custom_kinds: int = 40
    backends: int = 12
    log_pods: int = 20
    log_lines: int = 200
    log_bytes: int = 256 * 1024
