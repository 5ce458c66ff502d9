"""Folders of manifests to scan."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from cluster_doctor.cli.main import run

SHOP = Path(__file__).parent / "shop"
"""Good manifests of a shop, as somebody would write them."""


def shop_with(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """Copy the shop, and replace a text in one of its files for each change: file, text, replacement."""
    copy = folder / "shop"
    shutil.copytree(SHOP, copy)
    for name, text, other in changes:
        path = copy / name
        content = path.read_text(encoding="utf-8")
        assert text in content, f"{name} does not hold {text}"
        path.write_text(content.replace(text, other, 1), encoding="utf-8")
    return copy


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Scan, and return the JSON that it prints."""
    capsys.readouterr()
    run(["scan", *words, "--output", "json"])
    found: dict[str, Any] = orjson.loads(capsys.readouterr().out)
    return found


def rules_told(capsys: pytest.CaptureFixture[str], *words: str) -> set[str]:
    """Scan, and return the names of the rules that found something."""
    return {found["rule"] for found in told(capsys, *words)["findings"]}
