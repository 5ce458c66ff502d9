"""Puts a label on what was opened, and asks the owners of the changed files to review it.

A proposal stands without either: what is refused here becomes a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    except RefusedError as error:
        yield f"no label {LABEL}: {error.said or error.status}"


def _make_label(api: Api) -> None:
    try:
        api.post("/labels", {"name": LABEL, "color": _COLOUR, "description": "Proposed by cluster-doctor"})
    except RefusedError as error:
        if "already_exists" not in error.said:  # somebody made it meanwhile
            raise


def reviewers_asked(api: Api, pull: PullRequest, tree: SourceTree, paths: Iterable[str]) -> Iterator[str]:
    """Ask the owners of files, as CODEOWNERS names them, but for whoever opened it; yields what went wrong."""
    try:
        owners = owners_of(tree, paths)
    except RemediationError as error:
        yield f"CODEOWNERS was not read: {error.what}"
        return
    people = [name for name in owners.people if name.lower() != pull.author.lower()]
    wanted = [("reviewers", name) for name in people] + [("team_reviewers", team) for team in owners.teams]
    if not wanted:
        return
    wanted = wanted[:MOST_REVIEWERS]
    try:
        _ask(api, pull.number, wanted)
    except RefusedError as error:
        if error.status != HTTPStatus.UNPROCESSABLE_ENTITY or len(wanted) == 1:
            yield f"no review was asked for: {error.said or error.status}"
            return
    else:
        return
    for one in wanted:
        try:
            _ask(api, pull.number, [one])
        except RefusedError as error:
            yield f"no review by {one[1]} was asked for: {error.said or error.status}"


def _ask(api: Api, number: int, wanted: Iterable[tuple[str, str]]) -> None:
    people = [name for kind, name in wanted if kind == "reviewers"]
    teams = [name for kind, name in wanted if kind == "team_reviewers"]
    api.post(f"/pulls/{number}/requested_reviewers", {"reviewers": [*people], "team_reviewers": [*teams]})
