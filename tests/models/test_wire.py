"""What may leave for a model."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from cluster_doctor.agents.wire import Wire
from cluster_doctor.domain.model_use import Hidden


def test_addresses_are_hidden_and_come_back() -> None:
    wire = Wire("a picture")
    text = "ann.lee@example.org could not reach 10.20.30.40:5432 or [fd00::1:2]:80 at 12:30:00 with v1.2.3"
    hidden = wire.hide(text)
    assert "example.org" not in hidden
    assert "10.20.30.40" not in hidden
    assert "fd00::1:2" not in hidden
    assert "at 12:30:00 with v1.2.3" in hidden
    assert wire.reveal(hidden) == text


def test_hiding_twice_changes_nothing() -> None:
    wire = Wire("a picture")
    once = wire.hide("10.0.0.1 and bob@example.org, password=geheim123456")
    assert wire.hide(once) == once


def test_equal_stays_equal_and_the_same_picture_makes_the_same_tokens() -> None:
    assert Wire("p").hide("10.0.0.1 10.0.0.1 10.0.0.2") == Wire("p").hide("10.0.0.1 10.0.0.1 10.0.0.2")
    first, again, other = Wire("p").hide("10.0.0.1 10.0.0.1 10.0.0.2").split()
    assert first == again != other
    assert Wire("q").hide("10.0.0.1") != first


def test_credentials_do_not_come_back() -> None:
    wire = Wire("a picture")
    hidden = wire.hide("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijklmnop")
    assert "eyJhbGci" not in hidden
    assert wire.reveal(hidden) == hidden


def test_a_token_that_the_run_never_made_stays_as_it_is() -> None:
    assert Wire("a picture").reveal("<ip:0123456789>") == "<ip:0123456789>"


@pytest.mark.parametrize(("hide", "kept"), [((), "10.0.0.1 a@example.org"), ((Hidden.EMAIL,), "10.0.0.1 ")])
def test_what_is_hidden_is_a_choice(hide: tuple[Hidden, ...], kept: str) -> None:
    assert Wire("p", hide).hide("10.0.0.1 a@example.org").startswith(kept)


def test_all_texts_of_a_value_are_hidden() -> None:
    wire = Wire("p")
    value: JsonValue = {"10.0.0.1": ["10.0.0.2", 7, None, {"at": "a@example.org"}]}
    hidden = wire.hide_all(value)
    assert "10.0.0" not in str(hidden)
    assert "example.org" not in str(hidden)
