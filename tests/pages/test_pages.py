"""Every kind of page in a real browser: nothing broken, accessible, and the same without scripts and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from cluster_doctor.reports.html import report_fragment
from pages.browser import axe, opened, running_browser
from pages.samples import SAMPLES, two_causes

BREAKAGE = (Path(__file__).parent / "breakage.js").read_text(encoding="utf-8")
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
every_sample = pytest.mark.parametrize("name", SAMPLES)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started


@pytest.fixture(scope="module")
def checker() -> str:
    return axe()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pages")
    for name, made in SAMPLES.items():
        (place / f"{name}.html").write_text(made(), encoding="utf-8")
    return place


def violations(page: Page, checker: str) -> list[str]:
    """What axe-core says against a page by WCAG 2.1, levels A and AA."""
    page.evaluate(checker)
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations']})"
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


@every_sample
@pytest.mark.parametrize("width", [360, 620, 800, 1400])
def test_nothing_overlaps_runs_over_or_fades_folded_and_open(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    for dark in (False, True):
        with opened(browser, folder / f"{name}.html", width=width, dark=dark) as page:
            assert page.evaluate(BREAKAGE) == []
            page.evaluate(OPEN_ALL)
            assert page.evaluate(BREAKAGE) == []


@every_sample
@pytest.mark.parametrize("dark", [False, True])
def test_it_violates_no_rule_of_accessibility(
    browser: Browser, folder: Path, checker: str, name: str, *, dark: bool
) -> None:
    for width in (360, 1200):
        with opened(browser, folder / f"{name}.html", width=width, dark=dark) as page:
            assert violations(page, checker) == []
            page.evaluate(OPEN_ALL)
            assert violations(page, checker) == []


@every_sample
def test_on_paper_all_is_open_and_nothing_is_cut(browser: Browser, folder: Path, name: str) -> None:
    with opened(browser, folder / f"{name}.html", width=700, dark=True) as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate(BREAKAGE) == []
        shut = "details:not([open]) > :not(summary)"
        heights = page.eval_on_selector_all(shut, "(all) => all.map((one) => one.getBoundingClientRect().height)")
        assert 0 not in heights
        paper = page.evaluate("getComputedStyle(document.querySelector('.cd')).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_evidence_folds_open_without_scripts(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "two-causes.html", scripts=False) as page:
        second = page.locator("article", has=page.get_by_role("heading", name="2. NetworkPolicy"))
        command = second.get_by_text("kubectl get events -n shop --field-selector").first
        assert not command.is_visible()
        second.locator("summary", has_text="Evidence").click()
        assert command.is_visible()


def test_the_picture_is_told_in_words_too(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "two-causes.html") as page:
        drawing = page.get_by_role("img", name="From cause to symptoms")
        assert drawing.count() == 1, "one of the three widths is there, for readers of the screen too"
        page.get_by_text("The same in words").click()
        told = page.locator(".picture ol").inner_text()
    assert "Cause 1, 97% sure: Deployment shop/checkout" in told
    assert "This leads to Ingress shop/shop" in told
    assert "nobody can reach port 8080 (inferred)" in told


def test_a_piece_for_a_notebook_leaves_its_surroundings_alone(browser: Browser, tmp_path: Path) -> None:
    around = "<h1>mine</h1><p class='dim card'>mine</p><code>mine</code><details><summary>mine</summary></details>"
    looks = "[...document.querySelectorAll('.mine, .mine *')].map((one) => JSON.stringify(getComputedStyle(one)))"
    said = []
    for name, piece in (("without", "<div></div>"), ("with", report_fragment(two_causes()))):
        file = tmp_path / f"{name}.html"
        file.write_text(f"<!doctype html><html><body><div class='mine'>{around}</div>{piece}</body></html>", "utf-8")
        with opened(browser, file) as page:
            said.append(page.evaluate(looks))
            assert page.evaluate(BREAKAGE) == []
    assert said[0] == said[1]
