"""Turns the steps of a plan into changed files of the repository that they are deployed from. Nothing is written."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.proposal import FileChange
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep, Route
from cluster_doctor.domain.step_keys import steps_of
from cluster_doctor.domain.steps import Verb
from cluster_doctor.remediation.gitops.encoding import decoded
from cluster_doctor.remediation.gitops.find_origin import origin_of
from cluster_doctor.remediation.gitops.forge import Forge
from cluster_doctor.remediation.gitops.origin import NoOriginError
from cluster_doctor.remediation.gitops.repositories import Repository
from cluster_doctor.remediation.gitops.source import Entry, FileChanges, changes_of_all
from cluster_doctor.remediation.gitops.tree import SourceTree
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

_CONTEXT = 3


class ElsewhereError(RemediationError):
    """An object is written down in a repository that nobody named."""


@dataclass(frozen=True)
class Draft:
    """A plan as changed files of one repository.

    Attributes:
        repository: which.
        base: the branch that they are meant for.
        commit: the id of its commit that was read.
        changes: the new contents.
        files: the same as people read it.
    """

    repository: Repository
    base: str
    commit: str
    changes: FileChanges
    files: tuple[FileChange, ...]


def proposable(number: int, plan: RemediationPlan) -> dict[str, RemediationStep]:
    """The steps of a plan that set fields or make objects, by key, as steps that go through a repository.

    One of several steps that does neither, and is none for a person, leaves no step: half a plan is no proposal.
    """
    kept = {
        key: step.model_copy(update={"route": Route.GITOPS})
        for key, step in steps_of(number, plan)
        if step.route is not Route.PERSON and not step.of_the_moment
    }
    return kept if all(map(_is_writable, kept.values())) else {}


def _is_writable(step: RemediationStep) -> bool:
    """Whether a file can say what a step does."""
    match step.verb:
        case Verb.PATCH:
            return bool(step.edits)
        case Verb.CREATE:
            return step.manifest is not None
        case Verb.DELETE | Verb.EVICT:
            return False


@contextmanager
def drafted(
    cluster: ClusterSnapshot,
    steps: Sequence[RemediationStep],
    repositories: Sequence[Repository],
    suffering: ObjectRef | None,
) -> Iterator[tuple[Draft, Forge]]:
    """Draft a change in the first of the repositories that can hold it, which stays open meanwhile.

    Args:
        cluster: the picture that the steps were planned from.
        steps: the change.
        repositories: where it may be made.
        suffering: the object that needs what is missing, where a step makes that: it is written down beside it.

    Raises:
        NoPlaceError: nobody can say where an object that is missing belongs.
        NoOriginError: nobody says where the objects are written down.
        RemediationError: it is known, and the change cannot be made there safely, or nobody named that repository.
    """
    errors = list[RemediationError]()
    for repository in repositories:
        with ExitStack() as opened:
            try:
                places = [_place_of(cluster, step, suffering, repository) for step in steps]
                forge = opened.enter_context(repository.open())
                draft = _drafted(forge, repository, steps, places)
            except RemediationError as error:
                errors.append(error)
                continue
            yield draft, forge
            return
    raise min(errors, key=_vagueness)


def _vagueness(error: RemediationError) -> int:
    """What the repository that holds it said comes first."""
    match error:
        case NoOriginError():
            return 1
        case ElsewhereError():
            return 2
        case _:
            return 0


@dataclass(frozen=True)
class _Place:
    """Revision and entry of an object in a repository, and the object that tells them where a step makes another."""

    revision: str
    entry: Entry
    beside: ObjectRef | None


def _place_of(
    cluster: ClusterSnapshot, step: RemediationStep, suffering: ObjectRef | None, repository: Repository
) -> _Place:
    beside = cluster.workload_ref(suffering) if step.verb is Verb.CREATE and suffering else None
    ref = beside or step.target
    try:
        origin = origin_of(cluster, ref)
    except NoOriginError:
        if not repository.path:
            raise
        return _Place("", Entry(repository.path), beside)
    if not repository.is_at(origin.repository):
        raise ElsewhereError(
            f"{ref} is deployed from {origin.repository} by {origin.keeper}, which was not named",
            f"Name it, or a clone of it: --repository {origin.repository}",
        )
    return _Place(origin.revision, origin.entry, beside)


def _drafted(forge: Forge, repository: Repository, steps: Sequence[RemediationStep], places: Sequence[_Place]) -> Draft:
    revisions = {place.revision.removeprefix("refs/heads/") for place in places}
    if len(revisions) > 1:
        raise RemediationError(
            f"the steps are deployed from {len(revisions)} revisions of {repository.name}", "Change them one by one."
        )
    [revision] = revisions
    if revision and not forge.is_branch(revision):
        raise RemediationError(
            f"what is deployed is revision {revision} of {repository.name}, and that is no branch: a pull request "
            "cannot be merged into a tag or a commit",
            "Change it on the branch that the next release is made from, and move the revision.",
        )
    base = revision or forge.default_branch
    commit, tree = forge.head(base), forge.tree(base)
    placed = [(step, place.entry, place.beside) for step, place in zip(steps, places, strict=True)]
    changes = changes_of_all(tree, placed)
    if not changes.files:
        raise RemediationError(
            f"branch {base} of {repository.name} says so already", "See why it is not deployed: sync it."
        )
    return Draft(repository, base, commit, changes, tuple(_told(tree, changes)))


def _told(tree: SourceTree, changes: FileChanges) -> Iterator[FileChange]:
    for path, content in sorted(changes.files.items()):
        is_new = tree.is_free(path)
        before = "" if is_new else decoded(tree.read(path))[2]
        _, _, after = decoded(content)
        origin = "/dev/null" if is_new else f"a/{path}"
        lines = difflib.unified_diff(
            before.splitlines(), after.splitlines(), origin, f"b/{path}", n=_CONTEXT, lineterm=""
        )
        yield FileChange(path=path, diff="\n".join(lines), sha256=hashlib.sha256(content).hexdigest())


def is_same_change(files: Sequence[FileChange], others: Sequence[FileChange]) -> bool:
    """Whether two changes take away and add the same lines between the same neighbours, wherever these stand."""
    return [(file.path, _lines(file)) for file in files] == [(file.path, _lines(file)) for file in others]


def _lines(file: FileChange) -> list[str]:
    return [line for line in file.diff.splitlines() if not line.startswith("@@")]
