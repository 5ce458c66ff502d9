"""500 secrets of 40 kinds, in every place of a cluster: none is in a picture, and so none anywhere behind it."""

from __future__ import annotations

import base64
import json

import pytest

from cluster_doctor.snapshot.door import Door

from .kinds import KINDS, Canary, canaries
from .places import OBJECTS

ALL = canaries(7)


def leaked(canary: Canary, shown: str) -> list[str]:
    plain = shown.replace("\\\\n", "\n").replace("\\n", "\n")
    forms = [(part, base64.b64encode(part.encode()).decode().rstrip("=")[:-2]) for part in canary.secret]
    return [part for part, coded in forms if part in plain or coded in plain]


def test_there_are_enough_of_them() -> None:
    assert len(KINDS) >= 40
    assert len(ALL) * (len(OBJECTS) + 2) >= 500


@pytest.mark.parametrize("canary", ALL, ids=lambda canary: canary.kind.replace(" ", "-"))
@pytest.mark.parametrize("place", OBJECTS)
def test_none_is_in_an_object(place: str, canary: Canary) -> None:
    admitted = Door().admit(OBJECTS[place](canary.text))
    assert admitted is not None
    assert not leaked(canary, json.dumps(admitted))


@pytest.mark.parametrize("canary", ALL, ids=lambda canary: canary.kind.replace(" ", "-"))
def test_none_is_in_a_log(canary: Canary) -> None:
    lines = ["starting", *f"could not connect with {canary.text}".split("\n"), "bye"]
    assert not leaked(canary, "\n".join(Door().mask_lines(lines)))


@pytest.mark.parametrize("canary", ALL, ids=lambda canary: canary.kind.replace(" ", "-"))
def test_none_is_in_a_report(canary: Canary) -> None:
    assert not leaked(canary, Door().mask_text(f"web is down since I set {canary.text} this morning"))
