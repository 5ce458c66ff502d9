"""What people do on GitHub, for tests to say in one line."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass
from itertools import count
from typing import Any

from cluster_doctor.remediation.gitops.github.credentials import GitHubCredentials
from github_server.gate import Gate
from github_server.server import OWNER, TOKEN

_NUMBERS = count(1)


@dataclass
class Repository:
    """A repository of its own for each test, and a person who may do anything there."""

    gate: Gate
    name: str
    token: str = TOKEN

    @property
    def url(self) -> str:
        """As somebody would write it down for a deployment."""
        return f"{self.gate.address}/{OWNER}/{self.name}.git"

    @property
    def credentials(self) -> GitHubCredentials:
        """What the product logs in with."""
        return GitHubCredentials(TOKEN, host=self.gate.host, api=self.gate.address)

    def ask(self, verb: str, path: str, **body: Any) -> Any:
        """Ask the emulator, past the gate."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        where = path if path.startswith("/orgs") else f"/repos/{OWNER}/{self.name}{path}"
        status, _, said = self.gate.pass_on(verb, where, json.dumps(body).encode() if body else b"", headers)
        assert status < 400, (verb, path, status, said)
        return json.loads(said) if said else None

    def commit(self, branch: str, files: dict[str, str], message: str = "by hand", modes: str = "100644") -> str:
        """Put files on a branch as one commit, as somebody who pushes."""
        tip = self.ask("GET", f"/git/ref/heads/{branch}")["object"]["sha"]
        base = self.ask("GET", f"/git/commits/{tip}")["tree"]["sha"]
        entries = []
        for path, content in files.items():
            blob = self.ask("POST", "/git/blobs", content=content, encoding="utf-8")
            entries.append({"path": path, "mode": modes, "type": "blob", "sha": blob["sha"]})
        tree = self.ask("POST", "/git/trees", base_tree=base, tree=entries)["sha"]
        sha: str = self.ask("POST", "/git/commits", message=message, tree=tree, parents=[tip])["sha"]
        self.ask("PATCH", f"/git/refs/heads/{branch}", sha=sha, force=False)
        return sha

    def file(self, path: str, revision: str) -> str:
        """What a file says."""
        return b64decode(self.ask("GET", f"/contents/{path}?ref={revision}")["content"]).decode()

    def branches(self) -> list[str]:
        """The names of all branches."""
        return [branch["name"] for branch in self.ask("GET", "/branches?per_page=100")]

    def pulls(self, state: str = "all") -> list[dict[str, Any]]:
        """The pull requests."""
        found: list[dict[str, Any]] = self.ask("GET", f"/pulls?state={state}&per_page=100")
        return found

    def ahead(self, branch: str) -> list[dict[str, Any]]:
        """The commits that a branch adds to main."""
        found: list[dict[str, Any]] = self.ask("GET", f"/compare/main...{branch}")["commits"]
        return found


def new_repository(gate: Gate, files: dict[str, str], **settings: Any) -> Repository:
    """Make a repository with files on main."""
    made = Repository(gate, f"shop-{next(_NUMBERS)}")
    made.ask("POST", f"/orgs/{OWNER}/repos", name=made.name, auto_init=True, **settings)
    made.commit("main", files)
    gate.asked.clear()
    return made
