"""Puts a label on what was opened, and asks the owners of the changed files to review it.

A proposal stands without either: what is refused here becomes a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.codeowners import owners_of
from cluster_doctor.remediation.gitops.github.api import Api
from cluster_doctor.remediation.gitops.github.marker import LABEL
from cluster_doctor.remediation.gitops.github.pull_requests import PullRequest
from cluster_doctor.remediation.gitops.github.refusals import RefusedError
from cluster_doctor.remediation.gitops.tree import SourceTree

MOST_REVIEWERS = 15
"""People and teams that are asked; GitHub takes no more."""

_COLOUR = "5319e7"


def labelled(api: Api, number: int) -> Iterator[str]:
    """Put our label on a pull request or an issue; yields what went wrong."""
    try:
        if api.find(f"/labels/{LABEL}") is None:
            _make_label(api)
        api.post(f"/issues/{number}/labels", {"labels": [LABEL]})
    except RemediationError as error:
        yield f"no label {LABEL}: {error.what}"


def _make_label(api: Api) -> None:
    try:
        api.post("/labels", {"name": LABEL, "color": _COLOUR, "description": "Proposed by cluster-doctor"})
    except RefusedError as error:
        if "already_exists" not in error.said:  # somebody made it meanwhile
            raise


def reviewers_asked(api: Api, pull: PullRequest, tree: Callable[[], SourceTree], paths: Iterable[str]) -> Iterator[str]:
    """Ask the owners of files, as CODEOWNERS names them, but for whoever opened it; yields what went wrong."""
    try:
        owners = owners_of(tree(), paths)
    except RemediationError as error:
        yield f"CODEOWNERS was not read, no review was asked for: {error.what}"
        return
    people = [name for name in owners.people if name.lower() != pull.author.lower()]
    wanted = [("reviewers", name) for name in people] + [("team_reviewers", team) for team in owners.teams]
    if not wanted:
        return
    wanted = wanted[:MOST_REVIEWERS]
    problem = _asked(api, pull.number, wanted)
    if problem is None:
        return
    if not isinstance(problem, RefusedError) or problem.status != HTTPStatus.UNPROCESSABLE_ENTITY:
        yield f"no review was asked for: {problem.what}"
        return
    for one in wanted:  # one who may not see the repository keeps all others from being asked
        problem = _asked(api, pull.number, [one])
        if problem:
            yield f"no review by {one[1]} was asked for: {problem.what}"


def _asked(api: Api, number: int, wanted: Iterable[tuple[str, str]]) -> RemediationError | None:
    """Ask for reviews; what went wrong if it did."""
    people = [name for kind, name in wanted if kind == "reviewers"]
    teams = [name for kind, name in wanted if kind == "team_reviewers"]
    try:
        api.post(f"/pulls/{number}/requested_reviewers", {"reviewers": [*people], "team_reviewers": [*teams]})
    except RemediationError as error:
        return error
    return None
