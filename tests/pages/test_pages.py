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
@pytest.mark.parametrize(("width", "dark"), [(360, False), (800, True), (1400, False)])
def test_nothing_overlaps_runs_over_or_fades_folded_and_open(
    browser: Browser, folder: Path, name: str, width: int, *, dark: bool
) -> None:
    with opened(browser, folder / f"{name}.html", width=width, dark=dark) as page:
        assert page.evaluate(BREAKAGE) == []
        page.evaluate(OPEN_ALL)
        assert page.evaluate(BREAKAGE) == []


@every_sample
@pytest.mark.parametrize(("width", "dark"), [(1200, False), (360, True)])
def test_it_violates_no_rule_of_accessibility(
    browser: Browser, folder: Path, checker: str, name: str, width: int, *, dark: bool
) -> None:
    with opened(browser, folder / f"{name}.html", width=width, dark=dark) as page:
        page.evaluate(OPEN_ALL)
        assert violations(page, checker) == []


def test_what_is_broken_is_found(browser: Browser, checker: str, tmp_path: Path) -> None:
    boxes = "<g class='box'><rect width='90' height='20'/><text x='2' y='15'>runs out of its box</text></g>" * 2
    file = tmp_path / "broken.html"
    file.write_text(
        "<!doctype html><html><body><p>below</p><p style='margin-top: -2em'>on it</p>"
        "<p style='color: #bbb'>pale</p><p style='width: 4000px'>wide</p>"
        f"<svg class='drawing' viewBox='0 0 300 90'>{boxes}"
        "<g class='arrow'><path d='M0 10L200 10'/></g></svg></body></html>",
        encoding="utf-8",
    )
    with opened(browser, file) as page:
        told = " ".join(page.evaluate(BREAKAGE))
        found = " ".join(violations(page, checker))
    for part in (
        "the page is 4",
        "on each other: below / on it",
        "out of its box: runs",
        "two boxes",
        "an arrow goes through",
    ):
        assert part in told
    assert "color-contrast" in found
    assert "document-title" in found


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
