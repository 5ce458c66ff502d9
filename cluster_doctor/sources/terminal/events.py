"""Events: the table below a description, and the lists of `kubectl get events` and `kubectl events`."""

from __future__ import annotations

import re

from cluster_doctor.snapshot.kinds import BY_KIND, kind_named
from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.partials import new_event
from cluster_doctor.sources.terminal.table import Row, cut, headings, is_header

_REPEATED = re.compile(r"(\S+) \(x(\d+) over (\S+)\)")
_HEADLESS = re.compile(r"(\S+(?: \(x\d+ over \S+\))?)\s+(Normal|Warning)\s+(\S+)\s+([a-z][\w.-]*/\S+)\s+(\S.*)")


def about(kind: str, name: str, namespace: str | None) -> JsonObject:
    """Refer to an object as an Event does."""
    known = BY_KIND.get(kind)
    reference: JsonObject = {"kind": kind, "name": name}
    if namespace and (known is None or known.namespaced):
        reference["namespace"] = namespace
    if known:
        reference["apiVersion"] = known.api_version
    return reference


def read_described_events(text: str, kind: str, name: str, namespace: str | None, clock: Clock) -> list[JsonObject]:
    """Read what `describe` prints from `Events:` on. Lines of a message that runs on are joined to it."""
    columns: tuple[tuple[str, int], ...] = ()
    rows: list[dict[str, str]] = []
    for line in text.split("\n")[1:]:
        body = line.strip()
        if not columns:
            if body.startswith("Type") and body.endswith("Message"):
                columns = headings(re.sub(r"(?<=\S)  +(?=\S)", lambda gap: gap.group(), line.rstrip()))
            continue
        if body.startswith(("Normal ", "Warning ")) and line.startswith("  "):
            rows.append(cut(line, columns))
        elif body and not body.startswith("----") and rows:
            rows[-1]["Message"] += f"\n{body}"
    subject = about(kind, name, namespace)
    return [_described(row, subject, clock) for row in rows]


def _described(row: Row, subject: JsonObject, clock: Clock) -> JsonObject:
    last, count, first = _age(row.get("Age", ""))
    return new_event(
        subject,
        kind=row.get("Type", ""),
        reason=row.get("Reason", ""),
        message=row.get("Message", ""),
        component=row.get("From", "").partition(",")[0],
        count=count,
        first=clock.ago(first),
        last=clock.ago(last),
    )


def _age(cell: str) -> tuple[str, int, str]:
    repeated = _REPEATED.match(cell)
    if repeated:
        last, count, first = repeated.groups()
        return last, int(count[:9]), first
    return cell, 1, cell


def read_event_list(text: str, namespace: str | None, clock: Clock) -> list[JsonObject]:
    """Read a list of Events, with its header or, as `tail` leaves it, without."""
    columns: tuple[tuple[str, int], ...] = ()
    found: list[JsonObject] = []
    for line in text.split("\n"):
        if is_header(line):
            columns = headings(line.rstrip())
        elif columns and line.strip():
            event = _listed(cut(line, columns), namespace, clock)
            found += [event] if event else []
        elif match := _HEADLESS.fullmatch(line.strip()):
            row = dict(zip(("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"), match.groups(), strict=True))
            event = _listed(row, namespace, clock)
            found += [event] if event else []
    return found


def _listed(row: Row, namespace: str | None, clock: Clock) -> JsonObject | None:
    word, slash, name = row.get("OBJECT", "").partition("/")
    if not slash or row.get("TYPE") not in {"Normal", "Warning"}:
        return None
    known = kind_named(word)
    last, count, first = _age(row.get("LAST SEEN", ""))
    given = row.get("COUNT", "")
    return new_event(
        about(known.kind if known else word, name, row.get("NAMESPACE") or namespace),
        kind=row["TYPE"],
        reason=row.get("REASON", ""),
        message=row.get("MESSAGE", ""),
        component=row.get("SOURCE", "").partition(",")[0],
        count=int(given) if given.isdigit() and len(given) < 10 else count,
        first=clock.ago(row.get("FIRST SEEN", "") or first),
        last=clock.ago(last),
    )
