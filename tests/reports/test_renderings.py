"""Reports in every form."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import orjson
import pytest
from whole_report import HOSTILE, full_report

import cluster_doctor
from cluster_doctor.cli.schemas import PUBLISHED
from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.report import Report
from cluster_doctor.domain.run_difference import RunDifference
from cluster_doctor.reports.as_json import load_report, render_json
from cluster_doctor.reports.difference import difference_lines, report_differences
from cluster_doctor.reports.html import render_html, report_fragment
from cluster_doctor.reports.markdown import render_markdown
from cluster_doctor.reports.schemas import SCHEMAS, schema_text
from cluster_doctor.reports.text import render_text
from cluster_doctor.rules.example import snapshot_of

FORMS: dict[str, Callable[[Report], str]] = {
    "text": render_text,
    "json": render_json,
    "markdown": render_markdown,
    "html": render_html,
}


@pytest.mark.parametrize("form", FORMS)
def test_no_form_lets_text_from_the_cluster_steer_who_reads_it(form: str) -> None:
    shown = FORMS[form](full_report(HOSTILE))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", shown)
    assert "gnp.exe" in shown, "nothing may be hidden"


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_what_is_coming_up_is_told_with_its_date_arithmetic_and_remedy(form: str) -> None:
    shown = FORMS[form](full_report()).replace("\\", "")
    assert "Coming up" in shown
    assert "due 2026-01-04 12:00 UTC" in shown
    assert "by this arithmetic" in shown
    assert "with this remedy" in shown


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_what_was_seen_before_is_told_with_its_run_and_what_helped(form: str) -> None:
    shown = " ".join(FORMS[form](full_report("it is odd")).replace("\\", "").split())
    for part in (
        "Seen before: 3 times, last on 2025-12-24 12:00:00 UTC in run 20251224-180000-fedcba (confirmed)",
        "what helped: relabelled: it is odd",
        "cluster-doctor runs show 20251224-180000-fedcba",
        "Looked at already, and still the same: once",
        "with other symptoms, seen before: 2 times, last on 2025-12-24 12:00:00 UTC in another cluster in run",
        "(marked wrong)",
        "a person marked this cause wrong",
        "The same kind of cause elsewhere: once",
        "(not confirmed), at Service shop/web",
    ):
        assert part in shown, part


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_runbooks_are_cited_with_file_line_heading_and_reason(form: str) -> None:
    shown = " ".join(FORMS[form](full_report("odd")).replace("\\", "").split())
    assert (
        "odd (odd.md:12, “below odd”, https://wiki.example.com/odd): matched by rule service_selects_no_pods, "
        "by symptom “odd”" in shown
    )
    assert "runbook noted: odd" in shown


def test_html_holds_no_element_but_its_own_and_loads_nothing() -> None:
    found: set[str] = set()

    class Elements(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add(tag)
            assert not {name for name, _ in attrs} & {"src", "href", "onclick", "onload"}

    page = render_html(full_report(HOSTILE))
    Elements().feed(page)
    assert "script" not in found
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page


def test_markdown_makes_no_link_and_no_markup_of_text_from_the_cluster() -> None:
    shown = render_markdown(full_report(HOSTILE))
    meant = re.sub(r"(?m)(``+) .* \1$", "", re.sub(r"\\[^\w\s]", "", shown))
    assert "](http" not in meant
    assert "<script>" not in meant
    assert "**c**" not in meant


def test_the_text_form_fits_80_columns_but_for_commands_that_are_to_be_copied() -> None:
    for line in render_text(full_report("word " * 60)).splitlines():
        assert len(line) <= 80 or line.lstrip().startswith("$ ")


def test_the_text_form_says_the_important_first() -> None:
    shown = render_text(full_report())
    parts = [
        "RESOLVED [P1]",
        "cluster-identity uncertain",
        "Not as reported",
        "1. What is wrong (90% sure, ERROR)",
        "since 2026-01-01 09:00:00 UTC (3 h before this picture)",
        "Why:",
        "Evidence:",
        "    - Service shop/web: FailedThing",
        "Seen, but not explained",
        "How bad: P1",
        "What to do",
        "Ruled out",
        "What could not be seen",
        "could not read Secret in shop: forbidden",
    ]
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)
    assert "(inferred)" in shown


def test_json_is_sorted_and_reads_back_as_the_same_report() -> None:
    report = full_report(HOSTILE.replace("\x00", ""))
    shown = render_json(report)
    assert load_report(shown) == report
    assert list(orjson.loads(shown)) == sorted(orjson.loads(shown))


@pytest.mark.parametrize(
    ("content", "said"), [("{", "no report"), ("[]", "schema version"), ('{"schema_version": "99"}', "99")]
)
def test_what_is_no_report_is_refused(content: str, said: str) -> None:
    with pytest.raises(UnreadableInput, match=said) as caught:
        load_report(content)
    assert caught.value.next_step


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_schema_is_that_of_the_model(name: str) -> None:
    model = PUBLISHED[name]
    published = Path(__file__).parents[2] / "docs" / f"{name}.schema.json"
    again = "write it again with `python -m cluster_doctor.cli.schemas docs`"
    assert published.read_text(encoding="utf-8") == schema_text(model, name), again


def test_a_report_is_what_its_schema_says() -> None:
    schema = orjson.loads(schema_text(SCHEMAS["report"], "report"))
    plain = orjson.loads(render_json(full_report()))
    jsonschema.validate(plain, schema)
    assert {"kind", "namespace", "name"} <= plain["root_causes"][0]["subject"].keys()
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain | {"status": "fine"}, schema)


def test_a_report_and_a_snapshot_show_themselves_in_a_notebook() -> None:
    assert cluster_doctor.Report is Report
    report = full_report()
    show = getattr(report, "_repr_html_")  # noqa: B009 - it is lent to the class at run time
    assert show() == report_fragment(report)
    cluster = snapshot_of("{kind: Pod, metadata: {name: <b>, labels: {}}}")
    shown = getattr(cluster, "_repr_html_")()  # noqa: B009 - as above
    assert "Pod" in shown
    assert "<b>" not in shown


def test_what_is_supposed_is_said_in_every_form() -> None:
    report = full_report().model_copy(update={"varied": ("fixed.yaml was applied",)})
    said = "Not how the cluster is: this supposes that fixed.yaml was applied"
    assert said in " ".join(render_text(report).split())
    assert "this supposes that fixed" in render_markdown(report)
    assert said in report_fragment(report)
    assert "supposes" not in report_fragment(full_report())


def test_differences_name_the_node_and_what_is_gone_new_and_changed() -> None:
    before = full_report()
    after = before.model_copy(update={"status": Status.HEALTHY, "root_causes": (), "triage": None})
    assert list(report_differences(before, before)) == []
    found = RunDifference(before="a", after="b", differences=tuple(report_differences(before, after)), more=3)
    said = list(difference_lines(found))
    assert said[0] == "diagnose"
    assert "  ~ status: resolved -> healthy" in said
    assert any(line.startswith("  - cause: Service shop/web") for line in said)
    assert said.index("triage") < said.index("  ~ priority: P1 -> none")
    assert not any("more differences" in line for line in said)
    schema = orjson.loads((Path(__file__).parents[2] / "docs" / "diff.schema.json").read_bytes())
    jsonschema.validate(orjson.loads(found.model_dump_json()), schema)
