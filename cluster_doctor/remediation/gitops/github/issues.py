"""An issue for what no file can change: one for each cause, updated and not opened again and again."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.github.api import Api
from cluster_doctor.remediation.gitops.github.attention import labelled
from cluster_doctor.remediation.gitops.github.marker import LABEL, is_of
from cluster_doctor.remediation.gitops.provenance import Provenance
from cluster_doctor.snapshot.paths import dig, text

MOST_ISSUES = 300
"""Open issues, the latest first, that are looked through where the label is missing."""

_INSIDERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


def report_issue(api: Api, provenance: Provenance, title: str, body: str) -> int:
    """Open an issue, or update the open one of the same cause; returns its number."""
    found = next((issue for issue in _open(api) if is_of(text(issue, "body"), provenance)), None)
    if found is None:
        found = api.post("/issues", {"title": title, "body": body})
    elif text(found, "title") != title or text(found, "body") != body:
        api.patch(f"/issues/{_number(found)}", {"title": title, "body": body})
    if LABEL not in _labels(found):
        list(labelled(api, _number(found)))
    return _number(found)


def _open(api: Api) -> Iterator[JsonValue]:
    """Open issues that somebody wrote who may write to the repository; a marker in a stranger's means nothing."""
    for query in ({"labels": LABEL}, {}):
        for issue in api.listed("/issues", MOST_ISSUES, state="open", **query):
            trusted = text(issue, "author_association") in _INSIDERS or text(issue, "user", "type") == "Bot"
            if dig(issue, "pull_request") is None and (trusted or LABEL in _labels(issue)):
                yield issue


def _labels(issue: JsonValue) -> set[str]:
    labels = dig(issue, "labels")
    return {text(label, "name") for label in labels} if isinstance(labels, list) else set()


def _number(issue: JsonValue) -> int:
    number = dig(issue, "number")
    if not isinstance(number, int):
        raise RemediationError("GitHub told of an issue without a number", "Try again.")
    return number
