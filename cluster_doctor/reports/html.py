"""The report as a page that needs nothing but itself, and as what a notebook shows."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.findings import Severity
from cluster_doctor.domain.remediation import RemediationPlan
from cluster_doctor.domain.report import Report
from cluster_doctor.domain.scan import ScanReport, ScanVerdict
from cluster_doctor.reports import rehearsal, wording
from cluster_doctor.reports.moments import distance, moments_of
from cluster_doctor.reports.picture.shown import picture_of
from cluster_doctor.reports.plain import harmless, one_line
from cluster_doctor.reports.scan import words
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

_TEMPLATES = Path(__file__).parent / "templates"
TONES = {Status.RESOLVED: "bad", Status.UNRESOLVED: "unsure", Status.HEALTHY: "good"}
MARKS = {Status.RESOLVED: "✕", Status.UNRESOLVED: "?", Status.HEALTHY: "✓"}
_SCAN_TONES = {ScanVerdict.FOUND: "bad", ScanVerdict.BLIND: "unsure", ScanVerdict.CLEAR: "good"}
_BRIEF, _LONGEST, _MOST_MOMENTS = 300, 700, 40
"""Letters of a name or a title, letters of a text before the rest of it is folded, and rows of the timeline."""


def render_html(report: Report, *, back: str = "") -> str:
    """Write a report as a whole page: no script, no request, readable in light and dark.

    Args:
        report: what to show.
        back: the page that lists it among others; it is linked to.
    """
    return page(report_fragment(report), wording.headline(report), back=back)


def scan_page(scan: ScanReport) -> str:
    """Write a scan's result as a whole page of the same look."""
    tone = _SCAN_TONES[scan.verdict]
    return page(piece("scan.html.j2", scan=scan, words=words, tone=tone, error=Severity.ERROR), words.headline(scan))


def report_fragment(report: Report) -> str:
    """Write a report as a piece of HTML that a notebook can show."""
    tone, mark = TONES[report.status], MARKS[report.status]
    return piece("report.html.j2", report=report, headline=wording.headline(report), tone=tone, mark=mark)


def snapshot_fragment(cluster: ClusterSnapshot) -> str:
    """Write what a snapshot holds as a piece of HTML that a notebook can show."""
    kinds = sorted(Counter(text(raw, "kind") for raw in cluster.objects).items())
    return piece("snapshot.html.j2", cluster=cluster, kinds=kinds)


def piece(template: str, **given: object) -> str:
    """Fill in a template of this package."""
    return _environment().get_template(template).render(**given)


def page(fragment: str, title: str, *, back: str = "") -> str:
    """Make a whole page of a piece of HTML.

    Args:
        fragment: what the page holds; it is trusted.
        title: what a browser calls it; it is not.
        back: as `render_html` has it.
    """
    trusted = Markup(fragment)  # noqa: S704 - as the docstring says
    return piece("page.html.j2", fragment=trusted, title=title, back=back)


def _first_plan(report: Report) -> RemediationPlan | None:
    """The plan for the most probable cause, or the first that there is."""
    plans = report.remediation.plans if report.remediation else ()
    wanted = report.root_causes[0].fingerprint if report.root_causes else ""
    return next((plan for plan in plans if plan.fingerprint == wanted), plans[0] if plans else None)


def _brief(text: str) -> str:
    """A name or a title on one line, cut where it is very long."""
    shown = one_line(text)
    return shown if len(shown) <= _BRIEF else f"{shown[: _BRIEF - 1]}…"


def _style(*names: str) -> Markup:
    """Style sheets of this package, the only text that is not escaped."""
    sheets = ((_TEMPLATES / "style" / f"{name}.css").read_text(encoding="utf-8") for name in names)
    return Markup("".join(sheets))  # noqa: S704 - as the docstring says


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"plain": one_line, "harmless": harmless, "brief": _brief}
    environment.globals |= {
        "wording": wording,
        "rehearsal": rehearsal,
        "picture": picture_of,
        "moments": moments_of,
        "distance": distance,
        "first_plan": _first_plan,
        "longest": _LONGEST,
        "most_moments": _MOST_MOMENTS,
        "style": _style("text", "report", "picture", "index", "print"),
        "page_style": _style("page"),
    }
    return environment
