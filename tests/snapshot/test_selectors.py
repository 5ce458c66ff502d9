"""Label selectors, against apimachinery's labels.Requirement."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_doctor.snapshot.selectors import matches_expression, matches_labels, matches_selector, show_labels

KEYS = st.sampled_from(["app", "tier", "zone"])
VALUES = st.sampled_from(["web", "db", ""])
LABELS = st.dictionaries(KEYS, VALUES)


@settings(max_examples=60)
@given(LABELS, LABELS)
def test_equality_selects_supersets(selector: dict[str, str], labels: dict[str, str]) -> None:
    assert matches_labels(selector, labels) == (selector.items() <= labels.items())
    assert matches_selector({"matchLabels": dict(selector)}, labels) == matches_labels(selector, labels)
    assert matches_labels(selector, {**labels, **selector}), "more labels never hurt"


@settings(max_examples=80)
@given(KEYS, st.lists(VALUES, min_size=1), LABELS)
def test_operators_are_each_others_opposites(key: str, values: list[str], labels: dict[str, str]) -> None:
    def told(operator: str) -> bool:
        return matches_expression({"key": key, "operator": operator, "values": list(values)}, labels)

    assert told("In") == (labels.get(key) in values and key in labels)
    assert told("NotIn") is not told("In"), "NotIn holds where the label is missing"
    assert told("Exists") is not told("DoesNotExist")


@pytest.mark.parametrize(
    ("operator", "limit", "label", "holds"),
    [("Gt", "4", "5", True), ("Gt", "4", "4", False), ("Lt", "4", "3", True), ("Lt", "4", "x", False),
     ("Gt", "x", "5", False),
     ("Gt", "-3", "-2", True), ("Gt", "4", None, False)],
)  # fmt: skip
def test_numbers_compare_as_numbers(operator: str, limit: str, label: str | None, *, holds: bool) -> None:
    labels = {} if label is None else {"n": label}
    assert matches_expression({"key": "n", "operator": operator, "values": [limit]}, labels) is holds


@pytest.mark.parametrize("odd", ["--5", "²", "5-", "", "1e3", "٣"])
def test_odd_numbers_select_nothing(odd: str) -> None:
    for operator in ("Gt", "Lt"):
        assert matches_expression({"key": "n", "operator": operator, "values": [odd]}, {"n": odd}) is False


def test_an_empty_selector_selects_all_and_an_unknown_operator_nothing() -> None:
    assert matches_selector({}, {"a": "b"})
    assert matches_selector({"matchLabels": {}, "matchExpressions": []}, {})
    assert not matches_selector({"matchExpressions": [{"key": "a", "operator": "Like", "values": ["b"]}]}, {"a": "b"})


@pytest.mark.parametrize("odd", [{"matchLabels": 3}, {"matchExpressions": {}}, {"matchExpressions": [None, 3, "x"]}])
def test_odd_selectors_do_not_fail(odd: dict[str, object]) -> None:
    assert matches_selector(odd, {"a": "b"}) in {True, False}  # type: ignore[arg-type]  # odd on purpose


def test_labels_are_shown_as_kubectl_takes_them() -> None:
    assert show_labels({"app": "web", "tier": "front"}) == "app=web,tier=front"
