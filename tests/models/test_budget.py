"""Bounds on what a model may cost are hard, and a run goes on without it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from model_server.server import ModelServer, Trouble, model_server

import cluster_doctor
from cluster_doctor import History, Report
from cluster_doctor.cli.main import run as run_command
from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.exchange import Exchange
from cluster_doctor.domain.model_use import Budget, ModelChoice, Price, Usage
from cluster_doctor.rules.example import snapshot_of

from . import actors
from .incidents import NEVER_READY

TOLD = "deployment ledger is not ready"


def run(server: ModelServer, home: Path, budget: Budget, price: Price | None = None) -> Report:
    choice = ModelChoice(name="openai:scripted", url=server.url, budget=budget, price=price)
    return cluster_doctor.diagnose(
        "deployment ledger is not ready", source=snapshot_of(NEVER_READY), home=home, model=choice
    )


@pytest.mark.parametrize("calls", [0, 1, 4, 8])
def test_calls_are_bounded(calls: int, tmp_path: Path) -> None:
    with model_server(actors.endless) as server:
        report = run(server, tmp_path, Budget(calls=calls))
    assert len(server.asked) <= calls
    assert report.status is Status.UNRESOLVED
    assert report.model
    assert any("calls are used up" in note or "form that was asked for" in note for note in report.model.notes)


def test_tokens_are_bounded_before_they_are_spent(tmp_path: Path) -> None:
    with model_server(actors.honest) as server:
        report = run(server, tmp_path, Budget(tokens=5_000))
    assert not server.asked
    assert report.model
    assert report.model.notes == ("its 1250 tokens would be passed",)


def test_money_is_bounded_and_counted(tmp_path: Path) -> None:
    with model_server(actors.honest) as server:
        rich = run(server, tmp_path / "rich", Budget(usd=1), Price(input=2.5, output=10))
        spent = len(server.asked)
        poor = run(server, tmp_path / "poor", Budget(usd=0.01), Price(input=2.5, output=10))
    assert rich.model
    assert 0 < rich.model.usage.usd < 1
    assert rich.status is Status.RESOLVED
    assert len(server.asked) == spent
    assert poor.model
    assert "US dollars would be passed" in poor.model.notes[0]


def test_time_is_bounded(tmp_path: Path) -> None:
    began = time.monotonic()
    with model_server(actors.honest, Trouble.SLOW) as server:
        report = run(server, tmp_path, Budget(seconds=4))
    assert time.monotonic() - began < 15
    assert report.model
    assert "did not answer within 1 seconds" in report.model.notes[0]


def test_a_day_is_bounded_over_all_runs(tmp_path: Path) -> None:
    with model_server(actors.honest) as server:
        first = run(server, tmp_path, Budget())
        assert first.status is Status.RESOLVED
        taken = len(server.asked)
        second = run(server, tmp_path, Budget(day_calls=taken + 2))
    assert len(server.asked) == taken + 2
    assert second.status is Status.UNRESOLVED
    assert second.model
    assert any(f"the day's {taken + 2} calls are used up" in note for note in second.model.notes)


def test_two_that_spend_the_last_of_a_day_at_once_do_not_both_get_it(tmp_path: Path) -> None:
    def reserve(number: int) -> str:
        with History(tmp_path) as history:
            usage = Usage(calls=1, input_tokens=1000, output_tokens=1000)
            call = Exchange(request=f"{number:064x}", model="m", usage=usage, at=datetime.now(UTC))
            return history.model_calls.reserve(f"run-{number}", call, Budget(day_tokens=10_000))

    History(tmp_path).close()
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(reserve, range(20)))
    assert said.count("") == 5
    assert set(said) == {"", "the day's 10000 tokens are used up"}


def test_what_a_kill_cut_off_counts_in_full(tmp_path: Path) -> None:
    usage = Usage(calls=1, input_tokens=600, output_tokens=300)
    with History(tmp_path) as history:
        call = Exchange(request="a" * 64, model="m", usage=usage, at=datetime.now(UTC))
        assert not history.model_calls.reserve("killed", call, Budget(day_tokens=1_000))
        assert history.model_calls.find("killed", "a" * 64) is None, "there is no answer to take over"
        other = call.model_copy(update={"request": "b" * 64})
        assert history.model_calls.reserve("next", other, Budget(day_tokens=1_000))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--model", "gpt"], "names no chat model"),
        (["--model", "openai:gpt-5.5"], "Set OPENAI_API_KEY"),
        (["--model", "nowhere:x"], "cannot be opened"),
        (["--model-budget", "calls=3"], "need a --model"),
        (["--model", "openai:x", "--model-url", "http://127.0.0.1:9/v1", "--model-budget", "many"], "no KEY=NUMBER"),
        (["--model", "openai:x", "--model-url", "http://127.0.0.1:9/v1", "--model-budget", "calls=-1"], "budget.calls"),
        (["--model", "openai:x", "--model-url", "http://127.0.0.1:9/v1", "--model-budget", "usd=1"], "needs a price"),
        (["--model", "openai:x", "--model-url", "http://127.0.0.1:9/v1", "--model-price", "2"], "no IN/OUT"),
    ],
)
def test_a_wrong_choice_is_refused_before_anything_is_read(
    given: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert run_command(["diagnose", "--from", "nothing-there", *given]) == 2
    assert told in capsys.readouterr().err
