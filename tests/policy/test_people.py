"""Whether enough people approved."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.remediation.policy import is_enough


def allowed(people: int = 1, *anyone_of: str) -> PolicyVerdict:
    return PolicyVerdict(allowed=True, reasons=("yes",), approvals=people, approvers=anyone_of)


@pytest.mark.parametrize(
    ("verdict", "approvers", "counted"),
    [
        (allowed(), ["ada"], ("ada",)),
        (allowed(2), ["ada", "grace"], ("ada", "grace")),
        (allowed(2), ["ada", "ADA", "grace"], ("ada", "grace")),
        (allowed(1, "ada"), ["@Ada "], ("@Ada ",)),
        (allowed(2, "ada", "grace"), ["mallory", "ada", "grace"], ("ada", "grace")),
        (allowed(1, "Straße"), ["STRASSE"], ("STRASSE",)),
    ],
)
def test_enough(verdict: PolicyVerdict, approvers: list[str], counted: tuple[str, ...]) -> None:
    found = is_enough(verdict, approvers)
    assert (found.enough, found.counted) == (True, counted)
    assert found.reasons == (f"approved by {', '.join(counted)}",)


@pytest.mark.parametrize(
    ("verdict", "approvers", "said"),
    [
        (allowed(), [], "1 person has to approve; 0 did"),
        (allowed(), ["", " ", "@", "\u200b", "ada\u200b", "..."], "names nobody"),
        (allowed(2), ["ada"], "2 people have to approve; 1 did"),
        (allowed(2), ["ada", " ADA", "@ada", "\uff21da"], "are one person"),
        (allowed(2), ["ada  lovelace", "Ada Lovelace"], "are one person"),
        (allowed(1, "ada"), ["mallory"], "mallory may not approve this"),
        (allowed(2, "ada", "grace"), ["ada", "mallory"], "2 people have to approve of ada, grace; 1 did"),
        (allowed(0), [], "1 person has to approve"),
        (allowed(-1), [], "1 person has to approve"),
        (PolicyVerdict(allowed=False, reasons=("no",)), ["ada", "grace"], "no approval changes that"),
    ],
)
def test_not_enough(verdict: PolicyVerdict, approvers: list[str], said: str) -> None:
    found = is_enough(verdict, approvers)
    assert not found.enough
    assert said in "; ".join(found.reasons)
