"""Every finding of a scan, for people and for the tools of a build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from xml.etree import ElementTree as ET

import orjson
from pydantic import JsonValue

from cluster_doctor.domain.coverage import Gap
from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.findings import Finding, Severity, Stage
from cluster_doctor.reports import wording
from cluster_doctor.reports.plain import harmless_json, one_line
from cluster_doctor.reports.text import MOST_LINES, Line, Tone

SCAN_VERSION = "1"
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


class ScanOutput(StrEnum):
    """Forms of a scan's result."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


@dataclass(frozen=True)
class Scan:
    """What a scan found: findings with those that are root causes first, and what it could not judge."""

    findings: tuple[Finding, ...]
    root_causes: tuple[RootCause, ...]
    gaps: tuple[Gap, ...]
    unknown: dict[str, str]
    source: str

    @classmethod
    def sorted(
        cls,
        findings: Sequence[Finding],
        root_causes: tuple[RootCause, ...],
        gaps: tuple[Gap, ...],
        unknown: dict[str, str],
        source: str,
    ) -> Scan:
        """Bring findings into order: root causes as ranked, then the rest, worst first."""
        rank = {cause.fingerprint: position for position, cause in enumerate(root_causes)}
        ordered = sorted(
            findings,
            key=lambda found: (
                rank.get(found.fingerprint, len(rank)),
                found.stage is Stage.SYMPTOM,
                -found.severity,
                found.subject,
                found.rule,
                found.about,
            ),
        )
        return cls(tuple(ordered), root_causes, gaps, unknown, source)

    def worst(self) -> Severity | None:
        """The highest severity among the findings."""
        return max((found.severity for found in self.findings), default=None)


def render_scan(scan: Scan, output: ScanOutput) -> str:
    """Write a scan's result."""
    match output:
        case ScanOutput.TEXT:
            return "".join(f"{line.text}\n" for line in scan_lines(scan))
        case ScanOutput.JSON:
            return _json(_plain(scan))
        case ScanOutput.SARIF:
            return _json(_sarif(scan))
        case ScanOutput.JUNIT:
            return _junit(scan)


def scan_lines(scan: Scan) -> Iterator[Line]:
    """Write a scan's result line by line."""
    causes = {cause.fingerprint for cause in scan.root_causes}
    for found in scan.findings:
        mark = "root cause" if found.fingerprint in causes else found.stage.value
        tone = Tone.BAD if found.severity >= Severity.ERROR else Tone.UNSURE
        yield Line(
            f"{found.severity.name:8} {one_line(f'{found.subject}: {found.message}')} [{found.rule}, {mark}]", tone
        )
        for fact in found.evidence[:1]:
            if fact.command:
                yield Line(f"           $ {one_line(fact.command)}", Tone.COMMAND)
    if not scan.findings:
        yield Line("No findings.", Tone.GOOD)
    for gap in scan.gaps[:MOST_LINES]:
        yield Line(f"?        {one_line(str(gap))}", Tone.UNSURE)
    if scan.unknown:
        yield Line(f"?        {len(scan.unknown)} checks could not judge for lack of what they need", Tone.UNSURE)


def _plain(scan: Scan) -> dict[str, JsonValue]:
    causes = {cause.fingerprint: cause.confidence for cause in scan.root_causes}
    return {
        "schema_version": SCAN_VERSION,
        "source": scan.source,
        "findings": [
            {**found.model_dump(mode="json"), "root_cause": found.fingerprint in causes} for found in scan.findings
        ],
        "gaps": [gap.model_dump(mode="json") for gap in scan.gaps],
        "rules_unknown": dict(scan.unknown),
    }


def _sarif(scan: Scan) -> dict[str, JsonValue]:
    levels = {Severity.INFO: "note", Severity.WARNING: "warning", Severity.ERROR: "error", Severity.CRITICAL: "error"}
    rules: list[JsonValue] = [
        {"id": name, "shortDescription": {"text": name.replace("_", " ")}}
        for name in dict.fromkeys(found.rule for found in scan.findings)
    ]
    results: list[JsonValue] = [
        {
            "ruleId": found.rule,
            "level": levels[found.severity],
            "message": {"text": one_line(found.message)},
            "locations": [{"logicalLocations": [{"fullyQualifiedName": str(found.subject), "kind": "resource"}]}],
            "partialFingerprints": {"clusterDoctor/v1": found.fingerprint},
        }
        for found in scan.findings
    ]
    driver: JsonValue = {"name": "cluster-doctor", "rules": rules}
    return {"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _junit(scan: Scan) -> str:
    suite = ET.Element("testsuite", name="cluster-doctor")
    suite.set("failures", str(len(scan.findings)))
    suite.set("skipped", str(len(scan.unknown)))
    suite.set("tests", str(len(scan.findings) + len(scan.unknown)))
    for found in scan.findings:
        case = ET.SubElement(suite, "testcase", classname=found.rule, name=one_line(str(found.subject)))
        failure = ET.SubElement(case, "failure", message=one_line(found.message), type=found.severity.name)
        failure.text = "\n".join(wording.fact(fact) for fact in found.evidence)
    for rule, lacked in sorted(scan.unknown.items()):
        case = ET.SubElement(suite, "testcase", classname=rule, name="could not judge")
        ET.SubElement(case, "skipped", message=f"nobody read {lacked}")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suite, encoding="unicode")}\n'


def _json(plain: dict[str, JsonValue]) -> str:
    return harmless_json(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode()) + "\n"
