"""The result of a scan in every form."""

from __future__ import annotations

from typing import assert_never

from cluster_doctor.domain.scan import ScanReport
from cluster_doctor.reports.html import scan_page
from cluster_doctor.reports.plain import plain_json
from cluster_doctor.reports.scan.junit import render_junit
from cluster_doctor.reports.scan.markdown import render_scan_markdown
from cluster_doctor.reports.scan.output import ScanOutput
from cluster_doctor.reports.scan.sarif import sarif_log
from cluster_doctor.reports.scan.text import scan_lines
from cluster_doctor.rules.rule_set import OURS, RuleSet


def render_scan(scan: ScanReport, output: ScanOutput, rules: RuleSet = OURS) -> str:
    """Write the result of a scan by some rules; `docs/scan.schema.json` describes the JSON form."""
    match output:
        case ScanOutput.TEXT:
            return "".join(f"{line.text}\n" for line in scan_lines(scan))
        case ScanOutput.JSON:
            return plain_json(scan.model_dump(mode="json"))
        case ScanOutput.SARIF:
            return plain_json(sarif_log(scan, rules))
        case ScanOutput.JUNIT:
            return render_junit(scan)
        case ScanOutput.MARKDOWN:
            return render_scan_markdown(scan)
        case ScanOutput.HTML:
            return scan_page(scan)
        case unreachable:
            assert_never(unreachable)
