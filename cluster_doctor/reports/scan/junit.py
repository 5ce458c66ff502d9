"""The result of a scan as the report of a test run, which every build server can show."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from cluster_doctor.domain.scan import ScanFinding, ScanReport
from cluster_doctor.reports import wording
from cluster_doctor.reports.plain import one_line
from cluster_doctor.reports.scan import words


def render_junit(scan: ScanReport) -> str:
    """Write a test case for each finding, which failed, and for what was suppressed or not judged, which was skipped.

    A prediction fails when it is due within a week, and is skipped before.

    Where nothing was found, one case says so: build servers take an empty suite for a broken one.
    """
    suite = ET.Element("testsuite", name="cluster-doctor")
    for found in scan.judged:
        failure = ET.SubElement(_case(suite, found), "failure", message=_said(found), type=found.severity.name)
        failure.text = "\n".join(wording.fact(fact) for fact in found.evidence)
    if not scan.judged:
        ET.SubElement(suite, "testcase", classname="cluster-doctor", name=words.headline(scan))
    for found in scan.predictions:
        if not found.near:
            ET.SubElement(_case(suite, found), "skipped", message=_said(found))
    for found in scan.suppressed:
        ET.SubElement(_case(suite, found), "skipped", message=one_line(f"suppressed by {words.suppressed(found)}"))
    for found in scan.known:
        ET.SubElement(_case(suite, found), "skipped", message="known from the baseline")
    for unchecked in scan.could_not_check:
        case = ET.SubElement(suite, "testcase", classname=unchecked.rule, name="could not judge")
        ET.SubElement(case, "skipped", message=one_line(", ".join(unchecked.because)))
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suite, encoding="unicode")}\n'


def _case(suite: ET.Element, found: ScanFinding) -> ET.Element:
    name = f"{found.subject} {found.about}" if found.about else str(found.subject)
    case = ET.SubElement(suite, "testcase", classname=found.rule, name=one_line(name))
    if found.location:
        case.set("file", one_line(found.location.file))
        if found.location.line:
            case.set("line", str(found.location.line))
    return case


def _said(found: ScanFinding) -> str:
    where = f"{found.location}: " if found.location else ""
    return one_line(f"{where}{found.message}{words.reckoned(found)}")
