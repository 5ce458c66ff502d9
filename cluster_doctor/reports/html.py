"""The report as a page that needs nothing but itself, and as what a notebook shows."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.findings import Severity
from cluster_doctor.domain.report import Report
from cluster_doctor.domain.scan import ScanReport, ScanVerdict
from cluster_doctor.reports import rehearsal, wording
from cluster_doctor.reports.plain import harmless, one_line
from cluster_doctor.reports.scan import words
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

_TEMPLATES = Path(__file__).parent / "templates"
_TONES = {Status.RESOLVED: "bad", Status.UNRESOLVED: "unsure", Status.HEALTHY: "good"}
_SCAN_TONES = {ScanVerdict.FOUND: "bad", ScanVerdict.BLIND: "unsure", ScanVerdict.CLEAR: "good"}
_PAGE = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>cluster-doctor</title>'
    '<meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    "</head><body>\n"
)


def render_html(report: Report) -> str:
    """Write a report as a whole page: no script, no request, readable in light and dark."""
    return f"{_PAGE}{report_fragment(report)}\n</body></html>\n"


def scan_page(scan: ScanReport) -> str:
    """Write a scan's result as a whole page of the same look."""
    fragment = (
        _environment()
        .get_template("scan.html.j2")
        .render(scan=scan, words=words, tone=_SCAN_TONES[scan.verdict], error=Severity.ERROR)
    )
    return f"{_PAGE}{fragment}\n</body></html>\n"


def report_fragment(report: Report) -> str:
    """Write a report as a piece of HTML that a notebook can show."""
    return (
        _environment()
        .get_template("report.html.j2")
        .render(report=report, headline=wording.headline(report), tone=_TONES[report.status])
    )


def snapshot_fragment(cluster: ClusterSnapshot) -> str:
    """Write what a snapshot holds as a piece of HTML that a notebook can show."""
    kinds = sorted(Counter(text(raw, "kind") for raw in cluster.objects).items())
    return _environment().get_template("snapshot.html.j2").render(cluster=cluster, kinds=kinds)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["plain"] = one_line
    environment.filters["harmless"] = harmless
    environment.globals["wording"] = wording
    environment.globals["rehearsal"] = rehearsal
    # The style sheet is a file of this package, and the only text that is not escaped.
    environment.globals["style"] = Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - as above
    return environment
