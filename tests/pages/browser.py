"""Finds Chromium and looks at pages with it, over its DevTools protocol."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from node_packages import NoNodePackageError, install
from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def program() -> str:
    """The browser: what `CHROMIUM` names, or one on the PATH; without one the test is skipped."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        pytest.skip(f"no browser: CHROMIUM names none, and none of {', '.join(_NAMES)} is on the PATH")
    return found


def axe() -> str:
    """The source of axe-core; where it cannot be had the test is skipped."""
    try:
        _, place = install(Path(__file__).parent, "axe")
    except NoNodePackageError as error:
        pytest.skip(f"no axe-core: {error}")
    return (place / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run the browser while the block runs."""
    found = program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, file: Path, *, width: int = 1200, dark: bool = False, scripts: bool = True
) -> Iterator[Page]:
    """Open a page; what it asks for besides itself, or complains of, is an error when the block ends."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
    )
    try:
        page = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(file.as_uri())
        yield page
        assert asked[:1] == [file.as_uri()]
        assert [url for url in asked if not url.startswith(file.parent.as_uri())] == [], "nothing is asked of anywhere"
        assert said == []
    finally:
        context.close()
