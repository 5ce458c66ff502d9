"""Finds the branch that a proposal belongs on, by the fingerprint that its commits carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.github.api import Api
from cluster_doctor.remediation.gitops.provenance import BRANCHES, FINGERPRINT, PLAN, Provenance, trailer
from cluster_doctor.snapshot.paths import text

MOST_BRANCHES = 300
_HEADS = "refs/heads/"
_MOST_ABOVE = 50
"""Commits of a branch that are looked through for one of ours below somebody else's."""


@dataclass(frozen=True)
class OwnBranch:
    """A branch of ours, and the commit of ours at its tip.

    Attributes:
        name: without `refs/heads/`.
        commit: the id of the commit at its tip.
        tree: the id of that commit's tree.
        digest: the digest of the plan that the commit names.
    """

    name: str
    commit: str
    tree: str
    digest: str


def branches_of(api: Api, provenance: Provenance) -> tuple[list[OwnBranch], set[str]]:
    """Find the branches with a proposal of the same fingerprint, and the names of all branches of ours.

    Raises:
        RemediationError: somebody has put commits on top of the proposal.
    """
    found, names = list[OwnBranch](), set[str]()
    for told in api.listed(f"/git/matching-refs/heads/{BRANCHES}", MOST_BRANCHES):
        name = text(told, "ref").removeprefix(_HEADS)
        names.add(name)
        history = list(_down_to_ours(api, text(told, "object", "sha")))
        if not history or _trailer(history[-1], FINGERPRINT) != provenance.fingerprint:
            continue
        if len(history) > 1:
            raise RemediationError(
                f"branch {name} of {api.repository} holds commits of others on top of the proposal",
                "Merge its pull request, or close it and delete the branch; then do this again.",
            )
        tip = history[0]
        found.append(OwnBranch(name, text(tip, "sha"), text(tip, "commit", "tree", "sha"), _trailer(tip, PLAN)))
    return found, names


def _down_to_ours(api: Api, tip: str) -> Iterator[JsonValue]:
    """The commits from a branch's tip down to the first of ours; none if there is none of ours."""
    above = list[JsonValue]()
    for commit in api.listed("/commits", _MOST_ABOVE, sha=tip):
        above.append(commit)
        if _trailer(commit, FINGERPRINT):
            yield from above
            return


def _trailer(commit: JsonValue, name: str) -> str:
    return trailer(text(commit, "commit", "message"), name)
