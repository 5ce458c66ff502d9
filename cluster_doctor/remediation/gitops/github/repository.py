"""Puts approved changes on a branch of a repository on GitHub, and opens a pull request for people to merge.

Nothing is cloned and nothing is merged. The default branch is never written to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState
from cluster_doctor.remediation.gitops.forge import Proposal, ProposalText
from cluster_doctor.remediation.gitops.github.address import RepositoryAddress, parse_repository
from cluster_doctor.remediation.gitops.github.api import PATIENCE, Api
from cluster_doctor.remediation.gitops.github.attention import labelled, reviewers_asked
from cluster_doctor.remediation.gitops.github.commits import (
    Made,
    commit_of,
    make_branch,
    move_branch,
    new_commit,
    new_tree,
)
from cluster_doctor.remediation.gitops.github.credentials import GitHubCredentials
from cluster_doctor.remediation.gitops.github.issues import report_issue
from cluster_doctor.remediation.gitops.github.login import TIMEOUT, logged_in
from cluster_doctor.remediation.gitops.github.marker import LABEL, marked
from cluster_doctor.remediation.gitops.github.pull_requests import (
    Place,
    PullRequest,
    of_branch,
    open_pull_request,
    place_for,
    update_pull_request,
)
from cluster_doctor.remediation.gitops.github.remote_patch import remote_patch
from cluster_doctor.remediation.gitops.github.remote_tree import RemoteTree
from cluster_doctor.remediation.gitops.proposal_text import plain_line
from cluster_doctor.remediation.gitops.provenance import Provenance
from cluster_doctor.remediation.gitops.source import FileChanges
from cluster_doctor.snapshot.paths import dig, text
from cluster_doctor.sources.protocol import Progress, silent

_HEAD = "HEAD"


@contextmanager
def open_github(
    url: str,
    credentials: GitHubCredentials,
    progress: Progress = silent,
    patience: float = PATIENCE,
    timeout: int = TIMEOUT,
) -> Iterator[GitHubRepository]:
    """Open a repository by its URL while the block runs.

    Args:
        url: https, ssh or `git@HOST:OWNER/NAME`.
        credentials: what is logged in with.
        progress: hears what is waited for.
        patience: seconds that may be waited for GitHub's limits.
        timeout: seconds for a connection, and between two pieces of an answer.

    Raises:
        RemediationError: the URL is none, or the credentials are for another server or unusable.
    """
    address = parse_repository(url)
    with logged_in(address, credentials, progress, patience, timeout) as api:
        yield GitHubRepository(address, api)


class GitHubRepository:
    """A repository on GitHub.

    Args:
        address: where it is.
        api: its API, logged in.

    Raises:
        RemediationError: it is not there, or may not be seen.
    """

    def __init__(self, address: RepositoryAddress, api: Api) -> None:
        """Ask what it is."""
        told = api.get("")
        api.repository = text(told, "full_name") or api.repository  # it may have another name by now
        self._address, self._api = replace(address, repository=api.repository), api
        self._told, self._trees = told, dict[str, RemoteTree]()

    @property
    def name(self) -> str:
        """Its URL."""
        return self._address.url

    @property
    def default_branch(self) -> str:
        """The branch that changes are meant for unless it is said otherwise."""
        found = text(self._told, "default_branch")
        if not found:
            raise RemediationError(f"{self.name} has no default branch", "Make the first commit by hand.")
        return found

    def is_branch(self, revision: str) -> bool:
        """Whether there is a branch of that name."""
        return self._base(revision)[0] == revision

    def head(self, revision: str = "") -> str:
        """The id of the commit at a branch, tag or commit; at the default branch without any."""
        return self._base(revision)[1]

    def tree(self, revision: str = "") -> RemoteTree:
        """The files at a branch, tag or commit; at the default branch without any."""
        return self._tree_at(self.head(revision))

    def propose(self, changes: FileChanges, provenance: Provenance, text: ProposalText, revision: str = "") -> Proposal:
        """Put changes on a branch, and open a pull request or update the one that is open.

        The pull request is for the branch that the revision names; for a tag or commit, for the default branch, which
        has to hold it. Where the same plan was merged since that commit, nothing is done, and that is told. A proposal
        is updated by one more commit, because GitHub knows no other way that loses nothing of what somebody pushed
        meanwhile.

        Raises:
            RemediationError: nothing changes, a person declined it, commits of others are in the way, something was
                moved meanwhile, or GitHub refuses.
        """
        self._check_writable()
        into, base = self._base(revision)
        into = into or self._holding(base, revision)
        tree = self._tree_at(base)
        content = new_tree(self._api, tree, changes)
        place = place_for(self._api, provenance, self.default_branch)
        over = place.merged
        if over and (content == tree.sha or not self._holds(base, over.merged)):
            made = commit_of(self._api, over.merged)
            return self._proposal(over, ProposalState.MERGED, made, base, remote_patch(tree, changes.files, made))
        if content == tree.sha:
            raise RemediationError("the files have this content already", "There is nothing to propose.")
        title, body = plain_line(text.title), marked(text.body, provenance)
        made, state = self._committed(place, content, base, provenance, _message(changes, provenance, title))
        pull = place.pull
        if pull is None:
            pull = open_pull_request(self._api, place.branch, into, title, body)
            state = ProposalState.CREATED
        elif state is not ProposalState.UNCHANGED:
            update_pull_request(self._api, pull.number, title, body)
        proposal = self._proposal(pull, state, made, base, remote_patch(tree, changes.files, made))
        return replace(proposal, notes=tuple(self._noticed(pull, into, changes)))

    def look_up(self, proposal: ProposalOutcome) -> ProposalOutcome:
        """What became of a proposal since: whether it is open, merged by which commit, or closed."""
        number = proposal.number
        if number is None:
            found = of_branch(self._api, proposal.branch)
            if not found:
                raise RemediationError(f"branch {proposal.branch} has no pull request", "Propose it again.")
            number = found[0].number
        told = self._api.get(f"/pulls/{number}")
        known = proposal.model_copy(update={"number": number, "url": f"{self.name}/pull/{number}"})
        if text(told, "merged_at"):
            commit = text(told, "merge_commit_sha") or proposal.commit
            return known.model_copy(update={"state": ProposalState.MERGED, "commit": commit})
        if text(told, "state") == "closed":
            return known.model_copy(update={"state": ProposalState.CLOSED})
        return known if known.is_open else known.model_copy(update={"state": ProposalState.UNCHANGED})

    def report(self, provenance: Provenance, text: ProposalText) -> str:
        """Open an issue, or update that of the same fingerprint; the URL is empty where the repository has none."""
        self._check_writable()
        if dig(self._told, "has_issues") is False:
            return ""
        title, body = plain_line(text.title), marked(text.body, provenance)
        return f"{self.name}/issues/{report_issue(self._api, provenance, title, body)}"

    def _check_writable(self) -> None:
        if dig(self._told, "archived") is True or dig(self._told, "disabled") is True:
            raise RemediationError(
                f"{self.name} is archived or disabled", "Have it unarchived, or name where it is kept now."
            )

    def _base(self, revision: str) -> tuple[str, str]:
        """The branch that a revision names, empty if it names none, and the id of its commit."""
        if revision in {"", _HEAD}:
            revision = self.default_branch
        branch = revision.removeprefix("refs/heads/")
        found = text(self._api.find(f"/git/ref/heads/{branch}"), "object", "sha")
        if found:
            return branch, found
        found = text(self._api.find(f"/commits/{revision.removeprefix('refs/')}"), "sha")
        if not found:
            raise RemediationError(f"{self.name} has no branch, tag or commit {revision!r}", "Name one that it has.")
        return "", found

    def _holding(self, commit: str, revision: str) -> str:
        """The default branch, if it holds a commit."""
        if not self._holds(self.default_branch, commit):
            raise RemediationError(
                f"{revision!r} is no branch of {self.name}, and {self.default_branch} does not hold it",
                "Name the branch that the change is meant for.",
            )
        return self.default_branch

    def _holds(self, revision: str, commit: str) -> bool:
        """Whether a commit is in the history of a revision."""
        told = self._api.find(f"/compare/{commit}...{revision}", per_page=1)
        return text(told, "status") in {"ahead", "identical"}

    def _tree_at(self, commit: str) -> RemoteTree:
        if commit not in self._trees:
            root = text(self._api.get(f"/git/commits/{commit}"), "tree", "sha")
            self._trees[commit] = RemoteTree(self._api, commit, root)
        return self._trees[commit]

    def _committed(
        self, place: Place, tree: str, base: str, provenance: Provenance, message: str
    ) -> tuple[Made, ProposalState]:
        """The commit at the tip of the branch, made if it is not there."""
        tip = place.tip
        if tip is None:
            made = new_commit(self._api, message, tree, [base])
            make_branch(self._api, place.branch, made.sha)
            return made, ProposalState.CREATED
        if tip.tree == tree and tip.digest == provenance.digest:
            return commit_of(self._api, tip.commit), ProposalState.UNCHANGED
        parents = [tip.commit] if self._holds(tip.commit, base) else [tip.commit, base]
        made = new_commit(self._api, message, tree, parents)
        move_branch(self._api, place.branch, made.sha)
        return made, ProposalState.UPDATED

    def _proposal(self, pull: PullRequest, state: ProposalState, made: Made, base: str, patch: bytes) -> Proposal:
        url = f"{self.name}/pull/{pull.number}"
        return Proposal(pull.branch, made.sha, base, state, patch, pull.number, url)

    def _noticed(self, pull: PullRequest, into: str, changes: FileChanges) -> Iterator[str]:
        if LABEL not in pull.labels:
            yield from labelled(self._api, pull.number)
        if not pull.asked:
            yield from reviewers_asked(self._api, pull, lambda: self.tree(into), changes.files)


def _message(changes: FileChanges, provenance: Provenance, title: str) -> str:
    body: list[str] = [f"{definition.file}: {definition.way.value}" for definition in changes.definitions]
    return provenance.message(title, [plain_line(line) for line in [*dict.fromkeys(body), changes.rendering.note]])
