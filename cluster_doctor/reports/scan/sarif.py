"""The result of a scan as SARIF 2.1.0, which code hosts show on the lines of a pull request."""

from __future__ import annotations

from urllib.parse import quote

from pydantic import JsonValue

from cluster_doctor.domain.findings import Severity, Stage
from cluster_doctor.domain.location import Location
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.scan import PastFinding, ScanFinding, ScanReport, ScanVerdict
from cluster_doctor.reports.plain import one_line
from cluster_doctor.reports.scan import words
from cluster_doctor.rules.protocol import Rule
from cluster_doctor.rules.rule_set import OURS, RuleSet

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "clusterDoctor/v1"
_LEVELS = {Severity.INFO: "note", Severity.WARNING: "warning", Severity.ERROR: "error", Severity.CRITICAL: "error"}


def sarif_log(scan: ScanReport, rules: RuleSet = OURS) -> dict[str, JsonValue]:
    """Make a log of one run: new, known and suppressed findings, those that are gone, and what was not checked."""
    results = [
        *(_result(found, "new" if scan.compared else None) for found in (*scan.findings, *scan.predictions)),
        *(_result(found, "unchanged") for found in scan.known),
        *(_result(found, None) for found in scan.suppressed),
        *(_absent(past) for past in scan.gone),
    ]
    named = {str(result["ruleId"]) for result in results} | {lack.rule for lack in scan.could_not_check}
    told: list[JsonValue] = [_rule(rule) for rule in rules.rules if rule.name in named]
    unseen = [*(str(gap) for gap in scan.gaps), *(words.lack(unchecked) for unchecked in scan.could_not_check)]
    notes: list[JsonValue] = [{"level": "note", "message": {"text": one_line(text)}} for text in unseen]
    run: dict[str, JsonValue] = {
        "tool": {"driver": {"name": "cluster-doctor", "rules": told}},
        "invocations": [
            {
                "executionSuccessful": scan.verdict is not ScanVerdict.BLIND,
                "toolExecutionNotifications": notes,
            }
        ],
        "results": [dict(result) for result in results],
        "columnKind": "unicodeCodePoints",
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> JsonValue:
    described: dict[str, JsonValue] = {
        "id": rule.name,
        "shortDescription": {"text": one_line(rule.doc.summary)},
        "fullDescription": {"text": one_line(rule.doc.why)},
        "help": {"text": one_line(rule.doc.remedy)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.area]},
    }
    if rule.doc.references:
        described["helpUri"] = rule.doc.references[0]
    return described


def _result(found: ScanFinding, state: str | None) -> dict[str, JsonValue]:
    result: dict[str, JsonValue] = {
        "ruleId": found.rule,
        "level": _LEVELS[found.severity] if found.near or found.stage is not Stage.PREDICTION else "note",
        "message": {"text": one_line(f"{found.message}{words.reckoned(found)}")},
        "locations": [_location(found.subject, found.location)],
        "partialFingerprints": {FINGERPRINT: found.fingerprint},
        "properties": {"severity": found.severity.name, "role": words.role(found)},
    }
    if state:
        result["baselineState"] = state
    if found.suppression:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": one_line(found.suppression.reason),
                "properties": {
                    "owner": one_line(found.suppression.owner),
                    "expires": found.suppression.expires.isoformat(),
                },
            }
        ]
    return result


def _absent(past: PastFinding) -> dict[str, JsonValue]:
    return {
        "ruleId": past.rule,
        "level": "none",
        "message": {"text": one_line(past.message)},
        "locations": [_location(past.subject, None)],
        "partialFingerprints": {FINGERPRINT: past.fingerprint},
        "baselineState": "absent",
    }


def _location(subject: ObjectRef, place: Location | None) -> dict[str, JsonValue]:
    named: dict[str, JsonValue] = {
        "logicalLocations": [{"fullyQualifiedName": one_line(str(subject)), "kind": "resource"}]
    }
    if place:
        physical: dict[str, JsonValue] = {"artifactLocation": {"uri": quote(place.file)}}
        if place.line:
            physical["region"] = {"startLine": place.line}
        named["physicalLocation"] = physical
    return named
