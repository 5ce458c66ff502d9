"""The pull requests of our branches: found, opened, updated; never merged, nor opened again against a person's word."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from itertools import count

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.github.api import Api
from cluster_doctor.remediation.gitops.github.marker import is_of, is_of_plan
from cluster_doctor.remediation.gitops.github.own_branches import OwnBranch, branches_of
from cluster_doctor.remediation.gitops.github.refusals import RefusedError
from cluster_doctor.remediation.gitops.provenance import BRANCHES, Provenance
from cluster_doctor.snapshot.paths import dig, text

MOST_RECENT = 300
"""Pull requests, the latest first, that are looked through for those whose branch is gone."""

_MOST_OF_BRANCH = 100


@dataclass(frozen=True)
class PullRequest:
    """A pull request of ours.

    Attributes:
        number: its number.
        branch: the branch that it brings in.
        author: who opened it, by login.
        is_open: whether it waits.
        merged: the id of the commit that brought it in; empty if it was not merged.
        body: its text.
        labels: its labels.
        asked: whether somebody is asked to review it.
    """

    number: int
    branch: str
    author: str
    is_open: bool
    merged: str
    body: str
    labels: frozenset[str] = frozenset()
    asked: bool = False


@dataclass(frozen=True)
class Place:
    """Where a proposal goes: a branch, with the commit of ours and the pull request that are there already.

    Attributes:
        branch: its name.
        tip: the commit of ours at its tip.
        pull: its open pull request.
        merged: the pull request that brought the very same plan in.
    """

    branch: str
    tip: OwnBranch | None = None
    pull: PullRequest | None = None
    merged: PullRequest | None = None


def place_for(api: Api, provenance: Provenance, default_branch: str) -> Place:
    """Find where a proposal belongs.

    Its open pull request is used again, and a branch that a call left behind that was cut off. What was merged or
    closed is over: then a new branch is made, unless a person closed the pull request of this very plan.

    Raises:
        RemediationError: a person declined the plan, or commits of others are in the way.
    """
    branches, names = branches_of(api, provenance)
    pulls = {pull.number: pull for pull in _recent(api) if is_of(pull.body, provenance)}
    for branch in branches:
        pulls |= {pull.number: pull for pull in of_branch(api, branch.name)}
    by_name = {branch.name: branch for branch in branches}
    for pull in pulls.values():
        if pull.is_open and pull.branch in by_name:
            return Place(pull.branch, by_name[pull.branch], pull)
        if pull.is_open:
            raise RemediationError(
                f"pull request {pull.number} of {api.repository} is this proposal, and its branch holds other commits",
                "Merge it, or close it and delete its branch; then do this again.",
            )
        if not pull.merged and is_of_plan(pull.body, provenance):
            raise RemediationError(
                f"somebody closed pull request {pull.number} of {api.repository}, which makes this very change",
                "Reopen it there if it is wanted after all.",
            )
    used = {pull.branch for pull in pulls.values()}
    for branch in branches:
        if branch.name not in used:
            return Place(branch.name, branch)
    merged = next((pull for pull in pulls.values() if pull.merged and is_of_plan(pull.body, provenance)), None)
    return Place(_free_name(provenance, names | used | {default_branch}), merged=merged)


def _free_name(provenance: Provenance, taken: set[str]) -> str:
    name = provenance.branch
    if name in taken:
        name = f"{name}-{provenance.digest[:8]}"
    numbered = (f"{name}-{number}" for number in count(2))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def of_branch(api: Api, branch: str) -> list[PullRequest]:
    """The pull requests of a branch of this repository, the latest first."""
    owner = api.repository.partition("/")[0]
    listed = api.listed("/pulls", _MOST_OF_BRANCH, head=f"{owner}:{branch}", state="all")
    return [_read(told) for told in listed if _is_ours(api, told)]


def _recent(api: Api) -> list[PullRequest]:
    listed = api.listed("/pulls", MOST_RECENT, state="all", sort="updated", direction="desc")
    return [_read(told) for told in listed if _is_ours(api, told)]


def _is_ours(api: Api, told: JsonValue) -> bool:
    """Whether a pull request comes from a branch of this repository; what comes from a fork can be anybody's."""
    own = text(told, "head", "repo", "full_name").lower() == api.repository.lower()
    return own and text(told, "head", "ref").startswith(BRANCHES)


def open_pull_request(api: Api, branch: str, base: str, title: str, body: str) -> PullRequest:
    """Open a pull request, or find the one that somebody opened at the same time."""
    try:
        return _read(api.post("/pulls", {"title": title, "body": body, "head": branch, "base": base}))
    except RefusedError as error:
        if error.status != HTTPStatus.UNPROCESSABLE_ENTITY or "already exists" not in error.said.lower():
            raise
        found = next((pull for pull in of_branch(api, branch) if pull.is_open), None)
        if found is None:
            raise
        return found


def update_pull_request(api: Api, number: int, title: str, body: str) -> None:
    """Give a pull request another text."""
    api.patch(f"/pulls/{number}", {"title": title, "body": body})


def _read(told: JsonValue) -> PullRequest:
    number, labels = dig(told, "number"), dig(told, "labels")
    if not isinstance(number, int):
        raise RemediationError("GitHub told of a pull request without a number", "Try again.")
    return PullRequest(
        number=number,
        branch=text(told, "head", "ref"),
        author=text(told, "user", "login"),
        is_open=text(told, "state") == "open",
        merged=text(told, "merge_commit_sha") if text(told, "merged_at") else "",
        body=text(told, "body"),
        labels=frozenset(text(label, "name") for label in labels) if isinstance(labels, list) else frozenset(),
        asked=bool(dig(told, "requested_reviewers") or dig(told, "requested_teams")),
    )
