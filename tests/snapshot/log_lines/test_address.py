"""With whom a call failed: the quick look at a line leaves out no form that it has."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from cluster_doctor.snapshot.log_lines.address import FORMS, address_in, likely_forms

ASCII = some.characters(codec="ascii")


@pytest.mark.parametrize("number", range(len(FORMS)), ids=[form for form, _ in FORMS])
@given(data=some.data())
@settings(max_examples=30, deadline=None)
def test_each_form_is_looked_for_where_its_pieces_stand(data: some.DataObject, number: int) -> None:
    line = data.draw(some.from_regex(re.compile(FORMS[number][0]), alphabet=ASCII))
    assert number in likely_forms(line)


@pytest.mark.parametrize(
    ("line", "host", "port"),
    [
        ("dial tcp 10.0.0.7:5432: connect: connection refused", "10.0.0.7", 5432),
        ("lookup orders.shop.svc on 10.96.0.10:53: no such host", "orders.shop.svc", None),
        ("Connection refused: orders/10.1.2.3:8080", "orders", 8080),
        ('upstream: "http://orders:8080/" timed out', "orders", 8080),
        ("connect ECONNREFUSED 10.1.2.3:6379", "10.1.2.3", 6379),
        ("error at server.go:217", "", None),
        ("nothing is named here", "", None),
    ],
)  # fmt: skip
def test_the_peer_is_read(line: str, host: str, port: int | None) -> None:
    assert address_in(line) == (host, port)
