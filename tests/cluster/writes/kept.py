"""A write-ahead record in memory, for tests that kill nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef


@dataclass
class Kept:
    """One announced write."""

    number: int
    step: str
    kind: str
    body: dict[str, JsonValue]
    state: str = "intended"
    detail: dict[str, JsonValue] = field(default_factory=dict)


class KeptWrites:
    """Announced writes, in order."""

    def __init__(self) -> None:
        self.writes: list[Kept] = []

    def intend(  # noqa: PLR0913 - as the protocol has it
        self,
        run_id: str,
        step: str,
        kind: str,
        *,
        cluster: str,
        target: ObjectRef,
        digest: str,
        body: dict[str, JsonValue],
        approver: str,
    ) -> int:
        """Keep that a request is about to be sent."""
        del run_id, cluster, target, digest, approver
        self.writes.append(Kept(len(self.writes), step, kind, body))
        return len(self.writes) - 1

    def settle(self, number: int, state: str, note: str = "", detail: dict[str, JsonValue] | None = None) -> None:
        """Keep what came of it."""
        del note
        self.writes[number].state, self.writes[number].detail = state, detail or {}

    def of_run(self, run_id: str) -> list[Kept]:
        """All of them."""
        del run_id
        return list(self.writes)
