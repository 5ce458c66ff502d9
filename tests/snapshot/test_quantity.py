"""Quantities, against the grammar of k8s.io/apimachinery/pkg/api/resource."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_doctor.snapshot.quantity import format_quantity, parse_quantity

BINARY = {suffix: 1024 ** (power + 1) for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))}
DECIMAL = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1), "k": Decimal(10**3),
    "M": Decimal(10**6), "G": Decimal(10**9), "T": Decimal(10**12), "P": Decimal(10**15), "E": Decimal(10**18),
}  # fmt: skip
NUMBERS = st.from_regex(r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})", fullmatch=True)


@settings(max_examples=60)
@given(NUMBERS, st.sampled_from([*BINARY, *DECIMAL]))
def test_every_suffix_scales_its_number(number: str, suffix: str) -> None:
    assert parse_quantity(number + suffix) == Decimal(number) * (BINARY.get(suffix) or DECIMAL[suffix])


@settings(max_examples=40)
@given(NUMBERS, st.sampled_from("eE"), st.integers(-9, 9))
def test_exponents_scale_like_numbers(number: str, letter: str, exponent: int) -> None:
    assert parse_quantity(f"{number}{letter}{exponent}") == Decimal(number).scaleb(exponent)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("250m", "0.25"),
        ("64Mi", 64 << 20),
        ("1e3", 1000),
        ("1E", 10**18),
        ("1Ei", 1 << 60),
        (2, 2),
        (0.5, "0.5"),
        (".5", "0.5"),
    ],
)
def test_what_people_write_is_read(written: object, value: object) -> None:
    assert parse_quantity(written) == Decimal(str(value))


ODD = ["", "m", "1K", "1mi", "1 Gi", "1Gi2", "0x10", "1e", "--1", "1.2.3", "NaN", "Infinity", "\u221e", "\u0661Gi"]


@pytest.mark.parametrize("odd", [*ODD, None, True, [], {}, float("nan"), float("inf")])
def test_what_is_no_quantity_reads_as_none(odd: object) -> None:
    assert parse_quantity(odd) is None


@settings(max_examples=60)
@given(st.integers(0, 1 << 50))
def test_a_formatted_quantity_reads_back(value: int) -> None:
    assert parse_quantity(format_quantity(Decimal(value))) == value
    read = parse_quantity(format_quantity(Decimal(value), binary=True))
    assert read is not None
    assert abs(read - value) <= Decimal(value) / 20


@settings(max_examples=100)
@given(st.text(max_size=12) | st.floats() | st.integers())
def test_nothing_makes_the_parser_fail(odd: object) -> None:
    found = parse_quantity(odd)
    assert found is None or found.is_finite()
