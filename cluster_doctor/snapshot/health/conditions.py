"""What status conditions say, by the API conventions and the families of names that controllers use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from pydantic import JsonValue

from cluster_doctor.snapshot.health.verdict import Health, HealthStatus
from cluster_doctor.snapshot.paths import integer, text

Condition = dict[str, JsonValue]


class Polarity(StrEnum):
    """What a condition says when it is True."""

    GOOD = "good"
    """The whole is well; it is not when the condition is False."""
    PART = "part"
    """A part is well; a summary beside it knows whether that matters."""
    BAD = "bad"
    BUSY = "busy"
    AT_REST = "at rest"
    REQUIRED = "required"
    """As GOOD, and False is a failure, whatever the reason."""
    SETTLING = "settling"
    """As GOOD, and False is work that goes on, whatever the reason."""
    STEP = "step"
    """Must not be False; True is not enough for the whole to be well."""
    AWAKE = "awake"
    """False means that it rests."""
    SILENT = "silent"
    """Says nothing about health."""


_GOOD = frozenset(
    {"accepted", "admitted", "available", "complete", "completed", "compliant", "configured", "deployed", "done",
     "established", "finished", "fullyapplied", "healthy", "installed", "namesaccepted", "programmed",
     "provisioned", "ready", "reconcilecomplete", "reconciled", "reconcilesuccess", "resolvedrefs",
     "resourcesynced", "succeeded", "successful", "synced", "uptodate", "valid", "validated", "wellformed"}
)  # fmt: skip
_SUMMARIES = frozenset({"ready", "available", "healthy", "succeeded", "compliant"})
"""Where one of these is given, conditions of parts are details."""
_BAD = re.compile(
    r"^(stalled|orphan|notready|terminal|blocked|unhealthy|unreachable|misconfigured|(partially|failed|invalid|error)\w*)$"
    r"|(failed|failures?|errors?|erroroccurred|degraded|invalid|unhealthy|mismatch|(?<!in)stalled|conflict|conflicted|denied)$"
)
_BUSY = re.compile(
    r"(progressing|reconciling|issuing|updating|upgrading|creating|deleting|terminating|provisioning|initiali[sz]ing"
    r"|scaling(up|down)?|rolling|migrating|pending|installing|deploying|restarting|resizing|restoring|recovering|syncing|draining"
    r"|starting|rebalancing|inprogress)$"
)
_AT_REST = re.compile(r"^(\w*suspended|\w*paused|stopped|hibernat(ed|ion)|halted)$")
_PART = re.compile(
    r"(ready|available|healthy|succeeded|success|successful|installed|deployed|configured|uptodate|reconciled|completed|synced"
    r"|valid|applied|created|provisioned|accepted|initiali[sz]ed|established|bound|exists|generated|registered"
    r"|scheduled|connected|reachable|provided|uploaded|updated)$"
)
_FAILURE_WORDS = re.compile(
    r"fail|error|invalid|not ?found|denied|forbidden|unauthori[sz]ed|missing|unable|cannot|could not|couldn't|can't"
    r"|refused|crash|back-?off|timed ?out|timeout(?! of)|exceeded|expired|reject|unhealthy|conflict|mismatch|abort"
    r"|stalled|unreachable|already exists|exhausted|unrecoverable|not allowed|not permitted"
)
_WORK_WORDS = re.compile(
    r"progress|pending|creating|wait|initiali[sz]|provisioning|issuing|reconciling|starting|updating|upgrading"
    r"|installing|deploying|roll(out|ing)|scaling|cloning|deleting|terminating|not yet|queued|scheduling|syncing"
    r"|boot|migrating|not ?ready|minimum availability|minimumreplicas|being (created|updated|deleted)"
    r"|restarting|unpacking|restor|running|(?<!not )scheduled"
)
_REST_WORDS = re.compile(r"paused|suspended|stopped|hibernat|halted")
_DONE_WORDS = re.compile(r"(?<!un)available$|complete|success|^ready$|asexpected|finished|uptodate|idle|promoted$")


def polarity_of(kind: str) -> Polarity | None:
    """Tell what a condition type means when it is True; None for a name of no known family."""
    name = _folded(kind)
    if name in _GOOD:
        return Polarity.GOOD
    if _AT_REST.search(name):
        return Polarity.AT_REST
    if _BUSY.search(name) or name == "running":
        return Polarity.BUSY
    if _BAD.search(name):
        return Polarity.BAD
    return Polarity.PART if _PART.search(name) else None


def read_conditions(
    conditions: Iterable[tuple[int, Condition]], where: str, generation: int, polarities: Mapping[str, Polarity]
) -> tuple[list[Health], bool]:
    """Read a list of conditions; also tell whether some were about an older generation of the object.

    What is lacking comes before what is being done about it.

    Args:
        conditions: with their positions.
        where: path of the list, for citations.
        generation: that of the object, 0 if unknown.
        polarities: what types mean for this kind, where that is not what their names say.
    """
    found: list[tuple[Polarity, Health]] = []
    summarised = stale = False
    for position, condition in conditions:
        kind = text(condition, "type")
        polarity = polarities.get(kind) or polarity_of(kind)
        if polarity is None or polarity is Polarity.SILENT:
            continue
        if 0 < integer(condition, "observedGeneration") < generation:
            stale = True
            continue
        summarised = summarised or _folded(kind) in _SUMMARIES
        verdict = _verdict(polarity, condition)
        if verdict:
            found.append((polarity, Health(verdict, _words(condition) or kind, f"{where}[{position}]")))
    told = [entry for entry in found if not (summarised and entry[0] is Polarity.PART)]
    return [health for _, health in sorted(told, key=lambda entry: entry[0] is Polarity.BUSY)], stale


def condition_status(condition: Condition) -> str:
    """Read a condition's status: `True`, `False`, or anything else, which is unknown; some write booleans."""
    status = condition.get("status")
    if isinstance(status, bool):
        return str(status)
    return status.capitalize() if isinstance(status, str) and status.lower() in {"true", "false"} else "Unknown"


