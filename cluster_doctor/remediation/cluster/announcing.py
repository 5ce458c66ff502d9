"""The write-ahead record of one approval: what is about to be sent, and what came of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pydantic import JsonValue, TypeAdapter

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.rehearsal import RehearsedStep
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.history.write_log import WriteKind, WriteLog, WriteRecord, WriteState
from cluster_doctor.remediation.cluster.happened import generation_of
from cluster_doctor.remediation.cluster.write import Write, identity_of, mark_of
from cluster_doctor.remediation.fields import Object

_EDITS = TypeAdapter(tuple[FieldEdit, ...])


@dataclass(frozen=True)
class Announcements:
    """Writes of one run, on somebody's word, into one cluster, which may present any certificate if that is said."""

    log: WriteLog
    run_id: str
    approver: str
    cluster: ClusterIdentity | None
    any_certificate: bool = False

    def of(self, key: str, kind: WriteKind) -> list[WriteRecord]:
        """The writes of one step, oldest first."""
        return [record for record in self.log.of_run(self.run_id) if record.step == key and record.kind is kind]

    def mark(self, key: str) -> str:
        """What an object carries after a step."""
        return f"{self.run_id}/{key}"

    def announce(self, step: RehearsedStep, kind: WriteKind, write: Write, live: Object | None) -> WriteRecord:
        """Put on record that a request is about to be sent, and which state of the object it is made for.

        Raises:
            RunError: somebody else is about to send it.
        """
        uid, version = identity_of(live) if live else ("", "")
        body: dict[str, JsonValue] = {
            "method": write.method,
            "path": write.path,
            "uid": uid,
            "resource_version": version,
            "generation": generation_of(live) if live else None,
            "mark_before": mark_of(live) if live else "",
            "mark": self.mark(step.key) if kind is WriteKind.APPLY else "",
        }
        earlier = len(self.of(step.key, kind))
        number = self.log.intend(
            self.run_id, step.key, kind, step.target,
            hashlib.sha256(f"{earlier} {write.digest}".encode()).hexdigest(), body,
            cluster=(self.cluster.system_uid if self.cluster else "") or "",
            approver=self.approver,
            undo=_EDITS.dump_python(tuple(edit.reverse for edit in step.diff), mode="json"),
        )  # fmt: skip
        return next(record for record in self.of(step.key, kind) if record.number == number)

    def stored(self, record: WriteRecord, diff: tuple[FieldEdit, ...], now: Object | None, note: str = "") -> None:
        """Put on record that a request was stored.

        Args:
            record: its announcement.
            diff: what changed.
            now: the object afterwards; None if it is gone.
            note: how that is known, if not by the answer.
        """
        uid = identity_of(now)[0] if now else announced(record)["uid"]
        detail: dict[str, JsonValue] = {"diff": _EDITS.dump_python(diff, mode="json"), "uid": uid}
        self.log.settle(record.number, WriteState.DONE, note, detail)

    def refused(self, record: WriteRecord, note: str) -> None:
        """Put on record that a request was not stored."""
        self.log.settle(record.number, WriteState.REFUSED, note)

    def unknown(self, record: WriteRecord) -> None:
        """Put on record that nobody can tell."""
        self.log.settle(record.number, WriteState.UNKNOWN, "the object does not tell whether it was stored")


def announced(record: WriteRecord) -> dict[str, JsonValue]:
    """What was put on record before a request was sent."""
    return record.body if isinstance(record.body, dict) else {}


def diff_of(record: WriteRecord) -> tuple[FieldEdit, ...]:
    """What a write changed."""
    return _EDITS.validate_python(record.detail.get("diff") or ())
