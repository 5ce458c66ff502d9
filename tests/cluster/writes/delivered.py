"""A shop that is delivered from a Git repository, by hand as Argo CD would do it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import yaml

from cluster.api import Json, RefusedError, TestCluster
from cluster.waiting import until
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.remediation import Approval, Decision, Outcome
from cluster_doctor.history.history import History
from cluster_doctor.remediation.cluster.confirming import Patience
from cluster_doctor.workflow.runs import Runs, Standing, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import Writing

GROUP, PLURAL = "argoproj.io", "applications"
URL = "https://git.example.com/acme/shop.git"
PATIENCE = Patience(within=timedelta(seconds=40), lasting=timedelta(seconds=2), every=timedelta(seconds=0.5))
SHORT = Patience(within=timedelta(seconds=4), lasting=timedelta(seconds=1), every=timedelta(seconds=0.5))
WEB = """# The web front.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: website   # as it was called before
  ports:
  - {port: 80, targetPort: 8080}
"""


def application_definition() -> Json:
    """A minimal definition of Argo CD's Application."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{PLURAL}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"kind": "Application", "plural": PLURAL},
            "versions": [{"name": "v1alpha1", "served": True, "storage": True, "schema": schema}],
        },
    }


def git(folder: Path, *words: str) -> str:
    """Run Git."""
    person = {"NAME": "Ada", "EMAIL": "ada@example.com"}
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in person.items()}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **who}
    done = subprocess.run(["git", *words], cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout.decode()


@dataclass
class Delivery:
    """One shop: a repository, an Application that names it, and a namespace where it runs.

    With a `path` nothing in the cluster says where it is written down, and a person does.
    """

    cluster: TestCluster
    space: str
    top: Path
    revision: str = "main"
    path: str = ""
    policy: str = ""
    after_merge: Patience = field(default=PATIENCE)

    @property
    def repository(self) -> Path:
        """A clone of the repository."""
        return self.top / "shop"

    @property
    def home(self) -> Path:
        """Where runs are kept."""
        return self.top / "home"

    def begin_with(self, text: str = WEB) -> None:
        """Write the repository, name it by an Application, and deliver it."""
        (self.repository / "k8s").mkdir(parents=True)
        git(self.repository, "init", "-q", "-b", "main")
        git(self.repository, "remote", "add", "origin", "git@git.example.com:acme/shop")
        self.commit(text)
        self.home.mkdir()
        if self.policy:
            (self.home / "policy.yaml").write_text(self.policy)
        if not self.path:
            self._name_by_an_application()
        self.sync()
        until(lambda: any(_is_ready(pod) for pod in self.cluster.pods(self.space)), "the Pod is ready")

    def _name_by_an_application(self) -> None:
        source = {"repoURL": URL, "path": "k8s", "targetRevision": self.revision}
        body = {
            "apiVersion": f"{GROUP}/v1alpha1",
            "kind": "Application",
            "metadata": {"name": self.space},
            "spec": {"source": source, "destination": {"namespace": self.space}},
        }
        self.cluster.create_at(f"/apis/{GROUP}/v1alpha1/namespaces/{self.space}/{PLURAL}", body)

    def commit(self, text: str, message: str = "as it is wanted") -> None:
        """Commit the manifests to main."""
        (self.repository / "k8s/web.yaml").write_text(text)
        git(self.repository, "add", ".")
        git(self.repository, "commit", "-qm", message)

    def sync(self) -> None:
        """Deliver what main holds, with Argo CD's mark on each object."""
        for manifest in yaml.safe_load_all(git(self.repository, "show", "main:k8s/web.yaml")):
            kind, name = manifest["kind"], manifest["metadata"]["name"]
            group = manifest["apiVersion"].rpartition("/")[0]
            mark = f"{self.space}:{group}/{kind}:{self.space}/{name}"
            if not self.path:
                manifest["metadata"]["annotations"] = {"argocd.argoproj.io/tracking-id": mark}
            try:
                self.cluster.create(manifest, self.space)
            except RefusedError as refused:
                if refused.status != 409:
                    raise
                self.cluster.patch(kind, self.space, name, manifest)

    def runs(self, history: History, point: Callable[[str], None] = lambda _: None) -> Runs:
        """Runs that may propose to the repository."""
        named = (f"{self.repository}#{self.path}" if self.path else str(self.repository),)
        return Runs(
            history,
            writing=Writing(patience=self.after_merge, point=point, repositories=named, after_merge=self.after_merge),
        )

    def diagnosed(self, history: History) -> Waiting:
        """Diagnose, plan and rehearse."""
        place = Place(kubeconfig=str(self.cluster.kubeconfig))
        standing = self.runs(history).begin(Incident(text="web has no endpoints", namespaces=(self.space,)), place)
        assert isinstance(standing, Waiting)
        return standing

    @property
    def branches(self) -> list[str]:
        """The branches that were made here."""
        return git(self.repository, "branch", "--list", "--format=%(refname:short)", "fix/*").split()

    @property
    def selector(self) -> str:
        """What the Service in the cluster selects."""
        return str((self.cluster.get("Service", self.space, "web") or {})["spec"]["selector"]["app"])


def _is_ready(pod: Json) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def yes(standing: Waiting, **said: object) -> Approval:
    """A person's word for what was shown."""
    return Approval.model_validate({"decision": Decision.APPROVE, "digest": standing.digest, "approver": "ada", **said})


def outcome_of(standing: Standing) -> Outcome:
    """What became of the plans."""
    assert standing.report.remediation is not None
    assert standing.report.remediation.outcome is not None
    return standing.report.remediation.outcome