def _verdict(polarity: Polarity, condition: Condition) -> HealthStatus | None:
    status = condition_status(condition)
    match polarity:
        case Polarity.AT_REST:
            return HealthStatus.SUSPENDED if status == "True" else None
        case Polarity.BAD:
            return _of_failure(condition) if status == "True" else None
        case Polarity.BUSY:
            return _of_work(status, condition)
        case Polarity.REQUIRED:
            return {"True": HealthStatus.HEALTHY, "False": HealthStatus.DEGRADED}.get(status, HealthStatus.PROGRESSING)
        case Polarity.GOOD | Polarity.PART:
            return HealthStatus.HEALTHY if status == "True" else _of_lack(status, condition)
        case Polarity.SETTLING:
            return HealthStatus.HEALTHY if status == "True" else HealthStatus.PROGRESSING
        case Polarity.STEP:
            return None if status == "True" or _is_done(condition) else _of_lack(status, condition)
        case Polarity.AWAKE:
            return {"True": HealthStatus.HEALTHY, "False": HealthStatus.SUSPENDED}.get(status)
        case Polarity.SILENT:
            return None


def _of_failure(condition: Condition) -> HealthStatus:
    """A controller that has not got there yet also says NotReady."""
    soft = _folded(text(condition, "type")) == "notready"
    return HealthStatus.PROGRESSING if soft and _at_work(condition) else HealthStatus.DEGRADED


def _of_work(status: str, condition: Condition) -> HealthStatus | None:
    reason = _folded(text(condition, "reason"))
    if status != "True":
        if _REST_WORDS.search(reason):
            return HealthStatus.SUSPENDED
        if status == "False" and _FAILURE_WORDS.search(text(condition, "reason").lower()):
            return HealthStatus.DEGRADED
        return HealthStatus.PROGRESSING if status == "Unknown" and _at_work(condition) else None
    if _is_done(condition):
        return HealthStatus.HEALTHY
    if _folded(text(condition, "type")) == "running" and not _at_work(condition) and reason != "running":
        return HealthStatus.DEGRADED if _fails(condition) else HealthStatus.HEALTHY
    return HealthStatus.PROGRESSING


def _of_lack(status: str, condition: Condition) -> HealthStatus | None:
    severity = text(condition, "severity").lower()
    if _REST_WORDS.search(text(condition, "reason").lower()):
        return HealthStatus.SUSPENDED
    if severity == "info":
        return HealthStatus.PROGRESSING if _folded(text(condition, "type")) == "ready" else None
    if severity != "error" and status == "False" and not _words(condition):
        return HealthStatus.PROGRESSING
    if status != "False":
        return HealthStatus.DEGRADED if _fails(condition) else HealthStatus.PROGRESSING
    return HealthStatus.PROGRESSING if severity != "error" and _at_work(condition) else HealthStatus.DEGRADED


def _is_done(condition: Condition) -> bool:
    return bool(_DONE_WORDS.search(_folded(text(condition, "reason"))))


def _at_work(condition: Condition) -> bool:
    return not _fails(condition) and bool(_WORK_WORDS.search(_words(condition).lower()))


def _fails(condition: Condition) -> bool:
    return bool(_FAILURE_WORDS.search(_words(condition).lower()))


def _words(condition: Condition) -> str:
    return f"{text(condition, 'reason')}: {text(condition, 'message')}".strip(": ")


def _folded(word: str) -> str:
    """Leave out a domain in front, case and separators: `platform.example.io/set-ready` is `setready`."""
    return "".join(letter for letter in word.rpartition("/")[2].rpartition(".")[2].lower() if letter.isalnum())
