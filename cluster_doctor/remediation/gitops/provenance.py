"""Who decided a change of a repository, in which run and on which plan: the last lines of the commit's message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

RUN, PLAN, FINGERPRINT, APPROVER = (
    "Cluster-Doctor-Run",
    "Cluster-Doctor-Plan",
    "Cluster-Doctor-Fingerprint",
    "Approved-by",
)
BRANCHES = "fix/cluster-doctor/"
"""What the names of all branches begin with that are made here."""


@dataclass(frozen=True)
class Provenance:
    """Where a commit comes from.

    Attributes:
        run: the run's id.
        digest: the digest of the plan that was approved.
        fingerprint: what stays the same when the same cause is planned for again.
        approvers: who approved.
        at: when.
        issue: the number of the issue that it belongs to, if there is one.
    """

    run: str
    digest: str
    fingerprint: str
    approvers: tuple[str, ...]
    at: datetime
    issue: int | None = None

    @property
    def branch(self) -> str:
        """`fix/cluster-doctor/issue-12-2024-05-01`; a part of the fingerprint stands in for a number."""
        number = str(self.issue) if self.issue is not None else re.sub(r"[^A-Za-z0-9]+", "", self.fingerprint)[:12]
        return f"{BRANCHES}issue-{number}-{self.at:%Y-%m-%d}"

    @property
    def trailers(self) -> tuple[tuple[str, str], ...]:
        """Names and values, each on one line whatever it holds."""
        found = [(RUN, self.run), (PLAN, self.digest), (FINGERPRINT, self.fingerprint)]
        found += [(APPROVER, approver) for approver in self.approvers]
        return tuple((name, " ".join(value.split())) for name, value in found)

    def message(self, title: str, body: Iterable[str] = ()) -> str:
        """The message of a commit: a title of one line, what was edited where, and the trailers."""
        subject = " ".join(title.split())
        lines = [" ".join(line.split()) for line in body]
        trailers = [f"{name}: {value}" for name, value in self.trailers]
        return "\n".join([subject, "", *([*lines, ""] if lines else []), *trailers, ""])


def trailer(message: str, name: str) -> str:
    """The value of a trailer of a commit's message, empty if it has none. Only the last paragraph counts."""
    last = message.rstrip().rpartition("\n\n")[2]
    found = re.search(rf"^{re.escape(name)}: (.*)$", last, re.MULTILINE)
    return found.group(1).strip() if found else ""
