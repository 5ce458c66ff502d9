"""What `make demo` shows: the cause behind a chain of services, and nothing of the noise around it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import orjson
import pytest

from cluster_doctor.cli.main import run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words of the Makefile's demo, with a home of our own."""
    monkeypatch.chdir(ROOT)
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe
    words = shlex.split(recipe[1].replace("\\\n", " ").replace("$(VENV)", str(tmp_path)))
    return words[1:]


def test_it_says_first_what_is_refuted_then_the_cause_and_stops_at_the_question(
    demo: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(demo) == 0
    told = capsys.readouterr().out
    order = [
        "RESOLVED [P1] Deployment shop/payments",
        "“since the last deploy”: the newest revision of Deployment shop/checkout is",
        "ConfigMap payments lacks key gateway-url",
        "Service payments has no ready endpoint",
        "Deployment shop/checkout logs failing calls to",
        "Service checkout has no ready endpoint",
        "reached from outside",
        "What to do",
        "Not approved: there is no terminal to ask on; nothing was done",
    ]
    places = [told.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)


def test_it_reads_on_80_columns_but_for_commands_that_are_to_be_copied(
    demo: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(demo)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > 80 and not line.lstrip().startswith("$ ")] == []


def test_nothing_of_the_noise_is_named(demo: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run([*demo, "--output", "json"])
    report = orjson.loads(capsys.readouterr().out)
    assert [cause["rule"] for cause in report["root_causes"]] == ["config_map_lacks_key"]
    assert report["unexplained"] == []
    assert report["gaps"] == []
    chain = report["root_causes"][0]["chain"]
    assert len(chain) > 3
    assert {link["subject"]["kind"] for link in chain} >= {"Deployment", "Pod", "Service"}
    named = orjson.dumps([report["root_causes"], report["ruled_out"]]).decode()
    for harmless in ("catalog", "migrate-orders", "weekly-statement", "node-4", "default-deny", "session-cache"):
        assert harmless not in named
